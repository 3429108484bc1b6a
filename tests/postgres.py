"""A PostgreSQL server of our own, from Debian's package: on this machine alone, and gone with all that it held.

`python -m postgres COMMAND...` (from `make test-postgres`) runs a command while it is there, with its address in
WHICH_CELLS_TEST_POSTGRES.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "WHICH_CELLS_TEST_POSTGRES"
_INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
# What a power cut would do is not tried here, and tests make a thousand databases.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Server:
    """One that runs in a folder. It refuses to be root, so root asks the user `postgres` to run it."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder, self.port = folder, _free_port()
        self.settings = {"max_connections": "200", **settings}
        self.address = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        given = {**self.settings, "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        options = " ".join(f"-c {name}='{value}'" for name, value in given.items())
        self._control("start", "-l", str(self.folder / "log"), "-o", options)

    def stop(self, mode: str = "fast") -> None:
        self._control("stop", "-m", mode)

    def _control(self, action: str, *options: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", *options, action)

    def _run(self, program: str, *options: str) -> None:
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_postgres, str(_INSTALLED[-1].with_name(program)), *options]
        # Its output would be held open by the server for as long as that runs.
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode()}")


def is_installed() -> bool:
    """Debian's package is there."""
    return bool(_INSTALLED)


@contextmanager
def running(settings: dict[str, str] | None = None) -> Iterator[Server]:
    """A server with these settings, which is removed in the end."""
    folder = Path(tempfile.mkdtemp(prefix="which-cells-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    try:
        server = Server(folder, QUICK if settings is None else settings)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    if not is_installed():
        sys.exit("PostgreSQL is missing. On Debian or Ubuntu: apt-get install postgresql")
    with running() as there:
        sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, VARIABLE: there.address}, check=False).returncode)
