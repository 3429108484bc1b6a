"""Who may open what: every route of the application, and everybody who must not get in."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from databases import rows
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx2 import Response

from app.web.access import ACCESS

from .conftest import MakeClient, TestClient, Visitor, application, example_answers
from .html import Page


class Address(NamedTuple):
    """A route with its fields filled in."""

    route: str
    method: str
    path: str


def names(app: FastAPI) -> list[str]:
    return [str(route.name) for route in iter_route_contexts(app.routes)]


def held_addresses(app: FastAPI, preparation_id: str, number: str = "1") -> Iterator[Address]:
    """Every address under a preparation, one for each route and method; what takes keys away comes last."""
    last = ("link_kept", "renew", "revoke", "delete_all")
    routes = iter_route_contexts(app.routes)
    for route in sorted(routes, key=lambda r: last.index(str(r.name)) if str(r.name) in last else -1):
        if ACCESS.get(str(route.name), "anyone") == "anyone":
            continue
        question = "you.priorities" if "/you/" in str(route.path) else "trial.status"
        # The fifth person is one that nobody of those who visit is.
        fields = {"preparation_id": preparation_id, "number": number, "question_id": question, "person": "5"}
        path = str(route.path).format(**fields)
        for method in sorted(route.methods or ()):
            yield Address(str(route.name), method, path)


class Company(NamedTuple):
    """A preparation with two answers, and browsers of everybody who has to do with it."""

    patient: Visitor
    family: Visitor
    reader: Visitor
    # Whose link was taken back, and who was given a new one since this browser was opened.
    revoked: Visitor
    replaced: Visitor
    # Whoever has another preparation.
    other: Visitor


@pytest.fixture
def company(visitor: Visitor) -> Company:
    visitor.fill({"offer.name": "Mine", "trial.status": "treatment"})
    people = visitor.app.state.people
    keys = [people.invite(visitor.key, role, role) for role in ("family", "reader", "family", "family")]
    family, reader, revoked, replaced = (visitor.with_key(key) for _, key in keys)
    people.revoke(visitor.key, keys[2][0])
    people.renew(visitor.key, keys[3][0])
    other = Visitor(TestClient(visitor.app, base_url=str(visitor.client.base_url), follow_redirects=False))
    return Company(visitor, family, reader, revoked, replaced, other)


# -- the list


def test_every_route_stands_in_the_access_list_exactly_once_and_nothing_else_does(client: TestClient) -> None:
    assert sorted(names(application(client))) == sorted(ACCESS)


def test_every_route_under_a_preparation_asks_for_a_link_and_no_other_does(client: TestClient) -> None:
    for route in iter_route_contexts(application(client).routes):
        assert (ACCESS[str(route.name)] != "anyone") == ("{preparation_id}" in str(route.path)), route.path


# Who may do what each rule asks for.
MAY = {"reader": {"patient", "family", "reader"}, "answerer": {"patient", "family"}, "manager": {"patient"}}


@pytest.mark.parametrize("who", ["patient", "family", "reader"])
def test_whoever_has_a_link_gets_in_where_the_list_says_and_nowhere_else(company: Company, who: str) -> None:
    visitor: Visitor = getattr(company, who)
    before = rows(visitor.app.state.database)
    for address in held_addresses(visitor.app, visitor.id):
        if who in MAY[ACCESS[address.route]]:
            continue
        data = {"choice": "regulated_trial", "text": "x", "name": "x", "role": "patient"} if _posts(address) else None
        response = visitor.client.request(address.method, address.path, data=data)
        assert response.status_code == 403, f"{who}: {address}"
        assert Page(response.text).headings == ["Your link does not open this page"], f"{who}: {address}"
    assert rows(visitor.app.state.database) == before
    for address in held_addresses(visitor.app, visitor.id):
        if who not in MAY[ACCESS[address.route]]:
            continue
        response = visitor.client.request(address.method, address.path)
        # What concerns another person is for those who look after the people, whatever the list allows for oneself.
        own = address.route in ("revoke", "renew") and who != "patient"
        assert response.status_code in ((403,) if own else (200, 204, 303, 422)), f"{who}: {address}"


@pytest.mark.parametrize("who", ["revoked", "replaced", "other", "tampered", "none"])
def test_all_others_get_one_and_the_same_page_and_write_nothing(company: Company, who: str) -> None:
    client, database = company.patient.client, company.patient.app.state.database
    nowhere = client.get("/no/such/page")
    assert nowhere.status_code == 404
    name, code = company.patient.cookie
    other_name, other_code = company.other.cookie
    jars = {
        "revoked": [f"{name}={company.revoked.cookie[1]}"],
        "replaced": [f"{name}={company.replaced.cookie[1]}"],
        "other": [f"{other_name}={other_code}", f"{name}={other_code}"],
        "tampered": [
            f"{name}={wrong}"
            for wrong in ("", "x" * len(code), "0" * len(code), code[:-1], code + "0", code.lower(), "\u00e9\u00e8")
        ],
        "none": [""],
    }[who]
    before = rows(database)
    client.cookies.clear()
    for jar in jars:
        for address in held_addresses(company.patient.app, company.patient.id):
            _same(nowhere, _ask(client, address, jar), f"{who}: {address}")
    assert rows(database) == before


def test_an_unknown_preparation_looks_like_one_of_somebody_else(visitor: Visitor) -> None:
    client = visitor.client
    nowhere = client.get("/no/such/page")
    jar = f"which-cells-{'0' * 18}={visitor.cookie[1]}; {'='.join(visitor.cookie)}"
    client.cookies.clear()
    for unknown in ("0" * 18, "x", "%00", "%C3%A9", "%27%20OR%201=1--"):
        for address in held_addresses(visitor.app, unknown):
            _same(nowhere, _ask(client, address, jar), str(address))


def test_an_offer_that_does_not_exist_says_no_more_than_that(visitor: Visitor) -> None:
    nowhere = visitor.client.get("/no/such/page")
    for address in held_addresses(visitor.app, visitor.id, number="2"):
        if "/offers/" in address.path:
            _same(nowhere, visitor.client.request(address.method, address.path), str(address))


def test_no_get_writes(visitor: Visitor) -> None:
    walker, pack = visitor.walker, visitor.walker.pack
    about_offer, about_person = example_answers(pack, "warning-sign")
    visitor.fill({**about_offer, **about_person})
    assert visitor.store.add_offer(visitor.key) == 2
    database = visitor.app.state.database
    before = rows(database)
    assert len(before["entry"]) > 40
    addresses = ["/", "/understand", "/about", "/privacy", "/words", "/how-it-sorts", "/how-it-sorts.svg", "/healthz"]
    addresses.append("/readyz")
    addresses += ["/bring", "/bring?text=x", "/deleted", "/formats", "/formats/parkinsons/questionnaire.json"]
    addresses += ["/formats/preparation.schema.json", "/api/packs", "/api/sort", "/api/openapi.json"]
    addresses += [f"{visitor.home}/{end}" for end in ("keep", "preparation.json", "delete", "people", "link")]
    addresses += [f"{visitor.home}/{end}" for end in ("news", "news?after=3&fresh=1", "here", "people/1/link")]
    addresses += ["/open", "/open?link=x", "/leave", "/left", f"{visitor.address('trial.status')}/both"]
    addresses += ["/trials", "/trials?country=JP&phase=x"]
    addresses += [f"/understand/{page.id}" for page in pack.pages]
    addresses += [f"/examples/{e.id}{end}" for e in pack.examples for end in ("", "/summary")]
    addresses += [visitor.home, f"{visitor.home}/offers", "/preparations"]
    for number in (1, 2, 3):
        place = visitor.offer(number)
        addresses += [place, f"{place}/answers", f"{place}/result", f"{place}/summary", f"{place}/response.json"]
        addresses.append(f"{place}/record?went=slow")
    # All questions: most of those about the empty second offer are asked, many about the first are not.
    addresses += [visitor.address(q) + end for q in walker.order for end in ("", "?more=1&moved=1")]
    addresses += [visitor.address("trial.number", 2), visitor.address("no.such")]
    addresses += [visitor.address(q) for q in walker.personal]
    # What a form would send, in an address.
    addresses += [
        visitor.address("offer.name") + "?text=changed",
        visitor.address("trial.status") + "?choice=treatment",
    ]
    seen = {visitor.client.get(address).status_code for address in addresses}
    assert seen == {200, 303, 404, 405}
    assert rows(database) == before


def test_a_secret_stands_in_its_cookie_and_nowhere_else(visitor: Visitor) -> None:
    client = visitor.client
    secrets = [visitor.cookie[1], Visitor(client).cookie[1]]

    def look(response: Response) -> None:
        response.read()
        shown = [f"{n}: {v}" for n, v in response.headers.multi_items() if n != "set-cookie"]
        for secret in secrets:
            assert secret not in "\n".join([response.text, str(response.url), *shown]), response.url

    client.event_hooks["response"].append(look)
    visitor.answer("offer.name", "Mine")
    visitor.answer("trial.status", "study_you_pay_to_join")
    # Its own page is the one place that shows it, in groups, until it is said to be kept.
    for address in held_addresses(visitor.app, visitor.id):
        client.request(address.method, address.path)
    for path in ("/", "/privacy", "/no/such/page"):
        client.get(path)


def test_a_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    cookie = client.post("/preparations").headers["set-cookie"]
    value, *flags = cookie.split("; ")
    assert {f.lower() for f in flags} == {"httponly", "samesite=lax", "path=/", "max-age=31536000"}
    # 160 bits: 32 digits and letters of five bits.
    assert re.fullmatch(r"which-cells-[0-9a-f]{18}=[0-9A-Z]{32}", value)


def test_behind_https_a_cookie_is_secure_and_bound_to_this_host(make_client: MakeClient) -> None:
    client = make_client(https=True)
    cookie = client.post("/preparations").headers["set-cookie"]
    value, *flags = cookie.split("; ")
    # __Host- is refused by browsers unless it is Secure, for the whole host, and without a Domain.
    assert value.startswith("__Host-which-cells-")
    assert {f.lower() for f in flags} == {"httponly", "samesite=lax", "path=/", "max-age=31536000", "secure"}
    visitor = Visitor(client)
    assert visitor.answer("offer.name", "Mine") == visitor.address("trial.status")
    # A cookie without the prefix could have been set by a neighbour under the same domain: it opens nothing.
    name, secret = visitor.cookie
    client.cookies.clear()
    client.cookies.set(name.removeprefix("__Host-"), secret)
    assert client.get(visitor.home).status_code == 404


def test_the_start_page_lists_what_this_browser_still_opens_and_nothing_else(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Drip from the talk")
    other = Visitor(visitor.client)
    other.answer("offer.name", "Trial in Boston")
    begun = visitor.see("/").text
    assert "Drip from the talk" in begun
    assert "Trial in Boston" in begun
    name, _ = other.cookie
    again = visitor.again()
    again.client.cookies.set(name, "0" * 32)
    page = again.see("/")
    assert "Drip from the talk" in page.text
    assert "Trial in Boston" not in page.text


@pytest.mark.parametrize(
    "path", ["/static/../app/main.py", "/static/..%2f..%2fpyproject.toml", "/static/%2e%2e/app.js"]
)
def test_static_files_stay_in_their_folder(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def _posts(address: Address) -> bool:
    return address.method == "POST"


def _ask(client: TestClient, address: Address, jar: str) -> Response:
    headers = [(b"cookie", jar.encode("latin-1"))] if jar else []
    data = {"choice": "treatment"} if _posts(address) else None
    return client.request(address.method, address.path, headers=headers, data=data)


def _same(expected: Response, response: Response, where: str) -> None:
    assert response.status_code == expected.status_code, where
    assert _bare(response) == _bare(expected), where
    heads = ([h for h in r.headers.items() if h[0] != "content-length"] for r in (response, expected))
    assert len({tuple(head) for head in heads}) == 1, where


def _bare(response: Response) -> str:
    """The page but for its own address, to which the switches of language and of reading lead back."""
    return re.sub(r'name="to" value="[^"]*"', "", response.text)
