"""From the start page to each result and its summary, with and without JavaScript, with and without the CDN."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from app.guide.sort import Sorter

from .conftest import Welcome
from .serving import GuideServer
from .walking import Answers, begin, fill, question_id, save, walk
from .watching import cdn_answers_altered, cdn_is_down

WALKS = [
    "not_settled",
    "warning_sign",
    "supportive_care.supportive",
    "regulated_trial.trial",
    "regulated_trial.authorised_product",
    "regulated_trial.special_access",
]
# How Chromium says that a script is not the one that the page asked for, or did not come.
WRONG_HASH = "Failed to find a valid digest in the 'integrity' attribute"
DID_NOT_COME = "net::ERR_FAILED"


def mark(page: Page) -> None:
    page.evaluate("window.stillTheSamePage = true")


def is_marked(page: Page) -> bool:
    return bool(page.evaluate("window.stillTheSamePage === true"))


def expect_result_and_summary(page: Page, sorter: Sorter, given: Answers, name: str) -> None:
    outcome = sorter.sort(given)
    assert name == (f"{outcome.result}.{outcome.variant}" if outcome.variant else outcome.result)
    page.wait_for_url("**/result")
    expect(page.get_by_role("heading", level=1)).to_have_text(outcome.title)
    page.get_by_role("link", name="Print the summary").click()
    page.wait_for_url("**/summary")
    expect(page.locator(".side-one .result h2")).to_have_text(outcome.title)


def test_every_result_and_variant_has_a_walk(witnesses: dict[str, Answers]) -> None:
    assert sorted(witnesses) == sorted(WALKS)


@pytest.mark.parametrize("name", WALKS)
def test_with_javascript_the_shortest_answers_lead_to_their_result_on_one_page(
    name: str, welcome: Welcome, sorter: Sorter, witnesses: dict[str, Answers]
) -> None:
    page = welcome().open()
    begin(page)
    mark(page)
    given = walk(page, sorter.pack, witnesses[name])
    assert is_marked(page)
    expect_result_and_summary(page, sorter, given, name)


@pytest.mark.parametrize("name", WALKS)
def test_without_javascript_the_shortest_answers_lead_to_their_result_page_by_page(
    name: str, welcome: Welcome, sorter: Sorter, witnesses: dict[str, Answers]
) -> None:
    page = welcome(java_script_enabled=False).open()
    begin(page)
    mark(page)
    fill(page, sorter.pack.questions[question_id(page)], "Drip from the talk")
    save(page)
    assert not is_marked(page)
    given = walk(page, sorter.pack, witnesses[name])
    expect_result_and_summary(page, sorter, given, name)


def test_without_style_and_without_javascript_the_questions_lead_to_a_result(
    welcome: Welcome, sorter: Sorter, witnesses: dict[str, Answers]
) -> None:
    visitor = welcome(java_script_enabled=False)
    visitor.context.route("**/static/style.css*", lambda route: route.abort())
    visitor.expects(DID_NOT_COME)
    page = visitor.open()
    expect(page.locator("body")).to_have_css("margin", "8px")  # as browsers have it
    begin(page)
    given = walk(page, sorter.pack, witnesses["warning_sign"])
    expect_result_and_summary(page, sorter, given, "warning_sign")


@pytest.mark.parametrize(
    ("cdn", "complaint"), [(cdn_answers_altered, WRONG_HASH), (cdn_is_down, DID_NOT_COME)], ids=["altered", "down"]
)
def test_a_script_that_is_altered_or_missing_does_not_run_and_is_not_missed(
    cdn: Callable[[Route], None], complaint: str, welcome: Welcome, sorter: Sorter
) -> None:
    visitor = welcome(cdn=cdn)
    visitor.expects(complaint)
    page = visitor.open()
    assert any(complaint in c for c in visitor.complaints)
    begin(page)
    page.wait_for_load_state()
    assert page.evaluate("[typeof htmx, typeof altered]") == ["undefined", "undefined"]
    mark(page)
    given = walk(page, sorter.pack, {"cells.kind": "just_stem_cells"})
    assert not is_marked(page)
    expect_result_and_summary(page, sorter, given, "warning_sign")


def test_without_javascript_a_double_click_on_save_does_no_harm(welcome: Welcome) -> None:
    page = welcome(java_script_enabled=False).open()
    begin(page)
    page.locator("#field").fill("Drip from the talk")
    page.get_by_role("button", name="Save and go on").dblclick()
    # The second press may break off what the first one began to load.
    expect(page).to_have_url(re.compile("/questions/trial.status$"))
    expect(page.locator("#error")).to_have_count(0)
    expect(page.locator(".progress")).to_contain_text("1 answered and saved")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_forms_are_taken_over_plain_http_at_a_name_of_one_s_own_too(
    scripts: bool, welcome: Welcome, server: GuideServer
) -> None:
    # There browsers leave out the header by which forms of other sites are known.
    visitor = welcome(java_script_enabled=scripts, address=server.address.replace("127.0.0.1", "guide.test"))
    visitor.expects("Cross-Origin-Opener-Policy header has been ignored")
    page = visitor.open()
    begin(page)
    page.locator("#field").fill("Drip from the talk")
    save(page)
    assert question_id(page) == "trial.status"


def test_the_right_script_runs_under_our_policy(welcome: Welcome) -> None:
    page = welcome().open()
    assert page.evaluate("htmx.version") == "4.0.1"


def test_scripts_and_styles_of_anybody_else_do_not_run(welcome: Welcome) -> None:
    visitor = welcome()
    visitor.expects("Content Security Policy")
    page = visitor.open()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.slippedIn = true";
            document.body.append(script);
            const picture = new Image();
            picture.src = "https://elsewhere.invalid/picture.png";
            document.body.append(picture);
        }"""
    )
    expect(page.locator("body > img")).to_have_count(1)
    assert page.evaluate("typeof slippedIn") == "undefined"
    assert len([c for c in visitor.complaints if "Content Security Policy" in c]) >= 2
