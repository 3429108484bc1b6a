"""Sheets made from answers, as pages and paper have them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from databases import fresh
from house import House

from app.guide.models import Example
from app.guide.pack import Pack, load_pack
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.settings import ROOT
from app.store.connect import connect
from app.store.opened import Role
from app.store.people import People
from app.store.preparations import Preparations
from app.summary.sheet import Sheet

EXAMPLES = load_pack(ROOT / "questions" / "parkinsons").examples
MakeSheet = Callable[..., Sheet]
MakeHouse = Callable[..., House]


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


@pytest.fixture(scope="module")
def make_house(tmp_path_factory: pytest.TempPathFactory, walker: Walker) -> Iterator[MakeHouse]:
    """Makes preparations with several people, in a real database."""
    with fresh(tmp_path_factory.mktemp("house")) as address:
        yield from _house(address, walker)


def _house(address: str, walker: Walker) -> Iterator[MakeHouse]:
    database = connect(address)
    database.migrate()
    store = Preparations(database, walker.pack.cover.id, walker.pack.cover.version)
    people = People(database, store)

    def make(first: str = "Tom", role: Role = "patient") -> House:
        return House(walker, store, people, first, role)

    yield make
    database.close()
