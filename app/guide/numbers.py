"""Trial numbers: which register's form one has, in whatever way somebody typed it, and how the register writes it.

Reads the patterns of registers.yaml. A number that fits is well formed, not real: only the register can say. Knows
nothing of questions, and asks nobody.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from app.guide.trial_models import Register

# What a pattern of registers.yaml is made of: digits, a class of letters or digits, letters and digits that stand for
# themselves, a hyphen or slash, brackets and choices.
_PARTS = re.compile(
    r"(?P<kind>(?P<digit>\\d)|\[(?P<letters>[^\]]+)\]|(?P<itself>[A-Za-z0-9])|(?P<mark>[-/]))"
    r"(?P<times>\{\d+(?:,\d*)?\}|[?+*])?|(?P<other>[()|?])"
)
_HYPHENS = re.compile(r"[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
_NEITHER = re.compile(r"[\W_]+", re.ASCII)
# What may stand between the parts of a number that was typed with gaps.
_GAP = r"[\s:#/._-]{0,8}"
# Numbers of digits alone look like many other things: fewer marks may stand in them.
_DIGITS_GAP = r"[\s-]{0,8}"
_ALONE = r"(?<![A-Za-z0-9])"
# So few digits can stand in a sentence by chance; they count as a number only in one piece.
_BY_CHANCE = 6


@dataclass(frozen=True)
class Number:
    """A number in its register's own way of writing it."""

    register: Register
    id: str


class _Form:
    """One register's pattern, read in three ways: with nothing between its parts, as it is written, and with gaps.

    Raises ValueError for a pattern that is made of anything else than `_PARTS`.
    """

    def __init__(self, register: Register) -> None:
        self.register = register
        self.has_letters = register.pattern[0].isalpha()
        gap = _GAP if self.has_letters else _DIGITS_GAP
        self._put: list[tuple[str, str]] = []
        bare, written, gaps = "", "", ""
        position = 0
        for part in _PARTS.finditer(register.pattern):
            if part.start() != position:
                break
            position = part.end()
            if part["other"]:
                piece = "(?:" if part["other"] == "(" else part["other"]
                bare, written, gaps = bare + piece, written + piece, gaps + piece
                continue
            times = part["times"] or ""
            self._put.append(_rewriting(part))
            if part["mark"]:
                bare += "()"  # holds the place where the mark is written
                written += f"{part['mark']}?"
            else:
                bare += f"({part['kind']}{times})"
                written += part["kind"] + times
                # Where the count is open, digits after a gap may or may not belong to it: then there is none.
                open_ended = "," in times or times in ("+", "*")
                gaps += f"{gap}{part['kind']}{times}" if open_ended else f"(?:{gap}{part['kind']}){times}"
        if position != len(register.pattern):
            raise ValueError(f'"{register.pattern[position:]}" is more than this guide can read in a pattern')
        flags = re.IGNORECASE | re.ASCII
        self._bare = re.compile(bare, flags)
        # With digits that go on after a gap it may be a longer number of another form.
        goes_on = r"[A-Za-z0-9]|[\s-]{1,8}\d"
        sure = self.has_letters and not re.search(r",|[+*]", register.pattern)
        after_written = r"[A-Za-z0-9]|\s{0,2}-\s{0,2}\d" if sure else goes_on
        self.written = re.compile(rf"{_ALONE}(?:{written})(?!{after_written})", flags)
        self.gaps = re.compile(rf"{_ALONE}(?<!\d[ -])(?:{gaps})(?!{goes_on})", flags)

    def canonical(self, bare: str) -> str | None:
        """The number as the register writes it, from its letters and digits alone; None if they do not fit."""
        fits = self._bare.fullmatch(bare)
        if fits is None:
            return None
        pieces = []
        for group, (how, text) in enumerate(self._put, start=1):
            start, end = fits.span(group)
            if start < 0:
                continue
            found = bare[start:end]
            # A hyphen that may be left out is written before letters only: ChiCTR-ABC-..., but ChiCTR2000...
            optional = "" if not bare[start : start + 1].isalpha() else text
            pieces.append(
                {"put": text, "maybe": optional, "upper": found.upper(), "lower": found.lower(), "keep": found}[how]
            )
        return "".join(pieces)


def _rewriting(part: re.Match[str]) -> tuple[str, str]:
    """How a part is written: as in the pattern, or in capitals, or small, or as it was typed."""
    if part["mark"]:
        return ("maybe" if part["times"] == "?" else "put"), part["mark"]
    if part["itself"] and not part["times"]:
        return "put", part["itself"]
    if part["letters"] and "a-z" in part["letters"]:
        return "lower", ""
    return ("upper" if part["letters"] else "keep"), ""


@dataclass(frozen=True)
class Numbers:
    """Recognises the numbers of these registers."""

    registers: tuple[Register, ...]

    @cached_property
    def _patterns(self) -> list[tuple[Register, re.Pattern[str]]]:
        return [(r, re.compile(r.pattern, re.IGNORECASE | re.ASCII)) for r in self.registers]

    @cached_property
    def _forms(self) -> list[_Form]:
        # Those that begin with letters are surer; among the others, the order of the file decides.
        return sorted(map(_Form, self.registers), key=lambda form: not form.has_letters)

    def register_of(self, typed: str) -> Register | None:
        """The first register whose form the whole of `typed` has, case and spaces aside: how programs write it."""
        squeezed = re.sub(r"\s+", "", typed)
        return next((r for r, p in self._patterns if p.fullmatch(squeezed)), None)

    def read(self, typed: str) -> list[Number]:
        """Every different number in what a person typed or pasted, each as its register writes it, in order.

        First the whole of it is held against the forms, letters and digits alone; then the numbers that stand in
        one piece are looked for in it, then those typed with gaps. Raises ValueError for a pattern it cannot read.
        """
        text = _plain(typed)
        whole = self._whole(text)
        return [whole] if whole else self._inside(text)

    def number(self, typed: str) -> Number | None:
        """The one number in this text; None if there is none, or more than one."""
        found = self.read(typed)
        return found[0] if len(found) == 1 else None

    def _whole(self, text: str) -> Number | None:
        bare = _NEITHER.sub("", text)
        found = ((form, form.canonical(bare)) for form in self._forms)
        return next((Number(form.register, written) for form, written in found if written), None)

    def _inside(self, text: str) -> list[Number]:
        found: dict[int, Number] = {}
        for reading in ("written", "gaps"):
            for form in self._forms:
                pattern: re.Pattern[str] = getattr(form, reading)
                for match in pattern.finditer(text):
                    bare = _NEITHER.sub("", match[0])
                    if reading == "gaps" and sum(c.isdigit() for c in bare) < _BY_CHANCE:
                        continue
                    if written := form.canonical(bare):
                        found[match.start()] = Number(form.register, written)
                # What is part of one number is not part of another.
                text = pattern.sub(lambda m: "," * len(m[0]), text)
        return list(dict.fromkeys(found[at] for at in sorted(found)))


def _plain(typed: str) -> str:
    """Text in one form: one kind of hyphen, one kind of digit, nothing hidden, marks as they are outside addresses."""
    return _HYPHENS.sub("-", unicodedata.normalize("NFKC", _UNSEEN.sub("", unquote(typed))))
