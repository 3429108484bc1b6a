"""Taking a preparation in from elsewhere, and deleting one: all of it, or nothing."""

from pathlib import Path
from typing import Any

import pytest
from databases import SERVER
from sqlalchemy import event, func, select
from sqlmodel import SQLModel, col

from app.store.database import Database, StoreError
from app.store.opened import Key
from app.store.preparations import Preparations
from app.store.sealing import NotOpened
from app.store.tables import Entry, Person

OFFERS: list[dict[str, Any]] = [
    {"offer.name": "First", "claims.heard": ["none_of_these"]},
    {},
    {"offer.name": "Third", "visit.clear": {"the_goal": "clear"}},
]
YOU: dict[str, Any] = {"you.priorities": ["sleep", "pain"]}


def counts(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        tables = [table for table in SQLModel.metadata.sorted_tables if table.name != "tally"]
        return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


def test_what_is_taken_in_is_there_in_order_and_given_now(preparations: Preparations) -> None:
    key = preparations.take_in(OFFERS, YOU)
    records = preparations.read(key).offers
    assert [record.answers for record in records.values()] == OFFERS
    assert list(records) == [1, 2, 3]
    person = preparations.read(key).mine
    assert person.answers == YOU
    assert {r.pack_version for r in person.latest.values()} == {"1.0.0"}
    assert not any(record.previous for record in records.values())


def test_taking_in_nothing_leaves_one_empty_offer(preparations: Preparations) -> None:
    key = preparations.take_in([], {})
    assert list(preparations.read(key).offers) == [1]


def test_empty_answers_are_not_taken_in(preparations: Preparations) -> None:
    key = preparations.take_in([{"offer.name": "", "claims.heard": [], "visit.clear": {}}], {"you.ready": {}})
    assert preparations.read(key).offer(1).latest == {}
    assert preparations.read(key).mine.latest == {}


def test_what_is_taken_in_can_be_changed_like_any_other(preparations: Preparations) -> None:
    key = preparations.take_in(OFFERS, YOU)
    assert preparations.save(key, 1, "offer.name", "Changed").previous["offer.name"].value == "First"
    assert preparations.add_offer(key) == 4


def test_deleting_removes_everything_of_it_and_nothing_else(database: Database, preparations: Preparations) -> None:
    other = preparations.take_in(OFFERS, YOU)
    before = counts(database)
    key = preparations.take_in(OFFERS, YOU)
    preparations.save(key, 2, "offer.name", "Second")
    preparations.save(key, 2, "offer.name", "Second, changed")
    preparations.delete(key)
    assert counts(database) == before
    assert [record.answers for record in preparations.read(other).offers.values()] == OFFERS
    for opened in (preparations.read, preparations.delete):
        with pytest.raises(NotOpened):
            opened(key)


def test_only_a_holder_deletes(database: Database, preparations: Preparations) -> None:
    key, other = preparations.take_in(OFFERS, YOU), preparations.start()
    before = counts(database)
    for wrong in (Key(key.preparation_id, "x"), Key(key.preparation_id, other.secret), Key("nowhere", key.secret)):
        with pytest.raises(NotOpened):
            preparations.delete(wrong)
    assert counts(database) == before


@pytest.mark.parametrize("table", ["entry", "person", "preparation"])
def test_a_deletion_that_fails_half_way_deletes_nothing(
    database: Database, preparations: Preparations, table: str
) -> None:
    key = preparations.take_in(OFFERS, YOU)
    before = counts(database)
    # A fault at this very table, as the database reports one.
    with database.writing() as connection:
        if SERVER:
            raising = "CREATE FUNCTION broken() RETURNS trigger AS 'BEGIN RAISE ''broken''; END' LANGUAGE plpgsql"
            connection.exec_driver_sql(raising)
            action = "FOR EACH ROW EXECUTE FUNCTION broken()"
        else:
            action = "BEGIN SELECT RAISE(ABORT, 'broken'); END"
        connection.exec_driver_sql(f"CREATE TRIGGER broken BEFORE DELETE ON {table} {action}")
    with pytest.raises(StoreError):
        preparations.delete(key)
    assert counts(database) == before
    assert preparations.read(key).mine.answers == YOU


def test_what_is_deleted_is_overwritten_in_the_file(path: Path, database: Database, preparations: Preparations) -> None:
    key = preparations.take_in([{"visit.notes": "a sentence that nobody else writes " * 50}], {})
    with database.reading() as connection:
        pieces = [
            *connection.execute(select(col(Entry.sealed))).scalars(),
            *connection.execute(select(col(Person.wrapped_key))).scalars(),
        ]
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    pieces = [piece[20:60] for piece in pieces]
    assert len(pieces) == 2
    assert all(piece in path.read_bytes() for piece in pieces)
    preparations.delete(key)
    assert path.with_name(path.name + "-wal").stat().st_size == 0
    assert not any(piece in path.read_bytes() for piece in pieces)


def test_deleting_is_one_transaction(database: Database, preparations: Preparations) -> None:
    key, begun = preparations.take_in(OFFERS, YOU), []
    event.listen(database._engine, "commit", lambda _connection: begun.append("commit"))
    preparations.delete(key)
    assert begun == ["commit"]
