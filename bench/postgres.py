"""A PostgreSQL cluster of its own, from Debian's binaries, for as long as the benchmark runs.

Set up as it is by default: every commit is on the disk before it is answered. Listens on loopback alone, and lets
everybody in who is there: nothing of anybody's is in it.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.servers import free_port

USER = "bench"


class Cluster:
    """A running cluster."""

    def __init__(self, port: int) -> None:
        self.port = port
        with psycopg.connect(self.address("postgres")) as connection:
            self.version = (connection.info.parameter_status("server_version") or "unknown").partition(" ")[0]

    def create(self, name: str) -> str:
        """Makes an empty database and returns its address."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.address(name)

    def megabytes(self, name: str) -> float:
        """What a database takes on the disk."""
        with psycopg.connect(self.address("postgres")) as connection:
            (size,) = connection.execute("SELECT pg_database_size(%s)", [name]).fetchone() or (0,)
        return float(size) / 1e6

    def address(self, name: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"


def binaries() -> Path | None:
    """The folder of the newest release that is installed; None without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Starts a cluster in this folder, which must not exist yet, and stops it in the end. Raises
    subprocess.CalledProcessError when it cannot."""
    programs = binaries()
    if programs is None:
        raise RuntimeError("PostgreSQL is missing. On Debian or Ubuntu: apt-get install postgresql")
    folder.mkdir()  # in a place that the user below gets to
    # It refuses to run as root.
    owner = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if owner:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()

    def run(name: str, *arguments: str) -> None:
        command = [str(programs / name), "-D", str(data), *arguments]
        subprocess.run(command, **owner, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    run("initdb", "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300"
    # Filling it with a million preparations is not what is measured.
    options += " -c max_wal_size=4GB -c shared_buffers=512MB"
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield Cluster(port)
    finally:
        run("pg_ctl", "-w", "-m", "fast", "stop")
