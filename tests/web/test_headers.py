"""What stands on every answer, whatever it is: headers, limits, and no way for anything foreign to run."""

import base64
import hashlib
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from databases import rows
from fastapi.routing import iter_route_contexts
from httpx2 import Response

from app.web.refusals import DRAIN_SECONDS
from app.web.render import STATIC
from app.web.security import BODY_LIMIT

from .conftest import MakeClient, TestClient, Visitor, application, example_answers
from .faults import read_only
from .html import Page

# Written out once more, by hand: a header that is loosened has to be loosened here too.
CDN = "https://cdn.jsdelivr.net/npm/htmx.org@4.0.1/dist/htmx.min.js"
POLICY = (
    f"default-src 'none'; script-src 'self' {CDN}; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
OTHER_SITE = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
    {"sec-fetch-site": ""},
    {"origin": "https://evil.example"},
    {"origin": "http://testserver.evil.example"},
    {"origin": "http://testserver:8001"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "http://[::1"},
]
OUR_OWN = [
    {},
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"origin": "http://testserver"},
    # Behind a proxy that ends TLS, the page is https and we are asked by http.
    {"origin": "https://testserver"},
]


def guarded(response: Response) -> None:
    shown = {name: response.headers.get(name) for name in HEADERS}
    assert shown == HEADERS, f"{response.status_code} {response.url}"


def everything(visitor: Visitor) -> Iterator[Response]:
    """One answer of every route and method, filled in with what there is."""
    pack = visitor.walker.pack
    fields = {
        "preparation_id": visitor.id,
        "number": "1",
        "page_id": pack.pages[0].id,
        "example_id": pack.examples[0].id,
        "pack_id": pack.cover.id,
        "path": "style.css",
        "person": "1",
    }
    # What takes the key away comes last.
    last = ("link_kept", "renew", "delete_all", "leave")
    routes = iter_route_contexts(application(visitor.client).routes)
    for route in sorted(routes, key=lambda r: last.index(str(r.name)) if str(r.name) in last else -1):
        asked = "you.priorities" if "/you/" in str(route.path) else "trial.status"
        path = re.sub(r"{(\w+)}", lambda m, asked=asked: fields.get(m[1], asked), str(route.path))
        for method in sorted(route.methods or {"GET"}):
            yield visitor.client.request(method, path + ("/style.css" if path == "/static" else ""))


def all_pages(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    """Every kind of page: each route's, a question of each kind, each page to read, each example, each error."""
    pack = visitor.walker.pack
    paths = ["/", "/understand", "/about", "/privacy", "/words", "/how-it-sorts", visitor.home, "/no/such/page"]
    paths += ["/formats", "/bring", "/deleted", f"{visitor.home}/keep", f"{visitor.home}/delete"]
    paths += [f"/understand/{page.id}" for page in pack.pages]
    paths += [f"/examples/{e.id}{end}" for e in pack.examples for end in ("", "/summary")]
    paths += [f"{visitor.offer()}/{end}" for end in ("answers", "result", "summary")]
    for kind in dict.fromkeys(q.kind for q in pack.questions.values()):
        kinds = [q for q in pack.questions.values() if q.kind == kind]
        # One that every offer is asked, if there is one; all others are asked after the answers of `answered`.
        question = next((q for q in kinds if not q.asked_when), kinds[0])
        paths.append(visitor.address(question.id))
    for path in paths:
        response = visitor.client.get(path)
        assert response.status_code == (404 if path == "/no/such/page" else 200), path
        yield path, Page(response.text)
    refused = visitor.client.post(visitor.address("trial.status"), data={"choice": "no_such_answer"})
    yield "422", Page(refused.text)
    yield "405", Page(visitor.client.post("/about").text)


@pytest.fixture
def answered(visitor: Visitor) -> Visitor:
    """Somebody who has answered everything, as in the example of a trial."""
    about_offer, about_person = example_answers(visitor.walker.pack, "regulated-trial")
    visitor.fill({**about_offer, **about_person})
    return visitor


# -- headers


def test_every_route_carries_the_headers(answered: Visitor) -> None:
    statuses = set()
    for response in everything(answered):
        guarded(response)
        statuses.add(response.status_code)
    assert statuses == {200, 204, 303, 422}


def test_pages_that_say_no_carry_them_too(answered: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    client, address = answered.client, answered.address("trial.status")
    answers = {
        303: client.post(address, data={"choice": "regulated_trial"}),
        400: client.post(address, files={"choice": ("a.txt", b"regulated_trial")}),
        403: client.post(address, headers={"sec-fetch-site": "cross-site"}),
        404: client.get("/no/such/page"),
        405: client.post("/about"),
        413: client.post(address, content=b"x" * (BODY_LIMIT + 1)),
        422: client.post(address),
    }
    with read_only(answered.app):
        answers[503] = client.post(address, data={"choice": "treatment"})
    monkeypatch.setattr(answered.app.state, "guides", None)
    answers[500] = client.get(address)
    for status, response in answers.items():
        assert response.status_code == status
        guarded(response)


def test_static_files_carry_them_whether_changed_or_not(client: TestClient) -> None:
    for name in ("style.css", "app.js", "icon.svg", "htmx-4.0.1.min.js"):
        fresh = client.get(f"/static/{name}")
        assert fresh.status_code == 200
        guarded(fresh)
        assert fresh.headers["cache-control"] == "no-cache"
        kept = client.get(f"/static/{name}", headers={"if-none-match": fresh.headers["etag"]})
        assert kept.status_code == 304
        guarded(kept)
    marked = client.get("/static/style.css?v=0123456789")
    assert marked.headers["cache-control"] == "public, max-age=31536000, immutable"
    guarded(client.get("/static/no-such-file.css"))


def test_behind_https_browsers_are_told_to_stay_there(make_client: MakeClient, client: TestClient) -> None:
    assert "strict-transport-security" not in client.get("/").headers
    shown = make_client(https=True).get("/").headers
    assert shown["strict-transport-security"] == "max-age=31536000"
    assert shown["referrer-policy"] == "no-referrer"


def test_personal_pages_are_never_kept_by_browsers_or_proxies(answered: Visitor) -> None:
    for response in everything(answered):
        if response.url.path.startswith("/preparations") or response.url.path == "/":
            assert response.headers["cache-control"] == "no-store", response.url


def test_405_says_what_would_be_taken(client: TestClient) -> None:
    response = client.post("/about")
    assert (response.status_code, response.headers.get("allow")) == (405, "GET")


# -- scripts


def test_no_page_has_script_or_style_of_its_own(answered: Visitor) -> None:
    picture = answered.client.get("/how-it-sorts.svg").text
    for where, page in [*all_pages(answered), ("/how-it-sorts.svg", Page(picture))]:
        assert not "".join(page.inline_scripts).strip(), where
        for tag, attrs in page.tags:
            assert tag != "style", where
            for name, value in attrs.items():
                assert name != "style", f"{where}: {tag}"
                # hx-on runs what it is given, as onclick does.
                assert not name.startswith(("on", "hx-on", "data-hx-on")), f"{where}: {tag} {name}"
                assert not value.strip().lower().startswith(("javascript:", "data:")), f"{where}: {tag} {name}"


def test_the_policy_names_the_pinned_script_and_no_other_place(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert re.findall(r"\S+://\S+|\*|unsafe\S*", policy) == [f"{CDN};"]


def test_the_script_of_the_page_is_the_one_we_keep_a_copy_of(client: TestClient) -> None:
    digest = hashlib.sha384((STATIC / "htmx-4.0.1.min.js").read_bytes()).digest()
    ours, first = Page(client.get("/").text).attrs("script")
    assert first["src"] == CDN
    assert first["integrity"] == "sha384-" + base64.b64encode(digest).decode()
    # Without this the browser could not look into the file, and would refuse it.
    assert first["crossorigin"] == "anonymous"
    assert ours["src"].startswith("/static/app.js?v=")


def test_with_the_local_script_no_other_place_is_named_anywhere(make_client: MakeClient) -> None:
    visitor = Visitor(make_client(local_script=True))
    about_offer, about_person = example_answers(visitor.walker.pack, "regulated-trial")
    visitor.fill({**about_offer, **about_person})
    assert "//" not in visitor.client.get("/").headers["content-security-policy"]
    for where, page in all_pages(visitor):
        for tag, attrs in page.tags:
            if tag == "a" and attrs["href"].startswith("https://"):
                continue  # nothing is loaded by it: a person follows it or not; the next test looks at it
            for name, value in attrs.items():
                assert "//" not in value, f"{where}: <{tag} {name}={value!r}>"

        assert "jsdelivr" not in page.source.lower(), where
    script = Page(visitor.client.get("/").text).attrs("script")[1]
    digest = hashlib.sha384(visitor.client.get(script["src"]).content).digest()
    assert script["integrity"] == "sha384-" + base64.b64encode(digest).decode()


def test_a_link_to_another_site_is_announced_and_does_not_tell_where_one_came_from(answered: Visitor) -> None:
    leaving = 0
    offers = [f"{answered.offer()}/{end}" for end in ("answers", "result", "record")]
    for path in (*offers, "/trials"):
        page = answered.see(path)
        for attrs in page.attrs("a"):
            if attrs["href"].startswith("/") or attrs["href"].startswith("#"):
                continue
            leaving += 1
            assert attrs["href"].startswith("https://"), path
            assert attrs["rel"] == "noreferrer noopener", path
            assert attrs["referrerpolicy"] == "no-referrer", path
            before = page.source.split(attrs["href"])[0]
            assert before.rstrip().endswith('This link leads to another site:</span>\n<a href="'), path
    assert leaving > len(offers)


def test_style_and_script_fetch_nothing_from_elsewhere() -> None:
    for name in ("style.css", "app.js"):
        content = (STATIC / name).read_text()
        assert "://" not in content
        assert "@import" not in content


# -- forms from other sites


@pytest.mark.parametrize("headers", OTHER_SITE, ids=str)
def test_a_form_from_another_site_writes_nothing(visitor: Visitor, headers: dict[str, str]) -> None:
    database = visitor.app.state.database
    before = rows(database)
    for address, data in _posts(visitor):
        response = visitor.client.post(address, data=data, headers=headers)
        assert response.status_code == 403, address
        assert "This form came from another site" in response.text
        assert "location" not in response.headers
        assert "set-cookie" not in response.headers
    assert rows(database) == before


@pytest.mark.parametrize("headers", OUR_OWN, ids=str)
def test_a_form_from_our_own_page_is_taken(visitor: Visitor, headers: dict[str, str]) -> None:
    for address, data in _posts(visitor):
        assert visitor.client.post(address, data=data, headers=headers).status_code == 303, address


def _posts(visitor: Visitor) -> list[tuple[str, dict[str, Any]]]:
    return [
        (visitor.address("offer.name"), {"text": "Mine"}),
        (visitor.address("you.priorities"), {"choice": ["sleep"]}),
        (f"{visitor.home}/offers", {}),
        ("/preparations", {}),
        (f"{visitor.home}/delete", {}),
    ]


# -- too much, and faults of ours


def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(visitor: Visitor) -> None:
    database = visitor.app.state.database
    before = rows(database)
    address = visitor.address("offer.name")
    form = {"content-type": "application/x-www-form-urlencoded"}

    def pieces() -> Iterator[bytes]:
        yield b"text="
        for _ in range(BODY_LIMIT // 1024):
            yield b"x" * 1024

    said = visitor.client.post(address, content=b"text=" + b"x" * BODY_LIMIT, headers=form)
    began = time.monotonic()
    unsaid = visitor.client.post(address, content=pieces(), headers=form)
    assert time.monotonic() - began < DRAIN_SECONDS  # all of it is here: there is nothing to wait for
    assert "content-length" not in unsaid.request.headers
    for response in (said, unsaid):
        assert response.status_code == 413
        assert "too much text" in Page(response.text).headings[0]
        guarded(response)
    for length in ("-1", "ten", "1e3", "\u0661".encode(), b"\xb2", "9" * 5000):
        lying = visitor.client.post(address, content=b"text=x", headers={**form, "content-length": length})
        assert lying.status_code == 413, length
    assert rows(database) == before


def test_a_body_of_just_the_limit_is_read(visitor: Visitor) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    body = b"text=" + b"x" * (BODY_LIMIT - 5)
    assert visitor.client.post(visitor.address("offer.name"), content=body, headers=form).status_code == 422


@pytest.mark.parametrize("broken", ["guides", "env", "preparations"])
def test_a_fault_of_ours_shows_a_plain_page_and_no_trace(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    client, address = visitor.client, visitor.address("trial.status")
    monkeypatch.setattr(visitor.app.state, broken, None)
    for response in (client.get(visitor.home), client.get(address), client.post(address, data={})):
        assert response.status_code == 500
        guarded(response)
        page = Page(response.text)
        assert page.headings == ["Something went wrong on our side"]
        assert not page.faults
        assert not re.search(r"Traceback|File \"|NoneType|Error|\.py", response.text)
