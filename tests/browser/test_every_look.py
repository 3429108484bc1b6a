"""A page of each kind in the dark, narrow and wide, lying on its side, in colors of one's own, and on paper."""

from typing import Any

import pytest

from .conftest import Welcome
from .looking import BY_LOOKS, EYES, axe, measure
from .states import Town

NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 800}
LOOKS: dict[str, dict[str, Any]] = {
    "dark_wide": {"locale": "es-MX", "viewport": WIDE, "color_scheme": "dark"},
    "dark_narrow": {"locale": "en-US", "viewport": NARROW, "color_scheme": "dark"},
    "narrow": {"locale": "en-US", "viewport": NARROW},
    "wide": {"locale": "es-MX", "viewport": WIDE},
    "on_its_side": {"locale": "es-MX", "viewport": {"width": 568, "height": 320}},
}


@pytest.mark.parametrize("name", LOOKS)
def test_nobody_finds_fault_with_a_page_of_each_kind(name: str, town: Town, welcome: Welcome) -> None:
    faults = []
    row = 64 if LOOKS[name]["viewport"] == NARROW else 56
    for state, page in town.tour(welcome, samples=True, script=EYES, **LOOKS[name]):
        found = axe(page, BY_LOOKS) if "color_scheme" in LOOKS[name] else []
        page.keyboard.press("Tab")  # from now on the focus shows
        found += measure(page, "pale", "edgeless", "small", "unfocused", "cut", row=row)
        faults += [f"{state.name}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("locale", ["en-US", "es-MX"])
def test_nobody_finds_fault_with_what_goes_on_paper(locale: str, town: Town, welcome: Welcome) -> None:
    faults = []
    # As wide as A4 between its margins, whatever colors the screen has.
    how = {"locale": locale, "viewport": {"width": 680, "height": 1000}, "color_scheme": "dark"}
    for state, page in town.tour(welcome, samples=True, script=EYES, **how):
        page.emulate_media(media="print")
        # A letter and a card have no heading on paper: nobody finds their way there by headings.
        found = [
            fault for fault in axe(page, contrast=locale == "en-US") if not fault.startswith("page-has-heading-one")
        ]
        faults += [f"{state.name}: {fault}" for fault in found + measure(page, "pale", "cut")]
        page.emulate_media(media="screen")
    assert not faults, "\n".join(faults)
