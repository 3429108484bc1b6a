"""Two minutes of all kinds of people, while two workers die and PostgreSQL, where it is installed, is started anew."""

import os
from pathlib import Path

import pytest

from bench.postgres import binaries

from .soak import PEOPLE, report, soaked

SECONDS = 120.0

pytestmark = pytest.mark.skipif(
    "WHICH_CELLS_TEST_SOAK" not in os.environ, reason="two minutes of both cores: make soaktest"
)


def test_nothing_is_lost_and_nobody_sees_an_error_but_to_try_again_while_the_database_is_away(tmp_path: Path) -> None:
    with soaked(tmp_path) as (soak, running):
        seen = soak.run(SECONDS, 10.0, running)
    says = report(seen, SECONDS)
    assert seen.lost == [], says
    assert seen.wrong == [], says
    assert sum(len(person.acknowledged) for person in seen.people) > 200, says
    since, until = seen.away
    assert all(since <= at <= until for at in seen.again), says
    assert bool(seen.again) is (binaries() is not None), says
    # Those whom a worker was answering when it was killed, and nobody else.
    assert len(seen.cut_off) <= 2 * PEOPLE, says
    assert all(any(0 <= at - killed < 5 for killed in seen.killed) for at in seen.cut_off), says
    # In two minutes nothing can be said about memory but that it does not run away.
    assert all(grown < 1.2 for grown in seen.growth(until or SECONDS / 2, SECONDS).values()), says
