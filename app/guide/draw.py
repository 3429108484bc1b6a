"""A pack as one picture for clinicians and authors: what is asked when, and how answers become a result.

Knows how to lay a pack out and write it as standalone SVG, in presentation attributes only, as a strict content
policy wants. Does not know what the rules come to (rules, sort) or whether they hang together (lint).

Nothing overlaps, for three reasons: every question has a row to itself, so the last leg of an arrow meets only
its target; arrows run down in the gutters between columns; all text is wrapped by an estimated width.
"""

import textwrap
from collections.abc import Iterable, Iterator
from itertools import count
from typing import NamedTuple, get_args
from xml.etree import ElementTree as ET

from app.guide.models import Condition, Contradiction, NotIn, Question, ResultId, Section, Test, Variant
from app.guide.pack import Pack

INK, PAPER, SHADE = "#111", "#fff", "#eee"
MARGIN, GAP, PAD, LANE, ARROW, TURN = 24.0, 10.0, 12.0, 13.0, 24.0, 6.0
LABEL, BOX, MARKS, CARD, RESULT, SHAPE, LEAST_WIDTH = 136.0, 272.0, 124.0, 270.0, 200.0, 36.0, 1000.0
TAGS = {
    "!": "has an answer that is a warning sign by itself",
    "CORE": "thick frame: no clear answer is a warning sign",
    "FIRST": "asked before all others",
    "REQUIRED": "cannot be left out",
    "MUST ANSWER": "no good result without a clear answer to it",
}
RULE_1 = "One of these is enough: an answer marked as a warning (!), no clear answer on a CORE question, a contradiction"
RULE_2 = "Every need of one variant is met, and every MUST ANSWER question is answered"
RULE_3 = "No way of answering what is still open leads to another result"
RULE_4 = "In every other case: the open questions decide"


def _wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Lines of `text` that stay within `width` in any usual sans-serif; long words are cut."""
    return textwrap.wrap(text, max(4, int(width / _wide("x", size, bold))), break_on_hyphens=False)


def _wide(text: str, size: float, bold: bool = False) -> float:
    """About how wide a line of text is."""
    return len(text) * size * (0.64 if bold else 0.58)


def _answers(test: Test, joint: str) -> str:
    """The answers that a test wants: "a or b", "not c", "any clear answer"."""
    if isinstance(test, NotIn):
        return ", ".join(f"not {option}" for option in test.not_in)
    return "any clear answer" if isinstance(test, str) else joint.join(test)


def _said(condition: Condition) -> str:
    """A condition as "question: option, option"."""
    return " and ".join(f"{question}: {_answers(test, ', ')}" for question, test in condition.items())


def _letter(pack: Pack, variant: Variant) -> str:
    place = [v.id for _, v in pack.variants].index(variant.id)
    return chr(65 + place) if place < 26 else str(place + 1)


def _marks(pack: Pack, question: Question) -> list[str]:
    """What is marked on a question's box: its tags, then the letters of the variants that need it."""
    warns = question.id not in pack.personal and any(o.reads == "warning" for o in question.options)
    first, must = question.id in pack.cover.first, question.id in pack.rules.must_answer
    tags = zip(TAGS, (warns, question.core, first, question.required, must), strict=True)
    needing = [v for _, v in pack.variants if question.id in {n.question for n in v.needs}]
    return [tag for tag, holds in tags if holds] + [_letter(pack, v) for v in needing]


def _mark_width(mark: str) -> float:
    """What a mark takes of its row, the space after it included."""
    return _wide(mark, 11, bold=True) + 14 if len(mark) > 2 else 20.0


def _described(pack: Pack) -> str:
    """The picture in words, for those who cannot see it."""
    sections = ", ".join(section.title for section, _ in pack.sections)
    asked = "; ".join(f"{q.id} if {_said(q.asked_when)}" for q in pack.questions.values() if q.asked_when)
    steps = "; ".join(f"{step.says} ({', '.join(c.title for c in step.cards)}): {step.result}" for step in _steps(pack))
    return f"Sections in order: {sections}. Asked only under a condition: {asked}. The first rule that holds: {steps}."


class _Pen:
    """Writes elements into one parent element: coordinates in, SVG out. Knows nothing of packs."""

    def __init__(self, parent: ET.Element) -> None:
        self.parent = parent

    def add(self, tag: str, **attributes: str | float) -> ET.Element:
        named = {k.replace("_", "-"): v if isinstance(v, str) else f"{v:.6g}" for k, v in attributes.items()}
        return ET.SubElement(self.parent, tag, named)

    def rect(self, x: float, y: float, w: float, h: float, fill: str, stroke: float = 1, rx: float = 3) -> None:
        ink = INK if stroke else "none"
        self.add("rect", x=x, y=y, width=w, height=h, rx=rx, fill=fill, stroke=ink, stroke_width=stroke)

    def circle(self, x: float, y: float, r: float, fill: str = PAPER, stroke: float = 1) -> None:
        self.add("circle", cx=x, cy=y, r=r, fill=fill, stroke=INK, stroke_width=stroke)

    def line(self, d: str, stroke: float = 1.5, arrow: bool = False) -> None:
        line = self.add("path", d=d, fill="none", stroke=INK, stroke_width=stroke)
        if arrow:
            line.set("marker-end", "url(#flow-arrow)")

    def text(
        self, x: float, y: float, lines: Iterable[str], size: float, bold: bool = False, anchor: str = "start",
        fill: str = INK,
    ) -> float:  # fmt: skip
        """Lines from `y` down, each 1.3 em high; returns the y beneath the last."""
        weight = "bold" if bold else "normal"
        for line in lines:
            text = self.add("text", x=x, y=y + size, font_size=size, font_weight=weight, text_anchor=anchor, fill=fill)
            text.text = line
            y += size * 1.3
        return y

    def mark(self, x: float, y: float, mark: str) -> None:
        """A tag or a variant's letter, 18 high, from its top left corner."""
        width, dark = _mark_width(mark) - 4, mark == "CORE"
        if mark == "!":
            self.shape("warning_sign", x + 8, y + 9, 8.5)
        elif mark in TAGS:
            self.rect(x, y + 1, width, 16, INK if dark else PAPER)
            self.text(x + width / 2, y + 2, [mark], 11, True, "middle", PAPER if dark else INK)
        else:
            self.circle(x + 8, y + 9, 8.5)
            self.text(x + 8, y + 2, [mark], 11, True, "middle")

    def shape(self, result: str, x: float, y: float, r: float) -> None:
        """The shape of a result around a centre: told apart by outline and sign, never by colour."""
        stroke = max(1.2, r / 10)
        if result == "regulated_trial":
            self.rect(x - r, y - r, 2 * r, 2 * r, PAPER, stroke, r / 3)
            self.line(f"M {x - r / 2} {y} L {x - r / 8} {y + r * 0.4} L {x + r / 2} {y - r * 0.4}", stroke * 1.5)
        elif result == "supportive_care":
            self.circle(x, y, r, PAPER, stroke)
            self.circle(x, y, r / 2, PAPER, stroke)
        elif result == "warning_sign":
            self.line(f"M {x} {y - r} L {x + r} {y + r * 0.8} H {x - r} Z", stroke)
            self.line(f"M {x} {y - r * 0.4} V {y + r * 0.25}", stroke * 1.4)
            self.circle(x, y + r * 0.55, stroke * 0.6, INK)
        else:
            self.line(f"M {x} {y - r} L {x + r} {y} L {x} {y + r} L {x - r} {y} Z", stroke)
            self.text(x, y - r * 0.6, ["?"], r, True, "middle")


class _Edge(NamedTuple):
    """An arrow to a question: where from, what is written on it, and at what height it runs in."""

    source: str
    target: str
    label: list[str]
    y: float = 0

    @property
    def size(self) -> tuple[float, float]:
        return max(_wide(line, 12) for line in self.label) + 8, len(self.label) * 15.6 + 4


class _Box(NamedTuple):
    """A question's box: which column it is in, where it begins, how high it is, the arrows that run into it."""

    question: Question
    column: int
    marks: list[list[str]]
    short: list[str]
    small: list[str]
    y: float
    height: float
    edges: list[_Edge]


def _column(pack: Pack, question_id: str, above: frozenset[str] = frozenset()) -> int:
    """How many questions deep a question depends on others; a circle is cut where it closes."""
    above |= {question_id}
    sources = (pack.questions.keys() & pack.questions[question_id].asked_when.keys()) - above
    return max((1 + _column(pack, source, above) for source in sources), default=0)


def _box(pack: Pack, question: Question, y: float) -> _Box:
    """The box of a question from `y` down, high enough for its text, its marks and its arrows."""
    marks: list[list[str]] = [[]]
    for mark in _marks(pack, question):
        if sum(map(_mark_width, [*marks[-1], mark])) > MARKS:
            marks.append([])
        marks[-1].append(mark)
    room = BOX - 2 * PAD - max(sum(map(_mark_width, row)) for row in marks)
    short, small = _wrap(question.short, room, 14, bold=True), _wrap(question.id, room, 12)
    labels = [_answers(t, " or ") if q in pack.questions else _said({q: t}) for q, t in question.asked_when.items()]
    edges = [
        _Edge(source, question.id, _wrap("and " * bool(n) + label, 160, 12))
        for n, (source, label) in enumerate(zip(question.asked_when, labels, strict=True))
    ]
    needed = sum(e.size[1] for e in edges)
    height = max(len(short) * 18.2 + len(small) * 15.6 + PAD, len(marks) * 20 + PAD, needed)
    begin = y + (height - needed) / 2
    for n, edge in enumerate(edges):
        edges[n] = edge._replace(y=begin + edge.size[1] / 2)
        begin += edge.size[1]
    return _Box(question, _column(pack, question.id), marks, short, small, y, height, edges)


class _Flow:
    """The questions of a pack laid out from `top` down, and how to draw them."""

    def __init__(self, pack: Pack, top: float) -> None:
        self.pack, self.bottom = pack, top
        self.bands: list[tuple[Section, float, float]] = []
        self.boxes: dict[str, _Box] = {}
        for section, questions in pack.sections:
            y = self.bottom + PAD
            for question in questions:
                self.boxes[question.id] = _box(pack, question, y)
                y += self.boxes[question.id].height + GAP
            height = max(y - GAP + PAD - self.bottom, 80)
            self.bands.append((section, self.bottom, height))
            self.bottom += height + 20
        self.edges = [e for box in self.boxes.values() for e in box.edges if e.source in self.boxes]
        self.lanes = self._lanes()
        self.columns = self._columns()
        self.width = max(LEAST_WIDTH, self.columns[-1] + BOX + PAD + MARGIN)

    def _lanes(self) -> dict[str, int]:
        """A lane for each question that others rest on: none shared side by side, the longest nearest the box."""
        spans: dict[tuple[int, str], list[float]] = {}
        for e in self.edges:
            source = self.boxes[e.source]
            spans.setdefault((source.column, e.source), [source.y + source.height / 2]).append(e.y)
        lanes: dict[str, int] = {}
        for column, source in sorted(spans, key=lambda s: min(spans[s]) - max(spans[s])):
            low, high = min(spans[column, source]), max(spans[column, source])
            beside = [s for (c, s), ys in spans.items() if c == column and min(ys) <= high and max(ys) >= low]
            lanes[source] = next(n for n in count() if n not in {lanes.get(s) for s in beside})
        return lanes

    def _columns(self) -> list[float]:
        """Where each column begins: after the lanes, labels and arrowheads of the gutter before it."""
        columns = [MARGIN + LABEL + PAD]
        for column in range(max((b.column for b in self.boxes.values()), default=0)):
            lanes = max((n + 1 for s, n in self.lanes.items() if self.boxes[s].column == column), default=0)
            label = max(e.size[0] for b in self.boxes.values() if b.column == column + 1 for e in b.edges)
            columns.append(columns[-1] + BOX + LANE * (lanes + 1) + label + ARROW)
        return columns

    def draw(self, pen: _Pen) -> None:
        for number, (section, y, height) in enumerate(self.bands, start=1):
            pen.rect(MARGIN, y, self.width - 2 * MARGIN, height, PAPER, 1)
            pen.rect(MARGIN, y, LABEL, height, SHADE, 1)
            below = pen.text(MARGIN + GAP, y + PAD, _wrap(f"{number}. {section.title}", LABEL - 2 * GAP, 15, True), 15, True)
            if section.scope == "person":
                pen.text(MARGIN + GAP, below + 4, _wrap("never part of the sort", LABEL - 2 * GAP, 12), 12)
        for edge in self.edges:
            self._draw_edge(_Pen(pen.add("g", data_from=edge.source, data_to=edge.target)), edge)
        for box in self.boxes.values():
            self._draw_box(_Pen(pen.add("g", data_question=box.question.id)), box)

    def _draw_edge(self, pen: _Pen, edge: _Edge) -> None:
        source, (w, h), y = self.boxes[edge.source], edge.size, edge.y
        start, end = self.columns[source.column] + BOX, self.columns[self.boxes[edge.target].column]
        out, x = source.y + source.height / 2, start + LANE * (self.lanes[edge.source] + 1)
        turn = TURN if y > out else -TURN
        down = f"Q {x} {out} {x} {out + turn} V {y - turn} Q {x} {y} {x + TURN} {y}"
        pen.line(f"M {start} {out} H {x - TURN} {down} H {end - 1}", arrow=True)
        pen.rect(end - ARROW - w, y - h / 2, w, h, PAPER, 0)
        pen.text(end - ARROW - w + 4, y - h / 2 + 1, edge.label, 12)

    def _draw_box(self, pen: _Pen, box: _Box) -> None:
        x, middle = self.columns[box.column], box.y + box.height / 2
        pen.rect(x, box.y, BOX, box.height, PAPER, 3 if box.question.core else 1)
        top = middle - (len(box.short) * 18.2 + len(box.small) * 15.6) / 2
        pen.text(x + PAD, pen.text(x + PAD, top, box.short, 14, bold=True), box.small, 12)
        for n, row in enumerate(box.marks):
            at = x + BOX - PAD - sum(map(_mark_width, row)) + 4
            for mark in row:
                pen.mark(at, middle - len(box.marks) * 10 + n * 20 + 1, mark)
                at += _mark_width(mark)


class _Card(NamedTuple):
    """A contradiction or a variant: its mark if any, its name, and what it rests on."""

    mark: str
    title: str
    lines: list[str]


class _Step(NamedTuple):
    """One rule on the way to a result."""

    says: str
    cards: list[_Card]
    result: str


def _contradiction(contradiction: Contradiction) -> _Card:
    lines = [("and " if n else "") + _said(c) for n, c in enumerate(contradiction.all)]
    return _Card("", contradiction.id, lines + ["and one of these:"] * bool(contradiction.any) + [*map(_said, contradiction.any)])


def _steps(pack: Pack) -> Iterator[_Step]:
    """The rules in the order in which they apply; those of `Rules.outcome`, in words."""
    yield _Step(f"1. {RULE_1}", [_contradiction(c) for c in pack.rules.contradictions], "warning_sign")
    for result in dict.fromkeys((*pack.results, *get_args(ResultId))):
        variants = [v for r, v in pack.variants if r.id == result]
        if variants or result in ("regulated_trial", "supportive_care"):
            cards = [_Card(_letter(pack, v), f"{v.id}: {v.title}", [_said(n.when) for n in v.needs]) for v in variants]
            yield _Step(f"2. {RULE_2}" if cards else "2. This pack has no variant of this result", cards, result)
    yield _Step(f"3. {RULE_3}", [], "warning_sign")
    yield _Step(f"4. {RULE_4}", [], "not_settled")


def _draw_cards(pen: _Pen, y: float, width: float, cards: list[_Card]) -> float:
    """Draws cards in rows, from `y` down; returns the y beneath the last row."""
    n = max(1, min(len(cards), int(width // CARD)))
    w = (width - (n - 1) * GAP) / n
    for row in (cards[i : i + n] for i in range(0, len(cards), n)):
        bodies = _Pen(pen.add("g"))
        heights = []
    return y
