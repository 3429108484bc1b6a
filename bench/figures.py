"""Figures out of rounds. Pure; what is said about them stands in `report`."""

import statistics
from collections.abc import Sequence

from bench.play import Round


def rate(rounds: Sequence[Round]) -> float:
    """Answers a second: the median of the rounds."""
    return statistics.median(one.rate for one in rounds)


def percentile(rounds: Sequence[Round], percent: int) -> float:
    """Over all answers of these rounds, in milliseconds."""
    seconds = sorted(s for one in rounds for s in one.seconds)
    return seconds[min(len(seconds) - 1, len(seconds) * percent // 100)] * 1000


def times(some: Sequence[Round], others: Sequence[Round]) -> tuple[float, float, float]:
    """How many times the rate of the others: the median of rounds taken next to each other, the least and the most."""
    ratios = sorted(a.rate / b.rate for a, b in zip(some, others, strict=True))
    return statistics.median(ratios), ratios[0], ratios[-1]


def slower(large: Sequence[Round], small: Sequence[Round]) -> tuple[float, float, float]:
    """How many times the median time of the others, likewise."""
    ratios = sorted(percentile([a], 50) / percentile([b], 50) for a, b in zip(large, small, strict=True))
    return statistics.median(ratios), ratios[0], ratios[-1]


def work(rounds: Sequence[Round]) -> float:
    """The server's CPU time for one answer, in milliseconds: the figure that other load disturbs least."""
    return sum(one.server_cpu for one in rounds) / sum(len(one.seconds) for one in rounds) * 1000


def client_share(rounds: Sequence[Round]) -> float:
    """How much of one core the clients took."""
    return sum(one.client_cpu for one in rounds) / sum(one.span for one in rounds)


def refused(rounds: Sequence[Round]) -> int:
    """How often somebody was told to try again."""
    return sum(one.refused for one in rounds)
