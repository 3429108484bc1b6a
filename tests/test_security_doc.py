"""docs/security.md: every requirement has its line, a verdict and a reason, and what is named there is there."""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
DOC = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
VERDICTS = ("met", "not applicable", "not met")
# Ids of level 1 and 2, 70 and 183 of them, as published: a line that is lost here has to be noticed too.
PUBLISHED = {"1": 70, "2": 183}


class Line(NamedTuple):
    """One line of the tables of the standard."""

    id: str
    asks: str
    verdict: str
    why: str


def levels() -> dict[str, str]:
    """The level from which each requirement holds."""
    text = (ROOT / "tests" / "asvs-5.0.0.txt").read_text(encoding="utf-8")
    pairs = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    found = dict(pairs)
    assert len(found) == len(pairs), "an id stands twice"
    return found


def lines() -> list[Line]:
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \|(.*)\|$", DOC, re.MULTILINE)
    return [Line(id_, *(cell.strip() for cell in rest.split("|"))) for id_, rest in rows]


def test_the_list_of_the_standard_is_whole() -> None:
    assert Counter(levels().values()) == PUBLISHED


def test_every_requirement_stands_there_once_and_in_order() -> None:
    assert [line.id for line in lines()] == list(levels())


def test_every_line_says_what_is_asked_and_has_a_verdict_with_a_reason() -> None:
    for line in lines():
        assert line.verdict in VERDICTS, line.id
        assert len(line.asks) > 5, line.id
        assert len(line.why) > 5, line.id


def test_what_is_met_names_where() -> None:
    # A file, or the part of this document that is asked for.
    headings = set(re.findall(r"^\*\*([^*]+)\.\*\*", DOC, re.MULTILINE))
    for line in lines():
        if line.verdict == "met":
            named = set(re.findall(r'"([^"]+)" above', line.why))
            assert named <= headings, line.id
            assert named or paths(line.why), line.id


def test_every_file_that_is_named_is_there() -> None:
    named = paths(DOC)
    assert len(named) > 40
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_link_leads_to_a_file() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", DOC):
        assert (ROOT / "docs" / target).exists(), target


def test_the_count_is_right() -> None:
    of = levels()
    counted = Counter((of[line.id], line.verdict) for line in lines())
    for name, wanted in (("level 1", "1"), ("level 2", "2"), ("together", "12")):
        numbers = [sum(counted[level, verdict] for level in wanted) for verdict in VERDICTS]
        row = " | ".join(map(str, [*numbers, sum(numbers)]))
        assert f"| {name} | {row} |" in DOC


def paths(text: str) -> list[str]:
    """Files and folders of this repository that stand in code marks; addresses begin with a slash and are none."""
    marked = re.findall(r"`([^`\s]+)`", text)
    return sorted({m for m in marked if re.fullmatch(r"[\w.-]+(/[\w.-]+)+|Dockerfile|Makefile|[\w-]+\.\w+|\.\w+", m)})
