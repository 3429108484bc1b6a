"""Which host a request names: what links are made of, and what is refused once there is a public address."""

from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from pydantic import ValidationError

from app.settings import Settings
from app.web.security import headers

from .conftest import MakeClient, TestClient, Visitor, application
from .html import Page
from .joining import link_on

ADDRESS = "https://guide.example.org"
OURS = ["guide.example.org", "Guide.Example.ORG", "guide.example.org:443"]
OTHERS = ["evil.example", "guide.example.org.evil.example", "guide.example.org:8000", "127.0.0.1", "", "a\x80", "["]


@pytest.fixture
def public(make_client: MakeClient) -> TestClient:
    client = make_client(https=True, address=ADDRESS)
    client.base_url = ADDRESS
    return client


def test_without_a_public_address_a_link_begins_with_what_was_asked_for(visitor: Visitor) -> None:
    assert link_on(visitor.see(f"{visitor.home}/link")).startswith("http://testserver/open#")


def test_with_one_a_link_begins_with_it(public: TestClient) -> None:
    visitor = Visitor(public)
    for host in OURS:
        response = public.get(f"{visitor.home}/link", headers={"host": host})
        assert link_on(Page(response.text)).startswith(f"{ADDRESS}/open#"), host


@pytest.mark.parametrize("host", OTHERS)
def test_with_one_no_other_host_gets_anything(public: TestClient, host: str) -> None:
    visitor = Visitor(public)
    named = [(b"host", host.encode("latin-1"))]
    for method, path in (("GET", "/"), ("GET", f"{visitor.home}/link"), ("POST", "/preparations")):
        response = public.request(method, path, headers=named)
        assert response.status_code == 400, path
        page = Page(response.text)
        assert page.headings == ["This guide has another address"]
        assert ADDRESS in page.text
        assert not page.faults
        assert "set-cookie" not in response.headers
        guard = headers(local_script=False, https=True)
        assert {name: response.headers.get(name) for name in guard} == guard
    refused = public.post("/api/sort", json={}, headers=named)
    assert (refused.status_code, refused.json()) == (400, {"error": "This guide has another address."})
    assert public.get("/healthz", headers=named).text == "ok\n"
    assert public.get("/readyz", headers=named).text == "ready\n"


WRONG = ["guide.example.org", "ftp://guide.example.org", "https://", "http://guide.example.org", f"{ADDRESS}:port"]
WRONG += [f"{ADDRESS}{more}" for more in ("/guide", "?a", "#a", "\r\nx")] + ["https://me@guide.example.org"]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_public_address_is_named_at_the_start(wrong: str) -> None:
    with pytest.raises(ValidationError, match="this"):
        Settings(https=True, address=wrong)


def test_a_slash_at_its_end_does_no_harm() -> None:
    assert Settings(address="http://localhost:8000/").address == "http://localhost:8000"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "a@evil.example"])
def test_no_answer_leads_to_a_host_that_a_request_named(client: TestClient, host: str) -> None:
    asked: dict[str, Any] = {"headers": {"host": host, "x-forwarded-host": "evil.example"}}
    paths = ["/static", "//evil.example", "/%2f%2fevil.example", "/\\evil.example", "/static//evil.example/"]
    for route in iter_route_contexts(application(client).routes):
        path = str(route.path).split("{")[0]
        paths += [path, path + "/"] if not path.endswith(".pdf") else []
    for path in paths:
        for method in ("GET", "POST"):
            response = client.request(method, path or "/", **asked)
            told = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
            assert "evil.example" not in told, path
            assert response.headers.get("location", "/").startswith("/"), path
            assert not response.headers.get("location", "/").startswith("//"), path
