"""`python -m app backup, restore, move, verify`: what they say, how they end, and how far they are."""

import io
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from databases import SERVER, about_files, fresh
from sqlalchemy import text
from waiting import soon

from app import cli, copying_cli
from app.store import copying
from app.store.connect import connect
from app.store.database import Database
from app.store.preparations import Preparations
from app.store.sqlite import Sqlite

HOLDS = "2 preparations, 2 people, 2 entries"


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database that the setting names, with two preparations."""
    with fresh(tmp_path) as found:
        monkeypatch.setenv("WHICH_CELLS_DATABASE", found)
        fill(found)
        yield found


def fill(address: str) -> None:
    database = connect(address)
    database.migrate()
    for _ in range(2):
        Preparations(database, "parkinsons", "1.0.0").take_in([{"offer.name": "Mine"}], {})
    database.close()


def test_a_backup_is_written_checked_and_restored_elsewhere(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "backup.db"
    assert cli.main(["backup", str(file)]) == 0
    assert cli.main(["verify", str(file)]) == 0
    assert cli.main(["verify"]) == 0
    with fresh(tmp_path, "new.db") as new:
        monkeypatch.setenv("WHICH_CELLS_DATABASE", new)
        assert cli.main(["restore", str(file)]) == 0
        assert cli.main(["verify"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"{file}: {HOLDS}. To check it: python -m app verify {file}",
        f"{HOLDS}: nothing wrong.",
        f"{HOLDS}: nothing wrong.",
        f"Restored: {HOLDS}.",
        f"{HOLDS}: nothing wrong.",
    ]
    # Nobody looks, and it took no time.
    assert said.err == ""


def test_what_cannot_be_done_is_a_sentence(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = tmp_path / "there.db"
    there.write_text("a letter", encoding="utf-8")
    nowhere = tmp_path / "nowhere.db"
    for command in (["backup", there], ["backup", nowhere / "b.db"], ["restore", nowhere], ["verify", there]):
        assert cli.main([str(part) for part in command]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        f"Not done: there is a file {there} already.",
        f"Not done: there is no folder {nowhere}.",
        f"Not done: there is no file {nowhere}.",
        "The database cannot be used: file is not a database.",
    ]


def test_what_is_wrong_is_named_and_ends_with_1(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    database = connect(address)
    with database.writing() as connection:
        connection.execute(text("DELETE FROM entry"))
        connection.execute(text("DELETE FROM person"))
    database.close()
    assert cli.main(["verify"]) == 1
    said = capsys.readouterr()
    assert said.out == "2 preparations, 0 people, 0 entries: not in order.\n"
    assert said.err.count(": nobody belongs to it\n") == 2


@about_files
def test_a_file_is_moved_to_postgresql_alone(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["move", address]) == 2
    assert capsys.readouterr().err.startswith("Not done: WHICH_CELLS_DATABASE has to be a PostgreSQL address")
    assert Path(address).exists()


@pytest.mark.skipif(not SERVER, reason="this is about PostgreSQL: make test-postgres")
def test_a_file_is_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    fill(str(tmp_path / "old.db"))
    old = Sqlite(tmp_path / "old.db")
    old.close()
    with fresh(tmp_path) as new:
        monkeypatch.setenv("WHICH_CELLS_DATABASE", new)
        assert cli.main(["move", str(tmp_path / "old.db")]) == 0
    kept = tmp_path / "old.db.moved"
    assert capsys.readouterr().out == f"Moved, and read back: {HOLDS}. The file is kept as {kept}.\n"
    assert kept.exists()


class Terminal(io.StringIO):
    """Somebody looks."""

    def isatty(self) -> bool:
        return True


def test_who_waits_sees_how_far_it_is(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    monkeypatch.setattr("sys.stderr", shown)
    monkeypatch.setattr(copying, "BATCH", 1)
    monkeypatch.setattr(copying_cli, "SHOWN_AFTER", 1e-6)
    monkeypatch.setattr(copying_cli, "tqdm", partial(copying_cli.tqdm, mininterval=0))
    assert cli.main(["verify"]) == 0
    assert "verify:" in shown.getvalue()
    assert "2.00/2.00" in shown.getvalue()


def test_who_waits_for_what_nobody_can_count_sees_how_long_it_takes(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Terminal()
    monkeypatch.setattr("sys.stderr", shown)
    monkeypatch.setattr(copying_cli, "SHOWN_AFTER", 0.01)
    monkeypatch.setattr(copying_cli, "TICK", 0.01)

    def verify(_database: Database, _tell: copying.Tell) -> list[str]:
        assert soon(lambda: shown.getvalue().count("verify: 00:00") > 1)
        return []

    monkeypatch.setattr(copying_cli, "verify", verify)
    assert cli.main(["verify"]) == 0


def test_whoever_is_told_to_stop_leaves_nothing_that_is_not_whole(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kept" / "backup.db"
    file.parent.mkdir()

    def stopped(database: Database, file: Path, _tell: copying.Tell) -> None:
        copying.back_up(database, file, lambda _done, _count: os.kill(os.getpid(), signal.SIGTERM))

    monkeypatch.setattr(copying_cli, "back_up", stopped)
    before = signal.getsignal(signal.SIGTERM)
    assert cli.main(["backup", str(file)]) == copying_cli.STOPPED
    assert signal.getsignal(signal.SIGTERM) == before
    assert capsys.readouterr().err == "Stopped. Nothing was left that is not whole.\n"
    assert list(file.parent.iterdir()) == []


def test_whoever_is_stopped_half_way_into_a_database_is_told_to_go_on(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(copying_cli, "restore", stopped)
    assert cli.main(["restore", str(tmp_path / "backup.db")]) == copying_cli.STOPPED
    assert capsys.readouterr().err == "Stopped. To go on, run it again.\n"
