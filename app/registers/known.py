"""Our dated copy of known trials: found at once by number, held as a record, listed and filtered.

Knows the pack's trials.yaml, in which a missing field is not known. Asks nobody; what it says is as old as the copy.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.guide.countries import country_names
from app.guide.numbers import Numbers
from app.guide.trial_models import Trial, TrialGroup, Trials
from app.languages import N_, SOURCE
from app.languages import gettext as _
from app.registers.links import Link, link_of
from app.registers.record import Arm, Intervention, Record, Site, When
from app.registers.words import holds

NOT_STATED = "none"
# What the last status we know of says about new people, by words in it; the first that fits.
_STATES = (
    ("not_known", ("unknown", "disagree")),
    ("closed", ("not recruiting", "completed", "published", "terminated", "withdrawn", "suspended", "treated and")),
    ("open", ("recruiting", "enrolling", "treating")),
)
STATES = {
    "open": N_("Open, or about to open"),
    "closed": N_("Not taking new people"),
    "not_known": N_("Not known"),
}
_CONTROLLED, _UNCONTROLLED = ("sham", "placebo"), ("open label", "no control", "one group")


@dataclass(frozen=True)
class KnownTrial:
    """A trial of our copy, with what the page of trials sorts it by. `trial` is as people read it, in their language;
    `source` in English, as the words are that it is searched for."""

    trial: Trial
    source: Trial
    links: tuple[Link, ...]

    @property
    def title(self) -> str:
        return " ".join(self.trial.title)

    @property
    def phase(self) -> str:
        """ "1", "1/2", "2", ..., as the copy has it first; NOT_STATED without one."""
        found = re.search(r"Phase (\d)[a-c]?(?:/(\d))?", self.source.phase or "")
        return "/".join(p for p in found.groups() if p) if found else NOT_STATED

    @property
    def state(self) -> str:
        """Whether it took new people when we looked: a key of STATES, from the last status that says so."""
        for status in reversed(self.source.status):
            words = status.status.lower()
            for state, signs in _STATES:
                if any(sign in words for sign in signs):
                    return state
        return "not_known"

    @property
    def countries(self) -> list[str]:
        return [country_names().get(code, code) for code in self.trial.countries]


@dataclass(frozen=True)
class Wanted:
    """What to show of the known trials; empty is everything."""

    group: str = ""
    country: str = ""
    phase: str = ""
    state: str = ""

    def fits(self, known: KnownTrial) -> bool:
        countries = known.trial.countries or (NOT_STATED,)
        return (
            self.group in ("", known.trial.group)
            and (not self.country or self.country in countries)
            and self.phase in ("", known.phase)
            and self.state in ("", known.state)
        )


class KnownTrials:
    """All trials of our copy, and the groups they stand in; `shown` is the same copy in another language."""

    def __init__(self, trials: Trials, numbers: Numbers, shown: Trials | None = None) -> None:
        shown = shown or trials
        self.checked_on = trials.checked_on
        self.groups = shown.groups
        both = zip(shown.trials, trials.trials, strict=True)
        self.all = tuple(KnownTrial(t, of, tuple(_links(t.register_numbers, numbers))) for t, of in both)
        self._by_number = {link.number: known for known in self.all for link in known.links}

    def with_number(self, number: str) -> KnownTrial | None:
        """The trial of our copy that has this number, as its register writes it."""
        return self._by_number.get(number)

    def wanted(self, wanted: Wanted) -> list[tuple[TrialGroup, list[KnownTrial]]]:
        """What fits, group by group; groups of which nothing fits are left out."""
        found = [(g, [k for k in self.all if k.trial.group == g.id and wanted.fits(k)]) for g in self.groups]
        return [(group, trials) for group, trials in found if trials]

    @property
    def phases(self) -> list[str]:
        """The phases that there are, in order, NOT_STATED last."""
        return sorted({k.phase for k in self.all}, key=lambda phase: (phase == NOT_STATED, phase))

    @property
    def countries(self) -> dict[str, str]:
        """The countries that there are, by code, in the order of their names; trials without one last."""
        codes = {code for k in self.all for code in k.trial.countries}
        names = {code: name for code, name in country_names().items() if code in codes}
        return names | ({NOT_STATED: _("Not stated")} if any(not k.trial.countries for k in self.all) else {})


def _links(numbers: Iterable[str], known: Numbers) -> Iterable[Link]:
    return (link_of(number) for text in numbers if (number := known.number(text)))


def record_of(known: KnownTrial, number: str, illness: str, words: Iterable[str]) -> Record:
    """Our copy as a record, as far as it goes.

    The trials of our copy are about the pack's illness. Those that stand there as examples of listings are about
    many; of these one is about it only if its title says so, in one of `words`.
    """
    return _record(known, known.source, number, illness, words)


def shown_of(known: KnownTrial, number: str, illness: str, words: Iterable[str]) -> Record:
    """The same as people read it."""
    return _record(known, known.trial, number, illness, words)


def _record(known: KnownTrial, trial: Trial, number: str, illness: str, words: Iterable[str]) -> Record:
    phase = known.phase.split("/") if known.phase != NOT_STATED else []
    last = trial.status[-1] if trial.status else None
    return Record(
        number=number,
        title=" ".join(trial.title),
        conditions=(illness,) if trial.group != "listing_example" or holds(" ".join(known.source.title), words) else (),
        interventions=(
            Intervention(name="; ".join(trial.product), about="; ".join((*trial.source, *trial.route_target))),
        )
        if trial.product
        else (),
        arms=tuple(Arm(label) for label in trial.design),
        has_control=_controlled(known.source.design),
        sponsor=trial.sponsor or "",
        sites=tuple(Site(country=name) for name in _names(trial, known)),
        status=last.status if last else "",
        updated=last.as_of if last else "",
        phases=tuple(f"PHASE{p}" for p in phase),
        people_words="; ".join(trial.enrolment),
        start=When("; ".join(trial.start)),
    )


def _names(trial: Trial, known: KnownTrial) -> list[str]:
    """The countries of a trial: in English where a record is searched, as registers name them."""
    names = country_names(SOURCE if trial is known.source else None)
    return [names.get(code, code) for code in trial.countries]


def _controlled(design: tuple[str, ...]) -> bool | None:
    words = " ".join(design).lower()
    if any(sign in words for sign in _CONTROLLED):
        return True
    return False if any(sign in words for sign in _UNCONTROLLED) else None
