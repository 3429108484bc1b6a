"""Servers as subprocesses on free ports of this machine: started, waited for, always stopped.

Knows how each is told where its things are. Does not know what is asked of them.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 60
_STOP_SECONDS = 10


class Server(NamedTuple):
    """A server that is up."""

    port: int
    process_id: int

    def cpu(self) -> float:
        """The seconds of work it has done, all threads together; 0 where the system does not say."""
        stat = Path(f"/proc/{self.process_id}/stat")
        if not stat.exists():
            return 0.0
        after_name = stat.read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def guide(database: Path) -> Iterator[Server]:
    """Our own application as it is served."""
    port = _free_port()
    told = {"WHICH_CELLS_DATABASE": str(database), "WHICH_CELLS_HOST": "127.0.0.1", "WHICH_CELLS_PORT": str(port)}
    told["WHICH_CELLS_LIMITS"] = "1000000"  # requests are counted as for everybody, and none is turned away
    with _served(["-m", "app", "serve"], told, port, "/healthz", database.with_suffix(".log")) as server:
        yield server


@contextmanager
def floor(database: Path, page_bytes: int) -> Iterator[Server]:
    """The bare application."""
    port = _free_port()
    told = {"FLOOR_DATABASE": str(database), "FLOOR_PAGE_BYTES": str(page_bytes), "FLOOR_PORT": str(port)}
    with _served(["-m", "bench.floor"], told, port, "/", database.with_suffix(".log")) as server:
        yield server


@contextmanager
def _served(arguments: list[str], told: dict[str, str], port: int, health: str, log: Path) -> Iterator[Server]:
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=_ROOT, env=os.environ | told, stdout=said, stderr=subprocess.STDOUT
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}{health}")
        yield Server(port, process.pid)
    except Exception as error:
        error.add_note(f"The server's state: {process.poll()} (None: it ran on). What it said:\n{_end_of(log)}")
        raise
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  (our own address)
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server at {address} did not start")


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
