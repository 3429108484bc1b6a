"""How the guide is served: by one process or by several, where, and how they stop.

Knows processes, sockets and signals; what one connection may do is in `server`, what is answered in `main`.
"""

import gc
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from app import logs, metrics
from app.guide.errors import PackError
from app.guide.lint import lint
from app.guide.pack import load_pack
from app.main import create_app
from app.server import Patient
from app.settings import Settings, not_settings
from app.store.connect import made_ready
from app.store.database import StoreError
from app.web.security import headers

log = logs.log

# A stop waits so long for requests in flight. The slowest that are all right are a body that takes its 30 s, a record
# that a register needs 10 s for, and a dozen PDFs that wait for one another; who dawdles is cut off within 30 s anyway.
STOP_SECONDS = 35
# A worker that says nothing for so long is ended, and another started. Starting takes a few seconds, on a busy machine
# many.
WORKER_SECONDS = 60
# So many who come at once may wait until they are seen to, as uvicorn has it.
BACKLOG = 2048
# The first of the open files that systemd hands over.
PASSED = 3


def serve(settings: Settings) -> None:
    """Serves until it is told to stop. Raises PackError when the pack has faults, StoreError when the database has,
    OSError when its place, or that for the counts, is taken."""
    for says in not_settings(os.environ):
        log.warning(says)
    passed = _passed()
    # Before anything is made ready: whoever starts it twice is told so, and the database is left alone.
    sockets = passed or _bound(settings)
    counted = metrics.served(settings.metrics, workers=settings.workers)
    with counted:
        if settings.workers > 1:
            _check(settings)
            _listen(settings, sockets, passed=bool(passed))
            _serve_with_workers(settings, sockets)
        else:
            gc.disable()  # until it serves: `main` says why
            app = create_app(settings)
            _listen(settings, sockets, passed=bool(passed))
            _Server(_config(settings, app)).run(sockets)
            log.info("ended")


# -- where


def _bound(settings: Settings) -> list[socket.socket]:
    """A socket for each address that the host has. Nobody who asks is taken in before there is somebody to answer."""
    with _place_told(settings), ExitStack() as opened:
        host = settings.host.strip("[]")
        found = socket.getaddrinfo(host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        sockets = []
        for family, place in sorted({(family, place) for family, _type, _protocol, _name, place in found}):
            sockets.append(bound := opened.enter_context(socket.socket(family)))
            # Whoever was here a moment ago does not keep the place.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                # IPv4 comes in here too, unless it has a socket of its own.
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, len(found) > 1)
            bound.bind(place)
        opened.pop_all()
        return sockets


def _listen(settings: Settings, sockets: list[socket.socket], *, passed: bool) -> None:
    if passed:
        log.info("serves where it was told to: %d socket(s) were handed over", len(sockets))
        return
    with _place_told(settings):
        for each in sockets:
            each.listen(BACKLOG)
    log.info("serves at http://%s", _place(settings))


@contextmanager
def _place_told(settings: Settings) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeError) as error:
        number = error.errno if isinstance(error, OSError) else None
        says = os.strerror(number) if number and number > 0 else "there is no such host"
        raise OSError(
            f"WHICH_CELLS_HOST, WHICH_CELLS_PORT: nothing can be served at {_place(settings)}: {says}."
        ) from error


def _place(settings: Settings) -> str:
    """Host and port as they stand in an address."""
    host = settings.host
    return f"[{host}]:{settings.port}" if ":" in host and not host.startswith("[") else f"{host}:{settings.port}"


# -- how


def _config(settings: Settings, app: FastAPI | str) -> uvicorn.Config:
    Patient.extra = headers(local_script=settings.local_script, https=settings.https)
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        backlog=BACKLOG,
        workers=settings.workers,
        http=Patient,
        ws="none",
        # No access log: an address names a preparation, and that is nobody's business.
        access_log=False,
        server_header=False,
        log_config=None,  # what it has to say goes through app/logs.py
        forwarded_allow_ips=settings.proxies,
        # People take longer than this over a question anyway; who is idle makes room.
        timeout_keep_alive=5,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_worker_healthcheck=WORKER_SECONDS,
        callback_notify=_say_ready,
    )


class _Server(uvicorn.Server):
    """uvicorn ends itself by the signal that told it to stop; this one has done as it was told, and says so: 0."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def _passed() -> list[socket.socket]:
    """The sockets that systemd, or whoever does as it does, listens on for us; none if it does not."""
    ours = os.environ.pop("LISTEN_PID", "") == str(os.getpid())
    count = os.environ.pop("LISTEN_FDS", "")
    os.environ.pop("LISTEN_FDNAMES", None)
    return [socket.socket(fileno=PASSED + n) for n in range(int(count))] if ours and count.isdecimal() else []


async def _say_ready() -> None:
    """Tells systemd once, if it wants to know, that this process serves now. Called every second while it does."""
    if address := os.environ.pop("NOTIFY_SOCKET", ""):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.connect(address.replace("@", "\0", 1) if address.startswith("@") else address)
            told.send(b"READY=1")


# -- several processes


def _check(settings: Settings) -> None:
    """Raises what would keep every worker from starting."""
    lint(load_pack(settings.pack))
    made_ready(settings.database, settings.pepper).close()


def _serve_with_workers(settings: Settings, sockets: list[socket.socket]) -> None:
    """Starts the workers, and others for those that die, until it is told to stop."""
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)  # which says when a worker has died
    config = _config(settings, "app.serving:application")
    supervisor = _Workers(config, sockets)
    supervisor.run()
    if any(worker.exitcode == STARTUP_FAILURE for worker in supervisor.processes):
        sys.exit(STARTUP_FAILURE)


class _Workers(Multiprocess):
    """Sees at once that a worker has died, also when it does so between being asked whether it lives and answering."""

    def keep_subprocess_alive(self) -> None:
        for worker in self.processes:
            # The worker's own end. As long as it is open here too, nobody is told that the worker's is gone.
            worker.child_conn.close()
        super().keep_subprocess_alive()


def application() -> FastAPI:
    """The application of one worker, made from the environment in a process of its own. Ends that process when it
    cannot be made; the next one may do better."""
    gc.disable()  # as `serve` does
    settings = Settings()
    logs.set_up(settings.logs)
    if settings.metrics:
        metrics.turn_on()
    Patient.extra = headers(local_script=settings.local_script, https=settings.https)
    threading.Thread(target=_end_with_parent, name="end with parent", daemon=True).start()
    try:
        return create_app(settings)
    except (PackError, StoreError) as error:
        log.critical("this worker could not start", exc_info=error)
        sys.exit(1)


def _end_with_parent() -> None:
    """However the parent ends: a worker that nobody looks after any more would hold the socket for ever."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
