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
from app.settings import Settings
from app.store.connect import connect
from app.store.database import StoreError
from app.store.pepper import check_pepper
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
    passed = _passed()
    where = f"{len(passed)} socket(s) that were handed over" if passed else f"http://{settings.host}:{settings.port}"
    # Before anything is made ready, which takes seconds: whoever asks meanwhile waits, and is answered.
    sockets = passed or [_listening(settings)]
    counted = metrics.served(settings.metrics, workers=settings.workers)
    with counted:
        if settings.workers > 1:
            _check(settings)
            log.info("serves at %s", where)
            _serve_with_workers(settings, sockets)
        else:
            gc.disable()  # until it serves: `main` says why
            app = create_app(settings)
            log.info("serves at %s", where)
            _Server(_config(settings, app)).run(sockets)


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        place = f"{settings.host}:{settings.port}"
        says = f"WHICH_CELLS_HOST and WHICH_CELLS_PORT: nothing can be served at {place}: {error.strerror}."
        raise OSError(says) from error


def _config(settings: Settings, app: FastAPI | str) -> uvicorn.Config:
    Patient.extra = headers(local_script=settings.local_script, https=settings.https)
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        host=settings.host,
        port=settings.port,
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
    database = connect(settings.database)
    try:
        database.migrate()
        check_pepper(database, settings.pepper)
    finally:
        database.close()


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
