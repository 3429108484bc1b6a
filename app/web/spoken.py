"""Templates in one language: what is the same on every page is put into them once, when they are compiled.

Takes what Jinja made of `_("...")` and of `{% trans %}`, and puts in its place what that would have come to; and so of
`fixed("...")` where all that it is called with stands there. What counts something has a form for each number, and is
left for the page. Knows no template.
"""

import re
from collections.abc import Callable

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from app.languages import gettext, use

_NAMES = ("_", "gettext")
# How a text names what is put into it, and how it writes a percent sign.
_PLACE = re.compile(r"%\((\w+)\)s|%(%)")


class Translated(NodeTransformer):
    """Puts the words of a language into a template, and what `fixed` makes in it."""

    def __init__(self, language: str, fixed: Callable[..., str]) -> None:
        self._language, self._fixed = language, fixed

    def visit_Output(self, node: nodes.Output) -> nodes.Output:
        """Where a text is put out, it becomes as much a part of the template as what stands around it."""
        parts: list[nodes.Expr] = []
        for child in node.nodes:
            text = self._text_of(child)
            parts += [self.visit(child)] if text is None else self._pieces(child, text)
        node.nodes = parts
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:
        """Anywhere else it is a value; one that is put together from others is left for the page."""
        text = self._text_of(node)
        if text is None or node.kwargs:
            self.generic_visit(node)
            return node
        return nodes.MarkSafe(nodes.Const(text % {}), lineno=node.lineno)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Concat:
        """Left for the page: of parts that it knows, Jinja makes one text here, and forgets which of them is ours."""
        return node

    def _text_of(self, node: nodes.Node) -> str | None:
        """What a call says in this language, with places for values; None if it is no call for a text."""
        match node:
            case nodes.Call(node=nodes.Name(name=name), args=[nodes.Const(value=str(text))]) if name in _NAMES:
                with use(self._language):
                    return gettext(text)
            case nodes.Call(node=nodes.Name(name="fixed"), args=[nodes.Const(value=str(macro))]):
                with use(self._language):
                    return self._fixed(macro).replace("%", "%%")
        return None

    def _pieces(self, node: nodes.Expr, text: str) -> list[nodes.Expr]:
        """A text with the values that are put into it, each escaped as any value on a page is."""
        values = {given.key: self.visit(given.value) for given in node.kwargs}  # type: ignore[attr-defined]
        pieces: list[nodes.Expr] = []
        done = 0
        for place in _PLACE.finditer(text):
            name, percent = place.groups()
            pieces.append(nodes.TemplateData(text[done : place.start()] + (percent or "")))
            if name:
                pieces.append(values[name])
            done = place.end()
        return [*pieces, nodes.TemplateData(text[done:])]
