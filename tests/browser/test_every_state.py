"""Every page in every state, in English on a wide screen and in Spanish on a narrow one: no fault by our own measures,
nor by any rule of axe-core. Then the same page, still open, in the other looks that it can have."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from .conftest import Welcome
from .looking import BY_LOOKS, EYES, MEASURES, NARROW, NO_ROOM, WIDE, axe, faults, larger_text, measure, row
from .states import State, Town

# As wide as A4 between its margins.
PAPER: ViewportSize = {"width": 680, "height": 1000}
# What else a screen can be to the person before it.
USUAL: dict[str, Any] = {"media": "screen", "color_scheme": "light", "forced_colors": "none"}


@dataclass(frozen=True)
class Look:
    """One look of a page, and what is looked at in it: rules of axe (all that there are, where it says "all"), measures
    of ours, and that nobody has to scroll sideways. `samples`: on one page of each kind, and not on every one."""

    size: ViewportSize
    media: dict[str, Any] = field(default_factory=dict)
    larger: bool = False
    styled: bool = True
    samples: bool = True
    rules: Sequence[str] = ()
    contrast: bool = True
    measures: Sequence[str] = ()

    def faults(self, page: Page) -> list[str]:
        page.set_viewport_size(self.size)
        page.emulate_media(**(USUAL | self.media))
        page.evaluate("(on) => { document.styleSheets[0].disabled = !on; }", self.styled)
        with larger_text(page, 2 if self.larger else 1):
            found = ["it has to be scrolled sideways"] if page.evaluate(NO_ROOM) else []
            if self.rules:
                found += axe(page, () if self.rules == ALL else self.rules, contrast=self.contrast)
            return found + measure(page, *self.measures, row=row(self.size))


ALL = ("all",)
SEEN = [m for m in MEASURES if m not in ("spread", "dense")]
DARK = {"color_scheme": "dark"}
LARGE = {
    "large text": Look(WIDE, larger=True, samples=False, measures=["cut"]),
    "large, narrow": Look(NARROW, larger=True, samples=False, measures=["cut"]),
}
# Colors are the same in both languages, so axe looks at contrast in one alone: it takes it most of the time.
LANGUAGES: dict[str, tuple[str, Look, dict[str, Look]]] = {
    "english_wide": (
        "en-US",
        Look(WIDE),
        LARGE
        | {
            "narrow": Look(NARROW, measures=SEEN),
            "dark, narrow": Look(NARROW, DARK, rules=BY_LOOKS, measures=SEEN),
            "without style": Look(WIDE, styled=False, measures=["huge"]),
            "in colors of one's own": Look(NARROW, {"forced_colors": "active"}),
            # Whatever colors the screen has.
            "on paper": Look(PAPER, DARK | {"media": "print"}, rules=ALL, measures=["pale", "cut"]),
        },
    ),
    "spanish_narrow": (
        "es-MX",
        Look(NARROW),
        LARGE
        | {
            "wide": Look(WIDE, measures=SEEN),
            "dark, wide": Look(WIDE, DARK, rules=BY_LOOKS, measures=SEEN),
            "on its side": Look({"width": 568, "height": 320}, measures=SEEN),
            "on paper": Look(PAPER, DARK | {"media": "print"}, rules=ALL, contrast=False, measures=["pale", "cut"]),
        },
    ),
}
# A letter and a card have no heading on paper: nobody finds their way there by headings.
NOT_ON_PAPER = "page-has-heading-one"
# One page with a fault for each measure, and for axe.
FAULTS = {
    "pale": '<p style="color: #999">Pale</p>',
    "edgeless": '<input class="wide" style="border: 1px solid #ddd; background: #fff">',
    "small": '<button style="width: 40px; height: 40px; border: 0">x</button>',
    "unfocused": '<button style="outline: none">No ring</button>',
    "cut": '<p style="width: 9999px">Wide</p>',
    "spread": '<p style="height: 1.2em; overflow: hidden">One line</p>',
    "huge": '<svg viewBox="0 0 9 9"></svg>',
    "dense": '<main><p style="width: 2000px">' + "Far too many words in a line. " * 20 + "</p></main>",
    "axe": '<img src="data:,">',
}


@pytest.mark.parametrize("name", LANGUAGES)
def test_nobody_finds_fault_with_any_page_in_any_state(name: str, town: Town, welcome: Welcome) -> None:
    locale, first, others = LANGUAGES[name]
    found = []
    for state, page in town.tour(welcome, script=EYES, locale=locale, viewport=first.size):
        page.set_viewport_size(first.size)
        page.emulate_media(**USUAL)
        assert page.locator("html").get_attribute("lang") == locale[:2], state.name
        found += [f"{state.name}: {f}" for f in faults(page, row=row(first.size), contrast=name == "english_wide")]
        found += [f"{state.name}, {look}: {f}" for look, f in in_other_looks(state, page, others)]
    assert not found, "\n".join(found)


def in_other_looks(state: State, page: Page, others: dict[str, Look]) -> list[tuple[str, str]]:
    """The faults of a page in the looks that are to be looked at in this state, each with its look."""
    wanted = {name: look for name, look in others.items() if state.is_sample or not look.samples}
    found = [(name, fault) for name, look in wanted.items() for fault in look.faults(page)]
    return [(name, fault) for name, fault in found if not (name == "on paper" and fault.startswith(NOT_ON_PAPER))]


@pytest.mark.parametrize("name", FAULTS)
def test_faults_would_be_found(name: str, browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(f'<!doctype html><html lang="en"><title>Faults</title><body>{FAULTS[name]}')
    page.evaluate(EYES)
    page.keyboard.press("Tab")
    found = axe(page) if name == "axe" else measure(page, name)
    page.close()
    assert found


@pytest.mark.parametrize("look", ["large text", "dark"])
def test_faults_of_other_looks_would_be_found(look: str, browser: Browser) -> None:
    page = browser.new_page()
    wide = '<div style="width: 60rem">Wide</div>' if look == "large text" else ""
    pale = "<style>@media (prefers-color-scheme: dark) { p { color: #777 } }</style><p>Pale</p>"
    page.set_content(f'<!doctype html><html lang="en"><title>Faults</title><body>{wide}{pale}')
    page.evaluate(EYES)
    assert Look(WIDE, measures=["pale"]).faults(page) == []
    other = LARGE[look] if look in LARGE else Look(WIDE, DARK, measures=["pale"])
    assert other.faults(page)
    page.close()
