"""What is counted beside requests, by what does it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from local_register import NUMBER, LocalRegister, made_up
from prometheus_client import CollectorRegistry

from app import metrics
from app.registers.client import Client
from app.store.clock import WATCHED, believed
from app.store.connect import connect
from app.store.database import Damaged
from app.store.housekeeping import Housekeeping
from app.store.preparations import Preparations
from app.store.tables import now


@pytest.fixture
def counted() -> Iterator[CollectorRegistry]:
    """Counting is on, while the test runs."""
    registry = CollectorRegistry()
    metrics.turn_on(registry)
    yield registry
    metrics.turn_off()


def test_what_the_database_could_not_do_is_counted(counted: CollectorRegistry, tmp_path: Path) -> None:
    path = tmp_path / "guide.db"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(Damaged):
        connect(str(path)).migrate()
    assert counted.get_sample_value("which_cells_database_errors_total", {"kind": "damage"}) == 1


def test_what_is_swept_is_counted(counted: CollectorRegistry, tmp_path: Path) -> None:
    database = connect(str(tmp_path / "guide.db"))
    database.migrate()
    preparations = Preparations(database, "parkinsons", "1.0.0")
    for _ in range(3):
        preparations.start()
    later = now().date() + timedelta(30)
    for days in range(WATCHED.days + 1):
        believed(database, later - WATCHED + timedelta(days))
    Housekeeping(database, {}, today=lambda: later)._sweep()
    database.close()
    assert counted.get_sample_value("which_cells_preparations_swept_total") == 3


def test_each_question_to_a_register_is_counted(counted: CollectorRegistry, register: LocalRegister) -> None:
    register.holds(made_up())
    for _ in range(2):
        Client(register.address).fetch(f"/api/v2/studies/{NUMBER}", 5)
    assert counted.get_sample_value("which_cells_registers_asked_total") == 2
