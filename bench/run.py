"""`python -m bench.run`: measures the guide beside a floor, on this machine alone, and prints a report.

Puts the measurements in order and bounds them. How each is taken stands in the modules beside this one.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from app.guide.pack import load_pack
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.settings import ROOT, Settings
from bench import report, servers
from bench.client import Round, page_sizes, play
from bench.fill import fill
from bench.floor import connect, insert
from bench.parts import parts
from bench.walks import Step, walks, write_answers

Walks = Sequence[Sequence[Step]]
FEW = 10


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    rounds: int  # at most, of each server
    answers: int  # a round, for all clients together
    seconds: float  # after so many no further round begins, once there are two
    preparations: int
    lines: int
    repetitions: int


FULL = Plan(rounds=8, answers=300, seconds=40, preparations=100_000, lines=100_000, repetitions=500)
QUICK = Plan(rounds=3, answers=72, seconds=3, preparations=5_000, lines=5_000, repetitions=100)


def main() -> None:
    """Runs it all in a temporary folder on the disk, and prints each part as soon as it is there."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a short form, to try it: about 20 s")
    plan = QUICK if parser.parse_args().quick else FULL
    walker = Walker(Sorter(load_pack(Settings().pack)))
    way = walks(walker)
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as name:
        folder = Path(name)
        _say(report.facts(_durable_ms(folder / "bare.db")))
        _answering(plan, folder, way)
        _growth(plan, folder, way, walker)
        _sorting(plan, folder, walker)
        _say(report.breakdown(parts(folder / "parts.db", way, plan.repetitions), plan.repetitions))


def _answering(plan: Plan, folder: Path, way: Walks) -> None:
    with servers.guide(folder / "ours.db") as ours:
        sizes = page_sizes(ours, way)
        page = round(statistics.mean(sizes))
        # The floor always leads to the same page.
        floor_way = [[replace(step, leads_to="next") for step in walk] for walk in way]
        with servers.floor(folder / "floor.db", page) as floor:
            targets = [(ours, way), (floor, floor_way)]
            for clients in (1, 4):
                rounds = _in_turn(plan, targets, clients)
                _say(report.answering(clients, *rounds))
        _say(f"Question pages have {min(sizes):,} to {max(sizes):,} bytes; the floor's has {page:,}.")


def _growth(plan: Plan, folder: Path, way: Walks, walker: Walker) -> None:
    cover = walker.pack.cover
    steps = max(way, key=len)[:14]
    before = time.monotonic()
    fill(folder / "few.db", FEW, steps, (cover.id, cover.version))
    fill(folder / "many.db", plan.preparations, steps, (cover.id, cover.version))
    filled = time.monotonic() - before
    with servers.guide(folder / "few.db") as few, servers.guide(folder / "many.db") as many:
        small, large = _in_turn(plan, [(few, way), (many, way)], 1)
    _say(report.growth(FEW, plan.preparations, small, large, filled))


def _in_turn(plan: Plan, targets: list[tuple[servers.Server, Walks]], clients: int) -> list[list[Round]]:
    """Rounds against each server in turn, so that noise on the machine hits all alike. The first is a warm-up."""
    taken: list[list[Round]] = [[] for _ in targets]
    until = time.monotonic() + plan.seconds
    for number in range(plan.rounds + 1):
        if number > 2 and time.monotonic() > until:
            break
        for (server, way), found in zip(targets, taken, strict=True):
            one = play(server, way, plan.answers, clients)
            if number:
                found.append(one)
    return taken


def _sorting(plan: Plan, folder: Path, walker: Walker) -> None:
    answers, outcomes = folder / "answers.jsonl", folder / "outcomes.jsonl"
    write_answers(walker.pack, answers, plan.lines)
    empty = folder / "empty.jsonl"
    empty.touch()
    start, _ = _sort(empty, outcomes)
    seconds, cpu = _sort(answers, outcomes)
    with outcomes.open() as lines:
        results = Counter(line.partition('"result": "')[2].partition('"')[0] for line in lines)
    _say(report.sorting(plan.lines, start, seconds, cpu, results))


def _sort(answers: Path, outcomes: Path) -> tuple[float, float]:
    """Seconds by the clock, and of one core's work."""
    before, cpu_before = time.monotonic(), _children_cpu()
    with outcomes.open("wb") as out:
        subprocess.run([sys.executable, "-m", "app", "sort", str(answers)], cwd=ROOT, stdout=out, check=True)
    return time.monotonic() - before, _children_cpu() - cpu_before


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _durable_ms(path: Path) -> float:
    """The median time of one durable insert and nothing else: what no server can do without."""
    taken = []
    with closing(connect(str(path))) as database:
        for _ in range(200):
            before = time.perf_counter()
            insert(database, "place", 1, "question", "value")
            taken.append(time.perf_counter() - before)
    return statistics.median(taken) * 1000


def _say(text: str) -> None:
    print(text, end="\n\n", flush=True)


if __name__ == "__main__":
    main()
