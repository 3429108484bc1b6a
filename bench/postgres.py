"""A PostgreSQL cluster of our own, from Debian's binaries: on loopback alone, and gone with all that it held.

Lets everybody in who is on this machine: nothing of anybody's is in it. `python -m bench.postgres COMMAND...` (from
`make test-postgres`) runs a command while one is there, with its address in WHICH_CELLS_TEST_POSTGRES.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from bench.servers import free_port

VARIABLE = "WHICH_CELLS_TEST_POSTGRES"
USER = "bench"
MISSING = "PostgreSQL is missing. On Debian or Ubuntu: apt-get install postgresql"
# As it is by default, every commit is on the disk before it is answered. Filling it with a million preparations is not
# what is measured.
MEASURED = {"max_wal_size": "4GB", "shared_buffers": "512MB"}
# What a power cut would do is not tried in tests, which make thousands of databases.
TESTED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """A cluster in a folder that was made for it."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self._folder, self.port = folder, free_port()
        given = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        given |= {"max_connections": "300", **settings}
        self._options = " ".join(f"-c {name}='{value}'" for name, value in given.items())
        # It refuses to run as root.
        self._owner = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if self._owner:
            shutil.chown(folder, "postgres", "postgres")
        self._run("initdb", "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    def start(self) -> None:
        self._run("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", self._options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    @property
    def version(self) -> str:
        with psycopg.connect(self.address("postgres")) as connection:
            return (connection.info.parameter_status("server_version") or "unknown").partition(" ")[0]

    def create(self, name: str) -> str:
        """Makes an empty database and returns its address."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.address(name)

    def megabytes(self, name: str) -> float:
        """What a database takes on the disk."""
        with psycopg.connect(self.address("postgres")) as connection:
            (size,) = connection.execute("SELECT pg_database_size(%s)", [name]).fetchone() or (0,)
        return float(size) / 1e6

    def address(self, name: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(_programs() / program), "-D", str(self._folder / "data"), *arguments]
        # What it says would be held open by the server for as long as that runs.
        subprocess.run(command, **self._owner, cwd=self._folder, check=True, stdout=subprocess.DEVNULL)


def binaries() -> Path | None:
    """The folder of the newest release that is installed; None without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def _programs() -> Path:
    found = binaries()
    if found is None:
        raise RuntimeError(MISSING)
    return found


@contextmanager
def cluster(settings: Mapping[str, str] = MEASURED) -> Iterator[Cluster]:
    """A running cluster, which is removed in the end. Raises RuntimeError where PostgreSQL is not installed, and
    subprocess.CalledProcessError when it does not start."""
    _programs()
    folder = Path(tempfile.mkdtemp(prefix="which-cells-postgres-"))
    try:
        running = Cluster(folder, settings)
        running.start()
        try:
            yield running
        finally:
            running.stop("immediate")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if binaries() is None:
        sys.exit(MISSING)
    with cluster(TESTED) as there:
        environment = {**os.environ, VARIABLE: there.address("postgres")}
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
