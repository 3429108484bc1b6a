"""A database on a real file, and the operations on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.database import Database
from app.store.people import People
from app.store.preparations import Preparations


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "guide.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def preparations(database: Database) -> Preparations:
    return Preparations(database, "parkinsons", "1.0.0")


@pytest.fixture
def people(database: Database, preparations: Preparations) -> People:
    return People(database, preparations)
