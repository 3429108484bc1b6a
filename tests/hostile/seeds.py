"""Requests as they are meant, to begin with: every route, every form, with values that fit, from somebody.

Rests on the description of the application, so that a route or a field that is added is here at once.
"""

import json
import random
import re
from typing import Any
from urllib.parse import quote, urlencode

from web.conftest import form_of, possible_answers

from app.web.description import described
from hostile.payloads import FORM
from hostile.wire import Sent
from hostile.world import Actor, World

Fields = list[tuple[str, str]]
Operation = dict[str, Any]
# A PDF takes half a second of a core: not one in a hundred times as often as a page.
RARE = 0.004
_PARAMETER = re.compile(r"{(\w+)}")


class Seeds:
    """Makes requests for one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        paths = described(world.app)["paths"]
        self.operations = [(m, p, o) for p, ways in paths.items() for m, o in ways.items()]
        self._patterns = [
            (m.upper(), re.compile(_PARAMETER.sub("[^/]+", p) if "static" not in p else "/static/.*"), o["operationId"])
            for m, p, o in self.operations
        ]
        self._posts = [o for o in self.operations if o[0] == "post"]
        self._rare = [o for o in self.operations if o[2]["operationId"].endswith("_pdf")]
        self._gets = [o for o in self.operations if o not in self._posts and o not in self._rare]

    def route_of(self, method: str, path: str) -> str:
        """The name of the route that a request would lead to; empty if there is none."""
        return next((name for m, pattern, name in self._patterns if m == method and pattern.fullmatch(path)), "")

    def one(self, rng: random.Random, actor: Actor) -> Sent:
        """A request as it is meant, if this is somebody who may send it."""
        # Forms are where most can go wrong.
        among = self._rare if rng.random() < RARE else rng.choice((self._gets, self._posts, self._posts))
        method, path, operation = rng.choice(among)
        parts = {name: self._part(rng, actor, name, operation) for name in _PARAMETER.findall(path)}
        target = _PARAMETER.sub(lambda m: quote(parts[m[1]], safe=""), path)
        query = [
            (p["name"], self._value(rng, p["schema"]))
            for p in operation.get("parameters", ())
            if p["in"] == "query" and rng.random() < 0.6
        ]
        target += "?" + urlencode(query) if query else ""
        headers = [(b"host", b"127.0.0.1:8000"), (b"connection", b"close")]
        if actor.cookie:
            headers.append((b"cookie", actor.cookie))
        body = b""
        if method == "post":
            kind, body = self._body(rng, actor, operation, parts)
            headers += [(b"content-type", kind), (b"sec-fetch-site", b"same-origin")]
        return Sent(method.upper().encode(), target.encode(), tuple(headers), body)

    # -- parts of addresses

    def _part(self, rng: random.Random, actor: Actor, name: str, operation: Operation) -> str:
        if name == "preparation_id":
            # Mostly one's own; for those who have none, one of somebody else.
            others = [a.preparation_id for a in self.world.actors if a.preparation_id]
            return actor.preparation_id if actor.code and rng.random() < 0.9 else rng.choice(others)
        if name == "path":
            return rng.choice(("style.css", "app.js", "icon.svg"))
        if name in ("number", "person"):
            return str(rng.choice((1, 1, 1, 2, 2, 3)))
        schema = next(p["schema"] for p in operation["parameters"] if p["name"] == name)
        return self._value(rng, schema)

    def _value(self, rng: random.Random, schema: dict[str, Any]) -> str:
        if "enum" in schema:
            return str(rng.choice(schema["enum"]))
        for kind in schema.get("anyOf", ()):
            if kind.get("type") != "null":
                return self._value(rng, kind)
        if schema.get("format") == "date-time":
            return rng.choice(("2026-11-01T10:00:00Z", "2030-01-01", "2026-11-01T10:00:00+02:00"))
        if schema.get("type") in ("integer", "array") or "pattern" in schema:
            return str(rng.choice((0, 1, 2, 3, 7)))
        if schema.get("type") == "boolean":
            return rng.choice(("true", "false", "1"))
        return rng.choice(("Mine", "A text of some words", "overview", "1", "slow", "JP", "NCT01234567"))

    # -- bodies

    def _body(
        self, rng: random.Random, actor: Actor, operation: Operation, parts: dict[str, str]
    ) -> tuple[bytes, bytes]:
        name = operation["operationId"]
        if name == "api_sort":
            return b"application/json", self._answers(rng)
        if name == "come_in":
            links = [f"http://127.0.0.1:8000/open#{actor.code or '0' * 32}", actor.code.lower() or "0" * 32]
            return FORM, urlencode({"link": rng.choice(links)}).encode()
        if name == "take_in":
            file = self.world.file
            if rng.random() < 0.5:
                return FORM, urlencode({"text": file.decode()}).encode()
            return multipart([("file", file, "which-cells.json")])
        form = operation["requestBody"]["content"]
        properties = next(iter(form.values()))["schema"]["properties"]
        fields = self._fields(rng, properties)
        if name in ("answer", "you_answer") and rng.random() < 0.8:
            beside = [f for f in fields if f[0] in ("seen", "note", "asker", "more")]
            fields = beside + self._answer(rng, parts["question_id"])
        return FORM, urlencode(fields).encode()

    def _fields(self, rng: random.Random, properties: dict[str, Any]) -> Fields:
        fields: Fields = []
        for name, schema in properties.items():
            # Many fields belong to one question each.
            if rng.random() < (0.7 if len(properties) < 8 else 0.1):
                items = schema.get("items")
                times = rng.randrange(4) if items else 1
                fields += [(name, self._value(rng, items or schema)) for _ in range(times)]
        return fields

    def _answer(self, rng: random.Random, question_id: str) -> Fields:
        """What a browser sends for an answer that a question takes."""
        walker = self.world.walker
        answer = rng.choice(possible_answers(walker.pack, walker.pack.questions[question_id]))
        form = form_of(walker, question_id, answer)
        return [(n, v) for n, value in form.items() for v in (value if isinstance(value, list) else [value])]

    def _answers(self, rng: random.Random) -> bytes:
        pack = self.world.walker.pack
        chosen = rng.sample(list(pack.questions.values()), rng.randrange(8))
        return json.dumps({q.id: rng.choice(possible_answers(pack, q)) for q in chosen}).encode()


def multipart(parts: list[tuple[str, bytes, str]], boundary: bytes = b"zzz") -> tuple[bytes, bytes]:
    """Content type and body of a form with files: name, content, and the file's name or nothing."""
    body = b""
    for name, content, file in parts:
        said = f'form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
        body += b"--%b\r\ncontent-disposition: %b\r\n\r\n%b\r\n" % (boundary, said.encode("latin-1"), content)
    return b"multipart/form-data; boundary=" + boundary, body + b"--" + boundary + b"--\r\n"
