"""Which database it is: told by its address."""

from pathlib import Path

from app.store.database import Database
from app.store.pepper import hold_to_pepper
from app.store.postgres import Postgres
from app.store.sqlite import Sqlite

SCHEMES = ("postgresql://", "postgres://")


def is_file(address: str) -> bool:
    """The address is that of a file."""
    return not address.startswith(SCHEMES)


def connect(address: str) -> Database:
    """The database at an address: postgresql://..., or else the path of an SQLite file. Connects to nothing yet.
    Raises StoreError when nothing can be there."""
    return Sqlite(Path(address)) if is_file(address) else Postgres(address)


def made_ready(address: str, pepper: str) -> Database:
    """The same, with the newest schema, and held to this pepper. Raises StoreError."""
    database = connect(address)
    try:
        database.migrate()
        hold_to_pepper(database, pepper)
    except BaseException:
        database.close()
        raise
    return database
