"""Fixtures that cost a moment and never change, so that one session builds them once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from local_register import LocalRegister

from app.guide.pack import Pack, load_pack
from app.guide.sort import Sorter

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The Parkinson's pack as it stands in the repository."""
    return load_pack(ROOT / "questions" / "parkinsons")


@pytest.fixture(scope="session")
def sorter(pack: Pack) -> Sorter:
    return Sorter(pack)


@pytest.fixture
def register() -> Iterator[LocalRegister]:
    """A register on this machine, for this test alone."""
    with LocalRegister().open() as running:
        yield running
