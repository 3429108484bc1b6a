"""Whether the guide can do its work: asked by anybody, as often as they like, and answered soon in one word."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.store.sqlite import Sqlite
from app.web import ready
from app.web.ready import Readiness

from .conftest import MakeClient, application
from .faults import garbage, locked, read_only


@pytest.fixture
def client(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """An application that asks its database anew each time."""
    monkeypatch.setattr(ready, "FRESH", 0.0)
    monkeypatch.setattr(ready, "SECONDS", 0.3)
    return make_client()


def answer(client: TestClient) -> tuple[int, str]:
    response = client.get("/readyz")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    return response.status_code, response.text


@contextmanager
def level(client: TestClient, name: str | None) -> Iterator[None]:
    """The database is at this level of the schema, or at none."""
    database = application(client).state.database

    def put(name: str | None) -> str:
        with database.writing() as connection:
            before: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
            connection.execute(text("DELETE FROM alembic_version"))
            if name:
                connection.execute(text("INSERT INTO alembic_version VALUES (:name)"), {"name": name})
        return before

    before = put(name)
    yield
    put(before)


def test_it_is_ready_once_it_answers(client: TestClient) -> None:
    assert answer(client) == (200, "ready\n")
    assert client.head("/readyz").status_code == 200


def test_without_its_database_it_is_not(client: TestClient) -> None:
    with garbage(application(client)):
        assert answer(client) == (503, "database\n")
        assert client.get("/healthz").text == "ok\n"
    assert answer(client) == (200, "ready\n")


def test_with_a_schema_that_is_behind_it_is_not(client: TestClient) -> None:
    for older in ("0001", None):
        with level(client, older):
            assert answer(client) == (503, "schema\n"), older
    assert answer(client) == (200, "ready\n")


def test_while_a_newer_release_takes_over_the_older_goes_on(client: TestClient) -> None:
    with level(client, "9999"):
        assert answer(client) == (200, "ready\n")


def test_where_nothing_can_be_written_just_now_reading_goes_on(client: TestClient) -> None:
    for fault in (read_only, locked):
        with fault(application(client)):
            assert answer(client) == (200, "ready\n")


class Slow(Sqlite):
    """A real one, that takes its time."""

    seconds, asked = 0.0, 0

    def ready(self) -> bool:
        self.asked += 1
        time.sleep(self.seconds)
        return super().ready()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Slow]:
    database = Slow(tmp_path / "slow.db")
    database.migrate()
    yield database
    database.close()


def test_a_database_that_does_not_answer_is_not_waited_for_and_not_asked_twice(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "SECONDS", 0.1)
    slow.seconds = 0.5

    async def ask() -> list[str]:
        readiness = Readiness(slow)
        found = await asyncio.gather(*(readiness.missing() for _ in range(50)))
        await asyncio.sleep(slow.seconds)
        return [*found, await readiness.missing()]

    assert asyncio.run(ask()) == ["database"] * 50 + [""]
    assert slow.asked == 1


def test_however_many_ask_the_database_is_asked_once_in_a_while(slow: Slow) -> None:
    now = 0.0

    async def ask() -> None:
        nonlocal now
        readiness = Readiness(slow, lambda: now)
        for now, asked in ((0.0, 1), (0.9, 1), (1.0, 2), (1.9, 2), (100.0, 3)):  # noqa: B007
            assert await readiness.missing() == ""
            assert slow.asked == asked

    asyncio.run(ask())
