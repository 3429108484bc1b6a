"""A clock is believed once it has gone day by day for a week."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from app.store.clock import APART, WATCHED, believed, first_today
from app.store.connect import connect
from app.store.database import Database

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)


def watched(database: Database, day: date, days: int) -> list[bool]:
    """Looks at the clock every day from this one on; returns when it was believed."""
    return [believed(database, day + n * DAY) for n in range(days)]


def test_a_day_is_believed_after_a_week_that_went_day_by_day(database: Database) -> None:
    assert watched(database, TODAY, 10) == [False] * WATCHED.days + [True] * 3


def test_looking_more_often_makes_the_week_no_shorter(database: Database) -> None:
    assert not any(believed(database, TODAY) for _ in range(20))


def test_several_processes_that_look_on_the_same_days_agree(address: str, database: Database) -> None:
    other = connect(address)
    assert [(believed(database, TODAY + n * DAY), believed(other, TODAY + n * DAY)) for n in range(9)] == (
        [(False, False)] * 7 + [(True, True)] * 2
    )
    other.close()


@pytest.mark.parametrize("jump", [3 * DAY, 730 * DAY, -2 * DAY, -730 * DAY, date(1970, 1, 1) - TODAY], ids=str)
def test_after_a_jump_and_back_nothing_is_believed_for_a_week(database: Database, jump: timedelta) -> None:
    assert watched(database, TODAY, 20)[-1]
    wrong = TODAY + 20 * DAY + jump
    # Wrong for five days, then put right.
    assert watched(database, wrong, 5) == [False] * 5
    assert watched(database, TODAY + 25 * DAY, 9) == [False] * 7 + [True] * 2


def test_a_day_that_was_missed_is_forgiven(database: Database) -> None:
    assert not believed(database, TODAY)
    assert [believed(database, TODAY + n * APART) for n in range(1, 6)] == [False, False, False, True, True]


def test_a_server_that_was_off_for_a_month_waits_a_week_before_it_deletes(database: Database) -> None:
    assert watched(database, TODAY, 8)[-1]
    assert watched(database, TODAY + 38 * DAY, 8) == [False] * 7 + [True]


# -- whose turn it is


def test_of_many_one_is_the_first_on_a_day(address: str, database: Database) -> None:
    others = [connect(address) for _ in range(3)]
    with ThreadPoolExecutor(4) as pool:
        for n in range(5):
            firsts = list(pool.map(lambda one, day=TODAY + n * DAY: first_today(one, day), [database, *others] * 3))
            assert sum(firsts) == 1
    for other in others:
        other.close()


def test_whose_midnight_comes_late_is_not_the_first_of_a_day_that_is_over(database: Database) -> None:
    assert first_today(database, TODAY + DAY)
    assert not first_today(database, TODAY)
    assert not first_today(database, TODAY + DAY)


def test_a_clock_that_ran_ahead_does_not_stop_the_sweep(database: Database) -> None:
    assert first_today(database, TODAY + 900 * DAY)
    assert first_today(database, TODAY)
