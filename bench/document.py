"""docs/performance.md, put together from what was measured, and the picture that stands in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench import report
from bench.aims import aims
from bench.answering import CLIENTS, Found
from bench.chart import Panel, chart
from bench.figures import rate
from bench.growth import Grown
from bench.papers import Printed
from bench.parts import Part
from bench.sorting import Sorted
from bench.starting import Started

PICTURE = "performance.svg"
_HOW = """## How to repeat it

```sh
make bench                              # all of it; writes this page and its picture
make bench BENCH="--quick"              # a short form to try it, into var/bench/
make bench BENCH="--only sqlite-1"      # one part, into var/bench/; --help names them all
```

`make bench` installs what the peers need into `bench/peers/.venv`, from `bench/peers/requirements.txt`. PostgreSQL has
to be there (`apt-get install postgresql`); the benchmark starts a cluster of its own in a temporary folder. A million
preparations take some 20 GB on the disk meanwhile. Nothing else should run on the machine: absolute figures are this
machine's, and ratios within the run mean more. The server's work (CPU time for one answer, of all its processes, but
not of PostgreSQL's) is what other load disturbs least.

## What is measured

**Post an answer, get the next question**: the time from sending a form until the page with the next question has come
in whole. Ours, and the floor, are asked as a browser with our script asks, and answer the form with the next question;
without the script, they lead there, and a second request gets it. One process plays all clients over plain connections
that stay open, each of them without a pause for thought; its own work is in the last column. The questions are the
first twelve of the longest example of our pack, in their order; each server asks the same ones, with the same texts
and options, and gets the same answers. The first answer, a text, is different for each person: so nobody can have
worked out before what it leads to.
Before anything is measured, each has to show that it refuses an answer that is not offered, shows each next question,
and has kept all the answers in the end; and in the measured rounds, each page has to have the words of the next
question. Whoever is told to try again (503 or 500) does so at once, and their time runs on. All take turns, round by
round; a figure beside another is the median over such pairs of rounds.

- **floor**: bare FastAPI with uvicorn, one durable insert (`sqlite3` or psycopg), one fixed page as long as ours are.
- **django-formtools**: a `SessionWizardView` on gunicorn (threads, 4 a worker), sessions in the database, SQLite with a
  write-ahead log, connections kept. It answers a POST with the next question; *an address each* is its
  `NamedUrlSessionWizardView`, which redirects as ours does without the script.
- **oTree**: an app of thirteen pages, `otree prodserver`, its SQLite file with a write-ahead log. It is made for one
  worker.

Neither peer seals what it keeps, and neither works out from the answers what to ask next.
"""


@dataclass
class Everything:
    """What was measured so far; a part that was not is left out of the page."""

    when: str
    machine: str
    minutes: float = 0.0
    found: list[Found] = field(default_factory=list)
    grown: list[Grown] = field(default_factory=list)
    printed: Sequence[Printed] = ()
    started: Started | None = None
    lines: Sorted | None = None
    parts: Sequence[Part] = ()
    repetitions: int = 0


def document(all_of_it: Everything) -> str:
    """The page."""
    it = all_of_it
    sections = [
        "# How fast Which Cells? answers",
        f"Measured on {it.when}, in {it.minutes:.0f} minutes. {it.machine}\n\n"
        "This page is written by `make bench`: figures and words beside them come from one run, met or not.",
    ]
    if reached := aims(it.found, it.grown, it.parts, it.lines):
        sections += ["## Aims, and what came out\n\n" + report.aims(reached)]
    if it.found:
        sections += [f"![Answers a second by the number of clients; the tables below have the figures]({PICTURE})"]
    sections += [_HOW.strip()]
    if it.found:
        sections += ["## Post an answer, get the next question", *(report.answering(one) for one in it.found)]
    if it.grown:
        sections += ["## With many preparations kept", report.growth(it.grown)]
    if it.printed:
        sections += ["## Summaries", report.papers(it.printed)]
    if it.started:
        sections += ["## Start", report.starting(it.started)]
    if it.lines:
        sections += ["## Sorting on the command line", report.sorting(it.lines)]
    if it.parts:
        sections += ["## Where our time goes", report.breakdown(it.parts, it.repetitions)]
    return "\n\n".join(sections) + "\n"


def picture(found: Sequence[Found]) -> str:
    """The picture of the answers a second."""
    panels = [
        Panel(one.case.says, {who.says: {n: rate(one.rounds[who.name, n]) for n in CLIENTS} for who in one.case.who})
        for one in found
    ]
    return chart("Answers a second, each with the next question", panels)
