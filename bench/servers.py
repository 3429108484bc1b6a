"""Servers as subprocesses on free ports of this machine: started, waited for, always stopped, with all they started.

Does not know what they are, nor what is asked of them.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_START_SECONDS = 120
_STOP_SECONDS = 20


@dataclass(frozen=True)
class Memory:
    """What one process holds, in MB: all its pages, and its share of them where others share them."""

    rss: float
    pss: float


@dataclass(frozen=True)
class Server:
    """A server that is up, and how many seconds it took until it answered."""

    port: int
    process_id: int
    start_seconds: float

    def cpu(self) -> float:
        """The seconds of work that all its processes have done, with all their threads."""
        ticks = 0
        for process_id in self.process_ids():
            with suppress(OSError):
                after_name = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
                ticks += int(after_name[11]) + int(after_name[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> list[Memory]:
        """What each of its processes holds, the largest first."""
        found = []
        for process_id in self.process_ids():
            with suppress(OSError):
                lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()[1:]
                kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
                found.append(Memory(kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024))
        return sorted(found, key=lambda one: one.pss, reverse=True)

    def process_ids(self) -> list[int]:
        """All processes of its session: the one we started, and what it started."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                with suppress(OSError):
                    after_name = (entry / "stat").read_text().rpartition(")")[2].split()
                    if int(after_name[3]) == self.process_id:
                        found.append(int(entry.name))
        return found


@contextmanager
def served(
    command: Sequence[str], folder: Path, told: Mapping[str, str], port: int, health: str, log: Path
) -> Iterator[Server]:
    """A server that has answered at `health`. Raises RuntimeError when it does not start."""
    begun = time.perf_counter()
    with log.open("ab") as said:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | told,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, port, health)
        yield Server(port, process.pid, time.perf_counter() - begun)
    except Exception as error:
        error.add_note(f"The server's state: {process.poll()} (None: it ran on). What it said:\n{_end_of(log)}")
        raise
    finally:
        _stop(process)


def _wait(process: subprocess.Popen[bytes], port: int, health: str) -> None:
    request = f"GET {health} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(request)
            if connection.recv(4096).startswith((b"HTTP/1.1 2", b"HTTP/1.1 3")):
                return
        time.sleep(0.005)
    raise RuntimeError(f"the server at port {port} did not start")


def _stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_SECONDS)
    with suppress(ProcessLookupError):  # whatever did not go by itself
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:]


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
