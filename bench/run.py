"""`python -m bench.run`: measures the guide beside a floor and two peers, and writes docs/performance.md.

Puts the measurements in order and bounds them. How each is taken stands in the modules beside this one.
"""

import argparse
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.guide.pack import load_pack
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.settings import ROOT, Settings
from bench import answering, growth, papers, postgres, report, sorting, starting
from bench.document import PICTURE, Everything, document, picture
from bench.floor import inserter
from bench.parts import parts
from bench.twelve import twelve, write_for_peers
from bench.walks import walks


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    answering: answering.Plan
    preparations: int
    growth_rounds: int
    paper_seconds: float
    starts: int
    lines: int
    repetitions: int


FULL = Plan(answering.FULL, 1_000_000, 8, 5, 5, 100_000, 500)
QUICK = Plan(answering.QUICK, 5_000, 2, 1, 1, 5_000, 100)
CASES = {case.name: case for case in answering.CASES}
GROWTH = {"growth-sqlite": "sqlite", "growth-postgres": "postgres"}
PARTS = (*CASES, *GROWTH, "papers", "start", "sort", "profile")


def main() -> None:
    """Runs it all in a temporary folder on the disk, and writes the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a short form, to try it: about 3 minutes")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("-o", "--output", type=Path, help="folder for the page; docs, or var/bench in short")
    given = parser.parse_args()
    plan, only = QUICK if given.quick else FULL, given.only or PARTS
    whole = not given.quick and not given.only
    output = given.output or ROOT / ("docs" if whole else "var/bench")
    output.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whoever ends this, ends what it started
    with _folder() as folder:
        for measured in _measured(plan, only, folder):
            # After each part: what comes later may go wrong.
            (output / "performance.md").write_text(document(measured), encoding="utf-8")
            if measured.found:
                (output / PICTURE).write_text(picture(measured.found), encoding="utf-8")
    print(document(measured).partition("\n## How to repeat")[0], f"All of it: {output / 'performance.md'}", sep="\n")


def _measured(plan: Plan, only: Sequence[str], folder: Path) -> Iterator[Everything]:
    """All that was measured so far, after each part."""
    begun = time.monotonic()
    walker = Walker(Sorter(load_pack(Settings().pack)))
    asked, questions = twelve(walker), folder / "questions.json"
    write_for_peers(asked, [(s.id, s.label, s.hint) for s in walker.pack.cover.standing], questions)
    with ExitStack() as stack:
        cluster = None
        if any("postgres" in name for name in only):
            cluster = stack.enter_context(postgres.cluster())
        when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        it = Everything(when, report.machine(cluster.version if cluster else "", _durable_ms(folder / "bare.db")))
        print(it.machine, flush=True)
        for name in only:
            _say(begun, name)
            own = folder / name
            if name in CASES:
                it.found.append(answering.measure(CASES[name], plan.answering, asked, questions, own, cluster))
            elif name in GROWTH:
                grown = growth.measure(
                    GROWTH[name], plan.preparations, plan.growth_rounds, plan.answering.walks[1], asked, own, cluster
                )
                it.grown.append(grown)
            elif name == "papers":
                it.printed = papers.measure(walker, plan.paper_seconds, own)
            elif name == "start":
                it.started = starting.measure(plan.starts, own)
            elif name == "sort":
                it.lines = sorting.measure(walker.pack, plan.lines, own)
            it.minutes = (time.monotonic() - begun) / 60
            yield it
    if "profile" in only:  # its clocks stay on, so it comes last
        it.parts, it.repetitions = parts(folder / "parts.db", walks(walker), plan.repetitions), plan.repetitions
        it.minutes = (time.monotonic() - begun) / 60
        yield it


@contextmanager
def _folder() -> Iterator[Path]:
    """On the disk that the project is on; the user that PostgreSQL runs as gets there."""
    place = ROOT / "var"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=place) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _durable_ms(path: Path) -> float:
    """The median time of one durable insert and nothing else: what no server can do without."""
    taken, insert = [], inserter(str(path))
    for _ in range(200):
        before = time.perf_counter()
        insert(("place", 1, "question", "value"))
        taken.append(time.perf_counter() - before)
    return statistics.median(taken) * 1000


def _say(begun: float, name: str) -> None:
    print(f"{(time.monotonic() - begun) / 60:5.1f} min: {name}", flush=True)


if __name__ == "__main__":
    main()
