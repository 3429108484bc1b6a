"""A register that tests start: a real HTTP server on this machine, and records made up for it.

It answers as ClinicalTrials.gov does, or as a test tells it to: late, in drops, broken, or with another number.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NUMBER = "NCT01112223"
Data = dict[str, Any]


def made_up(number: str = NUMBER, **modules: Mapping[str, Any] | None) -> Data:
    """A record that nobody ever registered, in the form of the API. `modules` are laid over its own by name without
    "Module"; None takes one away."""
    own: dict[str, Data] = {
        "identification": {
            "nctId": number,
            "briefTitle": "Brook Cells in Parkinson's Disease",
            "officialTitle": "A First Study of Stereotactic Transplantation of Brook Cells",
        },
        "status": {
            "overallStatus": "RECRUITING",
            "statusVerifiedDate": "2026-10",
            "startDateStruct": {"date": "2026-02", "type": "ACTUAL"},
            "completionDateStruct": {"date": "2029-06-30", "type": "ESTIMATED"},
            "studyFirstPostDateStruct": {"date": "2025-12-01", "type": "ACTUAL"},
            "lastUpdatePostDateStruct": {"date": "2026-10-05", "type": "ACTUAL"},
        },
        "sponsorCollaborators": {"leadSponsor": {"name": "Brookfield Cell Works", "class": "INDUSTRY"}},
        "oversight": {"oversightHasDmc": True, "isFdaRegulatedDrug": True, "isFdaRegulatedDevice": False},
        "conditions": {"conditions": ["Parkinson Disease"]},
        "design": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "enrollmentInfo": {"count": 24, "type": "ESTIMATED"},
        },
        "armsInterventions": {
            "armGroups": [
                {"label": "Cells", "type": "EXPERIMENTAL"},
                {"label": "Sham surgery", "type": "SHAM_COMPARATOR"},
            ],
            "interventions": [
                {
                    "type": "BIOLOGICAL",
                    "name": "BRK-01",
                    "description": "Dopamine cells from allogeneic iPS cells, placed into the putamen.",
                }
            ],
        },
        "contactsLocations": {
            "locations": [
                {"facility": "Alder Hill Hospital", "city": "Springfield", "country": "United States"},
                {"facility": "Lakeside Neurology Hospital", "city": "Toronto", "country": "Canada"},
            ]
        },
    }
    for name, over in modules.items():
        if over is None:
            own.pop(name, None)
        else:
            own[name] = {**own.get(name, {}), **over}
    return {"protocolSection": {f"{name}Module": module for name, module in own.items()}, "hasResults": False}


@dataclass
class Reply:
    """What the register says next. `wait` is before its first byte, `drip` between the bytes of its body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: float = 0.0


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    at: float


class LocalRegister:
    """The register: `records` by number; `next_replies` come first, one each; then `always`, if there is one."""

    def __init__(self) -> None:
        self.records: dict[str, object] = {}
        self.next_replies: list[Reply] = []
        self.always: Reply | None = None
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def holds(self, *records: Data) -> None:
        """These records can be asked for."""
        for record in records:
            self.records[record["protocolSection"]["identificationModule"]["nctId"]] = record

    def reply(self, path: str) -> Reply:
        if self.next_replies:
            return self.next_replies.pop(0)
        if self.always:
            return self.always
        found = self.records.get(path.removeprefix("/api/v2/studies/"))
        if found is None:
            return Reply(404, b"NCT number not found", {"content-type": "text/plain"})
        return Reply(200, json.dumps(found).encode())

    @contextmanager
    def open(self) -> Iterator["LocalRegister"]:
        serving = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        serving.start()
        try:
            yield self
        finally:
            self.over.set()
            self._server.shutdown()
            self._server.server_close()
            serving.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        register = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                register.asked.append(Asked(self.path, headers, time.monotonic()))
                reply = register.reply(self.path)
                register.over.wait(reply.wait)
                with suppress(OSError):  # whoever asked may have left
                    self._answer(reply)

            def _answer(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in {"content-type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                if not reply.drip:
                    self.wfile.write(reply.body)
                    return
                for byte in reply.body:
                    if register.over.wait(reply.drip):
                        return
                    self.wfile.write(bytes([byte]))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        return Handler
