"""The small pictures: what they show is said in words too, and is what the facts and the records say."""

import re

import pytest

from app.guide.pack import Pack
from app.guide.page_models import PICTURES

from .conftest import TestClient, Visitor
from .html import Page

DRAWN = {"two-strategies": "two-strategies", "ways": "which-cells-become-neurons", "placebo": "what-trials-show"}


def shown(client: TestClient, page_id: str) -> Page:
    return Page(client.get(f"/understand/{page_id}").text)


def test_every_picture_stands_on_a_page_and_rests_on_facts(pack: Pack) -> None:
    blocks = {block.picture: page.id for page in pack.pages for block in page.blocks if block.picture and block.facts}
    assert blocks == DRAWN
    assert set(DRAWN) == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_says_in_words_what_it_shows(client: TestClient, name: str) -> None:
    page = shown(client, DRAWN[name])
    drawings = page.attrs("svg")
    assert drawings
    assert page.source.count("<figcaption>") == page.source.count("<figure")
    for drawing in drawings:
        # Either it has words of its own, or those beside it say all.
        assert drawing.get("aria-label", "").endswith(".") or "placebo" in name, drawing
    assert "#" not in "".join(d.get("stroke", "") + d.get("fill", "") for d in drawings), "a color of its own"


def test_the_placebo_picture_agrees_with_the_trial(client: TestClient, pack: Pack) -> None:
    trial = next(t for t in pack.trials.trials if t.key == "uthealth_msc_phase2")
    everybody, three, placebo = map(int, re.findall(r"\d+", str(trial.enrolment)))
    two = everybody - three - placebo
    page = shown(client, "what-trials-show")
    for label, people, gain in (("Placebo, which", placebo, 14.6), ("Three inf", three, 16.9), ("Two inf", two, 3.9)):
        row = re.search(rf"<dt>{label}[^<]*: {people} people.*?</dd>", page.source, re.DOTALL)
        assert row, label
        assert row[0].count('<circle cx="6"') == people
        assert f"{gain} points better" in row[0]
        assert f'width="{gain * 10:.0f}"' in row[0]
        assert f"{gain}" in " ".join(trial.results), gain
        assert f"{gain}" in pack.facts["msc_trial_2025"].says


def test_needs_are_counted_above_their_list(client: TestClient, visitor: Visitor) -> None:
    page = Page(client.get("/examples/regulated-trial").text)
    told = page.source.count('<li class="need_met">')
    assert told
    assert f"As told: {told} met, 0 not met, 0 still to ask." in page.text
