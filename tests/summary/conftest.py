"""Sheets made from answers, as pages and paper have them."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.guide.models import Example
from app.guide.pack import Pack, load_pack
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.settings import ROOT
from app.summary.sheet import Sheet

EXAMPLES = load_pack(ROOT / "questions" / "parkinsons").examples
MakeSheet = Callable[..., Sheet]


@pytest.fixture(scope="session")
def walker(sorter: Sorter) -> Walker:
    return Walker(sorter)


@pytest.fixture(scope="session")
def sheet_of(walker: Walker) -> MakeSheet:
    """Makes the sheet of some answers about an offer, and about the person."""

    def make(answers: Mapping[str, Any] | None = None, you: Mapping[str, Any] | None = None) -> Sheet:
        checked = walker.sorter.vocabulary.checked
        return Sheet(walker, checked(answers or {}), checked(you or {}))

    return make


@pytest.fixture(params=[e.id for e in EXAMPLES])
def example(pack: Pack, request: pytest.FixtureRequest) -> Example:
    found = pack.example(request.param)
    assert found is not None
    return found


@pytest.fixture
def sheet(sheet_of: MakeSheet, example: Example) -> Sheet:
    """The sheet of each example in turn."""
    return sheet_of(example.answers, example.you)
