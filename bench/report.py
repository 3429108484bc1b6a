"""The figures as Markdown. Pure; the aims come from `aims`, the picture from `chart`."""

import os
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from pathlib import Path

from bench.aims import Aim
from bench.answering import CLIENTS, Found
from bench.contestants import GUIDE
from bench.figures import client_share, percentile, rate, refused, slower, times, work
from bench.growth import FEW, Grown
from bench.papers import Printed
from bench.parts import Part
from bench.sorting import Sorted
from bench.starting import Started

DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def machine(postgres: str, durable_ms: float) -> str:
    """What the figures were taken on."""
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, PostgreSQL {postgres or 'not used'}. "
        f"Load at the start {load}. One bare durable insert into SQLite took {durable_ms:.2f} ms."
    )


def _processor() -> str:
    with Path("/proc/cpuinfo").open() if Path("/proc/cpuinfo").exists() else Path(os.devnull).open() as file:
        names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def aims(found: Sequence[Aim]) -> str:
    """What was aimed at, and what came out."""
    rows = [f"| {a.says} | {a.where} | {a.figure} | {'met' if a.met else '**not met**'} |" for a in found]
    return "\n".join(["| aim | where | measured | |", "|---|---|---:|---|", *rows])


def answering(found: Found) -> str:
    """One case: everybody, with 1 to 64 clients; then what each process holds in memory."""
    rows = [_row(found, clients, who.name, who.says) for clients in CLIENTS for who in found.case.who]
    held = [_memory(found, who.name, who.says) for who in found.case.who]
    pages = "; ".join(
        f"{who.says} {min(sizes):,} to {max(sizes):,}"
        for who in found.case.who
        if (sizes := found.page_bytes.get(who.name))
    )
    return "\n".join(
        [
            f"### {found.case.says}",
            "",
            "| clients | | answers a second | ours is | p50 ms | p99 ms | server's work, ms | told to try again "
            "| clients' share of a core |",
            "|---:|---|---:|---:|---:|---:|---:|---:|---:|",
            *rows,
            "",
            "| memory after that | processes | RSS of each worker, MB | PSS of all, MB |",
            "|---|---:|---:|---:|",
            *held,
            "",
            f"Bytes of a page: {pages}; the floor's is as long as ours are on average.",
        ]
    )


def _row(found: Found, clients: int, name: str, says: str) -> str:
    rounds, ours = found.rounds[name, clients], found.rounds[GUIDE.name, clients]
    ratio, least, most = times(ours, rounds)
    beside = "" if name == GUIDE.name else f"{ratio:.2f} times ({least:.2f} to {most:.2f})"
    share = client_share(rounds)
    return (
        f"| {clients} | {says} | {rate(rounds):,.0f} | {beside} | {percentile(rounds, 50):.1f} "
        f"| {percentile(rounds, 99):.1f} | {work(rounds):.2f} | {refused(rounds) or ''} | {share:.0%} |"
    )


def _memory(found: Found, name: str, says: str) -> str:
    held = found.memory[name]
    workers = ", ".join(f"{one.rss:.0f}" for one in held[: found.case.workers])
    return f"| {says} | {len(held)} | {workers} | {sum(one.pss for one in held):.0f} |"


def growth(found: Sequence[Grown]) -> str:
    """The same with few and with many preparations kept."""
    rows = []
    for one in found:
        ratio, least, most = slower(one.large, one.small)
        rows.append(
            f"| {DATABASES[one.database]} | {one.many:,} | {percentile(one.small, 50):.1f} "
            f"| {percentile(one.large, 50):.1f} | {ratio:.2f} ({least:.2f} to {most:.2f}) "
            f"| {work(one.large) / work(one.small):.2f} | {one.large_mb:,.0f} | {one.fill_seconds:.0f} |"
        )
    return "\n".join(
        [
            f"| | preparations | p50 ms with {FEW} | p50 ms with all | times | server's work, times | MB | filled, s |",
            "|---|---:|---:|---:|---:|---:|---:|---:|",
            *rows,
        ]
    )


def papers(found: Sequence[Printed]) -> str:
    """Summaries a second."""
    rows = []
    for one in found:
        for clients, there in one.rates.items():
            floor = one.floor.get(clients)
            beside = f"{floor:,.1f} | {there / floor:.2f}" if floor else "|"
            rows.append(f"| {one.says}, {one.size:,} bytes | {clients} | {there:,.1f} | {one.floor_says} | {beside} |")
    head = "| | clients | a second | beside | a second | ours is |"
    return "\n".join([head, "|---|---:|---:|---|---:|---:|", *rows])


def starting(found: Started) -> str:
    """From starting the process to its first answer."""
    ours, floor = statistics.median(found.guide), statistics.median(found.floor)
    return (
        f"From starting the process to the first answer of `/healthz`, the median of {len(found.guide)} starts: "
        f"{ours:.2f} s ({min(found.guide):.2f} to {max(found.guide):.2f}); the floor {floor:.2f} s. "
        f"Ours takes {ours / floor:.1f} times as long."
    )


def sorting(found: Sorted) -> str:
    """`python -m app sort`."""
    spread = ", ".join(f"{name} {count:,}" for name, count in sorted(found.results.items()))
    return (
        f"`python -m app sort`, one process, {found.lines:,} lines of random answers: {found.seconds:.1f} s, of which "
        f"{found.start:.1f} s are the start; {found.lines / found.seconds:,.0f} lines a second. Results: {spread}."
    )


def breakdown(found: Sequence[Part], answers: int) -> str:
    """Where our time goes."""
    rows = [
        f"| {p.says} | {p.post:.3f} | {p.post_calls or ''} | {p.get:.3f} | {p.get_calls or ''} "
        f"| {p.post + p.get:.3f} | {(p.post + p.get) / (found[-1].post + found[-1].get):.1%} |"
        for p in found
    ]
    return "\n".join(
        [
            f"Means of the quicker half of {answers:,} answers, in milliseconds, with clocks around the parts:",
            "",
            "| | POST | calls | GET | calls | both | share |",
            "|---|---:|---:|---:|---:|---:|---:|",
            *rows,
        ]
    )
