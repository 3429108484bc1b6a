"""Schemathesis over the whole application, in process: whatever is sent, the answer is one that is described.

For somebody without a link, a reader, and somebody who looks after a preparation. More, and worse, is in tests/hostile.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from app.web.access import ACCESS
from app.web.description import described

from .conftest import Visitor, example_answers

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
# Bounded, and the same every time.
CONFIG: dict[str, Any] = {
    "seed": 4,
    "base-url": "http://testserver",
    "max-redirects": 0,
    "continue-on-failure": True,
    "cache": {"enabled": False},
    "analysis": {"constants": {"enabled": False}},
    "generation": {"max-examples": 3, "database": "none", "deterministic": True, "no-shrink": True},
    "phases": {
        "stateful": {"enabled": False},
        "coverage": {"operation-ordering": "none", "unexpected-methods": ["PUT", "DELETE", "TRACE"]},
        "fuzzing": {"operation-ordering": "none"},
    },
    "checks": {"enabled": False} | {name: {"enabled": True} for name in CHECKS},
    # A PDF takes half a second of a core.
    "operations": [
        {
            "include-operation-id-regex": "_pdf$",
            "generation": {"max-examples": 1},
            "phases": {"coverage": {"enabled": False}},
        }
    ],
}
# These take away what the others need.
LAST = ("link_kept", "renew", "revoke", "delete_all")
Statuses = dict[str, set[int]]


def operations(visitor: Visitor, names: Collection[str]) -> dict[str, Any]:
    """What is described of these routes, with the parts of addresses that lead to this preparation."""
    found = described(visitor.app)
    shorten(found)
    known = {"preparation_id": [visitor.id], "number": [1, 2, 3], "person": [2, 3, 4]}
    for path, methods in found["paths"].items():
        found["paths"][path] = {m: o for m, o in methods.items() if o["operationId"] in names}
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in known:
                    parameter["schema"] = {"enum": known[parameter["name"]]}
    found["paths"] = {path: methods for path, methods in found["paths"].items() if methods}
    return found


def shorten(node: Any) -> None:
    """Keeps a few of each list of what may be chosen: all of them would be tried one by one."""
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        shorten(value)
    if isinstance(node, dict) and isinstance(node.get("enum"), list):
        node["enum"] = node["enum"][:: max(1, len(node["enum"]) // 6)]


def tried(visitor: Visitor, names: Collection[str], cookie: str = "") -> Statuses:
    """Sends everything that Schemathesis thinks of to these routes; returns the statuses that came from each. Fails
    with what was found."""
    config = SchemathesisConfig.from_dict({**CONFIG, "headers": {"cookie": cookie} if cookie else {}})
    schema = schemathesis.openapi.from_dict(operations(visitor, names), config=config)
    schema.app = visitor.app
    statuses: Statuses = defaultdict(set)
    found: list[str] = []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            answers = (i.response for i in event.recorder.interactions.values())
            statuses[str(event.label)] |= {answer.status_code for answer in answers if answer is not None}
            found += failures(event)
        elif isinstance(event, events.NonFatalError):
            found.append(f"{event.label}: {event.info!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    assert found == []
    return statuses


def failures(event: events.ScenarioFinished) -> Iterator[str]:
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.failure_info:
                yield f"{check.name}: {event.label}: {check.failure_info.failure} {check.failure_info.code_sample}"


@pytest.fixture
def visitor(passer_by: Visitor) -> Visitor:
    """Somebody with two offers, one of them described to the end, and with others."""
    about_offer, about_person = example_answers(passer_by.walker.pack, "regulated-trial")
    passer_by.fill({**about_offer, **about_person})
    passer_by.store.add_offer(passer_by.key)
    for name in ("Ann", "Bo", "Cy"):
        passer_by.app.state.people.invite(passer_by.key, "family", name)
    return passer_by


PUBLIC = [name for name, rule in ACCESS.items() if rule == "anyone"]
HELD = [name for name, rule in ACCESS.items() if rule != "anyone"]


def test_pages_for_everybody(visitor: Visitor) -> None:
    assert never_well(tried(visitor, PUBLIC)) == []


def test_somebody_without_a_link(visitor: Visitor) -> None:
    for label, seen in tried(visitor, [name for name in HELD if not name.endswith("_pdf")]).items():
        assert seen <= {400, 403, 404, 405, 413}, label


def test_a_reader(visitor: Visitor) -> None:
    reader = visitor.with_key(visitor.app.state.people.invite(visitor.key, "reader", "Dr. Lee")[1])
    cookie = "=".join(reader.cookie)
    may = [name for name in HELD if ACCESS[name] == "reader" and name not in LAST and not name.endswith("_pdf")]
    assert never_well(tried(visitor, may, cookie)) == []
    for label, seen in tried(visitor, [name for name in HELD if ACCESS[name] != "reader"], cookie).items():
        assert seen <= {400, 403, 404, 405, 413}, label


def test_somebody_who_looks_after_it(visitor: Visitor) -> None:
    cookie = "=".join(visitor.cookie)
    assert never_well(tried(visitor, [name for name in HELD if name not in LAST], cookie)) == []
    for name in LAST:
        tried(visitor, [name], cookie)


# Nobody can think of what these need: a file that was saved, a link, the name of a file.
NEEDS_MORE = ("POST /bring", "POST /open", "GET /static/{path}")


def never_well(statuses: Statuses) -> list[str]:
    """Where nothing was ever done as it is meant, so that little was tried."""
    return [label for label, seen in statuses.items() if min(seen) >= 400 and label not in NEEDS_MORE]
