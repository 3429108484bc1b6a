"""Gives each test of an engine feature the tiny pack that carries the same name."""

from pathlib import Path

import pytest

from app.guide.sort import Sorter

from .features import FEATURES
from .packs import tiny_sorter


@pytest.fixture
def tiny(request: pytest.FixtureRequest, tmp_path: Path) -> Sorter:
    feature = FEATURES[request.node.originalname.removeprefix("test_")]
    return tiny_sorter(tmp_path, feature.questions, feature.rules)
