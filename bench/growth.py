"""A million preparations against ten: the same guide, the same questions, one client."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.contestants import GUIDE, Setting
from bench.fill import fill
from bench.play import Round, play
from bench.postgres import Cluster
from bench.twelve import Asked

FEW = 10


@dataclass(frozen=True)
class Grown:
    """What was measured: `small` and `large` took turns."""

    database: str
    many: int
    small: Sequence[Round]
    large: Sequence[Round]
    fill_seconds: float
    large_mb: float


def measure(
    database: str, many: int, rounds: int, walks: int, asked: Sequence[Asked], folder: Path, cluster: Cluster | None
) -> Grown:
    """Fills two databases of this kind, `sqlite` or `postgres`, and measures them in turn."""
    folder.mkdir()
    small, large = (_setting(database, name, folder, cluster) for name in ("few", "many"))
    before = time.monotonic()
    for setting, count in ((small, FEW), (large, many)):
        with GUIDE.start(setting) as server:
            play(server, GUIDE.talk, asked, 1, 1)
        fill(setting.database, count - 1)
    filled = time.monotonic() - before
    taken: tuple[list[Round], list[Round]] = ([], [])
    with GUIDE.start(small) as few, GUIDE.start(large) as full:
        time.sleep(5)  # what is looked through at the start
        for number in range(rounds + 1):
            for server, found in zip((few, full), taken, strict=True):
                one = play(server, GUIDE.talk, asked, 1, walks)
                if number:  # the first is to get warm
                    found.append(one)
    return Grown(database, many, *taken, filled, _megabytes(large, cluster))


def _setting(database: str, name: str, folder: Path, cluster: Cluster | None) -> Setting:
    own = folder / name
    own.mkdir()
    if database == "sqlite":
        return Setting(own, str(own / "which-cells.db"))
    assert cluster, "no PostgreSQL"
    return Setting(own, cluster.create(f"growth-{name}"))


def _megabytes(setting: Setting, cluster: Cluster | None) -> float:
    if "://" not in setting.database:
        return Path(setting.database).stat().st_size / 1e6
    assert cluster, "no PostgreSQL"
    return cluster.megabytes(setting.database.rpartition("/")[2])
