"""Trial numbers as people type and paste them: found, told apart, and written as their register writes them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.guide.numbers import Number, Numbers
from app.guide.pack import load_pack
from app.guide.trial_models import Register

ROOT = Path(__file__).resolve().parents[2]
REGISTERS = load_pack(ROOT / "questions" / "parkinsons").registers
NUMBERS = Numbers(REGISTERS)
HYPHENS = ["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\ufe63", "\uff0d", ""]
# Words without digits: what a number may stand beside. A number is never typed right against a letter.
AROUND = ["", "the number is ", "(", "It says: ", "https://register.example/study/", "No. ", '"', "\n"]
AFTER = ["", ".", ", they said", "?rank=1", ")", " in Boston", '"', "\n", "/", " ;"]


def ids(typed: str) -> list[str]:
    return [number.id for number in NUMBERS.read(typed)]


@st.composite
def written(draw: st.DrawFn) -> Number:
    """A number of any register, made from its pattern, as the register writes it."""
    register = draw(st.sampled_from(REGISTERS))
    pattern = register.pattern
    if register.id == "ntr":
        pattern = draw(st.sampled_from(pattern.split("|")))
    # What may be left out or may go on without end is settled first; then digits are drawn.
    pattern = pattern.replace("-?([A-Z]{2,4}-)?", draw(st.sampled_from(["", "-ABC-", "-TRCX-"])))
    pattern = pattern.replace("[a-z]?", draw(st.sampled_from(["", "s"]))).replace(r"\d+", r"\d{5}")
    number = draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True))
    return Number(register, number)


@st.composite
def typed(draw: st.DrawFn) -> tuple[str, str]:
    """A number, and one of the ways in which it may reach us."""
    number = draw(written())
    text = number.id.replace("-", draw(st.sampled_from(HYPHENS)))
    text = draw(st.sampled_from([text, text.lower(), text.upper(), text.swapcase()]))
    # With gaps, few digits or an open number of them could be part of any sentence: then it has to stand alone.
    unsure = sum(c.isdigit() for c in text) < 6 or bool(re.search(r",|\+", number.register.pattern))
    before, after = draw(st.sampled_from(AROUND)), draw(st.sampled_from(AFTER))
    if draw(st.booleans()):
        gap = draw(st.sampled_from([" ", "  ", "\u00a0", " - ", "\u200b"]))
        places = draw(st.lists(st.integers(1, max(1, len(text) - 1)), max_size=4, unique=True))
        for place in sorted(places, reverse=True):
            text = text[:place] + gap + text[place:]
        if unsure:
            before, after = "", ""
    return f"{before}{text}{after}", number.id


@given(typed())
def test_a_number_comes_out_as_its_register_writes_it_however_it_was_typed(case: tuple[str, str]) -> None:
    text, number = case
    assert ids(text) == [number]


@given(written())
def test_a_number_as_it_is_written_is_what_programs_take_too(number: Number) -> None:
    assert NUMBERS.number(number.id) == number
    assert NUMBERS.register_of(number.id) == number.register


@given(st.text(max_size=200))
def test_any_text_is_read_and_what_is_found_has_its_registers_form(text: str) -> None:
    for number in NUMBERS.read(text):
        assert re.fullmatch(number.register.pattern, number.id, re.IGNORECASE | re.ASCII)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NCT 0480 2733", ["NCT04802733"]),
        ("https://clinicaltrials.gov/study/NCT04802733?rank=1", ["NCT04802733"]),
        ("https://trialsearch.who.int/Trial2.aspx?TrialID=CTRI%2F2018%2F07%2F014893", ["CTRI/2018/07/014893"]),
        ("chictr trc 12002345", ["ChiCTR-TRC-12002345"]),
        ("ChiCTR-2000012345", ["ChiCTR2000012345"]),
        ("JRCTS031180001", ["jRCTs031180001"]),
        ("20235123456700", ["2023-512345-67-00"]),
        ("rbr 0A1B2C", ["RBR-0a1b2c"]),
        ("\uff2e\uff23\uff34\uff10\uff14\uff18\uff10\uff12\uff17\uff13\uff13", ["NCT04802733"]),
        ("NCT04802733 2024", ["NCT04802733"]),
        ("NCT04802733, also called nct-04802733", ["NCT04802733"]),
        ("NCT04802733 and 2021-001366-38", ["NCT04802733", "2021-001366-38"]),
        ("jRCT209022038 or more", ["jRCT209022038"]),
        ("jRCT2090220384 / UMIN000033564", ["jRCT2090220384", "UMIN000033564"]),
    ],
)
def test_ways_in_which_numbers_reach_us(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        # Nine digits or ten: it cannot be told whether the last one belongs to it.
        "it is jRCT209022038 4",
        *("", "none", "NCT", "NCT0480273", "NCT048027331", "xNCT04802733", "NCT04802733x", "NCT 0480 2733 1"),
        # A number of the newer European form that lacks a digit is not one of the older form.
        *("2023-512345-67-0", "my phone is +49 2012 345678 90", "we live in NL 12 34 weeks", "2026-12-03"),
    ],
)
def test_what_is_no_number_is_not_taken_for_one(text: str) -> None:
    assert ids(text) == []


def test_several_numbers_are_no_number() -> None:
    assert NUMBERS.number("NCT04802733 or NCT04506073") is None
    assert NUMBERS.number("neither") is None


def test_a_long_text_is_read_quickly() -> None:
    # Gaps, digits and near misses without end: the time must not explode.
    for text in ("NCT 0 " * 400, "1 " * 1000, "IRCT" + "1 " * 990, "2012-345678-9 " * 140, "ChiCTR-" * 280):
        ids(text)


def test_a_pattern_that_cannot_be_read_says_so() -> None:
    register = Register(id="odd", name="Odd", pattern=r"ODD(?=\d)\d+", example="ODD1", look_up="https://odd.example")
    with pytest.raises(ValueError, match="more than this guide can read"):
        Numbers((register,)).read("ODD1")
