"""A pack as one picture for clinicians and authors: what is asked when, and how answers become a result.

Knows how to lay a pack out and write it as standalone SVG, in presentation attributes only, as a strict content
policy wants. Does not know what the rules come to (rules, sort), and relies on what lint has passed. Nothing overlaps:
every question has a row to itself, arrows run down between columns, and text is wrapped by its estimated width.
"""

import textwrap
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

from app.guide.models import Condition, NotIn, Question, Test
from app.guide.pack import Pack
from app.languages import N_, all_of
from app.languages import gettext as _

INK, PAPER, SHADE = "#111", "#fff", "#eee"
MARGIN, GAP, PAD, LANE, ARROW, TURN, SHAPE = 24.0, 10.0, 12.0, 14.0, 24.0, 6.0, 34.0
LABEL, BOX, MARKS, CARD, RESULT, LEAST_WIDTH = 152.0, 300.0, 156.0, 300.0, 190.0, 1140.0
TAGS = {
    "!": N_("one of its answers is a warning sign by itself"),
    "CORE": N_("thick frame: no clear answer is a warning sign"),
    "FIRST": N_("asked before all others"),
    "REQUIRED": N_("cannot be left out"),
    "MUST ANSWER": N_("rule 2 needs a clear answer to it"),
}
# Told apart by outline and sign, never by colour. Around 0 0, one unit from centre to edge.
SHAPES = {
    "regulated_trial": "M-1 -.6Q-1 -1 -.6 -1H.6Q1 -1 1 -.6V.6Q1 1 .6 1H-.6Q-1 1 -1 .6ZM-.5 .05L-.12 .42L.5 -.4",
    "supportive_care": "M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0ZM-.5 0A.5 .5 0 1 1 .5 0A.5 .5 0 1 1 -.5 0Z",
    "warning_sign": "M0 -.95L1 .85H-1ZM0 -.35V.3M0 .5V.64",
    "not_settled": "M0 -1L1 0L0 1L-1 0ZM-.24 -.2A.24 .24 0 1 1 .1 .02Q0 .08 0 .24M0 .4V.54",
}


def _wide(text: str, size: float, bold: bool = False) -> float:
    """About how wide a line of text is."""
    return len(text) * size * (0.64 if bold else 0.58)


def _wrap(text: str, width: float, size: float, bold: bool = False, hang: int = 0) -> list[str]:
    """Lines of `text` that stay within `width` in any usual sans-serif; long words are cut."""
    room = max(8, int(width / _wide("x", size, bold)))
    return textwrap.wrap(text, room, break_on_hyphens=False, subsequent_indent="\u00a0" * hang)


def _answers(test: Test, joint: str) -> str:
    """The answers that a test wants: "a or b", "not c", "any clear answer"."""
    if isinstance(test, NotIn):
        return ", ".join(_("not {answer}").format(answer=option) for option in test.not_in)
    return _("any clear answer") if isinstance(test, str) else joint.join(test) or _("no answer")


def _said(condition: Condition) -> str:
    """A condition as "question: option, option"."""
    return all_of(f"{question}: {_answers(test, ', ')}" for question, test in condition.items())


def _letters(pack: Pack) -> dict[str, str]:
    """The letter that stands for each variant, by the variant's id."""
    return {v.id: chr(65 + n) if n < 26 else str(n + 1) for n, (_result, v) in enumerate(pack.variants)}


def _marks(pack: Pack, question: Question) -> list[str]:
    """What is marked on a question's box: its tags, then the letters of the variants that need it."""
    warns = question.id not in pack.personal and any(o.reads == "warning" for o in question.options)
    first, must = question.id in pack.cover.first, question.id in pack.rules.must_answer
    tags = zip(TAGS, (warns, question.core, first, question.required, must), strict=True)
    needs = [_letters(pack)[v.id] for _result, v in pack.variants if question.id in {n.question for n in v.needs}]
    return [tag for tag, holds in tags if holds] + needs


def _mark_width(mark: str) -> float:
    """What a mark takes of its row, the space after it included."""
    return _wide(mark, 12, bold=True) + 14


def _described(pack: Pack) -> str:
    """The picture in words, for those who cannot see it."""
    when = _("{question} if {condition}")
    conditional = [q for q in pack.questions.values() if q.asked_when]
    asked = "; ".join(when.format(question=q.id, condition=_said(q.asked_when)) for q in conditional)
    rules = "; ".join(
        ", ".join([says, *(c[0] for _mark, c in cards)]) + f": {end}" for says, cards, end in _steps(pack)
    )
    says = _("Asked only under a condition: {questions}. Then the first rule met decides: {rules}.")
    return says.format(questions=asked or _("nothing"), rules=rules)


class _Pen(NamedTuple):
    """Writes elements into one parent element: coordinates in, SVG out. Knows nothing of packs."""

    parent: ET.Element

    def add(self, tag: str, **attributes: str | float) -> ET.Element:
        named = {k.replace("_", "-"): v if isinstance(v, str) else f"{v:.6g}" for k, v in attributes.items()}
        return ET.SubElement(self.parent, tag, named)

    def rect(self, x: float, y: float, w: float, h: float, fill: str = PAPER, stroke: float = 1, rx: int = 3) -> None:
        self.add("rect", x=x, y=y, width=w, height=h, rx=rx, fill=fill, stroke=INK, stroke_width=stroke)

    def arrow(self, d: str) -> None:
        self.add("path", d=d, fill="none", stroke=INK, stroke_width=1.5, marker_end="url(#flow-arrow)")

    def text(self, x: float, y: float, lines: Iterable[str], size: float, bold: bool = False, **more: str) -> float:
        """Lines from `y` down, each 1.3 em high; returns the y beneath the last."""
        look = {"fill": INK, "font_weight": "bold" if bold else "normal"} | more
        for line in lines:
            self.add("text", x=x, y=y + size, font_size=size, **look).text = line
            y += size * 1.3
        return y

    def shape(self, result: str, x: float, y: float, r: float) -> None:
        """The shape of a result around a centre."""
        place = f"translate({x:g} {y:g}) scale({r:g})"
        self.add("path", d=SHAPES[result], transform=place, fill=PAPER, stroke=INK, stroke_width=max(0.12, 1.4 / r))

    def mark(self, x: float, y: float, mark: str) -> None:
        """A tag or a variant's letter, 18 high, from its top left corner."""
        width = _mark_width(mark) - 4
        if mark == "!":
            self.shape("warning_sign", x + 9, y + 9, 9)
            return
        self.rect(x, y + 0.5, width, 17, rx=3 if mark in TAGS else 9)
        self.text(x + width / 2, y + 2, [mark], 11, bold=True, text_anchor="middle")


class _Box(NamedTuple):
    """A question's box, and the arrows into it: where each comes from, at what height, what is written on it."""

    question: Question
    column: int
    y: float
    height: float
    marks: list[list[str]]
    short: list[str]
    small: list[str]
    arrows: list[tuple[str, float, list[str]]]


def _box(pack: Pack, question: Question, earlier: dict[str, _Box], y: float) -> _Box:
    """The box of a question from `y` down, high enough for its text, its marks and its arrows."""
    marks: list[list[str]] = [[]]
    for mark in _marks(pack, question):
        if sum(map(_mark_width, [*marks[-1], mark])) > MARKS:
            marks.append([])
        marks[-1].append(mark)
    room = BOX - 2 * PAD - max(sum(map(_mark_width, row)) for row in marks)
    short, small = _wrap(question.short, room, 14, bold=True), _wrap(question.id, room, 12)
    either = _("or")
    asked_when = {q: _answers(test, f" {either} ") for q, test in question.asked_when.items() if q in earlier}
    labels = [
        _wrap(_("and {condition}").format(condition=label) if n else label, 170, 12)
        for n, label in enumerate(asked_when.values())
    ]
    below = sum(len(label) * 15.6 + 6 for label in labels)
    height = max(len(short) * 18.2 + len(small) * 15.6 + PAD, len(marks) * 20 + PAD, below)
    top, arrows = y + (height - below) / 2, []
    for source, label in zip(asked_when, labels, strict=True):
        arrows.append((source, top + len(label) * 7.8 + 3, label))
        top += len(label) * 15.6 + 6
    column = max((earlier[source].column + 1 for source in asked_when), default=0)
    return _Box(question, column, y, height, marks, short, small, arrows)


class _Flow:
    """The questions of a pack laid out from `top` down. Knows where everything stands, and draws it."""

    def __init__(self, pack: Pack, top: float) -> None:
        self.bottom, self.boxes, self.bands = top, dict[str, _Box](), list[tuple[list[str], float, float]]()
        for number, (section, questions) in enumerate(pack.sections, start=1):
            y = self.bottom + PAD
            for question in questions:
                self.boxes[question.id] = _box(pack, question, self.boxes, y)
                y += self.boxes[question.id].height + GAP
            title = f"{number}. {section.title}"
            title += " " + _("(not sorted)") if section.scope == "person" else ""
            name = _wrap(title, LABEL - 2 * GAP, 15, bold=True)
            self.bands.append((name, self.bottom, max(y - GAP + PAD - self.bottom, len(name) * 19.5 + 2 * PAD)))
            self.bottom += self.bands[-1][2] + GAP
        last = max((box.column for box in self.boxes.values()), default=0)
        # A lane for each question that others rest on; the earlier keep left, so that two arrows cross once at most.
        sources = {arrow[0] for box in self.boxes.values() for arrow in box.arrows}
        self.lanes = [[q for q, b in self.boxes.items() if b.column == c and q in sources] for c in range(last + 1)]
        self.columns = [MARGIN + LABEL + PAD]
        for column in range(last):
            arrows = [arrow for box in self.boxes.values() if box.column == column + 1 for arrow in box.arrows]
            label = max(_wide(line, 12) for arrow in arrows for line in arrow[2]) + 2 * PAD
            self.columns.append(self.columns[-1] + BOX + LANE * (len(self.lanes[column]) + 1) + label + ARROW)
        self.width = max(LEAST_WIDTH, self.columns[-1] + BOX + PAD + MARGIN)

    def draw(self, pen: _Pen) -> None:
        for name, y, height in self.bands:
            pen.rect(MARGIN, y, self.width - 2 * MARGIN, height)
            pen.rect(MARGIN, y, LABEL, height, SHADE)
            pen.text(MARGIN + GAP, y + PAD, name, 15, bold=True)
        for question_id, box in self.boxes.items():
            for source, y, label in box.arrows:
                group = _Pen(pen.add("g", data_from=source, data_to=question_id))
                self._draw_arrow(group, self.boxes[source], self.columns[box.column], y, label)
        for question_id, box in self.boxes.items():
            self._draw_box(_Pen(pen.add("g", data_question=question_id)), box)

    def _draw_arrow(self, pen: _Pen, source: _Box, end: float, y: float, label: list[str]) -> None:
        start, out = self.columns[source.column] + BOX, source.y + source.height / 2
        x = start + LANE * (self.lanes[source.column].index(source.question.id) + 1)
        bends = f"Q {x:g} {out:g} {x:g} {out + TURN:g} V {y - TURN:g} Q {x:g} {y:g} {x + TURN:g} {y:g}"
        pen.arrow(f"M {start:g} {out:g} H {x - TURN:g} {bends} H {end - 1:g}")
        width, height = max(_wide(line, 12) for line in label) + 8, len(label) * 15.6
        pen.rect(end - ARROW - width, y - height / 2, width, height, stroke=0)
        pen.text(end - ARROW - width / 2, y - height / 2, label, 12, text_anchor="middle")

    def _draw_box(self, pen: _Pen, box: _Box) -> None:
        x, middle = self.columns[box.column], box.y + box.height / 2
        pen.rect(x, box.y, BOX, box.height, stroke=3 if box.question.core else 1)
        top = middle - (len(box.short) * 18.2 + len(box.small) * 15.6) / 2
        pen.text(x + PAD, pen.text(x + PAD, top, box.short, 14, bold=True), box.small, 12)
        for n, row in enumerate(box.marks):
            at = x + BOX - PAD + 4 - sum(map(_mark_width, row))
            for mark in row:
                pen.mark(at, middle - len(box.marks) * 10 + n * 20 + 1, mark)
                at += _mark_width(mark)


def _steps(pack: Pack) -> Iterator[tuple[str, list[tuple[str, list[str]]], str]]:
    """The rules in the order in which they apply, as in `Rules.outcome`: in words, what they rest on, the result."""
    against: list[tuple[str, list[str]]] = []
    for c in pack.rules.contradictions:
        either = [_("and one of these:"), *(f"- {_said(x)}" for x in c.any)] if c.any else []
        against.append(
            (
                "!",
                [c.id, _said(c.all[0]), *(_("and {condition}").format(condition=_said(x)) for x in c.all[1:]), *either],
            )
        )
    yield _("1. An answer marked !, no clear answer on a CORE question, or a contradiction"), against, "warning_sign"
    for result in dict.fromkeys((*pack.results, *SHAPES)):
        variants = [v for r, v in pack.variants if r.id == result]
        needs = [(_letters(pack)[v.id], [f"{v.id}: {v.title}", *(_said(n.when) for n in v.needs)]) for v in variants]
        if needs or result not in ("warning_sign", "not_settled"):
            yield _("2. Every need of one variant is met, and every MUST ANSWER question has its answer"), needs, result
    yield _("3. No way of answering what is still open leads to another result"), [], "warning_sign"
    yield _("4. In every other case: the open questions decide"), [], "not_settled"


def _draw_cards(pen: _Pen, y: float, width: float, cards: list[tuple[str, list[str]]]) -> float:
    """Draws cards in rows from `y` down; returns the y beneath them."""
    in_row = max(1, min(len(cards), int(width // CARD)))
    w = (width - (in_row - 1) * GAP) / in_row
    for n in range(0, len(cards), in_row):
        row = cards[n : n + in_row]
        heads = [_wrap(lines[0], w - 2 * PAD - 26, 13, bold=True) for _mark, lines in row]
        bodies = [[x for line in lines[1:] for x in _wrap(line, w - 2 * PAD, 12, hang=3)] for _mark, lines in row]
        height = max(len(h) * 16.9 + len(b) * 15.6 for h, b in zip(heads, bodies, strict=True)) + 2 * PAD + 6
        for i, (mark, _lines) in enumerate(row):
            x = MARGIN + PAD + i * (w + GAP)
            pen.rect(x, y, w, height)
            pen.mark(x + PAD, y + PAD, mark)
            pen.text(x + PAD, pen.text(x + PAD + 26, y + PAD, heads[i], 13, bold=True) + 6, bodies[i], 12)
        y += height + GAP
    return y


def _draw_steps(pen: _Pen, pack: Pack, y: float, width: float) -> float:
    """Draws the rules from `y` down, with arrows to the results; returns the y beneath them."""
    edge, x, drawn = width - MARGIN - 2 * PAD - RESULT - ARROW, width - MARGIN - PAD - RESULT / 2, dict[str, float]()
    for says, cards, result in _steps(pack):
        frame = pen.add("rect", x=MARGIN, y=y, width=edge - MARGIN, rx=3, fill=SHADE, stroke=INK)
        below = pen.text(MARGIN + PAD, y + PAD, [says], 15, bold=True) + PAD
        bottom = _draw_cards(pen, below, edge - MARGIN - 2 * PAD, cards)
        frame.set("height", f"{bottom - y:g}")
        middle = (y + bottom) / 2
        if result in drawn:
            pen.arrow(f"M {edge:g} {middle:g} H {width - MARGIN:g} V {drawn[result]:g} H {x + SHAPE + 4:g}")
        else:
            drawn[result] = middle
            pen.arrow(f"M {edge:g} {middle:g} H {x - SHAPE - 4:g}")
            pen.shape(result, x, middle, SHAPE)
            title = _wrap(pack.results[result].title if result in pack.results else "", RESULT - PAD, 15, bold=True)
            below = pen.text(x, middle + SHAPE + 6, title, 15, bold=True, text_anchor="middle")
            below = pen.text(x, below, [result], 12, text_anchor="middle")
        y = max(bottom, below) + 34
        if result != "not_settled":
            pen.arrow(f"M {MARGIN + 40} {bottom:g} V {y - 1:g}")
            pen.text(MARGIN + 50, (bottom + y) / 2 - 9, [_("otherwise")], 13)
    return y - 34


def _draw_legend(pen: _Pen, pack: Pack, y: float) -> float:
    """Draws what the marks on the boxes mean, from `y` down; returns the y beneath."""
    need = _("a need of {variant}")
    legend = {mark: _(says) for mark, says in TAGS.items()}
    legend |= {letter: need.format(variant=variant) for variant, letter in _letters(pack).items()}
    for n, (mark, says) in enumerate(legend.items()):
        x, top = MARGIN + n % 3 * 364, y + n // 3 * 24
        pen.mark(x, top, mark)
        pen.text(x + _mark_width(mark), top + 2, [says], 12)
    return top + 36


def draw(pack: Pack) -> str:
    """The flow of a pack as one standalone SVG document: questions, conditions, contradictions, variants, results."""
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "font-family": "sans-serif", "role": "img"})
    root.set("aria-labelledby", "flow-title flow-desc")
    pen, name = _Pen(root), pack.cover.title
    title = _("{pack}: what is asked, and how answers become a result")
    pen.add("title", id="flow-title").text = title.format(pack=name)
    pen.add("desc", id="flow-desc").text = _described(pack)
    head = pen.add("marker", id="flow-arrow", refX=6.5, refY=3.5, markerWidth=7, markerHeight=7, orient="auto")
    _Pen(head).add("path", d="M0 0L7 3.5L0 7Z", fill=INK)
    pen.add("rect", width="100%", height="100%", fill=PAPER)
    y = pen.text(MARGIN, MARGIN, _wrap(name, LEAST_WIDTH, 22, bold=True), 22, bold=True) + 4
    y = (
        pen.text(MARGIN, y, [_("A question to the right is asked only after the answer written on its arrow.")], 14)
        + PAD
    )
    flow = _Flow(pack, _draw_legend(pen, pack, y))
    flow.draw(pen)
    y = (
        pen.text(MARGIN, flow.bottom + MARGIN, [_("From answers to a result: the first rule met decides")], 18, True)
        + PAD
    )
    width, height = f"{flow.width:g}", f"{_draw_steps(pen, pack, y, flow.width) + MARGIN:g}"
    root.attrib |= {"width": width, "height": height, "viewBox": f"0 0 {width} {height}"}
    return ET.tostring(root, encoding="unicode")
