"""The figures as Markdown, with the aims beside them. Asserts nothing."""

import os
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.client import Round
from bench.parts import Part

_HEAD = """| | answers per second | p50 ms | p99 ms | server's work, ms | client's work, ms | answers |
|---|---:|---:|---:|---:|---:|---:|"""


def facts(durable_ms: float) -> str:
    """What the figures were taken on."""
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    return "\n".join(
        [
            "# How fast Which Cells? answers",
            "",
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.machine()}, {_processor()}, "
            f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}. "
            f"Load at the start {load}. One bare durable insert takes {durable_ms:.2f} ms here.",
            "Absolute figures are this machine's, at this moment; ratios within the run mean more, and",
            "work (CPU time for one answer) is what other load disturbs least.",
        ]
    )


def _processor() -> str:
    with Path("/proc/cpuinfo").open() if Path("/proc/cpuinfo").exists() else Path(os.devnull).open() as file:
        names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def answering(clients: int, ours: Sequence[Round], floor: Sequence[Round]) -> str:
    """Our application beside the floor, round by round. The aims: half the floor's rate, p50 under 8 ms."""
    ratios = sorted(o.rate / f.rate for o, f in zip(ours, floor, strict=True))
    ratio, p50 = statistics.median(ratios), percentile(ours, 50)
    met = [f"At least half the floor's answers per second: {_word(ratio >= 0.5)} ({ratio:.2f})."]
    if clients == 1:
        met.append(f"p50 under 8 ms: {_word(p50 < 8)} ({p50:.1f} ms).")
    return "\n".join(
        [
            f"## Post an answer, get the next question: {clients} client{'s' if clients > 1 else ''}",
            "",
            _HEAD,
            _row("ours", ours),
            _row("floor", floor),
            f"| ours / floor, median of rounds | {ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) "
            f"| {p50 / percentile(floor, 50):.2f} | {percentile(ours, 99) / percentile(floor, 99):.2f} "
            f"| {_times(ours, floor)} | | |",
            "",
            *met,
        ]
    )


def growth(few: int, many: int, small: Sequence[Round], large: Sequence[Round], fill_seconds: float) -> str:
    """The same with few and with many preparations kept. The aim: no growth."""
    ratios = sorted(percentile([b], 50) / percentile([a], 50) for a, b in zip(small, large, strict=True))
    ratio = statistics.median(ratios)
    return "\n".join(
        [
            "## Growth: one client, by the preparations that are kept",
            "",
            _HEAD,
            _row(f"{few:,} preparations", small),
            _row(f"{many:,} preparations", large),
            "",
            f"(Filled in {fill_seconds:.0f} s.) p50 at most 1.2 times: {_word(ratio <= 1.2)} "
            f"({ratio:.2f}; rounds {ratios[0]:.2f} to {ratios[-1]:.2f}). "
            f"The server's work: {_times(large, small)} times.",
        ]
    )


def sorting(lines: int, start: float, seconds: float, cpu: float, results: dict[str, int]) -> str:
    """`python -m app sort`. The aim: 100,000 lines under 30 s."""
    whole = start + (seconds - start) * 100_000 / lines
    scaled = "" if lines == 100_000 else f", scaled up from {lines:,} lines"
    spread = ", ".join(f"{name} {count:,}" for name, count in sorted(results.items()))
    return "\n".join(
        [
            "## Sorting on the command line, one process",
            "",
            "| lines | seconds | CPU seconds | lines per second |",
            "|---:|---:|---:|---:|",
            f"| {lines:,} | {seconds:.1f} | {cpu:.1f} | {lines / seconds:,.0f} |",
            "",
            f"Results: {spread}. 100,000 lines under 30 s: {_word(whole < 30)} ({whole:.1f} s{scaled}; "
            f"{start:.1f} s of it is the start).",
        ]
    )


def breakdown(found: Sequence[Part], answers: int) -> str:
    """Where our time goes."""
    rows = [
        f"| {p.says} | {p.post:.3f} | {_calls(p.post_calls)} | {p.get:.3f} | {_calls(p.get_calls)} "
        f"| {p.post + p.get:.3f} |"
        for p in found
    ]
    return "\n".join(
        [
            f"## Where our time goes, in one process without network: medians of {answers:,} answers, ms",
            "",
            "| | POST | calls | GET | calls | both |",
            "|---|---:|---:|---:|---:|---:|",
            *rows,
        ]
    )


def percentile(rounds: Sequence[Round], percent: int) -> float:
    """Over all answers of these rounds, in milliseconds."""
    seconds = sorted(s for one in rounds for s in one.seconds)
    return seconds[min(len(seconds) - 1, len(seconds) * percent // 100)] * 1000


def _row(name: str, rounds: Sequence[Round]) -> str:
    answers = sum(len(r.seconds) for r in rounds)
    rate = statistics.median(r.rate for r in rounds)
    own = sum(r.client_cpu for r in rounds) / answers * 1000
    return (
        f"| {name} | {rate:,.0f} | {percentile(rounds, 50):.2f} | {percentile(rounds, 99):.2f} | {work(rounds):.2f} "
        f"| {own:.2f} | {answers:,} |"
    )


def work(rounds: Sequence[Round]) -> float:
    """The server's CPU time for one answer, in milliseconds: the figure that other load disturbs least."""
    return sum(r.server_cpu for r in rounds) / sum(len(r.seconds) for r in rounds) * 1000


def _times(some: Sequence[Round], others: Sequence[Round]) -> str:
    return f"{work(some) / work(others):.2f}" if work(others) else "unknown"


def _word(met: bool) -> str:
    return "met" if met else "NOT met"


def _calls(count: int) -> str:
    return str(count) if count else ""
