"""Every page in every state, in English on a wide screen and in Spanish on a narrow one: no fault by our own measures,
nor by any rule of axe-core. Colors are the same in both languages, so axe looks at them in English alone."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from .conftest import Welcome
from .looking import EYES, axe, faults, measure
from .states import Town

LANGUAGES: dict[str, tuple[dict[str, Any], int]] = {
    "english_wide": ({"locale": "en-US", "viewport": {"width": 1280, "height": 800}}, 56),
    "spanish_narrow": ({"locale": "es-MX", "viewport": {"width": 320, "height": 640}}, 64),
}
# One page with a fault for each measure, and for axe.
FAULTS = {
    "pale": '<p style="color: #999">Pale</p>',
    "edgeless": '<input class="wide" style="border: 1px solid #ddd; background: #fff">',
    "small": '<button style="width: 40px; height: 40px; border: 0">x</button>',
    "unfocused": '<button style="outline: none">No ring</button>',
    "cut": '<p style="width: 9999px">Wide</p>',
    "spread": '<p style="height: 1.2em; overflow: hidden">One line</p>',
    "dense": '<main><p style="width: 2000px">' + "Far too many words in a line. " * 20 + "</p></main>",
    "axe": '<img src="data:,">',
}


@pytest.mark.parametrize("name", LANGUAGES)
def test_nobody_finds_fault_with_any_page_in_any_state(name: str, town: Town, welcome: Welcome) -> None:
    how, row = LANGUAGES[name]
    found = []
    for state, page in town.tour(welcome, script=EYES, **how):
        assert page.locator("html").get_attribute("lang") == how["locale"][:2], state.name
        found += [f"{state.name}: {fault}" for fault in faults(page, row=row, contrast=name == "english_wide")]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", FAULTS)
def test_faults_would_be_found(name: str, browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(f'<!doctype html><html lang="en"><title>Faults</title><body>{FAULTS[name]}')
    page.evaluate(EYES)
    page.keyboard.press("Tab")
    found = axe(page) if name == "axe" else measure(page, name)
    page.close()
    assert found
