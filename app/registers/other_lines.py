"""The other lines: details that can differ, and what is there to know. None of them lifts a proposed answer.

What a record says of the FDA and of a data monitoring committee is its sponsor's own statement, and labelled so.
"""

from app.guide.countries import country_names
from app.guide.trial_models import Held
from app.languages import N_
from app.languages import gettext as _
from app.languages import number as number_of
from app.registers.lines import Case, Judged, Line, by_words
from app.registers.words import date_words

_PEOPLE = {"ACTUAL": N_("actual"), "ESTIMATED": N_("planned")}
_WHEN = {"ACTUAL": N_("actual"), "ESTIMATED": N_("expected")}
_STUDIES = {"INTERVENTIONAL": N_("Interventional"), "OBSERVATIONAL": N_("Observational")}
_CONTROL = {
    True: N_("Some get a placebo or sham surgery."),
    False: N_("No group with placebo or sham surgery is listed."),
}
_BOARD = {True: N_("Yes, it has a data monitoring committee."), False: N_("No, it has none.")}
_FDA = {True: N_("Yes, the product is regulated by the FDA."), False: N_("No, it is not regulated by the FDA.")}


def whose(case: Case) -> Line:
    return by_words(case, "whose", _("Whose cells"), case.plan.whose, "")


def route(case: Case) -> Line:
    return by_words(case, "route", _("Into the body"), case.plan.route, "")


def phase(case: Case) -> Line:
    phases = "/".join(case.record.phases)
    number = phases.replace("/PHASE", "/").removeprefix("EARLY_").removeprefix("PHASE")
    if phases == "NA":
        says = _("It says that phases do not apply.")
    elif phases.startswith("EARLY_PHASE"):
        says = _("Early phase {number}").format(number=number)
    else:
        says = _("Phase {number}").format(number=number) if phases else ""
    return _by_value(case, "phase", _("Phase"), case.plan.phase, phases, says)


def control(case: Case) -> Line:
    return _yes_or_no(case, "control", _("Placebo or sham"), case.plan.control, case.record.has_control, _CONTROL)


def study(case: Case) -> Line:
    """In a trial people are given something; in a study that only watches, they are not."""
    kind = case.record.study_type
    judged: Judged
    if kind == "INTERVENTIONAL":
        judged = "agrees", _("In such a study, people are given what is tested.")
    elif kind == "OBSERVATIONAL":
        judged = (
            "differs",
            _("Such a study only watches people. It gives them nothing. Ask what the number stands for."),
        )
    else:
        judged = "unclear", _("So we cannot tell if it is a trial.")
    says = _(_STUDIES[kind]) if kind in _STUDIES else kind.replace("_", " ").capitalize()
    return case.line("study", _("Kind of study"), _("A trial in which you are given cells."), says, judged)


def people(case: Case) -> Line:
    record = case.record
    says = case.shown.people_words
    if record.people is not None:
        kind = _PEOPLE.get(record.people_kind)
        says = number_of(record.people) + (f" ({_(kind)})" if kind else "")
    return _to_know(case, "people", _("How many people"), says)


def dates(case: Case) -> Line:
    told = [
        says.format(date=date_words(when.date)) + (f" ({_(kind)})" if (kind := _WHEN.get(when.kind)) else "")
        for says, when in ((_("Start: {date}"), case.shown.start), (_("End: {date}"), case.shown.end))
        if when.date
    ]
    if case.record.first_posted:
        told.append(_("First listed: {date}").format(date=date_words(case.record.first_posted)))
    return _to_know(case, "dates", _("Dates"), ". ".join(told))


def regulator(case: Case) -> Line:
    """About the US alone: for an offer elsewhere it says nothing."""
    label = _("FDA, the US regulator (the sponsor's own statement)")
    line = _yes_or_no(case, "regulator", label, case.plan.regulator, case.record.fda_regulated, _FDA)
    told = case.told(case.plan.country)
    if told and told != "US" and case.record.fda_regulated is not None:
        says = _("This is about the US. It says nothing of the regulator of {country}.")
        why = says.format(country=country_names().get(told, told))
        return case.line(line.id, line.label, line.told, line.says, ("unclear", why))
    return line


def board(case: Case) -> Line:
    label = _("Safety board (the sponsor's own statement)")
    return _yes_or_no(case, "board", label, case.plan.board, case.record.has_board, _BOARD)


def payment(case: Case) -> Line:
    question = case.plan.payment
    says = _("A record does not say whether people pay.")
    why = _("Ask for it in writing. Nothing in a register can answer it.")
    missing = "" if case.told(question) else question
    return Line("payment", _("What you would pay"), case.in_words(question), says, "unclear", why, question=missing)


OTHERS = (study, whose, route, phase, control, people, dates, regulator, board, payment)


def _yes_or_no(case: Case, line_id: str, label: str, held: Held, found: bool | None, says: dict[bool, str]) -> Line:
    value = "" if found is None else ("yes" if found else "no")
    return _by_value(case, line_id, label, held, value, "" if found is None else _(says[found]))


def _by_value(case: Case, line_id: str, label: str, held: Held, value: str, says: str) -> Line:
    told = case.told(held.question)
    if not told:
        return case.unanswered(line_id, label, held.question, says)
    judged: Judged
    if not value:
        judged = "unclear", _("What is not said there is not a no.")
    elif told not in held.words:
        judged = "unclear", _("Your answer does not say which it is.")
    elif value in held.words[told]:
        judged = "agrees", _("It is what you were told.")
    else:
        judged = "differs", _("It is not what you were told. Ask why.")
    return case.line(line_id, label, case.in_words(held.question), says, judged)


def _to_know(case: Case, line_id: str, label: str, says: str) -> Line:
    why = _("This guide does not ask you about this. It is here for you to know.")
    return case.line(line_id, label, _("Not asked."), says, ("unclear", why))
