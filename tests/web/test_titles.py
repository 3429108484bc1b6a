"""What a browser keeps of a visit in its history: no title holds what was typed or chosen, or how an offer sorts."""

import pytest

from .conftest import NUMBER, Visitor, example_answers
from .test_description import pages

NAME = "Drip from the talk"


@pytest.mark.parametrize("example", ["regulated-trial", "supportive-care", "warning-sign"])
def test_no_title_tells_anything(visitor: Visitor, example: str) -> None:
    about_offer, about_person = example_answers(visitor.walker.pack, example)
    visitor.fill({**about_offer, **about_person})
    seen = pages(visitor)
    visitor.answer("offer.name", NAME)
    places = ("answers", "result", "change", "summary", "since", "letter", "record")
    seen += [visitor.see(f"{visitor.offer()}/{place}") for place in places]
    told = [NAME, NUMBER, "Ann", "Bo", *(result.title for result in visitor.walker.pack.results.values())]
    for page in seen:
        assert page.title.endswith(" - Which Cells?")
        assert not [words for words in told if words in page.title], page.title
