"""The real server, as a process of its own. Knows how to start, stop and wait for it, and nothing of browsers."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from databases import lasting

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0  # seconds until a start counts as failed


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def faults(log: str) -> list[str]:
    """The lines of a log that tell of faults in the program; a database that cannot work is none."""
    bad = [line for line in log.splitlines() if re.search(r" (ERROR|CRITICAL) |Traceback", line)]
    return [line for line in bad if "the database cannot do its work" not in line and " did not work: " not in line]


class GuideServer:
    """`python -m app serve` on a port of its own, with its database in `folder`. Asks nobody outside, and lets others
    ask often, unless `settings`, by the names of their variables, say so."""

    run = ("-m", "app", "serve")  # what Python is to run
    root = ROOT  # where the program stands
    patience = PATIENCE

    def __init__(self, folder: Path, **settings: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = folder / "server.log"
        self._environment = os.environ | {
            "WHICH_CELLS_HOST": "127.0.0.1",
            "WHICH_CELLS_PORT": str(self.port),
            "WHICH_CELLS_DATABASE": lasting(folder / "preparations.db"),
            "WHICH_CELLS_LOOK_UP": "false",
            "WHICH_CELLS_LIMITS": "1000",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and returns once it answers. Raises RuntimeError with its log when it does not."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.run],
                cwd=self.root,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + self.patience
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{self.log}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends it, and waits until it has ended."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def workers(self) -> set[int]:
        """The numbers of the processes that serve, where there are several."""
        assert self._process
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        # One more looks after what they share.
        return {int(child) for child in children.split() if b"spawn_main" in _command(child)}

    @property
    def log(self) -> str:
        """What it wrote so far."""
        return self._log.read_text(encoding="utf-8")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=1) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _command(pid: str) -> bytes:
    """What a process runs; nothing once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
