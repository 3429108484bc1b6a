"""What other programs get: the Questionnaire, the schema, and the API that sorts and keeps nothing."""

import json
import subprocess
import sys
from typing import Any

import pytest
from databases import rows
from fhir.resources.R4B.questionnaire import Questionnaire
from jsonschema import Draft202012Validator

from app.guide.pack import Pack
from app.settings import ROOT
from app.web.security import BODY_LIMIT

from .conftest import TestClient, application
from .html import Page

SUPPORT = {"trial.status": "treatment", "why.goal": "support_only", "claims.heard": ["none_of_these"]}


def test_the_questionnaire_is_served_as_fhir(client: TestClient, pack: Pack) -> None:
    response = client.get("/formats/parkinsons/questionnaire.json")
    assert response.headers["content-type"] == "application/fhir+json"
    assert Questionnaire.model_validate(response.json()).version == pack.cover.version
    assert client.get("/formats/knees/questionnaire.json").status_code == 404


def test_the_schema_is_served_and_is_one(client: TestClient) -> None:
    response = client.get("/formats/preparation.schema.json")
    assert response.headers["content-type"] == "application/schema+json"
    Draft202012Validator.check_schema(response.json())


def test_the_page_names_every_format_and_is_found(client: TestClient) -> None:
    page = Page(client.get("/formats").text)
    wanted = ["/formats/parkinsons/questionnaire.json", "/formats/preparation.schema.json", "/api/openapi.json"]
    assert [link for link in wanted if link not in page.links] == []
    assert "/formats" in Page(client.get("/how-it-sorts").text).links
    assert "/formats" in Page(client.get("/").text).links
    # The example on the page is one that sorts.
    example = page.source.split('<pre class="code">')[1].split("</pre>")[0].replace("&#34;", '"')
    assert client.post("/api/sort", content=example).status_code == 200


# -- the API


def test_packs_are_listed_with_their_versions(client: TestClient, pack: Pack) -> None:
    (here,) = client.get("/api/packs").json()["packs"]
    assert (here["id"], here["version"]) == (pack.cover.id, pack.cover.version)
    assert client.get(here["questionnaire"]).status_code == 200


def printed_by_the_command_line(*lines: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", "sort", "-"]
    return subprocess.run(command, cwd=ROOT, input="\n".join(lines), capture_output=True, text=True, check=False)


def test_sort_answers_as_the_command_line_does(client: TestClient, pack: Pack) -> None:
    asked: list[Any] = [{}, SUPPORT, {"offer.name": "caf\u00e9 \u65e5"}, *(e.answers for e in pack.examples)]
    lines = [json.dumps(a) for a in asked]
    answered = [client.post("/api/sort", content=line) for line in lines]
    assert {a.headers["content-type"] for a in answered} == {"application/json"}
    assert [a.text for a in answered] == printed_by_the_command_line(*lines).stdout.splitlines()


WRONG = [
    '{"cells.kind": "mesenchymel"}',
    '{"cell.kind": "mesenchymal"}',
    '{"claims.heard": "none_of_these"}',
    '{"trial.number": "NCT1234"}',
    '{"cells.kind"',
    '["cells.kind"]',
]


@pytest.mark.parametrize("line", WRONG)
def test_sort_refuses_in_the_words_of_the_command_line(client: TestClient, line: str) -> None:
    response = client.post("/api/sort", content=line)
    assert response.status_code == 422
    assert list(response.json()) == ["error"]
    said = printed_by_the_command_line(line).stderr.strip()
    assert f"line 1: {response.json()['error']}" == said


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"a": "\\ud800"}', b'{"\\ud800": "a"}', b"[" * 100_000, b"null"])
def test_sort_refuses_what_no_program_should_send(client: TestClient, content: bytes) -> None:
    response = client.post("/api/sort", content=content)
    assert response.status_code == 422
    assert response.json()["error"]


def test_sort_keeps_nothing_and_sets_nothing(client: TestClient) -> None:
    database = application(client).state.database
    before = rows(database)
    response = client.post("/api/sort", json=SUPPORT)
    assert response.status_code == 200
    assert "set-cookie" not in response.headers
    assert response.headers["cache-control"] == "no-store"
    assert rows(database) == before


def test_too_much_is_refused_in_json_whether_it_says_so_or_not(client: TestClient) -> None:
    much = b"[" + b" " * BODY_LIMIT
    for content in (much, iter([much[:1000], much[1000:]])):
        response = client.post("/api/sort", content=content)
        assert response.status_code == 413
        assert response.json() == {"error": "That was too much text to take in one go."}


def test_a_fault_of_ours_is_said_in_json_too(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application(client).state, "guides", {})
    response = client.post("/api/sort", json=SUPPORT)
    assert (response.status_code, response.json()) == (500, {"error": "Something went wrong on our side."})


def test_a_page_of_another_site_cannot_call_it(client: TestClient) -> None:
    response = client.post("/api/sort", json=SUPPORT, headers={"origin": "https://evil.example"})
    assert response.status_code == 403
    assert response.json() == {"error": "This form came from another site."}
    assert "access-control-allow-origin" not in client.get("/api/packs").headers


def test_the_description_is_openapi_and_says_what_is_given(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert {path: sorted(methods) for path, methods in described["paths"].items()} == {
        "/api/packs": ["get"],
        "/api/sort": ["post"],
    }
    sort = described["paths"]["/api/sort"]["post"]
    schemas = {"$defs": described["components"]["schemas"]}

    def valid(schema: Any, given: Any) -> None:
        text = json.dumps({**schema, **schemas}).replace("#/components/schemas/", "#/$defs/")
        Draft202012Validator(json.loads(text)).validate(given)

    body = sort["requestBody"]["content"]["application/json"]["schema"]
    valid(body, SUPPORT)
    valid(body, body["example"])
    good, bad = client.post("/api/sort", json=body["example"]), client.post("/api/sort", json={"x": "y"})
    valid(sort["responses"]["200"]["content"]["application/json"]["schema"], good.json())
    valid(sort["responses"]["422"]["content"]["application/json"]["schema"], bad.json())
    packs = described["paths"]["/api/packs"]["get"]
    valid(packs["responses"]["200"]["content"]["application/json"]["schema"], client.get("/api/packs").json())
