"""The file of several people brought back: a summary is the same afterwards, also if somebody changed the file."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from databases import rows

from .answering import send
from .conftest import NUMBER, Visitor
from .filing import LETTER, VALIDATOR, bring, file_of, opened, saved_after_deleting, someone, three_people, timeless
from .html import Page
from .joining import invite
from .refusals import refused_page
from .test_keep import printed, saved


@pytest.fixture
def maria(visitor: Visitor) -> Visitor:
    return three_people(visitor)


@pytest.mark.parametrize("name", ["Maria", "Ana Lucía"])
def test_saved_deleted_and_brought_back_prints_the_same(maria: Visitor, name: str) -> None:
    who = maria if name == "Maria" else someone(maria, name)
    before = [printed(who, number) for number in (1, 2)]
    texts = [Page(text).text for text in before]
    for said in ("Ana Lucía", "fetal", "I would like Ana to ask this", "Second Clinic"):
        assert said in texts[0], said
    file = saved(who)
    maria.client.post(f"{maria.home}/delete")
    again, page = bring(who, file)
    assert [printed(again, number) for number in (1, 2)] == before
    assert timeless(file_of(again)) == timeless(json.loads(file))
    assert again.see(f"{again.offer()}/letter").forms[0].fields[0][1].splitlines() == LETTER.splitlines()
    others = "Ana Lucía, Dr. Ng" if name == "Maria" else "Maria, Dr. Ng"
    assert f"came along under their names: {others}" in page.text


def test_the_others_get_a_link_of_their_own_and_go_on_as_who_they_are(maria: Visitor) -> None:
    file = saved(maria)
    maria.client.post(f"{maria.home}/delete")
    again, _ = bring(maria, file)
    before = printed(again, 1)
    page = again.see(f"{again.home}/people")
    assert "A link for Ana Lucía" in page.text
    ana = someone(again, "Ana Lucía")
    assert ana.see(ana.home).headings == ["Your preparation"]
    assert ana.store.read(ana.key).mine.answers["you.priorities"] == ["pain"]
    assert printed(again, 1) == before
    # She changes her own answer; no third voice comes up.
    ana.answer("cells.kind", "mesenchymal")
    assert {v.who for v in opened(again).offer(1).voices("cells.kind")} == {1, 2}
    # Once she has a link, it can be taken back, and stays so.
    again.client.post(f"{again.home}/people/2/revoke")
    assert ana.client.get(ana.home).status_code == 404
    assert "A link for Ana Lucía" not in again.see(f"{again.home}/people").text
    assert again.client.post(f"{again.home}/people/2/link").status_code == 404


def test_until_then_they_open_nothing_and_count_as_nobody_who_may_answer(maria: Visitor) -> None:
    codes = [maria.cookie[1], someone(maria, "Ana Lucía").cookie[1]]
    file = saved(maria)
    maria.client.post(f"{maria.home}/delete")
    again, _ = bring(maria, file)
    assert [p.number for p in opened(again).active] == [1]
    for code in codes:
        assert again.client.post("/open", data={"link": code}).status_code == 422
    page = Page(refused_page(again.client.post(f"{again.home}/people/1/revoke"), 422).source)
    assert "This is the last link that may answer" in page.text


def test_the_same_file_twice_opens_what_is_there(maria: Visitor) -> None:
    file = saved(maria)
    # It is all still here.
    response = maria.client.post("/bring", files={"file": ("a.json", file)})
    assert (response.status_code, response.headers["location"]) == (303, maria.home)
    maria.client.post(f"{maria.home}/delete")
    again, _ = bring(maria, file)
    response = again.client.post("/bring", files={"file": ("a.json", file)})
    assert (response.status_code, response.headers["location"]) == (303, again.home)
    # One word more, and it is another.
    send(again, "trial.status", again.see(again.address("trial.status")), note="Changed", only="note")
    other, _ = bring(again, file)
    assert other.home != again.home


def test_what_rests_on_a_number_that_was_changed_later_still_says_so(visitor: Visitor) -> None:
    plan = visitor.walker.pack.compare
    assert plan
    visitor.fill({"trial.status": "regulated_trial", plan.number: NUMBER, plan.answer: "matches"})
    visitor.fill({plan.number: "NCT07654321"})
    moved = file_of(visitor)
    # Tests are quick: as if it had been said in another second than the rest.
    moved["offers"][0]["answers"][plan.number]["said"][1]["at"] = "2099-01-01T00:00:00Z"
    visitor.client.post(f"{visitor.home}/delete")
    response = visitor.client.post("/bring", data={"text": json.dumps(moved)})
    again = object.__new__(Visitor)
    again.client, again.home = visitor.client, response.headers["location"]
    again.id = again.home.rpartition("/")[2]
    assert "You changed the trial number" in again.see(f"{again.offer()}/answers").text


# -- files that somebody changed

Change = Callable[[dict[str, Any]], object]
STRANGE_PEOPLE: dict[str, object] = {
    "a number": 5,
    "nobody": [],
    "no names": [{"number": 1, "role": "patient", "saved_this": True}],
    "an unknown role": [{"number": 1, "role": "king", "name": "Maria", "saved_this": True}],
    "two who saved it": [
        {"number": 1, "role": "patient", "name": "Maria", "saved_this": True},
        {"number": 2, "role": "family", "name": "Ana", "saved_this": True},
    ],
    "nobody who saved it": [{"number": 1, "role": "patient", "name": "Maria"}],
    "a reader who saved it": [{"number": 1, "role": "reader", "name": "Maria", "saved_this": True}],
    "two patients": [
        {"number": 1, "role": "patient", "name": "Maria", "saved_this": True},
        {"number": 2, "role": "patient", "name": "Ana"},
    ],
    "numbers with gaps": [
        {"number": 1, "role": "patient", "name": "Maria", "saved_this": True},
        {"number": 3, "role": "family", "name": "Ana"},
    ],
    "a crowd": [
        {"number": n, "role": "family", "name": "A", **({"saved_this": True} if n == 1 else {})} for n in range(1, 40)
    ],
}


def test_people_who_make_no_sense_are_left_out_and_everything_is_ones_own(maria: Visitor) -> None:
    file = json.loads(saved_after_deleting(maria))
    for name, people in STRANGE_PEOPLE.items():
        again, page = bring(maria, file | {"people": people})
        assert "We could not read from this file who said what. All of it stands under your name now." in page.text
        found = opened(again)
        assert [(p.number, p.role, p.name) for p in found.people.values()] == [(1, "patient", "")], name
        assert found.offer(1).answers["cells.kind"] == "fetal_tissue"
        assert {entry.who for entry in found.offer(1).entries} == {1}
        maria.client.post(f"{again.home}/delete")


def test_an_answer_that_somebody_changed_in_the_file_counts(maria: Visitor) -> None:
    file = file_of(maria)
    file["offers"][0]["answers"]["offer.provider"]["answer"] = "Third Clinic"
    again, _ = bring(maria, file)
    assert [v.value for v in opened(again).offer(1).voices("offer.provider")] == ["Third Clinic"]


WRONG: dict[str, tuple[Change, str]] = {
    "a note that is too long": (
        lambda offer: offer["notes"].update({"offer.name": [{"text": "x" * 2001, "by": 1}]}),
        "Offer 1: A note: It is too long to keep: 2,001 characters.",
    ),
    "a note that is no text": (
        lambda offer: offer["notes"].update({"offer.name": [{"text": 5}]}),
        "Offer 1: A note: This is no text that we can keep.",
    ),
    "a note on nothing": (
        lambda offer: offer["notes"].update({"offer.gone": [{"text": "x"}]}),
        'Offer 1: The guide has no question "offer.gone".',
    ),
    "a letter without end": (
        lambda offer: offer.update({"letter": {"text": "x" * 20_001}}),
        "Offer 1: The letter: It is too long to keep: 20,001 characters.",
    ),
    "a letter that is none": (lambda offer: offer.update({"letter": ["x"]}), "Offer 1: The letter: This is no text"),
    "something said that is not known": (
        lambda offer: offer["answers"]["cells.kind"]["said"].append({"answer": "moonshine", "by": 2}),
        'Offer 1: "Exactly which cells would you be given?" The answer in the file is not known here.',
    ),
}


def test_what_cannot_be_kept_is_said_and_the_rest_is_there(maria: Visitor) -> None:
    whole = saved(maria)
    for change, says in WRONG.values():
        file = json.loads(whole)
        change(file["offers"][0])
        again, page = bring(maria, file)
        assert "not all of them" in page.title
        assert says in page.text
        assert opened(again).offer(1).answers["cells.kind"] == "fetal_tissue"
        assert opened(again).offer(2).answers["offer.name"] == "The other <b>offer</b>"


SHAPES: list[object] = [
    None,
    5,
    "x",
    [],
    {},
    [5],
    {"a": 5},
    {"trial.status": 5},
    {"trial.status": [5]},
    {"x\ud800": [{}]},
]


def test_parts_of_no_sensible_shape_break_nothing(maria: Visitor) -> None:
    whole = saved_after_deleting(maria)
    for key in ("notes", "asks", "letter", "answers", "set_aside"):
        for shape in SHAPES:
            file = json.loads(whole)
            file["offers"][0][key] = shape
            response = maria.client.post("/bring", files={"file": ("a.json", json.dumps(file).encode())})
            assert response.status_code in (200, 303), (key, shape)
            assert not Page(response.text).faults
            maria.client.cookies.clear()


def test_who_is_not_among_the_people_is_whoever_brings_it(maria: Visitor) -> None:
    file = json.loads(saved_after_deleting(maria))
    for by in (0, -1, 4, 99, "2", None, True, 2.0, [2], {}):
        file["offers"][0]["answers"] = {"offer.name": {"answer": f"Mine {by}", "by": by}}
        file["others"] = [{"by": by, "answers": {"you.priorities": {"answer": ["sleep"]}}}]
        file["offers"][0]["asks"] = {"trial.status": by}
        again, _ = bring(maria, file)
        found = opened(again)
        assert found.offer(1).latest["offer.name"].who == 1, by
        assert found.offer(1).asks == {}, by
        assert found.me.number == 1


def test_a_file_of_version_1_still_comes_back(maria: Visitor) -> None:
    entries = {"offer.name": {"answer": "Mine", "at": "2026-11-23T08:05:01Z", "pack_version": "1.0.0"}}
    old = {
        "format": "which-cells-preparation",
        "format_version": 1,
        "pack": "parkinsons",
        "pack_version": "1.0.0",
        "offers": [{"answers": entries, "set_aside": {}}],
        "you": {"answers": {"you.priorities": {"answer": ["sleep"]}}},
    }
    VALIDATOR.validate(old)
    response = maria.client.post("/bring", files={"file": ("a.json", json.dumps(old).encode())})
    assert response.status_code == 303
    again = object.__new__(Visitor)
    again.client, again.home = maria.client, response.headers["location"]
    again.id = again.home.rpartition("/")[2]
    found = opened(again)
    assert (found.offer(1).answers, found.mine.answers) == ({"offer.name": "Mine"}, {"you.priorities": ["sleep"]})
    assert not found.together


def test_names_in_a_file_are_shown_as_text_and_cut_to_what_fits(maria: Visitor) -> None:
    file = file_of(maria)
    file["people"][1]["name"] = "<script>a</script>" + "x" * 200
    file["people"][2]["name"] = "Dr.\u0000\n Ng"
    again, page = bring(maria, file)
    assert "<script>a" not in page.source
    names = [p.name for p in opened(again).people.values()]
    assert [len(names[1]), names[2]] == [60, "Dr. Ng"]
    assert "<script>a" not in again.client.get(f"{again.home}/people").text


def test_nothing_is_kept_while_the_file_is_only_looked_at(maria: Visitor) -> None:
    before = rows(maria.app.state.database)
    refused_page(maria.client.post("/bring", data={"text": "{}"}), 422)
    assert rows(maria.app.state.database) == before


def test_an_invitation_goes_on_where_the_numbers_of_the_file_end(maria: Visitor) -> None:
    again, _ = bring(maria, saved_after_deleting(maria))
    invite(again, "Bo")
    assert [p.number for p in opened(again).people.values()] == [1, 2, 3, 4]
