"""The lines on which the proposed answer rests: number, illness, cells, sponsor, clinic, country, and if it is open.

Each fails towards caution: it agrees only where what was told and what the record says surely mean the same.
"""

from app.guide.countries import country_names
from app.languages import gettext as _
from app.registers import status
from app.registers.lines import Case, Judged, Line, by_words, listed
from app.registers.words import country_code, holds, plain, same_name, without


def number(case: Case) -> Line:
    """The record is that of the number that was given, or of one that the register lists as the same."""
    answer, found = case.told(case.plan.number), case.record.number
    given = case.vocabulary.numbers.number(answer)
    told = given.id if given else answer
    judged: Judged
    if not found:
        judged = "unclear", _("The record that came back has no number.")
    elif plain(found) == plain(told):
        judged = "agrees", _("It is the same number.")
    elif plain(told) in map(plain, case.record.aliases):
        says = _("{told} is an older number of this same record. Today it is listed as {found}.")
        judged = "agrees", says.format(told=told, found=found)
    else:
        judged = "differs", _("The register answered with a record of another number. Please look there yourself.")
    return case.line("number", _("Number"), told, found, judged, main=True)


def illness(case: Case) -> Line:
    """The record names the illness that this pack is about."""
    plan, named = case.plan.illness, case.record.conditions
    fitting = [c for c in named if holds(without(c, plan.not_words), plan.words)]
    titles = without(f"{case.record.title} {case.record.official_title}", plan.not_words)
    judged: Judged
    if not named:
        judged = "unclear", _("So it cannot speak for {illness}.").format(illness=plan.told)
    elif len(fitting) == len(named):
        judged = "agrees", _("It is about {illness}.").format(illness=plan.told)
    elif fitting:
        judged = "agrees", _("It names {illness}, and other illnesses too. Ask why.").format(illness=plan.told)
    elif holds(titles, plan.words):
        says = _("The title names {illness}, and the list of illnesses does not.")
        judged = "unclear", says.format(illness=plan.told)
    else:
        judged = "differs", _("It does not name {illness}.").format(illness=plan.told)
    return case.line("illness", _("Illness"), plan.told, listed(case.shown.conditions), judged, main=True)


def cells(case: Case) -> Line:
    """The words of what is given are those of the cells that were named."""
    names = listed(tuple(one.name for one in case.shown.interventions if one.name))
    return by_words(case, "cells", _("Cells or product"), case.plan.cells, names, main=True)


def sponsor(case: Case) -> Line:
    """Who answers for the trial: by name, or by what kind of body it is."""
    question, named = case.plan.sponsor.question, case.record.sponsor
    told, provider = case.told(question), case.told(case.plan.provider)
    if not told and not (provider and named):
        return case.unanswered("sponsor", _("Sponsor"), question, case.shown.sponsor, main=True)
    words = case.in_words(question) if told else provider
    return case.line("sponsor", _("Sponsor"), words, case.shown.sponsor, _sponsor_fits(case, told, provider), main=True)


def _sponsor_fits(case: Case, told: str, provider: str) -> Judged:
    words, kind = case.plan.sponsor.words, case.record.sponsor_class
    if not case.record.sponsor:
        return "unclear", _("So it does not say who answers for it.")
    by_name = bool(provider) and _is_one_of(case, provider, (case.record.sponsor, *case.record.collaborators))
    others = [kinds for option, kinds in words.items() if option != told]
    if kind and words.get(told) and kind not in words[told] and any(kind in kinds for kinds in others):
        return "differs", _("The register lists the sponsor as another kind of body than you were told.")
    if by_name:
        return "agrees", _('"{name}" is named as the sponsor, or works with it.').format(name=provider)
    if words.get(told) == () and provider:  # the clinic itself
        return "differs", _('The sponsor is named, and it is not "{name}" as you wrote it.').format(name=provider)
    if _is_of_kind(case, words.get(told, ())):
        return "agrees", _("It is the kind of sponsor you were told of. Compare the name with your papers too.")
    return "unclear", _("We cannot tell from the name alone. Please compare it with your papers.")


def _is_of_kind(case: Case, words: tuple[str, ...]) -> bool:
    """The register's own kind is among those in capitals, and, if there are other words, one is in the name."""
    kinds = [word for word in words if word.isupper()]
    in_name = [word for word in words if not word.isupper()]
    kind_fits = case.record.sponsor_class in kinds or bool(in_name and not case.record.sponsor_class)
    return kind_fits and (not in_name or holds(case.record.sponsor, in_name))


def clinic(case: Case) -> Line:
    """Whoever makes the offer is named in the record. A name that we do not find may be written in another way."""
    told, sites = case.told(case.plan.provider), case.record.sites
    names = tuple(dict.fromkeys(site.name for site in sites if site.name))
    if not told:
        return case.unanswered("clinic", _("Who offers it"), case.plan.provider, listed(names), main=True)
    judged: Judged
    if _is_one_of(case, told, names):
        judged = "agrees", _("This name is among its places.")
    elif _is_one_of(case, told, (case.record.sponsor, *case.record.collaborators)):
        judged = "agrees", _("This name is its sponsor, or one that works with it.")
    elif not names:
        judged = "unclear", _names_no_places(case)
    else:
        why = _("We did not find this name. Names can be written in more than one way. If it is not there, ask why.")
        judged = "unclear", why
    return case.line("clinic", _("Who offers it"), told, listed(names), judged, main=True)


def _names_no_places(case: Case) -> str:
    return _("Our copy does not name the places.") if case.source.is_copy else _("The record does not name the places.")


def _is_one_of(case: Case, told: str, names: tuple[str, ...]) -> bool:
    towns = [part for site in case.record.sites for part in (site.city, site.country)]
    return any(same_name(told, name, towns) for name in names)


def country(case: Case) -> Line:
    """The country in which the cells would be given is among those of the trial."""
    told, named = case.told(case.plan.country), [s.country for s in case.record.sites if s.country]
    says = listed(tuple(dict.fromkeys(s.country for s in case.shown.sites if s.country)))
    if not told:
        return case.unanswered("country", _("Country"), case.plan.country, says, main=True)
    name, codes = country_names().get(told, told), {country_code(country) for country in named}
    judged: Judged
    if not codes:
        judged = "unclear", _names_no_country(case)
    elif told in codes:
        judged = "agrees", _("{country} is among its countries.").format(country=name)
    elif None in codes:
        judged = "unclear", _("We do not know all of these countries by these names. Please look yourself.")
    elif case.source.is_copy:
        says_not = _("{country} is not in our copy, which may not list every country.")
        judged = "unclear", says_not.format(country=name)
    else:
        judged = "differs", _("{country} is not among its countries.").format(country=name)
    return case.line("country", _("Country"), name, says, judged, main=True)


def _names_no_country(case: Case) -> str:
    return _("Our copy does not name a country.") if case.source.is_copy else _("The record does not name a country.")


def is_open(case: Case) -> Line:
    """It takes people, and its record has been looked after."""
    found = status.status(case.record, case.source.read_on, is_copy=case.source.is_copy, shown=case.shown)
    told = _("You were offered a place in it now.")
    return case.line("status", _("Taking people"), told, found.says, (found.verdict, found.why), main=True)


MAIN = (number, illness, cells, sponsor, clinic, country, is_open)
