"""Whether a database is whole: the file in order, every row where it belongs, everything sealed in the form of a seal.

Opens nothing: no key is needed, and none would be at hand.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, func, select, type_coerce
from sqlalchemy.types import NULLTYPE
from sqlmodel import SQLModel

from app.store.copying import OWNED, Tell, batches, rows_of
from app.store.database import Damaged, Database, Level
from app.store.sealing import HASH_BYTES, KEY_BYTES, is_sealed
from app.store.sqlite import Sqlite

_TABLES = SQLModel.metadata.tables
SHOWN = 20  # of what is wrong, at most
# The first names the preparation. As the driver gives them: making times of what is only looked at takes longer than
# the looking.
_LOOKED_AT = {
    name: [type_coerce(_TABLES[name].c[column], NULLTYPE).label(column) for column in columns.split()]
    for name, columns in {
        "preparation": "id offers keep_until created_at",
        "person": "preparation_id number code_hash wrapped_key profile seen_on created_at",
        "entry": "preparation_id number offer_number sealed at",
    }.items()
}


def verify(database: Database, tell: Tell) -> list[str]:
    """What is wrong, in sentences, of which some will do; none if all is in order. Raises StoreError when it cannot be
    read at all."""
    level = database.level()
    if level is not Level.NEWEST:
        return [f"its schema is not that of this release, but {level}"]
    try:
        with database.snapshot() as connection:
            # In a file that is damaged, rows would only say the same again.
            found = list(_file(connection)) if isinstance(database, Sqlite) else []
            return found or list(islice(_rows(connection, tell), SHOWN))
    except Damaged as error:
        return [f"it is damaged: {error}"]


def counted(database: Database) -> dict[str, int]:
    """How many preparations, people and entries there are."""
    with database.snapshot() as connection:
        return {n: connection.execute(select(func.count()).select_from(_TABLES[n])).scalar_one() for n in OWNED}


def _file(connection: Connection) -> Iterator[str]:
    said = [str(says) for (says,) in connection.exec_driver_sql(f"PRAGMA integrity_check({SHOWN})")]
    if said != ["ok"]:
        yield from (f"it is damaged: {says}" for says in said)
        return
    for table, number, *_ in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(SHOWN):
        yield f"row {number} of {table} points nowhere"


def _rows(connection: Connection, tell: Tell) -> Iterator[str]:
    count = connection.execute(select(func.count()).select_from(_TABLES["preparation"])).scalar_one()
    done = 0
    for ids in batches(connection):
        found = {name: rows_of(connection, _TABLES[name], ids, looked_at) for name, looked_at in _LOOKED_AT.items()}
        people, entries = _by_preparation(found["person"]), _by_preparation(found["entry"])
        for row in found["preparation"]:
            for says in _preparation(row, people.get(row.id, []), entries.get(row.id, [])):
                yield f"preparation {row.id}: {says}"
        done += len(ids)
        tell(done, count)
    for row in connection.execute(select(_TABLES["look_up"])):
        if not isinstance(row.sealed, bytes) or not row.sealed:
            yield f"what a register said, under {row.name}: it is not sealed as we do"


def _by_preparation(rows: Sequence[Any]) -> dict[str, list[Any]]:
    return {key: list(found) for key, found in groupby(rows, itemgetter(0))}


def _preparation(row: Any, people: list[Any], entries: list[Any]) -> Iterator[str]:
    for what, rows in (("people", people), ("entries", entries)):
        if [row.number for row in rows] != list(range(1, len(rows) + 1)):
            yield f"the numbers of its {what} do not run from 1"
    if not people:
        yield "nobody belongs to it"
    if not (_is_time(row.created_at) and (row.keep_until is None or _is_day(row.keep_until))):
        yield "its days are not kept as we do"
    for person in people:
        linked = person.code_hash is not None
        if linked and not (len(person.code_hash) == HASH_BYTES and is_sealed(person.wrapped_key, length=KEY_BYTES)):
            yield f"the link of person {person.number} is not kept as we do"
        if not is_sealed(person.profile):
            yield f"the name of person {person.number} is not sealed as we do"
        if not (_is_day(person.seen_on) and _is_time(person.created_at)):
            yield f"the days of person {person.number} are not kept as we do"
    for _, number, offer_number, sealed, at in entries:
        if not is_sealed(sealed):
            yield f"entry {number} is not sealed as we do"
        if offer_number is not None and not 1 <= offer_number <= row.offers:
            yield f"entry {number} is about an offer that is not there"
        if not _is_time(at):
            yield f"the time of entry {number} is not kept as we do"


def _is_time(kept: object) -> bool:
    """Can be read as what it is. A file may hold anything in any column."""
    return isinstance(kept, date) or (isinstance(kept, str) and _reads(kept, datetime))


def _is_day(kept: object) -> bool:
    """The same of a day: an hour behind it is more than the column is read with."""
    return isinstance(kept, date) or (isinstance(kept, str) and _reads(kept, date))


@lru_cache(1000)  # most rows come after others of the same moment
def _reads(kept: str, kind: type[date]) -> bool:
    try:
        kind.fromisoformat(kept)
    except ValueError:
        return False
    return True
