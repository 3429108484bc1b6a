"""Servers to be treated badly: the real one, and one that is there again in a moment."""

import http.client
import json
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from browser.serving import PATIENCE, ROOT, GuideServer
from databases import lasting


class Server(GuideServer):
    """The real server, with its database in `folder`. Its log stands elsewhere, so that a full disk is the database's
    trouble alone."""

    def __init__(self, folder: Path, log: Path, **settings: str) -> None:
        super().__init__(folder, WHICH_CELLS_LIMITS="0", **settings)
        self.database = lasting(folder / "preparations.db")
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def kill(self) -> None:
        """Ends it at once, with no chance to tidy up."""
        assert self._process
        self._process.kill()
        self._process.wait()
        self._process = None

    def may_write(self, size: int | None) -> None:
        """The kernel lets it write no byte of a file beyond this size: as on a full disk."""
        hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


class Warm:
    """Starts servers without the seconds that it takes to read the pack: see `warm`."""

    def __init__(self, log: Path) -> None:
        self.log = log.open("a")
        told = [sys.executable, str(Path(__file__).with_name("warm.py"))]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self.log}
        self._process = subprocess.Popen(told, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True, **pipes)

    def start(self, settings: dict[str, str]) -> int:
        """Starts a server; returns the number of its process."""
        return self._ask(settings)

    def listen(self) -> int:
        """Listens in place of its servers, as systemd does, on a port of its own; returns which. A server that is
        started on that port serves what comes in, and others may before and after it."""
        return self._ask("listen")

    def ended(self, pid: int) -> int:
        """Waits until a server has ended; returns how."""
        return self._ask(pid)

    def close(self) -> None:
        self._process.communicate()
        self.log.close()

    def _ask(self, told: dict[str, str] | int | str) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


class NotStarted(Exception):
    """It said why in its log, and ended."""


class QuickServer(Server):
    """A server of a `Warm`. Its log is that of all of these."""

    def __init__(self, warm: Warm, folder: Path, port: int = 0) -> None:
        super().__init__(folder, Path(warm.log.name))
        if port:  # where the Warm listens
            self.port = port
            self._environment["WHICH_CELLS_PORT"] = str(port)
        self._warm = warm
        self._pid = 0

    def start(self) -> None:
        """Starts it and returns once it answers. Raises NotStarted when it ends instead."""
        self._pid = self._warm.start({n: v for n, v in self._environment.items() if n.startswith("WHICH_CELLS_")})
        until = time.monotonic() + PATIENCE
        while not self._listens():
            if self._has_ended():
                pid, self._pid = self._pid, 0
                assert os.waitstatus_to_exitcode(self._warm.ended(pid)) == 2, self.log
                raise NotStarted
            assert time.monotonic() < until, self.log
            time.sleep(0.005)

    @property
    def pid(self) -> int:
        return self._pid

    def kill(self) -> None:
        assert self._end(signal.SIGKILL) == signal.SIGKILL, self.log

    def stop(self) -> None:
        if self._pid:
            assert self._end(signal.SIGTERM) == 0, self.log

    def told_to_stop(self) -> None:
        """Tells it, and does not wait."""
        os.kill(self._pid, signal.SIGTERM)

    def ended(self) -> int:
        """Waits until it has ended; returns how."""
        pid, self._pid = self._pid, 0
        return self._warm.ended(pid)

    def _end(self, way: signal.Signals) -> int:
        """How it ended."""
        os.kill(self._pid, way)
        return self.ended()

    def _has_ended(self) -> bool:
        # A process that has ended stays in the list until its parent asks how.
        return Path(f"/proc/{self._pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"

    def _listens(self) -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)) as connection:
            try:
                connection.request("GET", "/healthz")
                return connection.getresponse().status == 200
            except OSError:
                return False
