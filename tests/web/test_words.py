"""Where words are explained: those that stand on a page, and no others."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from app.guide.glossary import Glossary
from app.guide.pack import Pack, load_pack
from app.guide.translation import translated
from app.settings import ROOT

from .conftest import Visitor

PACK = load_pack(ROOT / "questions" / "parkinsons")
LIST = re.compile(r'<details class="help words">.*?</details>', re.DOTALL)
# What a register or a paper says, for those who want to look it up; and what other pages are called.
APART = re.compile(r'<details class="sources">.*?</details>|<a class="(?:button|onward)".*?</a>', re.DOTALL)


def explained(source: str) -> list[str]:
    """The words in the list of a page."""
    return [unescape(word) for part in LIST.findall(source) for word in re.findall("<dt>(.*?)</dt>", part)]


def on_it(source: str, pack: Pack) -> list[str]:
    """The words that stand on a page, apart from its list."""
    main = APART.sub("", LIST.sub("", source[source.index("<main") : source.index("</main>")]))
    text = unescape(re.sub(r"\s+", " ", re.sub("<[^>]*>", "\n", main)))
    return [term.term for term in Glossary(pack).within([text])]


@pytest.fixture(scope="module", params=["en", "es"])
def spoken(request: pytest.FixtureRequest) -> tuple[str, Pack]:
    name = request.param
    return name, PACK if name == "en" else translated(PACK, ROOT / "questions" / "parkinsons", name).pack


def test_a_question_explains_its_own_words_and_tells_nothing_ahead(
    spoken: tuple[str, Pack], passer_by: Visitor
) -> None:
    name, pack = spoken
    wrong = {}
    for question in (q for section, questions in pack.sections if section.scope == "offer" for q in questions):
        page = passer_by.client.get(passer_by.address(question.id), headers={"accept-language": name})
        if page.status_code == 200 and explained(page.text) != on_it(page.text, pack):
            wrong[question.id] = explained(page.text), on_it(page.text, pack)
    assert wrong == {}


def test_a_page_to_read_explains_its_words(spoken: tuple[str, Pack], busy_client: TestClient) -> None:
    name, pack = spoken
    for page in pack.pages:
        source = busy_client.get(f"/understand/{page.id}", headers={"accept-language": name}).text
        assert explained(source) == on_it(source, pack), page.id


def test_a_result_explains_the_words_that_decided_it(spoken: tuple[str, Pack], busy_client: TestClient) -> None:
    name, pack = spoken
    for example in pack.examples:
        source = busy_client.get(f"/examples/{example.id}", headers={"accept-language": name}).text
        assert explained(source)
        assert explained(source) == on_it(source, pack), example.id
