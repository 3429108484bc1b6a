"""What stands on a page for everybody alike, made once for each language: the words of a question, its fields before
anybody answered, what stands around every page.

These are macros of templates/fixed.html. A macro sees what it is called with and what the environment holds, and
nothing of a request: so nothing that somebody said can stay here. Knows no page.
"""

from collections.abc import Hashable

from jinja2 import Environment
from markupsafe import Markup

TEMPLATE = "fixed.html"
# More than there are questions and ways to choose how pages look; it holds even if somebody calls it with too much.
REMEMBERED = 2_000


class Fixed:
    """Calls the macros of one environment, each once for the same arguments.

    Those have to be ids of the pack or words of ours, never what somebody typed or chose: what is made of them is kept
    for as long as the server runs.
    """

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._made: dict[tuple[Hashable, ...], Markup] = {}

    def __call__(self, macro: str, *of: Hashable) -> Markup:
        """The text of a macro. Raises AttributeError if there is none of that name."""
        known = (macro, *of)
        found = self._made.get(known)
        if found is None:
            found = Markup(getattr(self._env.get_template(TEMPLATE).module, macro)(*of))  # noqa: S704
            if len(self._made) < REMEMBERED:
                self._made[known] = found
        return found
