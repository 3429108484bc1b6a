"""The letter: every open question, the person's own, and nothing that accuses or sells."""

from datetime import date

from app.guide.pack import Pack
from app.summary.letter import letter
from app.summary.sheet import Sheet

from .conftest import MakeSheet


def test_every_open_question_and_every_own_one_stands_in_it_once(sheet: Sheet) -> None:
    text = letter(sheet)
    numbers = [line.partition(". ")[0] for line in text.splitlines() if line[:1].isdigit()]
    assert numbers == [str(n) for n in range(1, len(sheet.asks) + len(sheet.own_questions) + 1)]
    for says in (*(ask.says for ask in sheet.asks), *sheet.own_questions):
        assert text.count(says) == 1


def test_it_names_the_offer_the_day_and_who_it_goes_to(sheet_of: MakeSheet, pack: Pack) -> None:
    example = pack.example("warning-sign")
    assert example
    text = letter(sheet_of(example.answers, example.you), date(2026, 11, 23))
    assert text.startswith("November 23, 2026\n\nTo Example Renewal Clinic\n\nHello,")
    assert '"New neurons from the seminar"' in text


def test_with_nothing_known_it_is_a_letter_all_the_same(sheet_of: MakeSheet) -> None:
    text = letter(sheet_of())
    assert text.startswith("Hello,")
    assert "not known yet" not in text
    assert "questions of my own" not in text


def test_with_nothing_open_it_asks_for_the_papers(sheet_of: MakeSheet, pack: Pack) -> None:
    example = pack.example("supportive-care")
    assert example
    sheet = sheet_of(example.answers)
    closed = {ask.question: "in_writing" for ask in sheet.asks if ask.question in ("cells.product", "support.price")}
    text = letter(sheet_of({**example.answers, **closed}))
    assert "consent form" in text
