"""Looking up: when the register is asked, how often, and what is kept. A real register, a real database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from local_register import NUMBER, LocalRegister, Reply, made_up

from app.guide.numbers import Number, Numbers
from app.guide.pack import Pack
from app.registers.client import Client, Fault
from app.registers.look_up import LookUp, Refusal
from app.registers.record import Record, read_record
from app.store.connect import connect
from app.store.look_ups import LookUps


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[LookUps]:
    database = connect(str(tmp_path / "guide.db"))
    database.migrate()
    yield LookUps(database)
    database.close()


@pytest.fixture
def look_up(register: LocalRegister, shelf: LookUps) -> LookUp:
    register.holds(made_up())
    return LookUp(Client(register.address, 100_000), shelf, each=1.0, backoff=0.05)


@pytest.fixture
def number(pack: Pack) -> Number:
    found = Numbers(pack.registers).number(NUMBER)
    assert found is not None
    return found


def record_of(look_up: LookUp, number: Number) -> Record:
    seen = look_up.seen(number)
    assert seen is not None
    assert seen.record is not None
    assert seen.age().total_seconds() < 60
    return seen.record


def test_nothing_is_kept_and_nobody_asked_before_a_person_asks(
    look_up: LookUp, number: Number, register: LocalRegister
) -> None:
    assert look_up.seen(number) is None
    assert register.asked == []


def test_a_record_is_kept_and_used_again(look_up: LookUp, number: Number, register: LocalRegister) -> None:
    assert look_up.look_up(number) is None
    assert record_of(look_up, number) == read_record(made_up())
    assert look_up.look_up(number) is None
    assert len(register.asked) == 1


def test_asking_again_at_once_asks_once_and_later_asks_anew(
    look_up: LookUp, number: Number, register: LocalRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up.look_up(number)
    assert look_up.look_up(number, again=True) is None
    assert len(register.asked) == 1
    grow_old(look_up, minutes=2)
    register.holds(made_up(status={"overallStatus": "COMPLETED"}))
    assert look_up.look_up(number) is None
    assert record_of_any_age(look_up, number).status == "RECRUITING"
    assert look_up.look_up(number, again=True) is None
    assert record_of_any_age(look_up, number).status == "COMPLETED"
    assert len(register.asked) == 2


def test_what_is_a_day_old_is_asked_for_anew(look_up: LookUp, number: Number, register: LocalRegister) -> None:
    look_up.look_up(number)
    grow_old(look_up, minutes=24 * 60 - 5)
    look_up.look_up(number)
    assert len(register.asked) == 1
    grow_old(look_up, minutes=10)
    look_up.look_up(number)
    assert len(register.asked) == 2


def test_not_found_is_kept_too_and_for_a_shorter_time(look_up: LookUp, number: Number, register: LocalRegister) -> None:
    register.records.clear()
    assert look_up.look_up(number) is None
    seen = look_up.seen(number)
    assert seen is not None
    assert seen.record is None
    grow_old(look_up, minutes=50)
    look_up.look_up(number)
    assert len(register.asked) == 1
    grow_old(look_up, minutes=20)
    look_up.look_up(number)
    assert len(register.asked) == 2


@pytest.mark.parametrize("broken", [Reply(500), Reply(502), Reply(wait=9)], ids=["500", "502", "slow"])
def test_what_may_pass_is_tried_again(broken: Reply, look_up: LookUp, number: Number, register: LocalRegister) -> None:
    register.next_replies = [broken]
    assert look_up.look_up(number) is None
    assert len(register.asked) == 2
    assert register.asked[1].at - register.asked[0].at >= 0.95


def test_it_is_tried_a_few_times_and_no_more(look_up: LookUp, number: Number, register: LocalRegister) -> None:
    register.always = Reply(500)
    assert look_up.look_up(number) is Fault.DOWN
    assert len(register.asked) == 3
    assert look_up.seen(number) is None


def test_all_tries_together_keep_to_the_limit(look_up: LookUp, number: Number, register: LocalRegister) -> None:
    register.always = Reply(wait=9)
    assert replace(look_up, limit=1.8, each=0.5).look_up(number) is Fault.SLOW
    assert 1 <= len(register.asked) <= 2


@pytest.mark.parametrize("reply", [Reply(200, b"<"), Reply(403), Reply(200, b" " * 100_001)])
def test_what_will_not_pass_is_not_tried_again(
    reply: Reply, look_up: LookUp, number: Number, register: LocalRegister
) -> None:
    register.always = reply
    assert look_up.look_up(number) in (Fault.MALFORMED, Fault.REFUSED, Fault.TOO_LARGE)
    assert len(register.asked) == 1
    assert look_up.seen(number) is None


def test_a_fault_leaves_what_was_kept_before(look_up: LookUp, number: Number, register: LocalRegister) -> None:
    look_up.look_up(number)
    grow_old(look_up, minutes=2)
    register.always = Reply(200, b"<")
    assert look_up.look_up(number, again=True) is Fault.MALFORMED
    assert record_of_any_age(look_up, number).number == NUMBER


def test_a_register_that_asks_us_to_wait_is_left_alone(
    look_up: LookUp, number: Number, register: LocalRegister
) -> None:
    register.next_replies = [Reply(429, b"", {"retry-after": "120"})]
    assert look_up.look_up(number) is Fault.TOLD_TO_WAIT
    assert 110 < look_up.shelf.held() <= 120
    assert look_up.look_up(number) is Fault.TOLD_TO_WAIT
    assert len(register.asked) == 1


def test_an_older_number_leads_to_the_newer_and_is_known_as_its_alias(
    look_up: LookUp, number: Number, register: LocalRegister
) -> None:
    register.holds(made_up("NCT09998887"))
    register.next_replies = [Reply(301, b"", {"location": "/api/v2/studies/NCT09998887"})]
    assert look_up.look_up(number) is None
    record = record_of(look_up, number)
    assert (record.number, record.aliases) == ("NCT09998887", (NUMBER,))
    assert [asked.path[-11:] for asked in register.asked] == [NUMBER, "NCT09998887"]


@pytest.mark.parametrize("to", [NUMBER, "NCT09998887"])
def test_a_ring_of_redirects_ends(to: str, look_up: LookUp, number: Number, register: LocalRegister) -> None:
    register.always = Reply(301, b"", {"location": f"/api/v2/studies/{to}"})
    assert look_up.look_up(number) is Fault.ELSEWHERE
    assert len(register.asked) <= 2


def test_an_answer_with_another_number_is_kept_as_it_is(
    look_up: LookUp, number: Number, register: LocalRegister
) -> None:
    register.records[NUMBER] = made_up("NCT09998887")
    look_up.look_up(number)
    record = record_of(look_up, number)
    assert (record.number, record.aliases) == ("NCT09998887", ())


def test_a_record_without_modules_is_kept_as_an_empty_one(
    look_up: LookUp, number: Number, register: LocalRegister
) -> None:
    register.records[NUMBER] = {"protocolSection": {}}
    assert look_up.look_up(number) is None
    assert record_of(look_up, number).is_empty


def test_switched_off_nobody_is_asked(look_up: LookUp, number: Number, register: LocalRegister) -> None:
    off = replace(look_up, on=False)
    assert not off.offers(number)
    assert off.look_up(number, again=True) is Refusal.OFF
    assert register.asked == []


def test_only_registers_that_can_be_asked_are_asked(look_up: LookUp, pack: Pack, register: LocalRegister) -> None:
    numbers = Numbers(pack.registers)
    for one in pack.registers:
        number = numbers.number(one.example)
        assert number is not None
        assert look_up.offers(number) == (one.id == "nct")
        if one.id != "nct":
            assert look_up.look_up(number) is Refusal.NO_API
    assert register.asked == []


def test_when_too_many_wait_nobody_waits_for_long(look_up: LookUp, number: Number, register: LocalRegister) -> None:
    for _ in range(8):
        look_up.shelf.turn(patience=60)
    assert look_up.look_up(number) is Refusal.BUSY
    assert register.asked == []


def grow_old(look_up: LookUp, *, minutes: int) -> None:
    """Lets what is kept, and the pace, grow older."""
    assert isinstance(look_up.shelf, LookUps)
    with look_up.shelf._database.writing() as connection:
        earlier = f"-{minutes} minutes"
        connection.exec_driver_sql("UPDATE look_up SET at = datetime(at, ?) || '.000000'", (earlier,))


def record_of_any_age(look_up: LookUp, number: Number) -> Record:
    seen = look_up.seen(number)
    assert seen is not None
    assert seen.record is not None
    return seen.record
