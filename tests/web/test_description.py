"""The description of the whole application has every route and every field of every form, and nobody is served it."""

import re
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest

from app.web.access import ACCESS
from app.web.description import described

from .conftest import NUMBER, MakeClient, TestClient, Visitor, application
from .html import Page

Operations = dict[str, tuple[str, str, dict[str, Any]]]


@pytest.fixture
def operations(client: TestClient) -> Operations:
    """Everything that is described: method, path and what is said of it, by the name of its route."""
    found = described(application(client))
    return {
        operation["operationId"]: (method, path, operation)
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
    }


def fields_of(operation: dict[str, Any]) -> set[str]:
    content = operation["requestBody"]["content"]
    return {field for form in content.values() for field in form["schema"]["properties"]}


def test_every_route_is_described(operations: Operations) -> None:
    assert sorted(operations) == sorted(ACCESS)
    for name, (_, _, operation) in operations.items():
        assert any(status < "400" for status in operation["responses"]), name


def test_what_the_forms_of_the_pages_send_is_what_is_described(make_client: MakeClient, operations: Operations) -> None:
    sent: dict[str, set[str]] = defaultdict(set)
    client = make_client(look_up=True)
    for page in pages(Visitor(client)):
        for action, fields in forms(page):
            names = [
                name
                for name, (method, path, _) in operations.items()
                if method == "post" and re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), action)
            ]
            assert names, action
            sent[names[0]] |= fields
    # That somebody is here is sent by a script, and by no form.
    shown = {n for n, (method, path, _) in operations.items() if method == "post" and not path.startswith("/api/")}
    # With one language there is none to choose.
    others = len(application(client).state.guides) > 1
    assert set(sent) == shown - {"here"} - (set() if others else {"language"})
    for name, fields in sent.items():
        assert fields == fields_of(operations[name][2]), name


def pages(visitor: Visitor) -> list[Page]:
    """Every page that has a form, as somebody sees them who prepares with others and differs with them. Nobody is
    asked about the trial's number: it was looked up before, and there was no record."""
    number = visitor.walker.sorter.vocabulary.numbers.number(NUMBER)
    visitor.app.state.look_up.shelf.keep(number.id, None)
    visitor.fill({"offer.name": "Mine", "trial.status": "regulated_trial", "trial.number": NUMBER})
    visitor.fill({"cells.kind": "fetal_tissue", "offer.stage": "had_visit"})
    visitor.client.post(f"{visitor.offer()}/letter", data={"text": "Dear all"})
    visitor.post("trial.status", {"note": "Ask this", "asker": "1", "only": "note"})
    anns = visitor.app.state.people.invite(visitor.key, "family", "Ann")[1]
    other = visitor.with_key(anns)
    other.store.save(other.key, 1, "cells.kind", "mesenchymal")
    year = datetime.now(UTC).year + 1
    visitor.client.post(f"{visitor.home}/keep", data={"month": "1", "day": "31", "year": str(year)})
    link = visitor.client.post(f"{visitor.home}/people", data={"name": "Bo", "role": "reader"}).headers["location"]
    places = ["/", "/open", "/bring", visitor.home, link]
    places += [f"{visitor.home}/{end}" for end in ("people", "link", "delete", "keep", "compare")]
    places += [f"{visitor.offer()}/{end}" for end in ("letter", "record", "answers", "result", "since")]
    places += [visitor.address("cells.kind") + "/both", visitor.address("trial.status") + "?more=1"]
    places += [visitor.address(q) for q in (*visitor.walker.order, *visitor.walker.personal)]
    seen = [visitor.see(place) for place in places] + [other.see(f"{visitor.home}/people")]
    # Two that ask again before they do what they were asked: to leave, and to become somebody else.
    asked = [visitor.client.post("/leave"), visitor.client.post("/open", data={"link": anns.secret})]
    return seen + [Page(response.text) for response in asked]


def forms(page: Page) -> list[tuple[str, set[str]]]:
    """Where each form of a page leads, and the names of its fields, buttons included."""
    found: list[tuple[str, set[str]]] = []
    for tag, attrs in page.tags:
        if tag == "form":
            found.append((attrs["action"] if attrs.get("method") == "post" else "", set()))
        elif tag in ("input", "select", "textarea", "button") and "name" in attrs and found:
            found[-1][1].add(attrs["name"])
    return [(action, fields) for action, fields in found if action]


def test_nobody_is_served_it(client: TestClient) -> None:
    for path in ("/openapi.json", "/docs", "/redoc"):
        assert client.get(path).status_code == 404
    paths = client.get("/api/openapi.json").json()["paths"]
    assert sorted(paths) == ["/api/packs", "/api/sort"]
