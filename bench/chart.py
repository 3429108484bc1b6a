"""Answers a second by the number of clients, as an SVG picture: one panel for each case, one line for each who was
measured, told apart by color, dashes and marks. Pure, and knows only names and numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

WIDTH, PANEL_HEIGHT, HEAD = 960, 300, 84
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 34, 46
_INK, _QUIET, _LINE = "#222222", "#595959", "#dddddd"
_FONT = "font-family='Helvetica, Arial, sans-serif'"


@dataclass(frozen=True)
class Look:
    """How one line is drawn."""

    color: str
    dashes: str
    mark: str


LOOKS = (
    Look("#0b4f8a", "", "circle"),
    Look("#6b6b6b", "2 5", "none"),
    Look("#b34a00", "", "square"),
    Look("#b34a00", "7 5", "square"),
    Look("#2f6f22", "", "triangle"),
)


@dataclass(frozen=True)
class Panel:
    """One case: its title, and by name the rate at each number of clients."""

    title: str
    lines: Mapping[str, Mapping[int, float]]


def chart(title: str, panels: Sequence[Panel]) -> str:
    """The picture. All panels have one scale, from 0; names have the same look in all of them."""
    names = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    looks = {name: LOOKS[number % len(LOOKS)] for number, name in enumerate(names)}
    ticks = _ticks(max(rate for panel in panels for line in panel.lines.values() for rate in line.values()))
    columns = min(2, len(panels))
    height = HEAD + PANEL_HEIGHT * -(-len(panels) // columns)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' {_FONT} font-size='14'>",
        f"<title>{escape(title)}</title>",
        f"<rect width='{WIDTH}' height='{height}' fill='#ffffff'/>",
        _text(_LEFT, 28, title, size=18, weight="bold"),
        *_legend(looks),
    ]
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        box = _Box(column * WIDTH / columns, HEAD + row * PANEL_HEIGHT, WIDTH / columns, ticks)
        parts += box.drawn(panel, looks)
    return "\n".join([*parts, "</svg>", ""])


def _ticks(most: float) -> list[float]:
    """Round numbers from 0 to just over the most, five or so."""
    step = next(s * 10**e for e in range(-2, 9) for s in (1, 2, 5) if s * 10**e * 5 >= most)
    return [step * n for n in range(int(-(-most // step)) + 1)]


@dataclass(frozen=True)
class _Box:
    """Where one panel stands, and its scale."""

    left: float
    top: float
    width: float
    ticks: Sequence[float]

    def x(self, place: int, places: int) -> float:
        inner = self.width - _LEFT - _RIGHT
        return self.left + _LEFT + inner * (0.06 + 0.88 * place / max(1, places - 1))

    def y(self, rate: float) -> float:
        inner = PANEL_HEIGHT - _TOP - _BOTTOM
        return self.top + _TOP + inner * (1 - rate / self.ticks[-1])

    def drawn(self, panel: Panel, looks: Mapping[str, Look]) -> Iterator[str]:
        yield _text(self.left + _LEFT, self.top + 20, panel.title, weight="bold")
        for tick in self.ticks:
            y, x = self.y(tick), self.left + _LEFT
            yield f"<path d='M{x:.0f} {y:.1f}H{self.left + self.width - _RIGHT:.0f}' stroke='{_LINE}'/>"
            yield _text(x - 8, y + 5, f"{tick:,g}", anchor="end", color=_QUIET)
        clients = sorted({number for line in panel.lines.values() for number in line})
        for place, number in enumerate(clients):
            says = f"{number} client{'s' if number > 1 else ''}"
            yield _text(self.x(place, len(clients)), self.y(0) + 22, says, anchor="middle", color=_QUIET)
        # Ours comes last, so that it lies on top.
        for name, line in reversed(panel.lines.items()):
            points = [(self.x(p, len(clients)), self.y(line[n])) for p, n in enumerate(clients) if n in line]
            yield from _drawn(points, looks[name])


def _drawn(points: Sequence[tuple[float, float]], look: Look) -> Iterator[str]:
    for (x, y), (to_x, to_y) in pairwise(points):
        dashes = f" stroke-dasharray='{look.dashes}'" if look.dashes else ""
        line = f"M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}"
        yield f"<path d='{line}' stroke='{look.color}' stroke-width='2.5' fill='none'{dashes}/>"
    for x, y in points:
        yield _mark(x, y, look)


def _mark(x: float, y: float, look: Look) -> str:
    match look.mark:
        case "circle":
            return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='5' fill='{look.color}'/>"
        case "square":
            return f"<rect x='{x - 4.5:.1f}' y='{y - 4.5:.1f}' width='9' height='9' fill='{look.color}'/>"
        case "triangle":
            return f"<path d='M{x:.1f} {y - 6:.1f}l5.5 10h-11z' fill='{look.color}'/>"
    return ""


def _legend(looks: Mapping[str, Look]) -> Iterator[str]:
    x = float(_LEFT)
    for name, look in looks.items():
        yield from _drawn([(x, 54), (x + 34, 54)], look)
        yield _text(x + 44, 59, name)
        x += 44 + 7.2 * len(name) + 28


def _text(
    x: float, y: float, says: str, *, anchor: str = "start", color: str = _INK, size: int = 14, weight: str = ""
) -> str:
    bold = f" font-weight='{weight}'" if weight else ""
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-size='{size}' fill='{color}'{bold}>"
        f"{escape(says)}</text>"
    )
