"""What is counted while the guide is served, for whoever runs it, in the form that Prometheus reads.

Counts, times, and words of our own: the name of a route, a method, a status, the name of a limit. Nothing of a person
comes in here: no address, id, code or answer. Off unless the setting says where to serve the counts; then counting is
one look at a variable. Does not know when something is worth counting.
"""

import logging
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric

log = logging.getLogger("which_cells")

Event = Literal["refused", "database_errors", "preparations_swept", "registers_asked", "pdfs_made"]

METHODS = ("GET", "HEAD", "POST")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
# Here the processes of several workers keep their counts, for the one that serves them.
_SHARED = "PROMETHEUS_MULTIPROC_DIR"


class _Meters:
    """Everything that is counted. The library is read only where it is: it looks at once whether counts are shared."""

    def __init__(self, registry: "CollectorRegistry | None") -> None:
        from prometheus_client import Counter, Gauge, Histogram

        def counter(name: str, says: str, *labels: str) -> Counter:
            return Counter(f"which_cells_{name}", says, labels, registry=registry)

        self.requests = counter("requests", "Requests that were answered", "route", "method", "status")
        self.seconds = Histogram(
            "which_cells_request_seconds", "From request to answer", ["route"], buckets=SECONDS, registry=registry
        )
        self.under_way = Gauge(
            "which_cells_requests_under_way", "Not answered yet", multiprocess_mode="livesum", registry=registry
        )
        self.events: dict[Event, Counter] = {
            "refused": counter("refused", "Requests turned away by a limit", "kind"),
            "database_errors": counter("database_errors", "What the database could not do", "kind"),
            "preparations_swept": counter("preparations_swept", "Preparations whose time was over"),
            "registers_asked": counter("registers_asked", "Questions to a public register"),
            "pdfs_made": counter("pdfs_made", "PDFs made"),
        }


_meters: _Meters | None = None


def turn_on(registry: "CollectorRegistry | None" = None) -> None:
    """Begins to count in this process: for this registry, or for whoever serves the counts of all workers."""
    global _meters
    _meters = _Meters(registry)


def turn_off() -> None:
    """Counts no more in this process."""
    global _meters
    _meters = None


def count(event: Event, kind: str = "", times: int = 1) -> None:
    """Something happened. `kind` is a word of ours, where the event has kinds."""
    if _meters:
        counter = _meters.events[event]
        (counter.labels(kind) if kind else counter).inc(times)


def begun() -> None:
    """A request came in."""
    if _meters:
        _meters.under_way.inc()


def answered(route: str, method: str, status: int, seconds: float) -> None:
    """A request is over; `status` is 0 where nobody waited for the answer."""
    if _meters:
        _meters.under_way.dec()
        _meters.requests.labels(route, method if method in METHODS else "other", str(status)).inc()
        _meters.seconds.labels(route).observe(seconds)


@contextmanager
def served(place: str, *, workers: int) -> Iterator[None]:
    """Serves the counts at a host and port, of this process or of its workers; nothing if there is no place. Raises
    OSError when the place is taken. With workers, has to begin before the first of them starts."""
    if not place:
        yield
        return
    os.environ.pop(_SHARED, None)
    if workers == 1:
        with _served(place, turn_on):
            yield
        turn_off()
        return
    with TemporaryDirectory(prefix="which-cells-") as folder:
        os.environ[_SHARED] = folder
        with _served(place, lambda registry: registry.register(_OfWorkers(Path(folder)))):
            yield
        del os.environ[_SHARED]


@contextmanager
def _served(place: str, fill: "Callable[[CollectorRegistry], None]") -> Iterator[None]:
    from prometheus_client import CollectorRegistry, make_wsgi_app

    registry = CollectorRegistry()
    fill(registry)
    host, _, port = place.rpartition(":")
    try:
        counts = _Counts((host.strip("[]"), int(port)), _Quiet)
    except OSError as error:
        says = f"WHICH_CELLS_METRICS: nothing can be served at {place}: {error.strerror}."
        raise OSError(says) from error
    with counts as server:
        server.set_app(make_wsgi_app(registry))
        thread = threading.Thread(target=server.serve_forever, name="counts", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


class _Counts(ThreadingMixIn, WSGIServer):
    """Serves the counts. In an upgrade the new release begins before the old one has stopped: both may listen."""

    allow_reuse_port = True
    daemon_threads = True

    def __init__(self, place: tuple[str, int], handler: type[WSGIRequestHandler]) -> None:
        if ":" in place[0]:
            self.address_family = socket.AF_INET6
        super().__init__(place, handler)

    def server_bind(self) -> None:
        # The library's own would ask a name server for its name.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def handle_error(self, request: object, client_address: object) -> None:
        # As it comes, this would write an address to the log.
        log.error("the counts could not be handed over", exc_info=sys.exception())


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """No request for the counts is worth a line."""


class _OfWorkers:
    """The sum of what the workers have counted, those that have ended included. (A collector, as the library says.)"""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

        # A worker that was killed never said that its requests are over.
        for file in self._folder.glob("gauge_live*.db"):
            pid = file.stem.rpartition("_")[2]
            if not _lives(int(pid)):
                mark_process_dead(pid, str(self._folder))  # type: ignore[no-untyped-call]
        yield from MultiProcessCollector(None, str(self._folder)).collect()  # type: ignore[no-untyped-call]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
