"""What a trial's record says, and how an answer of ClinicalTrials.gov (API v2) becomes one.

Strict about nothing: any part of an answer may be missing, or be something else than expected, and is then not known.
A missing field is never "no". Does not know what anybody was told, and asks nobody.
"""

from dataclasses import dataclass, field
from typing import Any

# Longer texts, and more places than these, are no use on a page.
LONGEST, MOST = 400, 1_000


@dataclass(frozen=True)
class Intervention:
    """What is given in a trial, as its record names it."""

    name: str = ""
    kind: str = ""
    other_names: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True)
class Arm:
    """One group of people in a trial."""

    label: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Site:
    """A place where a trial runs. `country` is as the register writes it."""

    name: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True)
class When:
    """A date of a record: a year, a month or a day, and whether it is actual or only expected."""

    date: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Record:
    """A trial's entry in a register, as far as it says anything. None and empty are "the record does not say"."""

    number: str = ""
    aliases: tuple[str, ...] = ()
    title: str = ""
    official_title: str = ""
    conditions: tuple[str, ...] = ()
    study_type: str = ""
    interventions: tuple[Intervention, ...] = ()
    arms: tuple[Arm, ...] = ()
    sponsor: str = ""
    sponsor_class: str = ""
    collaborators: tuple[str, ...] = ()
    sites: tuple[Site, ...] = ()
    status: str = ""
    last_known_status: str = ""
    why_stopped: str = ""
    verified: str = ""
    updated: str = ""
    phases: tuple[str, ...] = ()
    # Some people get a placebo or sham surgery.
    has_control: bool | None = None
    people: int | None = None
    people_kind: str = ""
    people_words: str = ""
    start: When = field(default_factory=When)
    end: When = field(default_factory=When)
    first_posted: str = ""
    fda_regulated: bool | None = None
    has_board: bool | None = None
    has_results: bool | None = None

    @property
    def is_empty(self) -> bool:
        """It holds nothing but a number, or not even that."""
        return self == Record(number=self.number, aliases=self.aliases, has_results=self.has_results)


def read_record(answer: object) -> Record:
    """The record in an answer of the API, or in what `kept_parts` kept of it. Raises nothing."""
    answered = _dict(answer)
    protocol = _dict(answered.get("protocolSection"))

    def module(name: str) -> dict[str, Any]:
        return _dict(protocol.get(f"{name}Module"))

    who, status, design = module("identification"), module("status"), module("design")
    sponsors, given, oversight = module("sponsorCollaborators"), module("armsInterventions"), module("oversight")
    interventions = tuple(map(_intervention, _dicts(given, "interventions")))
    arms = tuple(Arm(_text(a, "label"), _text(a, "type")) for a in _dicts(given, "armGroups"))
    lead, people = _dict(sponsors.get("leadSponsor")), _dict(design.get("enrollmentInfo"))
    posted = _dict(status.get("lastUpdatePostDateStruct"))
    drug, device = _bool(oversight, "isFdaRegulatedDrug"), _bool(oversight, "isFdaRegulatedDevice")
    return Record(
        number=_text(who, "nctId"),
        aliases=_texts(who, "nctIdAliases"),
        title=_text(who, "briefTitle"),
        official_title=_text(who, "officialTitle"),
        conditions=_texts(module("conditions"), "conditions"),
        study_type=_text(design, "studyType"),
        interventions=interventions,
        arms=arms,
        has_control=_controlled(interventions, arms),
        sponsor=_text(lead, "name"),
        sponsor_class=_text(lead, "class"),
        collaborators=tuple(name for c in _dicts(sponsors, "collaborators") if (name := _text(c, "name"))),
        sites=tuple(
            Site(_text(s, "facility"), _text(s, "city"), _text(s, "country"))
            for s in _dicts(module("contactsLocations"), "locations")
        ),
        status=_text(status, "overallStatus"),
        last_known_status=_text(status, "lastKnownStatus"),
        why_stopped=_text(status, "whyStopped"),
        verified=_text(status, "statusVerifiedDate"),
        updated=_text(posted, "date") or _text(status, "lastUpdateSubmitDate"),
        phases=_texts(design, "phases"),
        people=_number(people, "count"),
        people_kind=_text(people, "type"),
        start=_when(status, "startDateStruct"),
        end=_when(status, "completionDateStruct"),
        first_posted=_text(_dict(status.get("studyFirstPostDateStruct")), "date"),
        # Cells are regulated as drugs: only a "no" about drugs is one.
        fda_regulated=True if device else drug,
        has_board=_bool(oversight, "oversightHasDmc"),
        has_results=_bool(answered, "hasResults"),
    )


def _controlled(interventions: tuple[Intervention, ...], arms: tuple[Arm, ...]) -> bool | None:
    """Some get a placebo or sham surgery; None for a record that lists neither groups nor what they get."""
    if not interventions and not arms:
        return None
    words = " ".join((*(i.name for i in interventions), *(f"{a.label} {a.kind}" for a in arms))).lower()
    return "placebo" in words or "sham" in words


_PARTS = {
    "identificationModule": ("nctId", "nctIdAliases", "briefTitle", "officialTitle"),
    "statusModule": (
        *("overallStatus", "lastKnownStatus", "whyStopped", "statusVerifiedDate", "lastUpdateSubmitDate"),
        *("lastUpdatePostDateStruct", "startDateStruct", "completionDateStruct", "studyFirstPostDateStruct"),
    ),
    "sponsorCollaboratorsModule": ("leadSponsor", "collaborators"),
    "oversightModule": ("oversightHasDmc", "isFdaRegulatedDrug", "isFdaRegulatedDevice"),
    "conditionsModule": ("conditions",),
    "designModule": ("studyType", "phases", "enrollmentInfo"),
    "armsInterventionsModule": ("armGroups", "interventions"),
    "contactsLocationsModule": ("locations",),
}


def kept_parts(answer: object, *, also: str | None = None) -> dict[str, Any]:
    """What is kept of an answer: the fields that `read_record` looks at, in the API's own form. Names of people,
    telephone numbers and results are not among them. `also` is an older number that led here."""
    answered = _dict(answer)
    protocol = _dict(answered.get("protocolSection"))
    kept = {name: {k: v for k, v in _dict(protocol.get(name)).items() if k in keys} for name, keys in _PARTS.items()}
    places = _dicts(kept["contactsLocationsModule"], "locations")
    kept["contactsLocationsModule"] = {
        "locations": [{k: v for k, v in place.items() if k in ("facility", "city", "country")} for place in places]
    }
    if also:
        named = kept["identificationModule"]
        named["nctIdAliases"] = [*_texts(named, "nctIdAliases"), also]
    return {"protocolSection": kept, "hasResults": answered.get("hasResults")}


def _intervention(given: dict[str, Any]) -> Intervention:
    about = given.get("description")
    return Intervention(
        name=_text(given, "name"),
        kind=_text(given, "type"),
        other_names=_texts(given, "otherNames"),
        # Whole: it is searched for words, and not shown.
        about=about if isinstance(about, str) else "",
    )


# -- fields of an answer, whatever they turn out to be


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = holder.get(name)
    return [item for item in value[:MOST] if isinstance(item, dict)] if isinstance(value, list) else []


def _text(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    if not isinstance(value, str):
        return ""
    text = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def _texts(holder: dict[str, Any], name: str) -> tuple[str, ...]:
    value = holder.get(name)
    items = value[:MOST] if isinstance(value, list) else []
    return tuple(text for item in items if (text := _text({"": item}, "")))


def _bool(holder: dict[str, Any], name: str) -> bool | None:
    value = holder.get(name)
    return value if isinstance(value, bool) else None


def _number(holder: dict[str, Any], name: str) -> int | None:
    value = holder.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _when(holder: dict[str, Any], name: str) -> When:
    struct = _dict(holder.get(name))
    return When(_text(struct, "date"), _text(struct, "type"))
