"""Sealing: what is sealed opens with its key in its row and nowhere else, and says nothing by its length."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.guide.pack import Pack
from app.store.sealing import (
    BLOCK,
    CODE_LENGTH,
    KEY_BYTES,
    VERSION,
    NotOpened,
    Sealer,
    _bound,
    code_in,
    grouped,
    is_code,
    new_code,
    new_key,
    prepared,
    seal,
    seal_words,
    unseal,
    unseal_words,
)

KEY = bytes(range(KEY_BYTES))
NEVER_LATE = settings(deadline=None, max_examples=100)
# Nonce, tag and version: what is around what is sealed.
AROUND = 1 + 12 + 16

words = st.text() | st.lists(st.text(), max_size=5) | st.dictionaries(st.text(), st.text(), max_size=5)
rows = st.lists(st.integers() | st.none() | st.text(st.characters(codec="utf-8")), max_size=5)


# -- sealing and opening


@NEVER_LATE
@given(content=st.binary(max_size=2000), row=rows)
def test_what_is_sealed_opens_in_its_row(content: bytes, row: list[Any]) -> None:
    assert unseal(KEY, seal(KEY, content, *row), *row) == content


@NEVER_LATE
@given(content=words, row=rows)
def test_words_come_back_as_they_were(content: object, row: list[Any]) -> None:
    assert unseal_words(KEY, seal_words(KEY, content, *row), *row) == content


@NEVER_LATE
@given(row=rows)
def test_a_row_is_bound_as_json_says_it(row: list[Any]) -> None:
    # Put together by hand, it has to be what an encoder made of it for all rows that are kept.
    assert _bound(tuple(row)) == json.dumps([VERSION, *row], separators=(",", ":")).encode()


def test_a_key_made_ready_opens_what_the_key_sealed_and_the_other_way_round() -> None:
    assert unseal(prepared(KEY), seal(KEY, b"content", "row"), "row") == b"content"
    assert unseal(KEY, seal(prepared(KEY), b"content", "row"), "row") == b"content"


def test_half_a_character_comes_back_too() -> None:
    assert unseal_words(KEY, seal_words(KEY, "a\ud800b")) == "a\ud800b"


@NEVER_LATE
@given(content=st.binary(max_size=200), where=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_flipped_bit_anywhere_opens_nothing(content: bytes, where: int, bit: int) -> None:
    sealed = bytearray(seal(KEY, content, "row"))
    sealed[where % len(sealed)] ^= 1 << bit
    with pytest.raises(NotOpened):
        unseal(KEY, bytes(sealed), "row")


@NEVER_LATE
@given(content=st.binary(max_size=200), cut=st.integers(min_value=0), more=st.binary(min_size=1, max_size=40))
def test_what_is_cut_short_or_made_longer_opens_nothing(content: bytes, cut: int, more: bytes) -> None:
    sealed = seal(KEY, content, "row")
    for wrong in (sealed[: cut % len(sealed)], sealed + more, more):
        with pytest.raises(NotOpened):
            unseal(KEY, wrong, "row")


@NEVER_LATE
@given(row=rows, other=rows)
def test_in_another_row_it_opens_nothing(row: list[Any], other: list[Any]) -> None:
    sealed = seal(KEY, b"content", *row)
    if json.dumps(row) != json.dumps(other):
        with pytest.raises(NotOpened):
            unseal(KEY, sealed, *other)


# Rows that a careless join would take for one another.
CLOSE = [
    (("a", 1, "b"), ("a", "1", "b")),
    (("a", "bc"), ("ab", "c")),
    (("a", None), ("a",)),
    (("a", None), ("a", "None")),
    (("a,b",), ("a", "b")),
    (("a", 1), ("a", 10)),
    (('a","b',), ("a", "b")),
    (("a\u0000b",), ("a", "b")),
]


@pytest.mark.parametrize(("row", "other"), CLOSE)
def test_rows_that_look_alike_are_told_apart(row: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    for first, second in ((row, other), (other, row)):
        with pytest.raises(NotOpened):
            unseal(KEY, seal(KEY, b"content", *first), *second)


@NEVER_LATE
@given(other=st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES))
def test_another_key_opens_nothing(other: bytes) -> None:
    sealed = seal(KEY, b"content", "row")
    if other != KEY:
        with pytest.raises(NotOpened):
            unseal(other, sealed, "row")


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_version_opens_nothing(version: int) -> None:
    sealed = seal(KEY, b"content", "row")
    assert sealed[0] == VERSION == 1
    with pytest.raises(NotOpened):
        unseal(KEY, bytes([version]) + sealed[1:], "row")


def test_the_same_words_never_look_the_same() -> None:
    sealed = [seal(KEY, b"content", "row") for _ in range(1000)]
    # The first twelve bytes after the version must never come twice under one key.
    assert len({s[1:13] for s in sealed}) == len(set(sealed)) == 1000


def test_what_was_sealed_before_still_opens() -> None:
    """A row as version 1 wrote it. If this fails, every preparation that is kept has been shut."""
    sealed = bytes.fromhex(OLD)
    row = ("entry", "0123456789abcdef01", 7, 1, 2, "1.0.0", "2026-11-23T08:05:01+00:00")
    assert unseal_words(KEY, sealed, *row) == ["answer", "offer.name", "J\u00f6rg"]


OLD = (
    "0196ca10f43ca7ea42eba4c4f59957029c339abf80cbac64f77cc50c255fdf75cb83fd6feae06399fd188277d581a7d236fe29f6621e"
    "ae6240d22d4fad259130bc8f1f65fd3192f0603b2ebff48433cb81847f7729c1dae77669e25fe3f24f9890ee763241eb3e3df4309a7b"
    "29678b69f268bd6e79e0e4671847f48ce048c7babc7ce095596d0bf94875a72c3a8ccaec14dc80dd0b9dc694bdb017b85b3a6d9bc0f5"
    "f1908e232e8b481abe654cf12e11fc0fd2c2ab2f33734f0b0bf8116ae962d855f701958b3ec65b8d0ea6fa1d58561e2576837b384908"
    "85a0b0ee63991c83389711a5618d6817d885f91aae2d2ea41aa24aeb0edc0bebfe53d5c7005aa7c4c39958017ed0e7a5b8d7431617d2"
    "6d3437861a148276fe3228d28765608f2bf7d7ebdb661c068c2893c33402c4cd40e487e8950a887918ef9ac25e4926acb9060527cdbc"
    "d2db5d5ee48d6e0e7925e975e124f17d69fcccf86b1c7a96e11f224152e0099a30f52c9f90d72385cf8157c81561d523b832c85e181d"
    "9710c44bc1888a36333f694850512068b09934589c900868978aa0c655069523ce0fe9"
)


# -- lengths


@NEVER_LATE
@given(content=words)
def test_lengths_are_whole_blocks(content: object) -> None:
    assert (len(seal_words(KEY, content)) - AROUND) % BLOCK == 0


def test_no_choice_on_any_page_tells_itself_by_its_length(pack: Pack) -> None:
    """Every option, every standing answer, all of them ticked at once: one length, whoever says it about whatever."""
    lengths: Counter[int] = Counter()
    for question in pack.questions.values():
        options = [o.id for o in question.options]
        said: list[object] = [*options, *pack.standing, "", [], {}, "US", "2026-12-03", "NCT01234567"]
        said += [[o] for o in options]
        said += [options[: question.at_most] if question.at_most else options]
        said += [dict.fromkeys(options, point.id) for point in question.scale]
        for kind in ("answer", "settled"):
            lengths.update(len(seal_words(KEY, (kind, question.id, value))) for value in said)
    lengths.update(len(seal_words(KEY, ("asks", q, str(n)))) for q in pack.questions for n in (1, 30))
    assert len(lengths) == 1, lengths
    # So do all names of people.
    profiles = {
        len(seal_words(KEY, {"name": name, "shows": shows, "link_kept": kept, "from_file": True}))
        for name in ("", "J\u00f6", "x" * 60, "\u65e5" * 60)
        for shows in (True, False)
        for kept in (True, False)
    }
    assert profiles == set(lengths)


# -- codes


@pytest.fixture(scope="module")
def codes() -> list[str]:
    return [new_code() for _ in range(2000)]


def test_codes_are_long_and_of_letters_that_are_not_taken_for_one_another(codes: list[str]) -> None:
    assert {len(code) for code in codes} == {CODE_LENGTH} == {32}
    counted = Counter("".join(codes))
    # Five bits a letter: every letter comes up, about as often as the others.
    assert set(counted) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert all(1700 < count < 2300 for count in counted.values()), counted
    assert not set(counted) & set("ILOU")
    assert len(set(codes)) == len(codes)


def forms(code: str) -> list[str]:
    """How people copy, print, read out and type it."""
    shown = grouped(code)
    return [
        code,
        shown,
        code.lower(),
        shown.lower(),
        shown.replace("-", " "),
        shown.replace("-", "\u2011"),
        shown.replace("-", " - "),
        f"  {shown}\n",
        shown.replace("-", "-\n"),
        shown.replace("0", "O").replace("1", "I"),
        shown.replace("0", "o").replace("1", "l"),
        f"https://guide.example/open#{shown}",
        f"https://guide.example/open#{code.lower()}",
        f"https://guide.example/a#b#{shown}.",
        f"#{shown}",
    ]


def test_a_code_is_read_in_any_form(codes: list[str]) -> None:
    for code in codes[:200]:
        assert {code_in(form) for form in forms(code)} == {code}


def test_a_code_is_shown_in_eight_groups_of_four(codes: list[str]) -> None:
    assert all([len(part) for part in grouped(code).split("-")] == [4] * 8 for code in codes)


@NEVER_LATE
@given(typed=st.text(max_size=200))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    found = code_in(typed)
    assert found is None or is_code(found)


NO_CODES = [
    "",
    "#",
    "hello",
    "0" * 31,
    "0" * 33,
    "U" * 32,
    "0" * 31 + "\u00e9",
    "https://guide.example/open",
    "\u0660" * 32,
]


@pytest.mark.parametrize("typed", NO_CODES)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert code_in(typed) is None


@pytest.mark.parametrize("code", ["", "x" * 32, "0" * 31, "0" * 33, "0" * 31 + "o", "0" * 31 + "\u0660", " " * 32])
def test_only_the_plain_form_is_a_code(code: str) -> None:
    assert not is_code(code)


# -- keys and hashes


def test_keys_differ_by_secret_place_and_pepper() -> None:
    plain, peppered = Sealer(), Sealer("a long random text")
    made = [s.key_from(secret, place) for s in (plain, peppered) for secret in "ab" for place in "cd"]
    assert {len(key) for key in made} == {KEY_BYTES}
    assert len(set(made)) == len(made)
    assert made == [s.key_from(secret, place) for s in (plain, peppered) for secret in "ab" for place in "cd"]


def test_hashes_and_names_differ_by_what_they_are_for_and_by_pepper() -> None:
    plain, peppered = Sealer(), Sealer("a long random text")
    code = new_code()
    made = [s.code_hash(code) for s in (plain, peppered)]
    made += [bytes.fromhex(s.name_of(label, code)) for s in (plain, peppered) for label in ("look-up", "other")]
    made += [s.key_from(code, "code") for s in (plain, peppered)]
    assert len(set(made)) == len(made)


def test_what_strangers_send_is_hashed_and_breaks_nothing() -> None:
    sealer = Sealer()
    for sent in ("", "\ud800", "\u0000", "x" * 100_000):
        assert len(sealer.code_hash(sent)) == len(sealer.key_from(sent, sent)) == 32


def test_new_keys_are_random() -> None:
    assert len({new_key() for _ in range(1000)}) == 1000
