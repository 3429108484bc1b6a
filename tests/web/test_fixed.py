"""What stands on a page for everybody alike is made once; nothing that somebody said stays in it."""

import pytest

from app.web.fixed import REMEMBERED, Fixed

from .conftest import Visitor

MARK = "Wombat & Sons"


def kept_by(visitor: Visitor) -> Fixed:
    found: Fixed = visitor.app.state.env["en"].globals["fixed"]
    return found


def test_nothing_that_somebody_said_stays_in_what_is_made_once(visitor: Visitor) -> None:
    visitor.answer("offer.name", MARK)
    visitor.post("offer.name", {"text": MARK, "note": MARK})
    visitor.post("offer.name", {"text": "x" * 3_000 + MARK})
    visitor.post("offer.country", {"country": MARK, "choice": MARK})
    for question_id in (*visitor.walker.order, *visitor.walker.personal):
        visitor.see(visitor.address(question_id))
    assert MARK in visitor.see(visitor.address("offer.name")).text
    kept = kept_by(visitor)._made
    assert kept
    assert not [macro for macro, text in kept.items() if "Wombat" in text or "Wombat" in repr(macro)]
    assert not [macro for macro, text in kept.items() if visitor.id in text]


def test_the_next_one_finds_empty_fields(visitor: Visitor) -> None:
    visitor.answer("offer.name", MARK)
    other = Visitor(visitor.client)
    assert 'name="text" aria-labelledby="title" autocomplete="off" value=""' in _source(other, "offer.name")


def test_no_more_is_kept_than_there_is_room_for_and_the_rest_is_right_all_the_same(visitor: Visitor) -> None:
    fixed = Fixed(visitor.app.state.env["en"])
    for number in range(REMEMBERED + 10):
        assert f'value="/{number}"' in fixed("tools", "", (), f"/{number}")
    assert len(fixed._made) == REMEMBERED


def test_a_macro_that_there_is_not_is_an_error(visitor: Visitor) -> None:
    with pytest.raises(AttributeError):
        kept_by(visitor)("nothing")


def _source(visitor: Visitor, question_id: str) -> str:
    return str(visitor.client.get(visitor.address(question_id)).text)
