"""What cannot be kept: it is said in a sentence, stays on the page as it was typed, and costs nothing saved."""

from typing import Any

import pytest

from app.guide.answers import TEXT_LIMIT
from app.guide.pack import load_pack
from app.settings import ROOT

from .conftest import NUMBER, Visitor, way_to
from .refusals import refused

PACK = load_pack(ROOT / "questions" / "parkinsons")
SCRIPT = "<script>alert(1)</script>'\"><img src=x onerror=alert(2)>"


# -- choices


@pytest.mark.parametrize("question_id", [q.id for q in PACK.questions.values() if not q.optional])
def test_nothing_chosen_is_said_on_every_question_that_needs_an_answer(passer_by: Visitor, question_id: str) -> None:
    passer_by.fill(way_to(PACK, question_id))
    page = refused(passer_by, question_id, {}, "Please ")
    assert ('"I have not asked yet" counts too.' in page.error) == (
        PACK.questions[question_id].kind in ("one", "country", "register_number")
        and PACK.questions[question_id].takes_standing
    )


@pytest.mark.parametrize(
    ("question_id", "data"),
    [
        ("trial.status", {"choice": "no_such"}),
        ("trial.status", {"choice": SCRIPT}),
        ("you.priorities", {"choice": ["sleep", "no_such"]}),
        ("you.priorities", {"choice": "not_asked"}),
        ("offer.stage", {"choice": "not_asked"}),
        ("you.matters", {"row.cost": "6"}),
        ("offer.country", {"choice": "no_such"}),
        ("trial.number", {"choice": "no_such"}),
    ],
    ids=str,
)
def test_an_option_that_is_not_there_is_not_known(filled: Visitor, question_id: str, data: dict[str, Any]) -> None:
    refused(filled, question_id, data, "We do not know that answer.")


def test_two_radios_are_one_too_many(filled: Visitor) -> None:
    page = refused(
        filled, "trial.status", {"choice": ["treatment", "special_access"]}, "Please choose just one answer."
    )
    assert {v for _, v in page.ask.fields} == {"treatment", "special_access"}
    refused(filled, "trial.number", {"choice": ["refused", "unsure"]}, "Please choose just one answer.")
    refused(filled, "offer.country", {"choice": ["not_asked", "unsure"]}, "Please choose just one answer.")


def test_the_same_radio_twice_is_one(filled: Visitor) -> None:
    assert filled.answer("trial.status", ["treatment", "treatment"])
    assert filled.saved()["trial.status"] == "treatment"


@pytest.mark.parametrize(
    ("question_id", "chosen", "alone"),
    [
        ("claims.heard", ["pressure_to_pay", "none_of_these"], "None of these"),
        ("trial.explained", ["cell_dose", "unsure"], "I was told, but I am not sure what it meant"),
        ("you.care_now", ["levodopa", "none"], "None of these"),
    ],
)
def test_none_of_these_cannot_stand_beside_another(
    filled: Visitor, question_id: str, chosen: list[str], alone: str
) -> None:
    page = refused(filled, question_id, {"choice": chosen}, f'"{alone}" cannot stand beside another answer.')
    assert [value for _, value in page.ask.fields] == chosen


def test_four_priorities_are_one_too_many(filled: Visitor) -> None:
    four = ["tremor", "sleep", "fatigue", "pain"]
    says = "You ticked 4. Please keep the 3 that matter most."
    assert [v for _, v in refused(filled, "you.priorities", {"choice": four}, says).ask.fields] == four


# -- text


def test_much_too_long_a_text_stays_on_the_page_and_is_not_kept(filled: Visitor) -> None:
    text = "word " * 20_000
    page = refused(
        filled, "visit.notes", {"text": text}, "This is too long to keep: 100,000 characters, and 2,000 fit."
    )
    assert page.ask.fields == [("text", text)]
    page = refused(filled, "offer.name", {"text": text}, "All that you wrote is still here.")
    assert page.ask.fields == [("text", text)]
    lines = ["short", "x" * (TEXT_LIMIT + 1)]
    page = refused(filled, "you.own_questions", {"line": lines}, "This is too long to keep")
    assert [v for _, v in page.ask.filled] == lines


def test_a_text_of_just_the_limit_is_kept(filled: Visitor) -> None:
    # Counted in characters as they are kept: an accent sent apart from its letter does not count.
    text = "e\u0301" * TEXT_LIMIT
    filled.answer("visit.notes", text)
    assert filled.saved()["visit.notes"] == "\u00e9" * TEXT_LIMIT


@pytest.mark.parametrize("hidden", ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\u2028", "\ufffe"], ids=ascii)
def test_hidden_characters_are_taken_out_and_the_rest_stays(filled: Visitor, hidden: str) -> None:
    says = "Your text had hidden characters that we cannot keep. We took them out."
    typed = f"What{hidden} they said"
    for question_id, field in (("visit.notes", "text"), ("offer.name", "text"), ("you.own_questions", "line")):
        page = refused(filled, question_id, {field: typed}, says)
        assert page.ask.filled == [(field, "What they said")]
    page = refused(filled, "trial.number", {"choice": "given", "text": f"{NUMBER}{hidden}"}, says)
    assert page.ask.fields == [("choice", "given"), ("text", NUMBER)]


def test_line_ends_and_tabs_are_kept_in_one_form(filled: Visitor) -> None:
    filled.answer("visit.notes", "  one\r\ntwo\rthree\tfour  ")
    assert filled.saved()["visit.notes"] == "one\ntwo\nthree\tfour"


def test_what_looks_like_a_program_is_shown_as_text_everywhere(filled: Visitor) -> None:
    for question_id in ("offer.name", "offer.provider", "visit.notes"):
        filled.answer(question_id, f"{question_id} {SCRIPT}")
    filled.answer("you.own_questions", [SCRIPT, "Second"])
    shown = 0
    place = filled.offer()
    pages = ["/", filled.home, f"{place}/answers", f"{place}/result", f"{place}/summary"]
    pages += [filled.address(q) for q in ("offer.name", "offer.provider", "visit.notes", "you.own_questions")]
    for address in pages:
        page = filled.see(address)
        assert not page.faults, address
        assert len(page.attrs("script")) == 2, address
        assert "onerror" not in {name for _, attrs in page.tags for name in attrs}, address
        fields = " ".join(value for form in page.forms for _, value in form.fields)
        assert SCRIPT in page.text or SCRIPT in fields, address
        shown += page.source.count("&lt;script&gt;")
    assert shown > len(pages)


def test_what_looks_like_a_template_is_shown_as_text(filled: Visitor) -> None:
    filled.answer("offer.name", "{{ 7 * 7 }} {% raw %}")
    assert "{{ 7 * 7 }} {% raw %}" in filled.see(f"{filled.offer()}/result").text


# -- numbers, dates, countries


@pytest.mark.parametrize("typed", ["NCT0123456", "NCT012345678", "0123", "yes", "<b>NCT0123456</b>", "given", "x" * 90])
def test_a_number_of_no_known_form_stays_on_the_page(filled: Visitor, typed: str) -> None:
    says = "does not have the form of a number we know. In the US it is NCT and eight digits, like NCT01234567."
    for choice in ({"choice": "given"}, {}):
        page = refused(filled, "trial.number", {**choice, "text": typed}, says)
        assert ("text", typed) in page.ask.fields


def test_a_number_and_another_answer_do_not_go_together(filled: Visitor) -> None:
    page = refused(
        filled, "trial.number", {"choice": "refused", "text": NUMBER}, "You typed a number and chose another"
    )
    assert page.ask.fields == [("text", NUMBER), ("choice", "refused")]
    refused(filled, "trial.number", {"choice": "given", "text": " "}, "Please type the number")


@pytest.mark.parametrize("register", PACK.registers, ids=lambda r: r.id)
def test_every_register_s_example_is_taken(passer_by: Visitor, register: Any) -> None:
    passer_by.fill(way_to(PACK, "trial.number"))
    for typed in (register.example, f" {register.example.lower()} ", " ".join(register.example)):
        passer_by.answer("trial.number", typed)
        assert passer_by.saved()["trial.number"] == register.example
    # Typing alone is enough, where no script chooses the radio button.
    assert passer_by.post("trial.number", {"text": register.example}).status_code == 303


def test_a_number_pasted_with_what_stood_around_it_is_kept_as_the_register_writes_it(filled: Visitor) -> None:
    for typed in (
        "https://clinicaltrials.gov/study/nct04802733?rank=1",
        "It is NCT 0480 2733, they said.",
        "nct-04802733.",
    ):
        filled.answer("trial.number", typed)
        assert filled.saved()["trial.number"] == "NCT04802733"
        filled.answer("trial.number", NUMBER)


def test_two_numbers_in_one_text_are_asked_about(filled: Visitor) -> None:
    typed = "NCT04802733 or ISRCTN 12345678?"
    says = "We found more than one number in this: NCT04802733 and ISRCTN12345678. Which one is the number of this"
    page = refused(filled, "trial.number", {"choice": "given", "text": typed}, says)
    assert ("text", typed) in page.ask.fields
    # The same one twice is one.
    filled.answer("trial.number", "NCT04802733, see https://clinicaltrials.gov/study/NCT04802733")


@pytest.mark.parametrize(
    ("month", "day", "year"),
    [
        *(("2", "31", "2026"), ("13", "1", "2026"), ("0", "1", "2026"), ("x", "1", "2026"), ("2", "", "2026")),
        *(("2", "3", ""), ("2", "29", "2027"), ("2", "3", "99999"), ("2", "3", "9" * 5000), ("-2", "3", "2026")),
    ],
)
def test_a_day_that_does_not_exist_stays_on_the_page(filled: Visitor, month: str, day: str, year: str) -> None:
    data = {"month": month, "day": day, "year": year}
    page = refused(filled, "offer.visit_date", data, "We could not read this date.")
    assert dict(page.ask.fields) == data


def test_a_year_of_two_digits_is_asked_for_in_full(filled: Visitor) -> None:
    refused(filled, "offer.visit_date", {"month": "12", "day": "3", "year": "26"}, "We could not read this date.")


def test_a_country_has_to_be_on_the_list_and_stand_alone(filled: Visitor) -> None:
    refused(filled, "offer.country", {"country": "XX"}, "We do not know that country.")
    refused(filled, "offer.country", {"country": SCRIPT}, "We do not know that country.")
    both = {"country": "JP", "choice": "not_asked"}
    page = refused(filled, "offer.country", both, "Please choose either a country or one of the answers under")
    assert sorted(page.ask.fields) == sorted((v, k) for v, k in both.items())
