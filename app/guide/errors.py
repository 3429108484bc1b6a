"""What can be wrong with a pack or with a set of answers.

GuideError
  PackError      one or more Problems, each with an id, a place and a sentence
  AnswersError   one answer that the pack does not know, said so that a person can mend it
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.guide.models import Place
from app.languages import gettext as _

LONGEST = 80


class GuideError(Exception):
    """Anything the guide refuses, with a sentence for the person who can mend it."""


@dataclass(frozen=True)
class Problem:
    """One thing for an author to mend."""

    id: str
    place: Place
    says: str

    def __str__(self) -> str:
        return f"{self.place}: {self.id}: {self.says}"


class PackError(GuideError):
    """Carries every problem found, never only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.place, p.id, p.says))
        super().__init__("\n".join(str(p) for p in self.problems))


class AnswersError(GuideError):
    """An answer that is not in the pack's vocabulary; `question` is where it stands."""

    def __init__(self, question: str, says: str) -> None:
        self.question = question
        super().__init__(says)


def nearest(wrong: str, known: Iterable[str], named: Mapping[str, str] | None = None) -> str:
    """Returns ' Did you mean "x"?' for the known id closest to `wrong`, case aside, or '' when there is none.

    `named` are other words for ids, such as the names of countries.
    """
    wrong = wrong[:LONGEST]  # comparing takes time by its length
    words = {word.casefold(): known_id for word, known_id in (named or {}).items()}
    words |= {known_id.casefold(): known_id for known_id in known}
    close = difflib.get_close_matches(wrong.casefold(), list(words), n=1, cutoff=0.0)
    return " " + _('Did you mean "{id}"?').format(id=words[close[0]]) if close else ""
