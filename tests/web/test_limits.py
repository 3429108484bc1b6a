"""How often one address may ask: generous, counted for each network apart, and nothing that was written is lost."""

import asyncio
from pathlib import Path

import pytest
from databases import fresh, rows
from fastapi.routing import iter_route_contexts
from limits._storage_scheme import SCHEMES
from pydantic import ValidationError
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app.settings import Settings
from app.store.connect import connect
from app.store.counts import Counts, part_of
from app.web import limits
from app.web.limits import LIMITED, SHARE, Memory, Pace, limit_of

from .conftest import MakeClient, Visitor, application
from .refusals import refused_page

WRITE = next(one for one in LIMITED if one.name == "write")
NASTY = {"text": 'a "quoted" <b>&amp;</b>\r\nline \u65e5', "more": "1"}


class Clock:
    """A clock that stands until it is moved."""

    now = 5.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of every application that is made after this."""
    clock = Clock()
    monkeypatch.setattr(limits, "Pace", lambda factor, counts: Pace(factor, by(clock, counts)))
    return clock


def by(clock: Clock, counts: Memory | Counts) -> Memory | Counts:
    """The same counts, by this clock."""
    counts.clock = clock
    return counts


@pytest.fixture(params=[1, 4], ids=["one process", "several"])
def visitor(request: pytest.FixtureRequest, clock: Clock, make_client: MakeClient) -> Visitor:
    """Somebody where a network may write six times a minute, wherever that is counted."""
    return Visitor(make_client(limits=0.01, workers=request.param))


def spend(visitor: Visitor) -> None:
    """Saves until no more is taken."""
    for n in range(7):
        if visitor.post("offer.name", {"text": f"Name {n}"}).status_code == 429:
            return
    raise AssertionError("nothing was ever turned away")


def waits(pace: Pace, times: int, address: str = "192.0.2.1") -> list[int]:
    """What so many requests that write are told, one after another."""

    async def ask() -> list[int]:
        return [await pace.wait(WRITE, address) for _ in range(times)]

    return asyncio.run(ask())


def from_address(client: TestClient, address: str) -> TestClient:
    return TestClient(application(client), client=(address, 1234), follow_redirects=False)


# -- which routes


def test_every_route_that_writes_or_costs_much_is_limited_and_no_other(client: TestClient) -> None:
    found: dict[str, set[str]] = {}
    for route in iter_route_contexts(application(client).routes):
        for method in route.methods or ():
            limit = limit_of(method, str(route.path))
            found.setdefault(limit.name if limit else "none", set()).add(str(route.name))
            assert limit or method != "POST", route.path
    pdfs = {"worksheet_pdf", "example_summary_pdf", "compare_pdf", "summary_pdf", "letter_pdf"}
    assert found["paper"] == pdfs
    assert found["look_up"] == {"look_up"}
    assert found["begin"] == {"begin", "take_in"}
    assert found["program"] == {"api_sort"}
    assert {"answer", "you_answer", "add_offer", "save_letter", "delete_all"} <= found["write"]
    assert not any(name.endswith("_pdf") for name in found["none"])
    assert set(found) == {one.name for one in LIMITED} | {"none"}


def test_the_limits_are_wide_enough_for_a_room_full_of_people() -> None:
    amount = {one.name: one.a_minute for one in LIMITED}
    assert amount["write"] >= 100 * 6
    assert amount["begin"] >= 100


# -- being turned away


def test_who_saves_too_often_is_told_when_to_come_again_and_nothing_is_written(visitor: Visitor, clock: Clock) -> None:
    clock.now += 15
    spend(visitor)
    database = visitor.app.state.database
    before = rows(database)
    clock.now += 20.5
    response = visitor.post("offer.name", {"text": "One more"})
    page = refused_page(response, 429)
    assert page.title == "Many requests came from where you are - Which Cells?"
    assert page.headings == ["Many requests came from where you are"]
    assert "Nothing is lost. Please wait a minute and press the button again." in page.text
    assert response.headers["retry-after"] == "40"
    assert response.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert rows(database) == before
    clock.now += 39
    assert visitor.post("offer.name", {"text": "One more"}).headers["retry-after"] == "1"
    clock.now += 1
    assert visitor.post("offer.name", {"text": "One more"}).status_code == 303
    assert visitor.saved()["offer.name"] == "One more"


def test_the_page_still_holds_what_was_written_and_sends_it_again(visitor: Visitor, clock: Clock) -> None:
    spend(visitor)
    response = visitor.post("offer.provider", NASTY)
    page = refused_page(response, 429)
    assert "<b>" not in response.text
    assert page.forms[0].method == "post"
    assert not page.forms[0].action  # where it came from: this very address
    assert dict(page.forms[0].filled) == NASTY
    clock.now += 60
    assert visitor.post("offer.provider", dict(page.forms[0].filled)).status_code == 303
    assert visitor.saved()["offer.provider"] == NASTY["text"].replace("\r\n", "\n")


def test_a_button_without_fields_can_be_pressed_again_too(visitor: Visitor) -> None:
    spend(visitor)
    page = refused_page(visitor.client.post(f"{visitor.home}/offers"), 429)
    assert len(page.forms) == 1
    assert page.forms[0].filled == []


@pytest.mark.parametrize(
    "sent",
    [
        {"files": {"file": ("a.json", b"{}")}},
        {"content": b"text=\xff", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"content": b"a=b&" * 300, "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"content": b"text=a", "headers": {"content-type": "text/plain"}},
    ],
    ids=["a file", "no text", "very many fields", "no form"],
)
def test_what_cannot_be_sent_again_by_a_button_is_not_shown(visitor: Visitor, sent: dict[str, object]) -> None:
    spend(visitor)
    page = refused_page(visitor.client.post(visitor.address("offer.name"), **sent), 429)  # type: ignore[arg-type]
    assert page.forms == []
    assert "please go back to it" in page.text


def test_programs_are_told_in_json(clock: Clock, make_client: MakeClient) -> None:
    client = make_client(limits=0.001)
    assert client.post("/api/sort", json={}).status_code == 200
    response = client.post("/api/sort", json={})
    assert response.status_code == 429
    assert response.headers["retry-after"] == "60"
    assert response.json() == {"error": "Many requests came from where you are."}


def test_reading_is_never_limited(visitor: Visitor) -> None:
    spend(visitor)
    for _ in range(30):
        visitor.see(visitor.address("offer.name"))
    assert visitor.client.get("/healthz").status_code == 200
    assert visitor.client.get("/readyz").status_code == 200


# -- whose requests count together


def test_each_network_and_each_line_of_the_table_is_counted_apart(visitor: Visitor) -> None:
    spend(visitor)
    assert visitor.client.post("/api/sort", json={}).status_code == 200
    name, secret = visitor.cookie
    neighbour, stranger = from_address(visitor.client, "2001:db8:5::1"), from_address(visitor.client, "192.0.2.1")
    for client in (neighbour, stranger):
        client.cookies.set(name, secret)
        assert client.post(visitor.address("offer.name"), data={"text": "x"}).status_code == 303
    while neighbour.post(visitor.address("offer.name"), data={"text": "x"}).status_code == 303:
        pass
    same = from_address(visitor.client, "2001:db8:5:ffff::9")
    same.cookies.set(name, secret)
    assert same.post(visitor.address("offer.name"), data={"text": "x"}).status_code == 429
    assert stranger.post(visitor.address("offer.name"), data={"text": "x"}).status_code == 303


def test_a_form_from_another_site_is_refused_as_such_and_counts_for_nobody(visitor: Visitor) -> None:
    for _ in range(20):
        response = visitor.client.post("/api/sort", json={}, headers={"sec-fetch-site": "cross-site"})
        assert response.status_code == 403
    assert visitor.post("offer.name", {"text": "x"}).status_code == 303


def test_only_so_many_are_worked_on_at_once_and_the_next_may_when_one_is_done(client: TestClient) -> None:
    paper = limit_of("GET", "/worksheet.pdf")
    assert paper is not None

    async def asked(app: limits.Limits, path: str = "/worksheet.pdf") -> int:
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "headers": [], "client": None}
        await app({**scope, "app": application(client)}, receive, send)
        return int(said[0]["status"])

    async def walk() -> None:
        finish = asyncio.Event()

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await finish.wait()
            await PlainTextResponse("done")(scope, receive, send)

        app = limits.Limits(slow, Pace(1, Memory(Clock())))
        underway = [asyncio.create_task(asked(app)) for _ in range(paper.at_once)]
        await asyncio.sleep(0)
        assert await asked(app) == 429
        underway.pop().cancel()
        await asyncio.sleep(0)
        underway.append(asyncio.create_task(asked(app)))
        await asyncio.sleep(0)
        assert await asked(app) == 429
        finish.set()
        assert set(await asyncio.gather(*underway)) == {200}
        assert await asked(app) == 200

    asyncio.run(walk())


# -- the counts


def test_counts_begin_anew_after_their_time_and_are_forgotten(clock: Clock) -> None:
    counts = Memory(clock)
    for n in range(100):
        counts.incr(f"{n}", 60)
    assert [counts.incr("0", 60), counts.get("0"), counts.get_expiry("0")] == [2, 2, 65]
    clock.now += 60
    assert [counts.get("0"), counts.get_expiry("0")] == [0, 65]
    clock.now += 1
    assert counts.incr("new", 60) == 1
    assert counts.reset() == 1
    counts.incr("new", 60)
    counts.clear("new")
    assert counts.get("new") == 0
    assert counts.check()
    assert Memory not in SCHEMES.values()


def test_processes_that_share_a_database_count_together(tmp_path: Path, clock: Clock) -> None:
    with fresh(tmp_path) as address:
        databases = [connect(address), connect(address)]
        databases[0].migrate()
        paces = [Pace(0.01, Counts(database, b"", clock)) for database in databases]
        assert [waits(paces[n % 2], 1)[0] for n in range(8)] == [0] * 6 + [60, 60]
        assert waits(paces[0], 1, "203.0.113.9") == [0]
        clock.now += 60
        assert waits(paces[1], 1) == [0]
        # While nothing can be counted, nobody is turned away for that: the request itself says what is wrong.
        with databases[0].writing() as connection:
            connection.exec_driver_sql("DROP TABLE tally")
        assert waits(paces[0], 9) == [0] * 9
        for database in databases:
            database.close()


def test_processes_take_some_of_a_limit_at_once_and_never_more_than_there_is(tmp_path: Path, clock: Clock) -> None:
    with fresh(tmp_path) as address:
        databases = [connect(address) for _ in range(3)]
        databases[0].migrate()
        counts = [Counts(database, b"", clock) for database in databases]
        paces = [Pace(1, one) for one in counts]
        share = WRITE.a_minute // SHARE
        # Each has begun, and has some left that nobody else can use.
        assert [waits(pace, 1) for pace in paces] == [[0]] * 3
        assert counts[0].get(key := paces[0]._items[WRITE.name].key_for(part_of("192.0.2.1"))) == 3 * share
        written: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            add = Counts.add
            patch.setattr(Counts, "add", lambda *told: written.append(told[2]) or add(*told))
            through = waits(paces[0], 2 * WRITE.a_minute).count(0)
        assert WRITE.a_minute - 3 * share < through + 3 <= WRITE.a_minute
        # One time in `share`, and each time that somebody is turned away.
        assert len(written) <= through / share + 2 * WRITE.a_minute - through + 1
        # What is left of a minute that is over is nobody's in the next.
        assert waits(paces[1], share - 1) == [0] * (share - 1)
        assert waits(paces[2], 1) == [0]
        clock.now += 60
        assert counts[0].get(key) == 0
        assert waits(paces[2], 1) == [0]
        assert counts[0].get(key) == share
        for database in databases:
            database.close()


def test_no_limit_means_none(clock: Clock) -> None:
    assert not any(waits(Pace(0, Memory(clock)), 10 * WRITE.a_minute))


def test_the_usual_limit_is_what_the_table_says(clock: Clock) -> None:
    pace = Pace(Settings().limits, Memory(clock))
    assert not any(waits(pace, WRITE.a_minute))
    assert waits(pace, 1, "192.0.2.200") == [60]
    assert part_of("192.0.2.1") == part_of("192.0.2.200")


# -- the settings


@pytest.mark.parametrize("wrong", [{"limits": -1}, {"limits": "nan"}, {"proxies": "*"}, {"proxies": "10.0.0.1,proxy"}])
def test_a_setting_that_makes_no_sense_is_named(wrong: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as error:
        Settings(**wrong)  # type: ignore[arg-type]
    assert error.value.errors()[0]["loc"] == tuple(wrong)


def test_proxies_are_addresses_or_networks() -> None:
    assert Settings(proxies="127.0.0.1, 172.16.0.0/12,::1").proxies
    assert Settings(proxies="").proxies == ""
