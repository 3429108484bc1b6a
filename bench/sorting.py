"""`python -m app sort`, on random answers, in a process of its own."""

import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.guide.pack import Pack
from app.settings import ROOT
from bench.walks import write_answers


@dataclass(frozen=True)
class Sorted:
    """Seconds by the clock, of it the start, and of one core's work; and how many got which result."""

    lines: int
    start: float
    seconds: float
    cpu: float
    results: Mapping[str, int]


def measure(pack: Pack, lines: int, folder: Path) -> Sorted:
    """Sorts so many lines."""
    folder.mkdir()
    answers, outcomes, empty = folder / "answers.jsonl", folder / "outcomes.jsonl", folder / "empty.jsonl"
    write_answers(pack, answers, lines)
    empty.touch()
    start, _ = _sort(empty, outcomes)
    seconds, cpu = _sort(answers, outcomes)
    with outcomes.open() as said:
        results = Counter(line.partition('"result": "')[2].partition('"')[0] for line in said)
    return Sorted(lines, start, seconds, cpu, results)


def _sort(answers: Path, outcomes: Path) -> tuple[float, float]:
    before, cpu_before = time.monotonic(), _children_cpu()
    with outcomes.open("wb") as out:
        subprocess.run([sys.executable, "-m", "app", "sort", str(answers)], cwd=ROOT, stdout=out, check=True)
    return time.monotonic() - before, _children_cpu() - cpu_before


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
