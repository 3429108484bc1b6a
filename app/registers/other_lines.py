"""The other lines: details that can differ, and what is there to know. None of them lifts a proposed answer.

What a record says of the FDA and of a data monitoring committee is its sponsor's own statement, and labelled so.
"""

from app.guide.countries import country_names
from app.guide.trial_models import Held
from app.registers.lines import Case, Judged, Line, by_words
from app.registers.words import date_words

_PEOPLE = {"ACTUAL": "actual", "ESTIMATED": "planned"}
_WHEN = {"ACTUAL": "actual", "ESTIMATED": "expected"}
_CONTROL = {True: "Some get a placebo or sham surgery.", False: "No group with placebo or sham surgery is listed."}
_BOARD = {True: "Yes, it has a data monitoring committee.", False: "No, it has none."}
_FDA = {True: "Yes, the product is regulated by the FDA.", False: "No, it is not regulated by the FDA."}


def whose(case: Case) -> Line:
    return by_words(case, "whose", "Whose cells", case.plan.whose, "")


def route(case: Case) -> Line:
    return by_words(case, "route", "Into the body", case.plan.route, "")


def phase(case: Case) -> Line:
    phases = "/".join(case.record.phases)
    says = "It says that phases do not apply." if phases == "NA" else phases.replace("/PHASE", "/")
    says = says.replace("EARLY_PHASE", "Early phase ").replace("PHASE", "Phase ")
    return _by_value(case, "phase", "Phase", case.plan.phase, phases, says)


def control(case: Case) -> Line:
    return _yes_or_no(case, "control", "Placebo or sham", case.plan.control, case.record.has_control, _CONTROL)


def study(case: Case) -> Line:
    """In a trial people are given something; in a study that only watches, they are not."""
    kind = case.record.study_type
    judged: Judged
    if kind == "INTERVENTIONAL":
        judged = "agrees", "In such a study, people are given what is tested."
    elif kind == "OBSERVATIONAL":
        judged = "differs", "Such a study only watches people. It gives them nothing. Ask what the number stands for."
    else:
        judged = "unclear", "So we cannot tell if it is a trial."
    says = kind.replace("_", " ").capitalize()
    return case.line("study", "Kind of study", "A trial in which you are given cells.", says, judged)


def people(case: Case) -> Line:
    record = case.record
    says = record.people_words
    if record.people is not None:
        kind = _PEOPLE.get(record.people_kind)
        says = f"{record.people:,}" + (f" ({kind})" if kind else "")
    return _to_know(case, "people", "How many people", says)


def dates(case: Case) -> Line:
    told = [
        f"{name} {date_words(when.date)}" + (f" ({kind})" if (kind := _WHEN.get(when.kind)) else "")
        for name, when in (("Start:", case.record.start), ("End:", case.record.end))
        if when.date
    ]
    if case.record.first_posted:
        told.append(f"First listed: {date_words(case.record.first_posted)}")
    return _to_know(case, "dates", "Dates", ". ".join(told))


def regulator(case: Case) -> Line:
    """About the US alone: for an offer elsewhere it says nothing."""
    label = "FDA, the US regulator (the sponsor's own statement)"
    line = _yes_or_no(case, "regulator", label, case.plan.regulator, case.record.fda_regulated, _FDA)
    told = case.told(case.plan.country)
    if told and told != "US" and case.record.fda_regulated is not None:
        why = f"This is about the US. It says nothing of the regulator of {country_names().get(told, told)}."
        return case.line(line.id, line.label, line.told, line.says, ("unclear", why))
    return line


def board(case: Case) -> Line:
    label = "Safety board (the sponsor's own statement)"
    return _yes_or_no(case, "board", label, case.plan.board, case.record.has_board, _BOARD)


def payment(case: Case) -> Line:
    question = case.plan.payment
    says = "A record does not say whether people pay."
    why = "Ask for it in writing. Nothing in a register can answer it."
    missing = "" if case.told(question) else question
    return Line("payment", "What you would pay", case.in_words(question), says, "unclear", why, question=missing)


OTHERS = (study, whose, route, phase, control, people, dates, regulator, board, payment)


def _yes_or_no(case: Case, line_id: str, label: str, held: Held, found: bool | None, says: dict[bool, str]) -> Line:
    value = "" if found is None else ("yes" if found else "no")
    return _by_value(case, line_id, label, held, value, "" if found is None else says[found])


def _by_value(case: Case, line_id: str, label: str, held: Held, value: str, says: str) -> Line:
    told = case.told(held.question)
    if not told:
        return case.unanswered(line_id, label, held.question, says)
    judged: Judged
    if not value:
        judged = "unclear", "What is not said there is not a no."
    elif told not in held.words:
        judged = "unclear", "Your answer does not say which it is."
    elif value in held.words[told]:
        judged = "agrees", "It is what you were told."
    else:
        judged = "differs", "It is not what you were told. Ask why."
    return case.line(line_id, label, case.in_words(held.question), says, judged)


def _to_know(case: Case, line_id: str, label: str, says: str) -> Line:
    why = "This guide does not ask you about this. It is here for you to know."
    return case.line(line_id, label, "Not asked.", says, ("unclear", why))
