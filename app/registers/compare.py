"""What a record says, line by line, beside what a person was told, and which answer follows from it.

Fails towards caution: what a record does not say, what was not told, and words we do not know never count as
agreeing, and "it matches" is proposed only when every main line agrees and nothing differs. Does not know where a
record comes from, or any page.
"""

from dataclasses import dataclass
from typing import Literal

from app.guide.trial_models import Compare
from app.registers.lines import Case, Line
from app.registers.main_lines import MAIN
from app.registers.other_lines import OTHERS


@dataclass(frozen=True)
class Proposal:
    """Which answer follows from the lines, and the lines that led to it."""

    answer: str
    outcome: Literal["agrees", "detail", "unclear", "differs"]
    lines: tuple[Line, ...]


def compare(case: Case) -> list[Line]:
    """Every line, the main ones first."""
    return [line(case) for line in (*MAIN, *OTHERS)]


def propose(plan: Compare, lines: list[Line]) -> Proposal:
    """The answer that follows from these lines."""
    main = [line for line in lines if line.main]
    if differing := tuple(line for line in main if line.verdict == "differs"):
        return Proposal(plan.proposes.differs, "differs", differing)
    if not main or any(line.verdict == "unclear" for line in main):
        return Proposal(plan.proposes.unclear, "unclear", tuple(line for line in main if line.verdict == "unclear"))
    if details := tuple(line for line in lines if line.verdict == "differs"):
        return Proposal(plan.proposes.detail, "detail", details)
    return Proposal(plan.proposes.agrees, "agrees", tuple(main))
