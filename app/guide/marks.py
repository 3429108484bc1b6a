"""A set of answers as one number, and formulas made quick: one flat Python expression each on such a number.

`sort` evaluates some two hundred formulas on every set of answers, so it does not walk through their parts. Each
`Is` that occurs in a formula gets one bit of its own, its mark; "these hold and those do not" is then one comparison
of numbers, whatever the formula is about. Knows the four forms of formulas, nothing of packs.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any as Untyped
from typing import TypeVar

from app.guide.formulas import UNANSWERED, All, Any, Formula, Is, Not, State

T = TypeVar("T")
_MARKS = ast.Name("marks", ast.Load())
_MARKS_TAKEN = ast.arguments(posonlyargs=[], args=[ast.arg("marks")], kwonlyargs=[], kw_defaults=[], defaults=[])


class Marks:
    """Gives out the bits. Marks know nothing of a formula that is made quick after they were worked out."""

    def __init__(self) -> None:
        self._bits: dict[Is, int] = {}
        # For each question and each token that a formula names: the bits of all `Is` that hold where it is recorded.
        self._named: dict[str, dict[str, int]] = {}
        # Where nothing is answered.
        self._blank = 0

    def of(self, recorded: State) -> int:
        """The bits of every `Is` that holds. A question that `recorded` leaves out is one nobody has answered."""
        marks = self._blank
        for question, tokens in recorded.items():
            named = self._named.get(question)
            if named:
                # Each bit is about one question, so of this one's bits just those of its being blank are set so far.
                marks ^= named.get(UNANSWERED, 0)
                for token in tokens:
                    marks |= named.get(token, 0)
        return marks

    def names(self, question_id: str) -> bool:
        """Whether any formula looks at this question."""
        return question_id in self._named

    def _bit(self, leaf: Is) -> int:
        """The bit that is set in the marks of answers where this holds."""
        bit = self._bits.get(leaf)
        if bit is None:
            bit = self._bits[leaf] = 1 << len(self._bits)
            named = self._named.setdefault(leaf.question, {})
            for token in leaf.tokens:
                named[token] = named.get(token, 0) | bit
            if UNANSWERED in leaf.tokens:
                self._blank |= bit
        return bit

    def test(self, formula: Formula) -> Callable[[int], bool]:
        """Whether a formula holds, as a function of marks."""
        return _function(self._expression(formula))

    def tests(self, formulas: Iterable[Formula]) -> Callable[[int], tuple[bool, ...]]:
        """Which of these formulas hold, one after the other: without the cost of a call for each."""
        return _function(ast.Tuple([self._expression(f) for f in formulas], ast.Load()))

    def choices(self, choices: Iterable[tuple[list[tuple[Formula, T]], T]]) -> Callable[[int], list[T]]:
        """For each choice: the first value whose formula holds, or the last one where none does."""
        values: dict[str, T] = {}

        def named(value: T) -> ast.expr:
            name = f"value{len(values)}"
            values[name] = value
            return ast.Name(name, ast.Load())

        chosen = []
        for cases, otherwise in choices:
            expression = named(otherwise)
            for formula, value in reversed(cases):
                expression = ast.IfExp(self._expression(formula), named(value), expression)
            chosen.append(expression)
        return _function(ast.List(chosen, ast.Load()), values)

    def _expression(self, formula: Formula) -> ast.expr:
        match formula:
            case Is():
                return self._expression(All((formula,)))
            case Not(part):
                return ast.UnaryOp(ast.Not(), self._expression(part))
            case All(parts):
                looked_at, wanted, others = self._split(parts, holds=True)
                simple = _compared(looked_at, ast.Eq(), wanted)
                return ast.BoolOp(ast.And(), [simple, *others]) if others else simple
            case Any(parts):
                # Those parts that look at one answer all fail in just one case; in every other case one of them holds.
                looked_at, failing, others = self._split(parts, holds=False)
                simple = _compared(looked_at, ast.NotEq(), failing)
                return ast.BoolOp(ast.Or(), [simple, *others]) if others else simple

    def _split(self, parts: tuple[Formula, ...], *, holds: bool) -> tuple[int, int, list[ast.expr]]:
        """The bits that parts of the form `Is` or `Not(Is)` look at; those of them that are set when all these parts
        hold, or when all of them fail; and the expressions of all other parts."""
        inside, outside = 0, 0
        others = []
        for part in parts:
            match part:
                case Is():
                    inside |= self._bit(part)
                case Not(Is() as leaf):
                    outside |= self._bit(leaf)
                case _:
                    others.append(self._expression(part))
        if inside & outside:
            # The same answer both ways: neither all hold nor all fail, and no marks are equal to a negative number.
            return inside | outside, -1, others
        return inside | outside, inside if holds else outside, others


def _compared(looked_at: int, how: ast.cmpop, with_: int) -> ast.expr:
    """`marks & looked_at == with_`, or with `!=`."""
    if not looked_at:  # nothing to look at: all of no parts hold, any of none does not
        return ast.Constant(isinstance(how, ast.Eq))
    return ast.Compare(ast.BinOp(_MARKS, ast.BitAnd(), ast.Constant(looked_at)), [how], [ast.Constant(with_)])


def _function(body: ast.expr, values: Mapping[str, object] = MappingProxyType({})) -> Callable[[int], Untyped]:
    """A function of marks with this body, which may name `values`. Beside those it consists of numbers and operators
    alone: no text of a pack becomes code."""
    tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(_MARKS_TAKEN, body)))
    function: Callable[[int], Untyped] = eval(compile(tree, "<formula>", "eval"), {**values})  # noqa: S307
    return function
