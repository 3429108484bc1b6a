"""The lines on which the proposed answer rests: number, illness, cells, sponsor, clinic, country, and if it is open.

Each fails towards caution: it agrees only where what was told and what the record says surely mean the same.
"""

from app.guide.countries import country_names
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
        judged = "unclear", "The record that came back has no number."
    elif plain(found) == plain(told):
        judged = "agrees", "It is the same number."
    elif plain(told) in map(plain, case.record.aliases):
        judged = "agrees", f"{told} is an older number of this same record. Today it is listed as {found}."
    else:
        judged = "differs", "The register answered with a record of another number. Please look there yourself."
    return case.line("number", "Number", told, found, judged, main=True)


def illness(case: Case) -> Line:
    """The record names the illness that this pack is about."""
    plan, named = case.plan.illness, case.record.conditions
    fitting = [c for c in named if holds(without(c, plan.not_words), plan.words)]
    titles = without(f"{case.record.title} {case.record.official_title}", plan.not_words)
    judged: Judged
    if not named:
        judged = "unclear", f"So it cannot speak for {plan.told}."
    elif len(fitting) == len(named):
        judged = "agrees", f"It is about {plan.told}."
    elif fitting:
        judged = "agrees", f"It names {plan.told}, and other illnesses too. Ask why."
    elif holds(titles, plan.words):
        judged = "unclear", f"The title names {plan.told}, and the list of illnesses does not."
    else:
        judged = "differs", f"It does not name {plan.told}."
    return case.line("illness", "Illness", plan.told, listed(named), judged, main=True)


def cells(case: Case) -> Line:
    """The words of what is given are those of the cells that were named."""
    names = listed(tuple(one.name for one in case.record.interventions if one.name))
    return by_words(case, "cells", "Cells or product", case.plan.cells, names, main=True)


def sponsor(case: Case) -> Line:
    """Who answers for the trial: by name, or by what kind of body it is."""
    question, named = case.plan.sponsor.question, case.record.sponsor
    told, provider = case.told(question), case.told(case.plan.provider)
    if not told and not (provider and named):
        return case.unanswered("sponsor", "Sponsor", question, named, main=True)
    words = case.in_words(question) if told else provider
    return case.line("sponsor", "Sponsor", words, named, _sponsor_fits(case, told, provider), main=True)


def _sponsor_fits(case: Case, told: str, provider: str) -> Judged:
    words, kind = case.plan.sponsor.words, case.record.sponsor_class
    if not case.record.sponsor:
        return "unclear", "So it does not say who answers for it."
    by_name = bool(provider) and _is_one_of(case, provider, (case.record.sponsor, *case.record.collaborators))
    others = [kinds for option, kinds in words.items() if option != told]
    if kind and words.get(told) and kind not in words[told] and any(kind in kinds for kinds in others):
        return "differs", "The register lists the sponsor as another kind of body than you were told."
    if by_name:
        return "agrees", f'"{provider}" is named as the sponsor, or works with it.'
    if words.get(told) == () and provider:  # the clinic itself
        return "differs", f'The sponsor is named, and it is not "{provider}" as you wrote it.'
    if _is_of_kind(case, words.get(told, ())):
        return "agrees", "It is the kind of sponsor you were told of. Compare the name with your papers too."
    return "unclear", "We cannot tell from the name alone. Please compare it with your papers."


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
        return case.unanswered("clinic", "Who offers it", case.plan.provider, listed(names), main=True)
    judged: Judged
    if _is_one_of(case, told, names):
        judged = "agrees", "This name is among its places."
    elif _is_one_of(case, told, (case.record.sponsor, *case.record.collaborators)):
        judged = "agrees", "This name is its sponsor, or one that works with it."
    elif not names:
        judged = "unclear", f"{case.source.noun} does not name the places."
    else:
        why = "We did not find this name. Names can be written in more than one way. If it is not there, ask why."
        judged = "unclear", why
    return case.line("clinic", "Who offers it", told, listed(names), judged, main=True)


def _is_one_of(case: Case, told: str, names: tuple[str, ...]) -> bool:
    towns = [part for site in case.record.sites for part in (site.city, site.country)]
    return any(same_name(told, name, towns) for name in names)


def country(case: Case) -> Line:
    """The country in which the cells would be given is among those of the trial."""
    told, named = case.told(case.plan.country), [s.country for s in case.record.sites if s.country]
    says = listed(tuple(dict.fromkeys(named)))
    if not told:
        return case.unanswered("country", "Country", case.plan.country, says, main=True)
    name, codes = country_names().get(told, told), {country_code(country) for country in named}
    judged: Judged
    if not codes:
        judged = "unclear", f"{case.source.noun} does not name a country."
    elif told in codes:
        judged = "agrees", f"{name} is among its countries."
    elif None in codes:
        judged = "unclear", "We do not know all of these countries by these names. Please look yourself."
    elif case.source.is_copy:
        judged = "unclear", f"{name} is not in our copy, which may not list every country."
    else:
        judged = "differs", f"{name} is not among its countries."
    return case.line("country", "Country", name, says, judged, main=True)


def is_open(case: Case) -> Line:
    """It takes people, and its record has been looked after."""
    found = status.status(case.record, case.source.read_on, is_copy=case.source.is_copy)
    told = "You were offered a place in it now."
    return case.line("status", "Taking people", told, found.says, (found.verdict, found.why), main=True)


MAIN = (number, illness, cells, sponsor, clinic, country, is_open)
