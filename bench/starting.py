"""How long it takes from starting a process to its first answer: ours, with the database it already has, and the
floor's."""

from dataclasses import dataclass
from pathlib import Path

from bench.contestants import FLOOR, GUIDE, Setting


@dataclass(frozen=True)
class Started:
    """Seconds of each start."""

    guide: tuple[float, ...]
    floor: tuple[float, ...]


def measure(times: int, folder: Path) -> Started:
    """Starts each in turn. The first start, which makes the database, does not count."""
    folder.mkdir()
    page = folder / "page"
    page.write_bytes(b"x")
    settings = {who: Setting(folder, str(folder / f"{who.name}.db"), page=page) for who in (GUIDE, FLOOR)}
    found: dict[str, list[float]] = {GUIDE.name: [], FLOOR.name: []}
    for number in range(times + 1):
        for who, setting in settings.items():
            with who.start(setting) as server:
                if number:
                    found[who.name].append(server.start_seconds)
    return Started(tuple(found[GUIDE.name]), tuple(found[FLOOR.name]))
