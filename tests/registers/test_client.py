"""One question to a register, and everything that can go wrong with it: against a real server on this machine."""

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from local_register import NUMBER, LocalRegister, Reply, made_up

from app.registers.client import LONGEST_HOLD, Client, Fault, Moved, NoRecord

PATH = f"/api/v2/studies/{NUMBER}"


def fault(register: LocalRegister, reply: Reply, *, limit: float = 5.0, largest: int = 10_000) -> NoRecord:
    """What comes of a reply that is no record."""
    register.next_replies = [reply]
    with pytest.raises(NoRecord) as caught:
        Client(register.address, largest).fetch(PATH, limit)
    return caught.value


def test_a_record_is_fetched(register: LocalRegister) -> None:
    register.holds(made_up())
    assert Client(register.address).fetch(PATH, 5) == made_up()


def test_the_number_is_sent_and_nothing_else(register: LocalRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    register.holds(made_up())
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    Client(register.address).fetch(PATH, 5)
    (asked,) = register.asked
    assert asked.path == PATH
    assert set(asked.headers) == {"host", "accept", "accept-encoding", "connection", "user-agent"}
    assert asked.headers["user-agent"].startswith("WhichCells/")


def test_a_cookie_is_not_sent_back(register: LocalRegister) -> None:
    record = json.dumps(made_up()).encode()
    register.next_replies = [Reply(200, record, {"set-cookie": "a=b"}), Reply(200, record)]
    client = Client(register.address)
    client.fetch(PATH, 5)
    client.fetch(PATH, 5)
    assert "cookie" not in register.asked[1].headers


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(404, b"NCT number not found"), Fault.NOT_FOUND),
        (Reply(400, b"no"), Fault.REFUSED),
        (Reply(403, b"no"), Fault.REFUSED),
        (Reply(500, b"oh"), Fault.DOWN),
        (Reply(503, b"oh"), Fault.DOWN),
        (Reply(204), Fault.REFUSED),
        (Reply(200, b""), Fault.MALFORMED),
        (Reply(200, b"<html>Sorry</html>"), Fault.MALFORMED),
        (Reply(200, b'{"protocolSection": '), Fault.MALFORMED),
        (Reply(200, b"[1, 2]"), Fault.MALFORMED),
        (Reply(200, b'"NCT01112223"'), Fault.MALFORMED),
        (Reply(200, b"\xff\xfe\x00"), Fault.MALFORMED),
        (Reply(200, b"[" * 9_000), Fault.MALFORMED),
        (Reply(200, b'{"a": ' + b"1" * 9_000 + b"}"), Fault.MALFORMED),
        (Reply(200, b"not gzip", {"content-encoding": "gzip"}), Fault.MALFORMED),
        (Reply(200, b" " * 10_001), Fault.TOO_LARGE),
        (Reply(302, b"", {"location": "https://elsewhere.example/login"}), Fault.ELSEWHERE),
        (Reply(301), Fault.ELSEWHERE),
        (Reply(304), Fault.ELSEWHERE),
    ],
    ids=lambda value: f"{value.status} {value.body[:8]!r}" if isinstance(value, Reply) else str(value),
)
def test_a_reply_that_is_no_record_is_a_fault_with_a_name(
    reply: Reply, expected: Fault, register: LocalRegister
) -> None:
    found = fault(register, reply)
    assert (found.fault, found.hold) == (expected, None)
    assert len(register.asked) == 1  # and nothing was followed


def test_a_record_as_large_as_may_be_is_read(register: LocalRegister) -> None:
    body = b'{"protocolSection": {}}'
    register.next_replies = [Reply(200, body + b" " * (10_000 - len(body)))]
    assert Client(register.address, 10_000).fetch(PATH, 5) == {"protocolSection": {}}


@pytest.mark.parametrize("to", [f"{PATH[:-1]}4", "https://clinicaltrials.gov/api/v2/studies/NCT01112224?fields=x"])
def test_a_redirect_to_another_number_tells_the_number(to: str, register: LocalRegister) -> None:
    register.next_replies = [Reply(301, b"", {"location": to})]
    with pytest.raises(Moved) as caught:
        Client(register.address).fetch(PATH, 5)
    assert caught.value.number == "NCT01112224"


@pytest.mark.parametrize("reply", [Reply(wait=30), Reply(200, b" " * 5_000, drip=0.05)], ids=["silent", "in drops"])
def test_the_time_limit_is_for_all_of_it(reply: Reply, register: LocalRegister) -> None:
    began = time.monotonic()
    assert fault(register, reply, limit=0.4).fault is Fault.SLOW
    assert time.monotonic() - began < 2


def test_nobody_there_is_down() -> None:
    with pytest.raises(NoRecord) as caught:
        Client("http://127.0.0.1:1").fetch(PATH, 2)
    assert caught.value.fault is Fault.DOWN


@pytest.mark.parametrize("status", [429, 503])
def test_being_asked_to_wait_is_heard(status: int, register: LocalRegister) -> None:
    found = fault(register, Reply(status, b"", {"retry-after": "120"}))
    assert (found.fault, found.hold) == (Fault.TOLD_TO_WAIT, 120)
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    until = fault(register, Reply(status, b"", {"retry-after": later})).hold
    assert until is not None
    assert 80 < until <= 90


@pytest.mark.parametrize(
    ("said", "hold"),
    [("", 60.0), ("soon", 60.0), ("-5", 60.0), ("0", 1.0), ("999999999", LONGEST_HOLD), ("Thu, 99 Foo 2026", 60.0)],
)
def test_an_odd_wish_to_wait_is_kept_within_bounds(said: str, hold: float, register: LocalRegister) -> None:
    assert fault(register, Reply(429, b"", {"retry-after": said})).hold == hold
