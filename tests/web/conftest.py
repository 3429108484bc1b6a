"""The real application on a real file, a browser to visit it with, and somebody who visits."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from databases import fresh
from fastapi import FastAPI
from jinja2 import Environment
from starlette.testclient import TestClient

from app import main
from app.guide.answers import Answer
from app.guide.models import NotIn, Question
from app.guide.pack import Pack
from app.guide.walk import Walker
from app.settings import Settings
from app.store.opened import Key
from app.store.preparations import Preparations
from app.web import render

from .html import Page
from .joining import Family, differ, family_of

NUMBER = "NCT01234567"
MakeClient = Callable[..., TestClient]


@pytest.fixture(scope="session")
def guide() -> FastAPI:
    """An application that has read its pack, and has no pages and no database."""
    app = FastAPI()
    main._add_guide(app, Settings())
    return app


@pytest.fixture(scope="session")
def _one_guide(guide: FastAPI) -> Iterator[None]:
    """All applications share what they read from the pack: it never changes, and reading it anew for each test
    would take most of the time of all tests. test_pages makes one application without this."""

    def share(app: FastAPI, _settings: Settings) -> None:
        for name in ("walker", "guides", "flow_pictures"):
            setattr(app.state, name, getattr(guide.state, name))

    # So they do the templates of each language, which would be translated to Python anew for each.
    made: dict[object, Environment] = {}

    def environment(pack: Pack, language: str, **told: object) -> Environment:
        key = (id(pack), language, *told.items())
        if key not in made:
            made[key] = render.environment(pack, language, **told)  # type: ignore[arg-type]
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(main, "_add_guide", share)
        patch.setattr(main, "environment", environment)
        yield


@pytest.fixture
def make_client(tmp_path: Path, _one_guide: None) -> Iterator[MakeClient]:
    """Makes the application with these settings, on a database of its own, and a browser that opens it."""
    with ExitStack() as stack, fresh(tmp_path, migrated=True) as address:
        yield lambda **settings: stack.enter_context(_browser(address, settings))


@pytest.fixture
def client(make_client: MakeClient) -> TestClient:
    return make_client()


@pytest.fixture
def visitor(client: TestClient) -> "Visitor":
    """Somebody who has begun a preparation and answered nothing."""
    return Visitor(client)


@pytest.fixture
def family(visitor: "Visitor") -> Family:
    """Three people at one preparation, each in a browser of their own."""
    return family_of(visitor)


@pytest.fixture
def differing(family: Family) -> Family:
    """The same, and two of them do not say the same."""
    return differ(family)


@pytest.fixture(scope="module")
def busy_client(tmp_path_factory: pytest.TempPathFactory, _one_guide: None) -> Iterator[TestClient]:
    """One application for a whole module, for tests that run once for every question."""
    with fresh(tmp_path_factory.mktemp("busy"), migrated=True) as address, _browser(address, {}) as client:
        yield client


@pytest.fixture
def passer_by(busy_client: TestClient) -> "Visitor":
    """One of many visitors of the same application; each has a preparation of their own."""
    busy_client.cookies.clear()
    return Visitor(busy_client)


@pytest.fixture
def filled(passer_by: "Visitor") -> "Visitor":
    """One of many visitors, with answers that must not be lost."""
    passer_by.fill({"offer.name": "Mine", "trial.status": "regulated_trial", "offer.stage": "had_visit"})
    passer_by.fill({"trial.number": NUMBER, "offer.country": "US", "you.priorities": ["sleep"]})
    return passer_by


def _browser(address: str, settings: dict[str, Any]) -> TestClient:
    # Nobody outside is asked, unless a test starts the one who is asked; and tests ask often.
    settings = {"database": address, "look_up": False, "limits": 1000, **settings}
    scheme = "https" if settings.get("https") else "http"
    app = main.create_app(Settings(**settings))
    return TestClient(app, base_url=f"{scheme}://testserver", follow_redirects=False)


class Visitor:
    """Somebody with a browser and a preparation: answers by question id, and looks where that leads."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        # Without the cookies of those before: whoever holds an empty preparation is led to that one.
        before = list(client.cookies.jar)
        client.cookies.clear()
        begun = client.post("/preparations")
        for cookie in before:
            client.cookies.jar.set_cookie(cookie)
        assert begun.status_code == 303, begun.text
        self.id = begun.headers["location"].split("/")[2]
        self.home = f"/preparations/{self.id}"

    @property
    def app(self) -> FastAPI:
        return application(self.client)

    @property
    def walker(self) -> Walker:
        found: Walker = self.app.state.walker
        return found

    @property
    def store(self) -> Preparations:
        found: Preparations = self.app.state.preparations
        return found

    @property
    def cookie(self) -> tuple[str, str]:
        """Name and value of the cookie that opens the preparation."""
        return next((c.name, c.value or "") for c in self.client.cookies.jar if c.name.endswith(self.id))

    @property
    def key(self) -> Key:
        return Key(self.id, self.cookie[1])

    def offer(self, number: int = 1) -> str:
        return f"{self.home}/offers/{number}"

    def address(self, question_id: str, number: int = 1) -> str:
        if question_id in self.walker.pack.personal:
            return f"{self.home}/you/{question_id}"
        return f"{self.offer(number)}/questions/{question_id}"

    def see(self, address: str, status: int = 200) -> Page:
        """Opens an address, follows where it leads, and reads the page."""
        response = self.client.get(address, follow_redirects=True)
        assert response.status_code == status, f"{address}: {response.status_code}"
        return Page(response.text)

    def post(self, question_id: str, data: Mapping[str, Any], number: int = 1) -> Any:
        """Sends a form as it is."""
        return self.client.post(self.address(question_id, number), data=dict(data))

    def answer(self, question_id: str, answer: Answer, number: int = 1, *, more: bool = False) -> str:
        """Sends the form for this answer; returns where the guide leads next."""
        data = {**form_of(self.walker, question_id, answer), **({"more": "1"} if more else {})}
        response = self.post(question_id, data, number)
        assert response.status_code == 303, f"{question_id}: {response.status_code} {Page(response.text).error}"
        return response.headers["location"]

    def fill(self, answers: Mapping[str, Answer], number: int = 1) -> None:
        """Keeps answers without a form: for what happened before a test begins."""
        for question_id in (q for q in (*self.walker.order, *self.walker.personal) if q in answers):
            personal = question_id in self.walker.pack.personal
            self.store.save(self.key, None if personal else number, question_id, answers[question_id])

    def saved(self, number: int = 1) -> dict[str, Answer]:
        """What is kept about an offer."""
        return self.store.read(self.key).offer(number).answers

    def again(self) -> "Visitor":
        """The same person in a browser that was opened anew: only the cookie is left."""
        return self.with_key(self.key)

    def with_key(self, key: Key) -> "Visitor":
        """Somebody in a browser of their own that holds this key to the same preparation."""
        other = object.__new__(Visitor)
        other.client = TestClient(self.app, base_url=str(self.client.base_url), follow_redirects=False)
        other.client.cookies.set(self.cookie[0], key.secret)
        other.id, other.home = self.id, self.home
        return other


def application(client: TestClient) -> FastAPI:
    app = client.app
    assert isinstance(app, FastAPI)
    return app


def example_answers(pack: Pack, example_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers of an example: about the offer, and about the person."""
    example = pack.example(example_id)
    assert example is not None
    return dict(example.answers), dict(example.you)


def form_of(walker: Walker, question_id: str, answer: Answer) -> dict[str, Any]:
    """What a browser sends for an answer."""
    question = walker.pack.questions[question_id]
    if isinstance(answer, dict):
        return {f"row.{row}": point for row, point in answer.items()}
    if isinstance(answer, list):
        return {"choice" if question.options else "line": answer}
    if question.kind in ("one", "many") or question.option(answer):
        return {"choice": answer}
    if walker.sorter.vocabulary.is_standing(question_id, answer):
        return {"choice": answer}
    if question.kind == "country":
        return {"country": answer}
    if question.kind == "register_number":
        return {"choice": "given", "text": answer}
    if question.kind == "date" and answer:
        when = date.fromisoformat(answer)
        return {"month": str(when.month), "day": str(when.day), "year": str(when.year)}
    return {"text": answer}


def way_to(pack: Pack, question_id: str) -> dict[str, Answer]:
    """The fewest answers under which a question is asked."""
    needed: dict[str, Answer] = {}
    for base, test in pack.questions[question_id].asked_when.items():
        question = pack.questions[base]
        options = [o.id for o in question.options]
        if isinstance(test, NotIn):
            options = [o for o in options if o not in test.not_in]
        elif not isinstance(test, str):
            options = [o for o in options if o in test]
        needed |= {**way_to(pack, base), base: NUMBER if options[0] == "given" else options[0]}
    return needed


def possible_answers(pack: Pack, question: Question) -> list[Answer]:
    """Every option of a question once, its standing answers, and some of what can be written freely."""
    options = [o.id for o in question.options]
    standing = list(pack.standing) if question.takes_standing else []
    free: dict[str, list[Answer]] = {
        "one": list(options),
        "many": [[o] for o in options],
        "country": ["AF", "JP", "US", "ZW"],
        "register_number": [NUMBER, *(o for o in options if o != "given")],
        "scale_each": [dict.fromkeys(options, point.id) for point in question.scale],
        "text": ["Tropf am Sankt-Jörg-Platz, \u65e5\u672c", "a\nb"],
        "text_list": [["How long?"], ["How long?", "Who pays?"], [f"Question {n}" for n in range(7)]],
        "date": ["2026-12-03", "2028-02-29"],
    }
    return [*free[question.kind], *standing]
