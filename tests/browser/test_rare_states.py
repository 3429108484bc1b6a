"""Pages that are seen when something is wrong, or only once: no fault in them either, in any language or look."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_register import NUMBER, LocalRegister, made_up
from playwright.sync_api import Page
from starlette.testclient import TestClient
from web.faults import read_only

from app.guide.sort import Sorter
from app.main import create_app
from app.settings import Settings
from app.web.reading import SETTINGS

from .conftest import Welcome
from .looking import NARROW, WIDE, faults, row
from .preparing import prepare
from .serving import GuideServer

LOOKS: dict[str, dict[str, Any]] = {
    "english_wide": {"locale": "en-US", "viewport": WIDE},
    "spanish_dark_narrow": {"locale": "es-MX", "viewport": NARROW, "color_scheme": "dark"},
}
# A file that holds something that we cannot take.
IN_PART = (
    '{"format":"which-cells-preparation","format_version":1,"pack":"parkinsons","pack_version":"1.0.0","offers":[{'
    '"answers":{"offer.name":{"answer":"Brought"},"trial.status":{"answer":"never_heard"}},"set_aside":{}}],'
    '"you":{"answers":{}}}'
)


@pytest.fixture(scope="module")
def turned_away(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, str]]:
    """By language, what the guide itself answers when something is wrong, by status."""
    return {language: dict(_answers(tmp_path_factory.mktemp("wrong"), language)) for language in ("en", "es")}


def _answers(folder: Path, language: str) -> Iterator[tuple[int, str]]:
    made = create_app(Settings(database=folder / "guide.db", look_up=False, limits=0.01))
    headers = {"accept-language": language}
    with TestClient(made, headers=headers, follow_redirects=False, raise_server_exceptions=False) as client:
        asked = client.post("/preparations").headers["location"]
        form = {"text": "Drip from the talk"}
        wrong = [client.get("/", headers={"host": "x" * 5000})]
        wrong.append(client.post(asked, data=form, headers={"sec-fetch-site": "cross-site"}))
        with read_only(made):
            wrong.append(client.post(asked.partition("/offers")[0] + "/offers"))
        made.state.env = None
        wrong.append(client.get("/about"))
        wrong += [client.post(asked, data=form) for _ in range(10)][-1:]
        for answer in wrong:
            yield answer.status_code, answer.text


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_whoever_is_turned_away_finds_a_page_without_fault(
    status: int, look: str, turned_away: dict[str, dict[int, str]], welcome: Welcome
) -> None:
    visitor = welcome(**LOOKS[look])
    visitor.expects(f"status of {status}")
    text = turned_away[LOOKS[look]["locale"][:2]][status]
    page = visitor.context.new_page()
    page.route("**/turned-away", lambda route: route.fulfill(status=status, content_type="text/html", body=text))
    page.goto(f"{visitor.address}/turned-away")
    assert page.locator("h1").count() == 1
    assert faults(page, row=row(LOOKS[look]["viewport"])) == []


def test_a_refusal_looks_as_somebody_chose(welcome: Welcome) -> None:
    visitor = welcome()
    visitor.expects("status of 413")
    word = "very-large-text"
    assert word in SETTINGS["Text size"]
    page = visitor.open()
    before = size_of_text(page)
    assert visitor.context.request.post(f"{visitor.address}/reading", form={"reading": word}, max_retries=2).ok
    page.evaluate("""() => {
        const form = document.createElement("form");
        Object.assign(form, {method: "post", action: "/preparations"});
        const field = document.createElement("textarea");
        Object.assign(field, {name: "text", value: "x".repeat(300_000)});
        form.append(field);
        document.body.append(form);
        form.submit();
    }""")
    page.wait_for_selector("[data-refused]")
    page.wait_for_load_state()
    assert size_of_text(page) > 1.4 * before


def size_of_text(page: Page) -> float:
    return float(page.evaluate("parseFloat(getComputedStyle(document.querySelector('p')).fontSize)"))


@pytest.mark.parametrize("look", LOOKS)
def test_what_a_file_could_not_bring_is_said_without_fault(look: str, welcome: Welcome) -> None:
    page = welcome(**LOOKS[look]).open("/bring")
    page.locator("#file").set_input_files({"name": "a.json", "mimeType": "x", "buffer": IN_PART.encode()})
    with page.expect_navigation():
        page.locator("form[enctype] .go").click()
    assert page.locator("main li").count() == 1
    assert faults(page, row=row(LOOKS[look]["viewport"])) == []


@pytest.mark.parametrize("look", LOOKS)
def test_a_record_just_looked_up_is_without_fault(
    look: str, welcome: Welcome, tmp_path: Path, register: LocalRegister, sorter: Sorter
) -> None:
    register.holds(made_up())
    guide = GuideServer(tmp_path, WHICH_CELLS_LOOK_UP="true", WHICH_CELLS_LOOK_UP_ADDRESS=register.address)
    guide.start()
    try:
        visitor = welcome(address=guide.address, **LOOKS[look])
        told = {"offer.name": "Drip", "trial.status": "regulated_trial", "trial.number": NUMBER}
        page = visitor.open(f"{prepare(visitor, sorter, told)}/record")
        assert faults(page, row=row(LOOKS[look]["viewport"])) == []
        page.locator(".look-up form button").click()
        page.wait_for_selector(".compared")
        assert register.asked
        assert faults(page, row=row(LOOKS[look]["viewport"])) == []
    finally:
        guide.stop()
