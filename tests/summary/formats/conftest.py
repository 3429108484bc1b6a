"""The Questionnaire of the Parkinson's pack, made once."""

from typing import Any

import pytest

from app.guide.pack import Pack
from app.summary.formats.questionnaire import questionnaire


@pytest.fixture(scope="session")
def form(pack: Pack) -> dict[str, Any]:
    return questionnaire(pack)
