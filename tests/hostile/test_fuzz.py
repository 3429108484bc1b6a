"""A short run of the fuzzer, and that it would see what it looks for."""

from pathlib import Path

import pytest
from databases import about_files

from app.web.description import described
from app.web.security import headers
from hostile import judge
from hostile.fuzz import Fuzz, run
from hostile.payloads import MARK
from hostile.wire import Answer, Sent, answers_in
from hostile.world import Actor, Change

pytestmark = about_files

SEED = 4


# A part of a form that breaks off in a file leaves that file to Python's own tidying; it was in memory only.
@pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
def test_two_thousand_requests() -> None:
    report = run(SEED, first=0, count=1_700, outside=300)
    print(report)
    assert [str(finding) for finding in report.findings] == []
    # It was no run against a wall: all kinds of answers came, and things were written.
    assert {200, 303, 400, 403, 404, 405, 413, 422, 503} <= set(report.statuses)
    assert report.wrote > 100


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory: pytest.TempPathFactory) -> Fuzz:
    return Fuzz(tmp_path_factory.mktemp("world"), SEED)


def test_what_each_form_may_write_is_known(fuzz: Fuzz) -> None:
    paths = described(fuzz.world.app)["paths"].values()
    assert sorted(judge.WRITES) == sorted(ways["post"]["operationId"] for ways in paths if "post" in ways)


def test_the_same_number_is_the_same_request(fuzz: Fuzz) -> None:
    # Up to what is drawn anew in each world: ids and codes, which have the same length.
    for number in range(1, 60):
        once, again = fuzz.one(number), fuzz.one(number)
        assert once[1:] == again[1:]


# -- what the judge sees


def person(fuzz: Fuzz, name: str) -> Actor:
    return next(actor for actor in fuzz.world.actors if actor.name == name)


def answer(body: bytes = b"", status: int = 200, kind: bytes = b"text/html; charset=utf-8", **more: bytes) -> Answer:
    guard = [(n.encode(), v.encode()) for n, v in headers(local_script=False, https=False).items()]
    own = [(name.replace("_", "-").encode(), value) for name, value in more.items()]
    return Answer(status, [*guard, (b"cache-control", b"no-store"), (b"content-type", kind), *own], body)


PAGE = Sent(b"GET", b"/about")
HTML = b"<html><body>%b</body></html>"


def test_a_good_answer_passes(fuzz: Fuzz) -> None:
    good = answer(HTML % f'<p title="&lt;{MARK}&gt;">{MARK} &lt;{MARK}&gt;</p>'.encode(), location=b"/open")
    assert fuzz.judge.wrong_answer(person(fuzz, "stranger"), PAGE, good) == []


MARKED = [f"<{MARK}>", f"</{MARK}>", f"<p {MARK}=1>", f"<script>{MARK}</script>", f"<!--{MARK}-->", f"49{MARK}"]
MARKED += [f"<a href='javascript:{MARK}'>a</a>", "<a href='//evil.example'>a</a>" + MARK, f"<p onload=1>{MARK}"]


@pytest.mark.parametrize("marked", MARKED)
def test_markup_that_comes_back_is_seen(fuzz: Fuzz, marked: str) -> None:
    assert fuzz.judge.wrong_answer(person(fuzz, "stranger"), PAGE, answer(HTML % marked.encode()))


BAD = {
    "a server error": answer(status=500),
    "a store that cannot": answer(status=503),
    "a header that is missing": Answer(200, answer().headers[1:]),
    "a header twice": Answer(200, [*answer().headers, answer().headers[0]]),
    "what was typed in a header": answer(x=MARK.encode()),
    "a way elsewhere": answer(location=b"//evil.example"),
    "an odd cookie": answer(set_cookie=b"other=1; Path=/"),
    "JSON that is none": answer(b"{", kind=b"application/json"),
    "a trace": answer(b"Traceback (most recent call last):"),
    "text that a browser may take for a page": answer(MARK.encode(), kind=b"text/plain"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_is_seen(fuzz: Fuzz, name: str) -> None:
    assert len(fuzz.judge.wrong_answer(person(fuzz, "stranger"), PAGE, BAD[name])) == 1


def test_words_and_codes_of_others_are_seen(fuzz: Fuzz) -> None:
    manager, reader, other = (person(fuzz, name) for name in ("manager", "reader", "other"))
    shared, private = (f"hush-{whose}-{fuzz.world.beginning}".encode() for whose in ("shared", "private"))
    assert not fuzz.judge.wrong_answer(reader, PAGE, answer(shared))
    assert fuzz.judge.wrong_answer(other, PAGE, answer(shared))
    assert fuzz.judge.wrong_answer(manager, PAGE, answer(private))
    code = manager.code.encode()
    assert fuzz.judge.wrong_answer(manager, PAGE, answer(code))
    link = Sent(b"GET", f"/preparations/{manager.preparation_id}/link".encode())
    assert not fuzz.judge.wrong_answer(manager, link, answer(code))


def test_rows_that_were_not_asked_for_are_seen(fuzz: Fuzz) -> None:
    manager, reader, other = (person(fuzz, name) for name in ("manager", "reader", "other"))
    letter = f"/preparations/{manager.preparation_id}/offers/1/letter".encode()
    entry = Change("entry", "INSERT", manager.preparation_id, manager.person)
    wrong = fuzz.judge.wrong_rows
    assert not wrong(manager, Sent(b"POST", letter), [entry])
    assert wrong(manager, Sent(b"GET", letter), [entry])
    assert wrong(manager, Sent(b"POST", letter), [entry._replace(operation="DELETE")])
    assert wrong(manager, Sent(b"POST", letter), [entry._replace(person=99)])
    assert wrong(reader, Sent(b"POST", letter), [entry])
    assert wrong(other, Sent(b"POST", letter), [entry])
    assert wrong(manager, Sent(b"POST", b"/preparations"), [Change("person", "INSERT", manager.preparation_id, 9)])


def test_the_watch_sees_every_row(fuzz: Fuzz) -> None:
    store, manager = fuzz.world.app.state.preparations, person(fuzz, "manager")
    fuzz.world.watch.forget()
    key = store.start()
    store.save(key, 1, "offer.name", "Mine")
    store.delete(key)
    seen = {(c.table, c.operation) for c in fuzz.world.watch.changes() if c.preparation_id == key.preparation_id}
    # What is sealed is overwritten where it stands before it goes.
    written, gone = ("preparation", "person", "entry"), {("person", "UPDATE"), ("entry", "UPDATE")}
    assert seen == {(table, way) for table in written for way in ("INSERT", "DELETE")} | gone
    assert fuzz.world.watch.changes() == []
    assert manager.code


def test_several_answers_are_read_one_after_another() -> None:
    said = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
    assert [(a.status, a.body) for a in answers_in(said, head=False)] == [(200, b"ok"), (404, b"")]


def test_a_world_is_a_folder_of_its_own(tmp_path: Path) -> None:
    assert Fuzz(tmp_path, SEED).world.path.is_relative_to(tmp_path)
