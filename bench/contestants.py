"""Who is measured: our guide, the floor, and two peers. How each is set up and started, and how to talk to it.

Each is set up as its own documentation says for serving others, with as many workers as the rest, its database on the
disk and every commit in it.
"""

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.servers import Server, free_port, served
from bench.talks import Formtools, Guide, OTree, Talk

_ROOT = Path(__file__).resolve().parent.parent
_PEERS = _ROOT / "bench" / "peers"
PEERS_BIN = _PEERS / ".venv" / "bin"
_REST_KEY = "only-on-this-machine"


@dataclass(frozen=True)
class Setting:
    """Where and how to serve. `database` is a file's path or an address of PostgreSQL."""

    folder: Path
    database: str
    workers: int = 1
    # A file with the questions, for the peers, and one with a page, for the floor.
    questions: Path = Path()
    page: Path = Path()

    @property
    def address(self) -> str:
        return self.database if "://" in self.database else f"sqlite:///{self.database}"


@dataclass(frozen=True)
class Contestant:
    """One of those who are measured."""

    name: str
    says: str
    start: Callable[[Setting], AbstractContextManager[Server]]
    talk: Talk
    most_workers: int = 99
    peer: bool = False


@contextmanager
def _guide(setting: Setting) -> Iterator[Server]:
    port = free_port()
    told = {
        "WHICH_CELLS_DATABASE": setting.database,
        "WHICH_CELLS_WORKERS": str(setting.workers),
        "WHICH_CELLS_HOST": "127.0.0.1",
        "WHICH_CELLS_PORT": str(port),
        "WHICH_CELLS_LIMITS": "1000000",  # requests are counted as for everybody, and none is turned away
    }
    with served([sys.executable, "-m", "app", "serve"], _ROOT, told, port, "/healthz", _log(setting, "guide")) as up:
        yield up


@contextmanager
def _floor(setting: Setting) -> Iterator[Server]:
    port = free_port()
    told = {
        "FLOOR_DATABASE": setting.database,
        "FLOOR_PAGE": str(setting.page),
        "FLOOR_PORT": str(port),
        "FLOOR_WORKERS": str(setting.workers),
    }
    with served([sys.executable, "-m", "bench.floor"], _ROOT, told, port, "/healthz", _log(setting, "floor")) as up:
        yield up


@contextmanager
def _formtools(setting: Setting) -> Iterator[Server]:
    port, folder = free_port(), _PEERS / "formtools"
    told = {
        "DJANGO_SETTINGS_MODULE": "settings",
        "PEER_SECRET": secrets.token_hex(32),
        "PEER_QUESTIONS": str(setting.questions),
        "PEER_DATABASE": setting.address,
    }
    log = _log(setting, "formtools")
    _run(["python", "-m", "django", "migrate", "--verbosity=0"], folder, told)
    command = [str(PEERS_BIN / "gunicorn"), "wizard:application", "--bind", f"127.0.0.1:{port}"]
    # Threads keep connections open, which gunicorn's plain workers do not; neither those nor more threads were quicker.
    command += ["--workers", str(setting.workers), "--worker-class=gthread", "--threads=4", "--no-control-socket"]
    command += ["--keep-alive=30", "--worker-tmp-dir=/dev/shm"]  # as gunicorn's documentation has it
    with served(command, folder, told, port, "/healthz", log) as up:
        yield up


@contextmanager
def _otree(setting: Setting) -> Iterator[Server]:
    port, folder = free_port(), setting.folder / "otree"
    shutil.copytree(_PEERS / "otree", folder)
    told = {
        "PATH": f"{PEERS_BIN}{os.pathsep}{os.environ['PATH']}",
        "PEER_SECRET": secrets.token_hex(32),
        "PEER_QUESTIONS": str(setting.questions),
        "OTREE_PRODUCTION": "1",
        "OTREE_AUTH_LEVEL": "STUDY",
        "OTREE_ADMIN_PASSWORD": secrets.token_hex(8),
        "OTREE_REST_KEY": _REST_KEY,
        "DATABASE_URL": "sqlite:///db.sqlite3" if setting.address.startswith("sqlite") else setting.address,
    }
    _run(["otree", "resetdb", "--noinput"], folder, told)
    if setting.address.startswith("sqlite"):
        with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
            database.execute("PRAGMA journal_mode = WAL")  # it stays in the file, and is quicker than what oTree has
    command = [str(PEERS_BIN / "otree"), "prodserver", f"127.0.0.1:{port}"]
    with served(command, folder, told, port, "/static/otree/css/theme2.css", _log(setting, "otree")) as up:
        yield up


def _run(command: list[str], folder: Path, told: dict[str, str]) -> None:
    ran = subprocess.run(
        [str(PEERS_BIN / command[0]), *command[1:]],
        cwd=folder,
        env=os.environ | told,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if ran.returncode:
        raise RuntimeError(f"{command} did not work: {ran.stdout[-3000:]}")


def _log(setting: Setting, name: str) -> Path:
    return setting.folder / f"{name}.log"


GUIDE = Contestant("guide", "Which Cells?", _guide, Guide())
PLAIN = Contestant("guide-plain", "Which Cells?, without the script", _guide, Guide(script=False))
FLOOR = Contestant("floor", "floor", _floor, Guide())
FORMTOOLS = Contestant("formtools", "django-formtools", _formtools, Formtools("plain"), peer=True)
NAMED = Contestant("formtools-named", "django-formtools, an address each", _formtools, Formtools("named"), peer=True)
OTREE = Contestant("otree", "oTree", _otree, OTree(_REST_KEY), most_workers=1, peer=True)
