"""Links in a real browser: out of the address at once, copied, printed on a card of their own, kept or not."""

import re
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from app.guide.sort import Sorter

from .company import home_of, invite, joined
from .conftest import Welcome
from .preparing import prepare
from .serving import GuideServer
from .walking import begin
from .watching import Visitor

ANSWERS = {"offer.name": "Drip from the talk", "trial.status": "treatment"}
ASKED_AGAIN = "status of 409"


@pytest.fixture
def offer(visitor: Visitor, sorter: Sorter) -> str:
    """The first offer of a preparation just begun."""
    return prepare(visitor, sorter, ANSWERS)


def followed(visitor: Visitor, link: str) -> Page:
    """A page opened by following a link, as from a mail, after another page."""
    page = visitor.open("/about")
    page.goto(link)
    return page


# -- opening


def test_a_link_that_is_followed_leaves_the_address_and_one_button_is_left(
    visitor: Visitor, offer: str, welcome: Welcome
) -> None:
    link = invite(visitor, offer, "Anna")
    code = link.partition("#")[2]
    anna = welcome()
    requests: list[str] = []
    anna.context.on("request", lambda request: requests.append(f"{request.url} {request.headers.get('referer')}"))
    page = followed(anna, link)
    expect(page).to_have_url(f"{anna.address}/open")
    expect(page.get_by_text("Your link is here.")).to_be_visible()
    expect(page.locator("#link")).to_be_hidden()
    expect(page.locator("main button")).to_have_count(1)
    page.get_by_role("button", name="Open it").click()
    page.wait_for_url(f"**{home_of(offer)}")
    expect(page.locator("#title")).to_have_text("Your preparation")
    # Back and forth, it does not come up again.
    for _ in range(2):
        page.go_back()
        assert code not in page.url
    assert page.url.endswith("/about")
    assert not [request for request in requests if code in request.replace(link, "", 1) and "#" not in request]
    assert not [request for request in requests if code in request.partition("#")[0]]
    page.goto(anna.address + home_of(offer))
    assert code not in page.content()
    assert code not in page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie, history.state])")


def test_a_link_pasted_over_the_open_page_is_taken_too(visitor: Visitor, offer: str, welcome: Welcome) -> None:
    link = invite(visitor, offer, "Anna")
    page = welcome().open("/open")
    # Only what stands behind the sign changes: the page is not loaded anew.
    page.evaluate("link => { window.location = link; }", link)
    expect(page.get_by_text("Your link is here.")).to_be_visible()
    expect(page).to_have_url(re.compile("/open$"))
    page.get_by_role("button", name="Open it").click()
    page.wait_for_url(f"**{home_of(offer)}")


def test_without_javascript_the_link_is_pasted(visitor: Visitor, offer: str, welcome: Welcome) -> None:
    link = invite(visitor, offer, "Anna")
    page = followed(welcome(java_script_enabled=False), link)
    expect(page.locator("#ready")).to_be_hidden()
    field = page.get_by_label("Your link, or its code")
    expect(field).to_be_visible()
    field.fill(link)
    field.press("Enter")
    page.wait_for_url(f"**{home_of(offer)}")
    expect(page.locator("#title")).to_have_text("Your preparation")


def test_a_link_that_opens_nothing_is_said_with_the_field_back(visitor: Visitor) -> None:
    visitor.expects("status of 422")
    page = followed(visitor, f"{visitor.address}/open#{'-'.join(['ABCD'] * 8)}")
    page.get_by_role("button", name="Open it").click()
    expect(page.locator("#error")).to_contain_text("This link does not open anything here.")
    expect(page.get_by_label("Your link, or its code")).to_be_visible()
    page.locator("#error a").click()
    expect(page.locator("#link")).to_be_focused()


# -- keeping


def test_the_link_is_copied_as_it_stands(welcome: Welcome, sorter: Sorter) -> None:
    visitor = welcome(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.open(f"{home_of(prepare(visitor, sorter, ANSWERS))}/link")
    page.get_by_role("button", name="Copy it").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.locator("#said")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("The link").input_value()


def test_it_is_copied_where_there_is_no_https_too(welcome: Welcome, server: GuideServer) -> None:
    """As in a home network: browsers keep the clipboard from such pages, except by the older way."""
    at_home = welcome(address=server.address.replace("127.0.0.1", "guide.test"))
    at_home.expects("Cross-Origin-Opener-Policy")  # it holds over https alone, and the browser says so
    page = at_home.open()
    begin(page)
    page.goto(page.url.partition("/offers/")[0] + "/link")
    assert page.evaluate("navigator.clipboard === undefined")
    page.get_by_role("button", name="Copy it").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    # What was copied is what can be pasted.
    link = page.get_by_label("The link").input_value()
    page.goto(f"{at_home.address}/open")
    page.locator("#link").press("Control+V")
    expect(page.locator("#link")).to_have_value(link)


def test_without_javascript_no_button_shows_that_needs_it_and_the_link_can_be_marked(
    welcome: Welcome, sorter: Sorter
) -> None:
    visitor = welcome(java_script_enabled=False)
    page = visitor.open(f"{home_of(prepare(visitor, sorter, ANSWERS))}/link")
    expect(page.locator("[data-copy]")).to_be_hidden()
    expect(page.locator("#print")).to_be_hidden()
    field = page.get_by_label("The link")
    expect(field).to_have_value(re.compile("/open#"))
    assert not field.is_editable()
    page.get_by_role("button", name="I have kept it").click()
    page.wait_for_url(re.compile("/preparations/[0-9a-f]+$"))


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_what_prints_is_the_card_and_nothing_else(visitor: Visitor, offer: str, size: Any) -> None:
    page = visitor.open(f"{home_of(offer)}/link")
    link = page.get_by_label("The link").input_value()
    pages = PdfReader(BytesIO(page.pdf(format=size))).pages
    assert len(pages) == 1
    text = re.sub(r"\s+", " ", pages[0].extract_text())
    code = link.partition("#")[2]
    assert code in text.replace("- ", "-")
    assert f"{visitor.address.partition('//')[2]}/open" in text
    assert "Keep this card at home, apart from the papers for your visit." in text
    for other in (
        "Your own link",
        "Copy it",
        "I have kept it",
        "Leave this computer",
        "Drip",
        home_of(offer),
        "Parkinson",
    ):
        assert other not in text


def test_the_summary_and_all_other_paper_hold_no_link(visitor: Visitor, offer: str) -> None:
    code = visitor.open(f"{home_of(offer)}/link").get_by_label("The link").input_value().partition("#")[2]
    for end in ("summary", "letter", "since", "answers", "result"):
        printed = visitor.open(f"{offer}/{end}").pdf()
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(printed)).pages)
        assert code[:9] not in text
        assert "/open" not in text


def test_a_telephone_reads_the_link_off_the_card(visitor: Visitor, offer: str) -> None:
    page = visitor.open(f"{home_of(offer)}/link")
    picture = page.locator("svg.qr")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box
    assert box["width"] == pytest.approx(box["height"], abs=1)
    # Dark on white, also where the page is dark: the quiet border around it is part of the picture.
    assert picture.locator("path").first.get_attribute("fill") == "#fff"


# -- leaving, and being somebody else


@pytest.mark.parametrize("scripted", [True, False], ids=["javascript", "no_javascript"])
def test_whoever_leaves_is_asked_for_their_link_and_leaves_nothing_behind(
    scripted: bool, welcome: Welcome, sorter: Sorter
) -> None:
    visitor = welcome(java_script_enabled=scripted)
    visitor.expects(ASKED_AGAIN + "|status of 404")
    offer = prepare(visitor, sorter, ANSWERS)
    page = visitor.open(offer + "/answers")
    page.get_by_role("button", name="Leave this computer").click()
    expect(page.locator("#title")).to_have_text("Wait: you have not kept your link")
    page.get_by_role("link", name="Keep your link").click()
    link = page.get_by_label("The link").input_value()
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("button", name="Leave this computer").click()
    expect(page.locator("#title")).to_have_text("You have left")
    assert visitor.context.cookies() == []
    page.goto(visitor.address)
    expect(page.get_by_text("Drip from the talk")).to_have_count(0)
    page.goto(visitor.address + offer + "/answers")
    expect(page.locator("#title")).to_have_text("We cannot open this page here")
    # And back by the link.
    page.get_by_role("link", name="Open your preparation").click()
    page.locator("#link").fill(link)
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", name="Drip from the talk")).to_be_visible()


def test_back_shows_nothing_of_what_was_left(visitor: Visitor, offer: str) -> None:
    visitor.expects(ASKED_AGAIN + "|status of 404")
    page = visitor.open(offer + "/answers")
    page.get_by_role("button", name="Leave this computer").click()
    page.get_by_role("button", name="Leave without it").click()
    expect(page.locator("#title")).to_have_text("You have left")
    page.go_back()
    page.go_back()
    expect(page.get_by_text("Drip from the talk")).to_have_count(0)


def test_whoever_tries_out_the_link_they_made_stays_who_they_are(visitor: Visitor, offer: str) -> None:
    visitor.expects(ASKED_AGAIN)
    page = followed(visitor, invite(visitor, offer, "Anna"))
    page.get_by_role("button", name="Open it").click()
    expect(page.locator("#title")).to_have_text("Whose link is this?")
    page.get_by_role("link", name="Stay as The person with Parkinson's").click()
    page.get_by_role("link", name="People", exact=True).click()
    expect(page.get_by_role("heading", name="The person with Parkinson's (you)")).to_be_visible()


def test_a_new_link_of_ones_own_survives_a_double_click(visitor: Visitor, offer: str, welcome: Welcome) -> None:
    page = visitor.open(f"{home_of(offer)}/link")
    page.get_by_role("button", name="I have kept it").click()
    page.goto(f"{visitor.address}{home_of(offer)}/link")
    page.get_by_role("button", name="Make a new link for me").dblclick()
    expect(page.get_by_label("The link")).to_have_value(re.compile("/open#"))
    link = page.get_by_label("The link").input_value()
    elsewhere = welcome()
    opened = elsewhere.context.request.post(f"{elsewhere.address}/open", form={"link": link}, max_retries=2)
    assert opened.url.endswith(home_of(offer))


def test_a_double_click_invites_one_person(visitor: Visitor, offer: str) -> None:
    page = visitor.open(f"{home_of(offer)}/people")
    page.get_by_label("Their name, as you call them").fill("Anna")
    page.locator('form:has(#name) label.row:has(input[value="family"])').click()
    page.get_by_role("button", name="Make a link for them").dblclick()
    expect(page).to_have_url(re.compile(r"/people/2/link$"))
    page.goto(f"{visitor.address}{home_of(offer)}/people")
    expect(page.locator(".person")).to_have_count(2)


def test_a_reader_comes_reads_and_is_seen_to_have_been_there(visitor: Visitor, offer: str, welcome: Welcome) -> None:
    doctor = joined(visitor, offer, welcome, "Dr. Weber", "reader")
    page = doctor.open(home_of(offer))
    expect(page.locator("#title")).to_have_text("What was prepared")
    expect(page.get_by_role("button", name="Add another offer")).to_have_count(0)
    page.get_by_role("link", name="See how it sorts").click()
    expect(page.get_by_role("link", name="Print the summary")).to_be_visible()
    seen = visitor.open(f"{home_of(offer)}/people")
    expect(seen.locator(".person", has_text="Dr. Weber")).to_contain_text("Reads and prints. Last here")
