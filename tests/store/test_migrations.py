"""The schema: what the migrations make is what the tables say, there and back."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlmodel import SQLModel

from app.store.database import MIGRATIONS, Database, StoreError
from app.store.preparations import Preparations


def config(connection: Connection) -> Config:
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    found.attributes["connection"] = connection
    return found


def schema(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return [sql for (sql,) in found if "alembic_version" not in sql]


def test_the_newest_schema_is_what_the_tables_say(database: Database) -> None:
    with database._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_there_is_one_newest_migration() -> None:
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    assert len(ScriptDirectory.from_config(found).get_heads()) == 1


def test_migrating_again_changes_nothing(database: Database, preparations: Preparations, path: Path) -> None:
    key = preparations.start()
    preparations.save(key, 1, "offer.name", "Mine")
    before = schema(path)
    database.migrate()
    assert schema(path) == before
    again = Database(path)
    again.migrate()
    assert Preparations(again, "parkinsons", "1.1.0").read(key).offer(1).answers == {"offer.name": "Mine"}
    again.close()


def test_down_and_up_again_gives_the_same_schema(tmp_path: Path) -> None:
    path = tmp_path / "guide.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(config(connection), "head")
    up = schema(path)
    assert len(up) >= 4
    with engine.begin() as connection:
        command.downgrade(config(connection), "base")
    assert schema(path) == []
    with engine.begin() as connection:
        command.upgrade(config(connection), "head")
    assert schema(path) == up
    engine.dispose()


def test_a_file_from_before_sealing_is_left_alone_and_the_reason_is_said(tmp_path: Path) -> None:
    path = tmp_path / "guide.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(config(connection), "0002")
        connection.exec_driver_sql("INSERT INTO preparation VALUES ('a', 'parkinsons', '2026-01-01 00:00:00.000000')")
    engine.dispose()
    before = schema(path)
    database = Database(path)
    with pytest.raises(StoreError, match="from before answers were sealed"):
        database.migrate()
    database.close()
    assert schema(path) == before
