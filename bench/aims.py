"""The aims, all of them ratios within one run, and whether each is met. Asserts nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.answering import Found
from bench.contestants import FLOOR, GUIDE
from bench.figures import percentile, slower, times
from bench.growth import Grown
from bench.parts import Part, path_share
from bench.sorting import Sorted

AT = 4
PEERS, OF_FLOOR, TAIL, GROWTH, PATH, LINES = 4.0, 0.6, 10.0, 1.2, 0.05, 30.0


@dataclass(frozen=True)
class Aim:
    """What is aimed at, where it was measured, the figure, and whether it is met."""

    says: str
    where: str
    figure: str
    met: bool


def aims(
    found: Sequence[Found], grown: Sequence[Grown], parts: Sequence[Part], lines: Sorted | None = None
) -> list[Aim]:
    """All that were measured."""
    return [
        *(aim for one in found for aim in _beside_peers(one)),
        *(aim for one in found for aim in _beside_floor(one)),
        *(_tail(one) for one in found),
        *(_growth(one) for one in grown),
        *_path(parts),
        *_lines(lines),
    ]


def _beside_peers(found: Found) -> Iterator[Aim]:
    ours = found.rounds[GUIDE.name, AT]
    peers = {who.says: times(ours, found.rounds[who.name, AT]) for who in found.case.who if who.peer}
    if peers:
        better = min(peers, key=lambda name: peers[name])
        ratio = peers[better][0]
        says = f"{AT} clients: at least {PEERS:g} times the better peer's answers a second"
        yield Aim(says, found.case.says, f"{ratio:.2f} times {better}", ratio >= PEERS)


def _beside_floor(found: Found) -> Iterator[Aim]:
    ratio = times(found.rounds[GUIDE.name, AT], found.rounds[FLOOR.name, AT])[0]
    yield Aim(
        f"{AT} clients: at least {OF_FLOOR:g} of the floor's answers a second",
        found.case.says,
        f"{ratio:.2f}",
        ratio >= OF_FLOOR,
    )


def _tail(found: Found) -> Aim:
    ours = found.rounds[GUIDE.name, 64]
    ratio = percentile(ours, 99) / percentile(ours, 50)
    return Aim(f"64 clients: p99 at most {TAIL:g} times p50", found.case.says, f"{ratio:.1f}", ratio <= TAIL)


def _growth(grown: Grown) -> Aim:
    ratio = slower(grown.large, grown.small)[0]
    database = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[grown.database]
    says = f"{grown.many:,} preparations against ten: p50 at most {GROWTH:g} times"
    return Aim(says, f"{database}, one worker", f"{ratio:.2f}", ratio <= GROWTH)


def _path(parts: Sequence[Part]) -> Iterator[Aim]:
    if parts:
        share = path_share(parts)
        yield Aim(
            f"sorting and path: under {PATH:.0%} of a POST and the GET that follows",
            "in one process, without network",
            f"{share:.1%}",
            share < PATH,
        )


def _lines(lines: Sorted | None) -> Iterator[Aim]:
    if lines:
        whole = lines.start + (lines.seconds - lines.start) * 100_000 / lines.lines
        yield Aim(f"sort: 100,000 lines under {LINES:g} s", "command line", f"{whole:.1f} s", whole < LINES)
