"""Any sequence of answers, changes of mind, Back and old tabs: where it leads is what the last answers alone say."""

import re
from random import Random

import pytest

from app.guide.answers import Answer

from .conftest import TestClient, Visitor, possible_answers


@pytest.mark.parametrize("seed", range(12))
def test_where_it_leads_is_what_the_last_answers_alone_say(busy_client: TestClient, seed: int) -> None:
    random = Random(seed)  # noqa: S311
    busy_client.cookies.clear()
    visitor = Visitor(busy_client)
    last: dict[str, Answer] = {}
    at = visitor.address("offer.name")
    for _ in range(45):
        walk = visitor.walker.walk(visitor.saved())
        step = random.random()
        if step < 0.6 and walk.needed:
            question_id = walk.needed[0]  # on the way
        elif step < 0.75 and walk.answered:
            question_id = random.choice(walk.answered)  # a change of mind
        elif step < 0.9:
            question_id = random.choice(walk.asked)  # a link from somewhere
        else:
            question_id = random.choice(visitor.walker.order)  # an old tab
        if step > 0.95:
            visitor.see(at)  # Back, or reloaded
        answer = random.choice(possible_answers(visitor.walker.pack, visitor.walker.pack.questions[question_id]))
        at = visitor.answer(question_id, answer, more=random.random() < 0.2)
        last[question_id] = answer
        visitor.see(at)
    # The same answers, each given once, by somebody else.
    other = Visitor(busy_client)
    other.fill(last)
    assert visitor.saved() == other.saved()
    assert visitor.walker.walk(visitor.saved()) == other.walker.walk(other.saved())
    for end in ("answers", "result"):
        mine, theirs = (
            # But for the ways to what was said before.
            re.sub(r'<dd class="by"> ?<a .*?</dd>', "", who.see(f"{who.offer()}/{end}").source.replace(who.id, ""))
            for who in (visitor, other)
        )
        assert mine == theirs
