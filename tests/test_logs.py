"""The log: whatever goes wrong, and whoever says so, nothing that was typed gets into it."""

import json
import logging
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browser.serving import GuideServer
from faulty import FAULTS, SECRET

from app.logs import JsonLine, Line, kinds, places
from app.store.keeping import kept_until

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARNING|ERROR|CRITICAL) [\w.]+: [^\n]+")


def raised(fault: object) -> Exception:
    try:
        fault()  # type: ignore[operator]
    except Exception as error:
        return error
    raise AssertionError(fault)


@pytest.mark.parametrize("fault", FAULTS)
def test_of_an_exception_only_kinds_and_places_are_written(fault: object) -> None:
    error = raised(fault)
    written = Line().format(record("which_cells", "a fault", exc_info=(type(error), error, error.__traceback__)))
    assert SECRET in str(error) + repr(error) + repr(error.__context__)
    assert SECRET not in written
    assert kinds(error) == FAULTS[fault]  # type: ignore[index]
    assert f": {kinds(error)}: " in written
    assert re.search(r"[\w/.]+\.py:\d+ \w+$", written)
    assert LINE.fullmatch(written)


def test_the_places_are_ours_and_say_nothing_of_this_machine() -> None:
    with pytest.raises(ValueError, match="month") as caught:
        kept_until(None, datetime(2026, 2, 1, tzinfo=UTC).replace(month=13))
    assert not re.search(r"/(work|tmp|home|usr)/", places(caught.value))


def record(name: str, message: object, *values: object, module: str = "x", **more: object) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.ERROR, f"/{module}.py", 7, message, values, None)
    vars(made).update(more)
    return made


def test_a_line_says_when_in_utc() -> None:
    written = Line().format(record("which_cells", "a fault", created=0.0))
    assert written == "1970-01-01T00:00:00Z ERROR which_cells: a fault"


def test_of_a_line_of_a_library_only_its_place_is_written() -> None:
    for name, module in (("asyncio", "base_events"), ("uvicorn.error", "httptools_impl"), ("py.warnings", "warnings")):
        for message, values in ((SECRET, ()), ("%s", (SECRET,)), (ValueError(SECRET), ())):
            written = Line().format(record(name, message, *values, module=module))
            assert written.endswith(f" {name}: line 7 of {module}")


def test_what_the_server_says_of_starting_and_stopping_is_written_whole() -> None:
    written = Line().format(record("uvicorn.error", OSError("address already in use"), module="server"))
    assert written.endswith("uvicorn.error: address already in use")


def test_a_line_is_one_line() -> None:
    assert Line().format(record("which_cells", "one\ntwo %s", "three\r\nfour")).endswith("one two three four")


def test_as_json_a_line_says_the_same() -> None:
    error = raised(next(iter(FAULTS)))
    told = record("which_cells", "a\nfault %d", 7, created=0.0, process=99)
    assert json.loads(JsonLine().format(told)) == {
        "time": "1970-01-01T00:00:00Z",
        "level": "ERROR",
        "logger": "which_cells",
        "says": "a\nfault 7",
        "process": 99,
    }
    told.exc_info = (type(error), error, error.__traceback__)
    assert "\n" not in JsonLine().format(told)
    found = json.loads(JsonLine().format(told))
    assert (found["kinds"], found["places"]) == (kinds(error), places(error))
    for message, values in ((SECRET, ()), ("%s", (SECRET,)), (ValueError(SECRET), ())):
        found = json.loads(JsonLine().format(record("uvicorn.error", message, *values, module="httptools_impl")))
        assert found["says"] == "line 7 of httptools_impl"


# -- the whole output of a process


class Faulty(GuideServer):
    """The server, with a fault of each kind in its store, and others where nothing catches them."""

    run = ("-c", "import sys; sys.path.insert(0, 'tests'); import faulty; faulty.serve()")


@pytest.fixture(params=["plain", "json"])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Faulty]:
    running = Faulty(tmp_path, WHICH_CELLS_LOGS=request.param)
    running.start()
    yield running
    running.stop()


def test_nothing_that_was_typed_comes_out_of_the_process(server: Faulty, tmp_path: Path) -> None:
    preparation, code = "0123456789abcdef01", "0" * 32
    asked = {"Cookie": f"which-cells-{preparation}={code}", "X-Forwarded-For": "203.0.113.77", "User-Agent": SECRET}
    place = f"{server.address}/preparations/{preparation}"
    form = f"role={SECRET}".encode()
    for _ in range(len(FAULTS)):
        for address, body in ((f"{place}?q={SECRET}", None), (f"{place}/people", form)):
            assert status(urllib.request.Request(address, body, asked)) in (500, 503)  # noqa: S310
    assert status(urllib.request.Request(f"{server.address}/forgotten?q={SECRET}", headers=asked)) == 500  # noqa: S310
    for bad in (b"GET /%b HTTP/9.9\r\n\r\n", b"%b\r\n\r\n"):
        shout(server.port, bad % SECRET.encode())
    server.stop()
    said = (tmp_path / "server.log").read_text(encoding="utf-8")
    for secret in (SECRET, preparation, code, "203.0.113", "Traceback", "INSERT"):
        assert secret not in said, secret
    lines = said.splitlines()
    if said.startswith("{"):
        lines = [as_plain(json.loads(line)) for line in lines]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    # All of it was noted all the same, each with its kind.
    for kind in FAULTS.values():
        assert sum(f": {kind}: " in line for line in lines) >= 2, kind
    assert sum("a fault that nothing caught: ValueError" in line for line in lines) >= 2
    assert any(" asyncio: line " in line for line in lines)


def as_plain(told: dict[str, Any]) -> str:
    """The line that says the same."""
    parts = [f"{told['time']} {told['level']} {told['logger']}: {told['says']}"]
    return " ".join(": ".join([*parts, *(told[n] for n in ("kinds", "places") if n in told)]).split())


def status(request: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def shout(port: int, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(raw)
        connection.recv(1000)
