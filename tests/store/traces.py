"""What can still be found of a preparation: by its key, and as bytes in the files of the database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import update
from sqlmodel import col

from app.store.database import Database
from app.store.opened import Key
from app.store.preparations import Preparations
from app.store.sealing import NotOpened
from app.store.tables import Person


def seen(database: Database, key: Key, day: date, number: int = 1) -> None:
    """Somebody was last here on this day."""
    with database.writing() as connection:
        this = (col(Person.preparation_id) == key.preparation_id, col(Person.number) == number)
        connection.execute(update(Person).where(*this).values(seen_on=day))


def there(preparations: Preparations, key: Key) -> bool:
    try:
        preparations.read(key)
    except NotOpened:
        return False
    return True


@contextmanager
def reader(path: Path) -> Iterator[None]:
    """Somebody else who has begun to read the file as it is now, such as a program that copies it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM preparation").fetchall()
        yield
        other.execute("COMMIT")


def files(path: Path) -> dict[str, bytes]:
    """Every file of the database, as it stands on the disk."""
    return {file.name: file.read_bytes() for file in path.parent.glob(path.name + "*")}


def sealed(path: Path, key: Key, every: int = 16) -> list[bytes]:
    """What is sealed for a preparation, in pieces that chance does not make twice: one every so many bytes."""
    with closing(sqlite3.connect(path)) as connection:
        this = (key.preparation_id,)
        found = connection.execute("SELECT sealed FROM entry WHERE preparation_id = ?", this).fetchall()
        columns = "profile, wrapped_key, code_hash"
        found += connection.execute(f"SELECT {columns} FROM person WHERE preparation_id = ?", this).fetchall()  # noqa: S608
    return [blob[i : i + 16] for row in found for blob in row if blob for i in range(0, len(blob) - 15, every)]


def left(path: Path, pieces: list[bytes]) -> dict[str, int]:
    """How many of these pieces still stand in which file."""
    counted = {name: sum(piece in content for piece in pieces) for name, content in files(path).items()}
    return {name: count for name, count in counted.items() if count}
