"""The schema: what the migrations make is what the tables say, there and back, from every schema there ever was."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import bare, rows
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from app.store.connect import connect
from app.store.database import MIGRATIONS, Database, Level, StoreError
from app.store.preparations import Preparations

# What stood in each released schema, beside what people said: that is either sealed, or refused (see below).
AT = "2026-01-02 03:04:05+00:00"
DATA = {
    "0001": [],
    "0002": [
        f"INSERT INTO look_up (number, found, parts, at) VALUES ('NCT01234567', true, :bytes, '{AT}')",
        "UPDATE look_up_pace SET next_at = 7",
    ],
    "0003": ["INSERT INTO tally VALUES ('a', 3, 1e12)"],
    "0004": [
        f"INSERT INTO preparation VALUES ('{'a' * 18}', 'parkinsons', 1, '2027-01-02', '{AT}')",
        "INSERT INTO person (preparation_id, number, role, profile, seen_on, created_at) "
        f"VALUES ('{'a' * 18}', 1, 'patient', :bytes, '2026-01-02', '{AT}')",
        "INSERT INTO entry (preparation_id, number, offer_number, person_number, sealed, pack_version, at) "
        f"VALUES ('{'a' * 18}', 1, 1, 1, :bytes, '1.0.0', '{AT}')",
        f"INSERT INTO look_up VALUES ('n', :bytes, '{AT}')",
    ],
    "0005": ["INSERT INTO watch (id, since, last) VALUES (1, '2026-01-02', '2026-01-09')"],
    "0006": ["UPDATE watch SET swept_on = '2026-01-09'"],
}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """A database without tables."""
    with bare(tmp_path) as address:
        database = connect(address)
        yield database
        database.close()


def migrate(database: Database, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if to.startswith("-") else command.upgrade)(config, to.removeprefix("-"))


def fill(database: Database, *revisions: str) -> None:
    """Comes to each schema in turn, and puts its data in."""
    for revision in revisions:
        migrate(database, revision)
        with database.writing() as connection:
            for statement in DATA[revision]:
                connection.execute(text(statement), {"bytes": b"x"} if ":bytes" in statement else {})


def schema(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Tables, with their columns and keys."""
    with database.reading() as connection:
        found = inspect(connection)
        return {
            table: [
                *((c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)),
                tuple(found.get_pk_constraint(table)["constrained_columns"]),
                *((tuple(key["constrained_columns"]), key["referred_table"]) for key in found.get_foreign_keys(table)),
                *(sorted((str(index["name"]), index["unique"]) for index in found.get_indexes(table))),
            ]
            for table in sorted(found.get_table_names())
            if table != "alembic_version"
        }


def test_the_newest_schema_is_what_the_tables_say(database: Database) -> None:
    with database._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_there_is_one_newest_migration_and_every_one_before_it_is_tried() -> None:
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(found)
    assert len(scripts.get_heads()) == 1
    assert {one.revision for one in scripts.walk_revisions()} - {scripts.get_current_head()} == set(DATA)


def test_migrating_again_changes_nothing(address: str, database: Database, preparations: Preparations) -> None:
    key = preparations.start()
    preparations.save(key, 1, "offer.name", "Mine")
    before = schema(database)
    database.migrate()
    assert schema(database) == before
    again = connect(address)
    again.migrate()
    assert Preparations(again, "parkinsons", "1.1.0").read(key).offer(1).answers == {"offer.name": "Mine"}
    again.close()


def test_what_a_later_release_has_brought_further_is_served_as_it_is(
    database: Database, preparations: Preparations
) -> None:
    """While that one comes in, workers of this one may have to start anew; and it may be led back."""
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = schema(database)
    database.migrate()
    assert database.level() is Level.NEWER
    assert schema(database) == before
    key = preparations.start()
    preparations.save(key, 1, "offer.name", "Mine")
    assert preparations.read(key).offer(1).answers == {"offer.name": "Mine"}


def test_down_and_up_again_gives_the_same_schema(empty: Database) -> None:
    migrate(empty, "head")
    up = schema(empty)
    assert len(up) >= 7
    migrate(empty, "-base")
    assert schema(empty) == {}
    migrate(empty, "head")
    assert schema(empty) == up


@pytest.mark.parametrize("revision", DATA)
def test_from_every_schema_there_was_nothing_that_is_still_kept_gets_lost(empty: Database, revision: str) -> None:
    revisions = [one for one in DATA if one <= revision]
    fill(empty, *revisions)
    empty.migrate()
    found = rows(empty)
    sealed = "0004" in revisions
    assert [len(found[table]) for table in ("preparation", "person", "entry", "look_up")] == [int(sealed)] * 4
    # From before sealing, what registers said stood there readable: it is asked anew.
    assert found["look_up_pace"][0][1] == (7 if "0002" in revisions else 0)
    with empty.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM tally")).scalar_one() == ("0003" in revisions)
        since, swept_on = connection.execute(text("SELECT since, swept_on FROM watch")).one()
        assert connection.execute(text("SELECT mark FROM pepper")).all() == [(None,)]
    assert str(since) == ("2026-01-02" if "0005" in revisions else "1970-01-01")
    assert str(swept_on) == ("2026-01-09" if "0006" in revisions else "None")


def test_down_from_the_newest_keeps_what_the_one_before_can_hold(empty: Database) -> None:
    fill(empty, *DATA)
    before = rows(empty)
    empty.migrate()
    migrate(empty, f"-{max(DATA)}")
    assert rows(empty) == before


def test_what_is_sealed_is_not_given_up_for_an_older_schema(empty: Database) -> None:
    fill(empty, *DATA)
    before = rows(empty)
    with pytest.raises(Exception, match="older versions cannot open"):
        migrate(empty, "-0003")
    assert rows(empty) == before


def test_a_database_from_before_sealing_is_left_alone_and_the_reason_is_said(empty: Database) -> None:
    migrate(empty, "0002")
    with empty.writing() as connection:
        connection.execute(text(f"INSERT INTO preparation VALUES ('a', 'parkinsons', '{AT}')"))
    before = schema(empty)
    with pytest.raises(StoreError, match="from before answers were sealed"):
        empty.migrate()
    assert schema(empty) == before
