"""The parts of the benchmark that figures rest on: how it reads replies, whom it takes for whom, what it says of it."""

import sqlite3
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree

import pytest
from sqlmodel import Session, SQLModel, create_engine, func, select

from app.guide.pack import load_pack
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.settings import Settings
from app.store.tables import Entry, Person, Preparation, now
from bench.aims import aims
from bench.answering import CASES, CLIENTS, Found
from bench.chart import Panel, chart
from bench.client import drive
from bench.contestants import FLOOR, FORMTOOLS, GUIDE, NAMED, OTREE, PLAIN
from bench.document import Everything, document, picture
from bench.figures import percentile, rate, times
from bench.fill import fill
from bench.growth import Grown
from bench.play import Round
from bench.servers import Server
from bench.talks import Formtools, Place
from bench.twelve import COUNT, Asked, twelve
from bench.wire import Reply, get, reply_in
from bench.writers import Writers


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    return twelve(Walker(Sorter(load_pack(Settings().pack))))


def test_a_reply_is_whole_once_its_last_byte_is_there() -> None:
    by_length = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    in_chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
    for whole in (by_length, in_chunks):
        assert all(reply_in(whole[:end]) is None for end in range(len(whole)))
        reply = reply_in(whole)
        assert reply
        assert (reply.status, reply.body) == (200, b"hello")


def test_a_reply_that_nobody_knows_the_end_of_is_refused() -> None:
    with pytest.raises(RuntimeError, match="without a length"):
        reply_in(b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nhello")


def test_what_a_browser_would_keep_of_a_reply() -> None:
    head = b"HTTP/1.1 303 See Other\r\nLocation: http://127.0.0.1:8000/a/b?c=1\r\nSet-Cookie: one=1; Path=/\r\n"
    reply = Reply(303, head + b"set-cookie: two=2\r\nConnection: close\r\n", b"")
    assert (reply.location, reply.cookies(), reply.closes) == (b"/a/b?c=1", {b"one": b"1", b"two": b"2"}, True)
    assert reply._replace(status=200).location is None


def test_a_form_goes_back_with_its_hidden_fields_and_its_cookies(asked: list[Asked]) -> None:
    body = b'<input type="hidden" name="csrfmiddlewaretoken" value="abc">'
    body += b'<input type="hidden" name="plain-current_step" value="trial.status" id="x">'
    place = Place(b"h", b"/plain/", {b"sessionid": b"s"}, Reply(200, b"", body))
    talk = Formtools("plain").answer(place, asked[1], "treatment")
    request = next(talk)
    assert request.startswith(b"POST /plain/ ")
    assert b"\r\nCookie: sessionid=s\r\n" in request
    assert request.endswith(b"csrfmiddlewaretoken=abc&plain-current_step=trial.status&trial.status-answer=treatment")
    with pytest.raises(StopIteration) as end:
        talk.send(Reply(200, b"", b"next"))
    assert end.value.value.body == b"next"


def test_twelve_questions_and_one_more_each_known_by_its_own_words(asked: list[Asked]) -> None:
    assert len({one.question.id for one in asked}) == len({one.shown for one in asked}) == COUNT + 1
    for one in asked:
        assert one.shown.decode() in one.question.question
        assert one.question.kind == "text" or one.answer in {o.id for o in one.question.options}
    assert asked[0].answer_of(1) != asked[0].answer_of(2)


class _Server(ThreadingHTTPServer):
    request_queue_size = 100


class _Echo(BaseHTTPRequestHandler):
    """Says its path, and closes the connection each time."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.path)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_: object) -> None:
        """Nothing: a test is quiet."""


def test_many_clients_at_once_each_hear_what_they_asked_for() -> None:
    def talk(number: int):  # type: ignore[no-untyped-def]
        heard = []
        for turn in range(3):
            reply = yield get(b"h", f"/{number}/{turn}".encode())
            heard.append(reply.body.decode())
        return heard

    with _Server(("127.0.0.1", 0), _Echo) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        found = drive(server.server_port, [talk(number) for number in range(20)])
        server.shutdown()
    assert found == [[f"/{number}/{turn}" for turn in range(3)] for number in range(20)]


def _round(rate: float, slow: float = 1.0) -> Round:
    """A hundred answers, one of which takes so many times as long as the others."""
    return Round((*(1 / rate,) * 98, *(slow / rate,) * 2), 100 / rate, 0.1, 0.2)


def _found(guide: float, floor: float, formtools: float, named: float, otree: float, slow: float = 1.0) -> Found:
    there = {GUIDE: guide, PLAIN: guide, FLOOR: floor, FORMTOOLS: formtools, NAMED: named, OTREE: otree}
    rounds = {(who.name, n): [_round(r, slow if who is GUIDE else 1)] * 3 for who, r in there.items() for n in CLIENTS}
    return Found(CASES[0], rounds, {who.name: [] for who in there}, {})


def test_figures_are_medians_of_rounds_that_stood_next_to_each_other() -> None:
    assert rate([_round(10), _round(30), _round(20)]) == pytest.approx(20)
    assert times([_round(10), _round(30), _round(40)], [_round(10), _round(10), _round(20)]) == pytest.approx((2, 1, 3))
    assert percentile([_round(100, slow=5)], 50) == pytest.approx(10)
    assert percentile([_round(100, slow=5)], 99) == pytest.approx(50)


def test_an_aim_is_met_beside_the_better_peer_and_not_beside_the_other() -> None:
    peers, floor, tail = aims([_found(100, 150, 20, 10, 25)], [], [])
    assert (peers.met, peers.figure) == (True, "4.00 times oTree")
    assert (floor.met, tail.met) == (True, True)
    peers, floor, tail = aims([_found(100, 200, 40, 10, 1, slow=11)], [], [])
    assert (peers.met, peers.figure) == (False, "2.50 times django-formtools")
    assert (floor.met, floor.figure, tail.met, tail.figure) == (False, "0.50", False, "11.0")


def test_growth_is_an_aim_of_median_times() -> None:
    (aim,) = aims([], [Grown("sqlite", 1_000_000, [_round(100)], [_round(80)], 1, 1)], [])
    assert (aim.met, aim.figure) == (False, "1.25")


def test_the_page_says_what_was_not_met_and_leaves_out_what_was_not_measured() -> None:
    said = document(Everything("today", "a machine", found=[_found(100, 200, 40, 10, 1)]))
    assert "2.50 times django-formtools | **not met** |" in said
    assert "## Post an answer, get the next question" in said
    assert "## Summaries" not in said


def test_the_picture_is_whole_and_more_stands_higher() -> None:
    svg = ElementTree.fromstring(chart("A & B", [Panel("One", {"ours": {1: 50, 4: 99.5}, "theirs": {1: 10, 4: 20}})]))
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"A & B", "One", "ours", "theirs", "0", "100", "1 client", "4 clients"} <= set(texts)
    marks = [float(c.attrib["cy"]) for c in svg.iter("{http://www.w3.org/2000/svg}circle")][2:]
    assert marks[0] > marks[1]
    assert ElementTree.fromstring(picture([_found(1, 2, 3, 4, 5)])).tag.endswith("svg")


def test_a_database_is_filled_with_copies_that_hold_together(tmp_path: Path) -> None:
    path = tmp_path / "full.db"
    engine = create_engine(f"sqlite:///{path}")
    SQLModel.metadata.create_all(engine)
    today = now().date()
    with Session(engine) as session:
        session.add(Preparation(id="0" * 17 + "1", pack="p", offers=1))
        session.flush()
        common = {"preparation_id": "0" * 17 + "1", "number": 1}
        session.add(Person(**common, role="patient", code_hash=b"h", wrapped_key=b"k", profile=b"p", seen_on=today))
        session.flush()
        session.add_all(
            Entry(preparation_id="0" * 17 + "1", number=n, person_number=1, sealed=b"s%d" % n, pack_version="1")
            for n in range(1, 4)
        )
        session.commit()
    engine.dispose()
    fill(str(path), 50)
    with Session(engine) as session:
        for table, count in ((Preparation, 51), (Person, 51), (Entry, 153)):
            assert session.exec(select(func.count()).select_from(table)).one() == count
        assert all(len(p.id) == 18 for p in session.exec(select(Preparation)))
        assert session.exec(select(func.count(func.distinct(Person.code_hash)))).one() == 51
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_who_waits_behind_others_waits_from_when_they_were_due(asked: list[Asked]) -> None:
    writers = Writers(Server(1, 1, 0.0), asked)
    writers.late += [(float(n), 0.01) for n in range(98)] + [(98.0, 0.5), (99.0, 2.0), (200.0, 9.0)]
    assert writers.said(0, 100) == "p50 10, p99 2000, longest 2000 ms of 100"
    assert writers.said(300, 400) == "p50 0, p99 0, longest 0 ms of 1"
