"""Servers to be treated badly."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.serving import faults

from .servers import QuickServer, Warm


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    started = Warm(tmp_path_factory.mktemp("warm") / "server.log")
    yield started
    started.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the database stands, alone."""
    made = tmp_path / "data"
    made.mkdir()
    return made


@pytest.fixture
def server(folder: Path, warm: Warm) -> Iterator[QuickServer]:
    """A server on a new database, for one test."""
    running = QuickServer(warm, folder)
    running.start()
    yield running
    running.stop()
    # Whatever happened, no fault of ours was met.
    assert faults(running.log) == []
