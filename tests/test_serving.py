"""Several processes on a socket that was handed over, with everything counted: as one server, and nothing of anybody in
the counts or the log."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from bad_days.browsers import Browser, Someone, begin
from browser.serving import PATIENCE, ROOT, GuideServer, free_port
from databases import fresh
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError

from app import metrics
from app.serving import WORKER_SECONDS, _bound, _listen
from app.settings import Settings
from app.store.connect import made_ready
from app.store.preparations import Preparations
from app.web.access import ACCESS
from app.web.limits import LIMITED
from app.web.measure import NONE

SECRET = "Drip-from-the-talk-7Q"
# As systemd starts it: the socket is open before the guide is there.
HAND_OVER = """
import os, socket, sys
listens = socket.create_server(("127.0.0.1", int(os.environ["WHICH_CELLS_PORT"])), backlog=2048)
os.dup2(listens.fileno(), 9)
os.dup2(9, 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "WHICH_CELLS_PORT": "1"}
os.execv(sys.executable, [sys.executable, "-m", "app", "serve"])
"""


class Workers(GuideServer):
    """Two workers."""

    run = ("-c", HAND_OVER)
    patience = 4 * PATIENCE  # each process reads the pack by itself

    def __init__(self, folder: Path, **settings: str) -> None:
        self.counts = f"127.0.0.1:{free_port()}"
        settings = {"WHICH_CELLS_WORKERS": "2", "WHICH_CELLS_LOGS": "json", **settings}
        super().__init__(folder, WHICH_CELLS_METRICS=self.counts, WHICH_CELLS_LIMITS="0.1", **settings)

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        assert self._process
        return self._process

    def counted(self) -> str:
        """Everything that is counted, as Prometheus is told."""
        with urllib.request.urlopen(f"http://{self.counts}/metrics", timeout=10) as answer:
            return str(answer.read().decode())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    folder = tmp_path_factory.mktemp("workers")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(folder / "told"))
        running = Workers(folder, NOTIFY_SOCKET=str(folder / "told"))
        running.start()
        yield running
        running.stop()
        # Each worker has said so once; one of them took the place of another.
        told.setblocking(False)
        assert [told.recv(100) for _ in range(2)] == [b"READY=1"] * 2


def values(counted: str, name: str) -> dict[tuple[str, ...], float]:
    """The values of one thing that is counted, by its labels in the order of their names."""
    samples = [s for family in text_string_to_metric_families(counted) for s in family.samples if s.name == name]
    return {tuple(value for _, value in sorted(s.labels.items())): s.value for s in samples}


def visit(port: int) -> tuple[Someone, int]:
    """A walk with words of one's own, and some that go wrong; returns how often somebody was turned away."""
    maria = begin(port)
    for question in ("offer.name", "offer.provider"):
        assert maria.answer(question, text=SECRET).status == 303
    ana = maria.invite(SECRET)
    assert ana.see(f"{ana.home}?q={SECRET}").headings
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/examples/regulated-trial/summary.pdf") as pdf:
        assert pdf.status == 200
    assert ana.browser.get("/static/style.css").status == 200
    assert ana.browser.get(f"/{SECRET}").status == 404
    assert ana.browser._ask("HEAD", "/about", None).status == 200
    assert ana.browser._ask("PROPFIND", "/about", None).status == 405
    turned_away = 0
    while not turned_away:
        turned_away = ana.browser.post("/api/sort").status == 429
    return maria, turned_away


def test_counts_are_kept_by_route_and_hold_nothing_of_anybody(server: Workers) -> None:
    maria, turned_away = visit(server.port)
    counted = server.counted()
    requests = values(counted, "which_cells_requests_total")
    # The labels are method, route and status.
    expected = {
        ("GET", "example_summary_pdf", "200"): 1,
        ("GET", "overview", "200"): 1,
        ("GET", "static", "200"): 1,
        ("GET", NONE, "404"): 1,
        ("HEAD", "about", "200"): 1,
        ("other", "about", "405"): 1,
        ("POST", "answer", "303"): 2,
        ("POST", "begin", "303"): 1,
        ("POST", "come_in", "303"): 1,
        ("POST", "invite", "303"): 1,
        ("POST", NONE, "429"): turned_away,
    }
    assert expected.items() <= requests.items()
    assert values(counted, "which_cells_refused_total") == {("program",): turned_away}
    assert values(counted, "which_cells_pdfs_made_total") == {(): 1}
    assert values(counted, "which_cells_requests_under_way") == {(): 0}
    timed = values(counted, "which_cells_request_seconds_count")
    assert {route: sum(n for (_, r, _), n in requests.items() if r == route) for (route,) in timed} == {
        route: n for (route,), n in timed.items()
    }
    for secret in (SECRET, maria.id, maria.code, "127.0.0.1", "preparations/"):
        assert secret not in counted, secret


def test_every_label_is_a_word_of_ours(server: Workers) -> None:
    words = {
        "route": {*ACCESS, NONE},
        "method": {"GET", "HEAD", "POST", "other"},
        "kind": {one.name for one in LIMITED} | {"trouble", "damage"},
    }
    for family in text_string_to_metric_families(server.counted()):
        for sample in family.samples:
            for label, value in sample.labels.items():
                assert value in words[label] if label in words else re.fullmatch(r"[\d.]{1,5}|\+Inf", value), sample


def test_the_pages_do_not_show_the_counts(server: Workers) -> None:
    for address in ("/metrics", "/metrics/"):
        assert Browser(server.port).get(address).status == 404


def test_another_worker_takes_the_place_of_one_that_dies(server: Workers) -> None:
    before = server.workers()
    assert len(before) == 2
    counted = values(server.counted(), "which_cells_requests_total")
    killed = next(iter(before))
    os.kill(killed, signal.SIGSTOP)  # so that it dies while it is being asked whether it lives
    time.sleep(1.2)
    os.kill(killed, signal.SIGKILL)
    until = time.monotonic() + WORKER_SECONDS / 2
    while killed in server.workers():
        assert time.monotonic() < until
    # The one that is left answers meanwhile.
    assert Browser(server.port).get("/about").status == 200
    while len(server.workers() - before) < 1 or len(server.workers()) < 2:
        assert time.monotonic() < until
        assert Browser(server.port).get("/readyz").status == 200
        time.sleep(0.1)
    after = values(server.counted(), "which_cells_requests_total")
    assert all(after[what] >= times for what, times in counted.items())
    assert values(server.counted(), "which_cells_requests_under_way") == {(): 0}
    assert "died" in server.log


def test_told_to_stop_all_of_it_stops_and_the_log_is_json_without_a_word_of_anybody(server: Workers) -> None:
    workers = server.workers()
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHo")
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        connection.sendall(b"st: a\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert server.process.wait(4 * PATIENCE) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)
    lines = [json.loads(line) for line in server.log.splitlines()]
    assert {line["logger"] for line in lines} == {"which_cells", "uvicorn.error"}
    assert {line["process"] for line in lines} > {server.process.pid}
    assert lines[0]["says"] == "serves where it was told to: 1 socket(s) were handed over"
    assert SECRET not in server.log
    assert "Traceback" not in server.log


LEAVES = """
import multiprocessing, os, threading, time
from app.serving import _end_with_parent
def work():
    threading.Thread(target=_end_with_parent, daemon=True).start()
    time.sleep(600)
multiprocessing.get_context("fork").Process(target=work).start()
print("left", flush=True)
os._exit(0)
"""


def test_workers_end_when_the_one_that_looks_after_them_is_gone() -> None:
    # A worker holds the output open for as long as it lives.
    ran = subprocess.run([sys.executable, "-c", LEAVES], cwd=ROOT, capture_output=True, timeout=4 * PATIENCE)
    assert ran.stdout == b"left\n"


# -- what is told at the start


@pytest.mark.parametrize(
    ("settings", "code", "says"),
    [
        ({"WHICH_CELLS_PACK": "nowhere"}, 1, "pack.yaml:0: missing-file: "),
        ({"WHICH_CELLS_DATABASE": str(ROOT / "README.md")}, 2, "WHICH_CELLS_DATABASE: this cannot be used"),
        ({"WHICH_CELLS_DATABASE": "/dev/null/guide.db"}, 2, "WHICH_CELLS_DATABASE: this cannot be used: /dev/null: "),
        (
            {"WHICH_CELLS_DATABASE": f"postgresql://u:{SECRET}%zz@127.0.0.1/d"},
            2,
            "WHICH_CELLS_DATABASE: this cannot be used: it is no address that PostgreSQL reads",
        ),
    ],
)
def test_what_is_wrong_is_told_before_any_worker_starts(settings: dict[str, str], code: int, says: str) -> None:
    refused({"WHICH_CELLS_WORKERS": "2"} | settings, code, says)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_with_another_pepper_than_the_database_was_served_with_nobody_is_served(tmp_path: Path, workers: str) -> None:
    with fresh(tmp_path) as address:
        database = made_ready(address, SECRET)
        Preparations(database, "parkinsons", "1.0.0", SECRET).start()
        database.close()
        settings = {"WHICH_CELLS_DATABASE": address, "WHICH_CELLS_PEPPER": "another", "WHICH_CELLS_WORKERS": workers}
        refused(settings, 2, "this cannot be used: it was first served with another WHICH_CELLS_PEPPER")


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_where_another_serves_already_it_says_so_and_leaves_the_database_alone(
    tmp_path: Path, workers: str, host: str
) -> None:
    with taken(host) as port:
        settings = {"WHICH_CELLS_HOST": host, "WHICH_CELLS_PORT": str(port), "WHICH_CELLS_WORKERS": workers}
        settings["WHICH_CELLS_DATABASE"] = str(tmp_path / "guide.db")
        place = f"[::1]:{port}" if host == "::1" else f"{host}:{port}"
        says = f"WHICH_CELLS_HOST, WHICH_CELLS_PORT: nothing can be served at {place}: Address already in use.\n"
        refused(settings, 2, says)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("nowhere.invalid", "there is no such host"),
        ("http://localhost", "there is no such host"),
        ("g\u00fc..example", "there is no such host"),
        ("192.0.2.1", "Cannot assign requested address"),
    ],
)
def test_a_host_that_is_none_of_ours_is_told(host: str, says: str) -> None:
    with pytest.raises(OSError, match=f"^WHICH_CELLS_HOST, WHICH_CELLS_PORT: nothing can be .*: {says}\\.$"):
        _bound(Settings(host=host, port=free_port()))


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        ("127.0.0.1", ["127.0.0.1"]),
        ("[::1]", ["::1"]),
        ("::", ["::1", "127.0.0.1"]),
        ("0.0.0.0", ["127.0.0.1"]),  # noqa: S104
        ("localhost", ["127.0.0.1"]),
    ],
)
def test_it_listens_at_every_address_of_the_host(host: str, asked: list[str]) -> None:
    with taken("::1"):
        pass  # this machine has such addresses
    settings = Settings(host=host, port=free_port())
    with ExitStack() as opened:
        sockets = [opened.enter_context(each) for each in _bound(settings)]
        for address in asked:  # nobody is taken in yet
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((address, settings.port), timeout=PATIENCE)
        _listen(settings, sockets, passed=False)
        for address in asked:
            socket.create_connection((address, settings.port), timeout=PATIENCE).close()


def test_of_two_who_were_there_at_once_the_second_is_told_too() -> None:
    settings = Settings(port=free_port())
    (first,), (second,) = _bound(settings), _bound(settings)
    with first, second:
        _listen(settings, [first], passed=False)
        with pytest.raises(OSError, match=r"nothing can be served at 127.0.0.1:\d+: Address already in use\.$"):
            _listen(settings, [second], passed=False)


@contextmanager
def taken(host: str) -> Iterator[int]:
    """A port at which somebody else listens. Skips where this machine has no such address."""
    (family, *_, (address, *_rest)), *_more = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
    try:
        listening = socket.create_server((str(address), 0), family=family)
    except OSError:
        pytest.skip(f"this machine does not have {host}")
    with listening:
        yield listening.getsockname()[1]


def test_a_slip_of_the_pen_is_told_without_what_was_set(tmp_path: Path) -> None:
    with taken("127.0.0.1") as port:  # so that it ends
        settings = {"WHICH_CELLS_PEPER": SECRET, "WHICH_CELLS_PORT": str(port)}
        settings["WHICH_CELLS_DATABASE"] = str(tmp_path / "guide.db")
        refused(
            settings, 2, 'WHICH_CELLS_PEPER is no setting, so it changes nothing. Did you mean "WHICH_CELLS_PEPPER"?'
        )


def refused(settings: dict[str, str], code: int, says: str) -> None:
    """It does not start, and says why in a sentence."""
    ran = subprocess.run(
        [sys.executable, "-m", "app", "serve"],
        cwd=ROOT,
        env=os.environ | {"WHICH_CELLS_PORT": str(free_port())} | settings,
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
    )
    assert ran.returncode == code, ran.stderr
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
    assert SECRET not in ran.stderr


def test_counts_that_cannot_be_served_are_told_with_the_name_of_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        says = f"^WHICH_CELLS_METRICS: nothing can be served at {place}: "
        with pytest.raises(OSError, match=says), metrics.served(place, workers=1):
            pass


@pytest.mark.parametrize(
    "wrong",
    [
        {"workers": 0},
        {"logs": "loud"},
        *({"port": p} for p in ("http", 0, -1, 65536)),
        *({"metrics": m} for m in ("9100", "localhost:", "a b:1", "http://a:1", "127.0.0.1:0", "127.0.0.1:99999")),
        {"database": ""},
        {"host": ""},
        {"host": " "},
        {"pepper": f"{SECRET}\udcff"},
        *({"database": f"{scheme}://u:{SECRET}@h/d"} for scheme in ("mysql", "sqlite", "postgresql+psycopg")),
        *({"database": f"postgresql://u:{p}@h/d"} for p in (f"a@{SECRET}", f"{SECRET}/a", f"{SECRET}?a")),
    ],
)
def test_what_is_no_such_setting_is_named_and_not_shown(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))) as raised:
        Settings(**wrong)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    "address",
    [
        "var/guide.db",
        "/srv/a@b/guide?.db",
        "postgresql://u:p%40w@a,b:5433/d?target_session_attrs=read-write&sslmode=verify-full",
        "postgresql:///d?host=/var/run/postgresql",
        "postgres://u@h/d",
    ],
)
def test_a_database_is_a_path_or_an_address_of_postgresql(address: str) -> None:
    assert Settings(database=address).database == address


@pytest.mark.parametrize("place", ["127.0.0.1:9100", "[::1]:9100", "localhost:9100"])
def test_counts_are_served_at_a_host_and_a_port(place: str) -> None:
    assert Settings(metrics=place).metrics == place
