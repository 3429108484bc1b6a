"""A database of its own for each test, and the operations on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import SERVER, fresh

from app.store.connect import connect
from app.store.database import Database
from app.store.people import People
from app.store.preparations import Preparations


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the database is: a file, or on a server."""
    with fresh(tmp_path) as found:
        yield found


@pytest.fixture
def path(address: str) -> Path:
    """The file, for what is about files."""
    if SERVER:
        pytest.skip("this is about SQLite's file")
    return Path(address)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    database = connect(address)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def preparations(database: Database) -> Preparations:
    return Preparations(database, "parkinsons", "1.0.0")


@pytest.fixture
def people(database: Database, preparations: Preparations) -> People:
    return People(database, preparations)
