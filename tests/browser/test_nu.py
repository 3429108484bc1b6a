"""The HTML of every page in every state, and our style sheet, before the Nu HTML checker."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from app.web.render import STATIC

from .conftest import Welcome
from .states import Town

TOOLS = Path(__file__).resolve().parents[1] / "tools"
NU = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

pytestmark = [
    pytest.mark.skipif(not NU.is_file(), reason="the Nu HTML checker is missing: run make tools, which needs npm"),
    pytest.mark.skipif(not shutil.which("java"), reason="the Nu HTML checker needs java"),
]
# All of ours that the checker does not know: the attributes of htmx, and a property of CSS that is younger than it.
KNOWN = "Attribute .hx-[a-z0-9:-]+. not allowed on element .*|.*Property .field-sizing. doesn.t exist.*"


def checked(folder: Path, *files: Path) -> list[str]:
    """What the checker says of all files of a folder, and of these."""
    command = ["java", "-Xmx512m", "-jar", NU, "--format", "json", "--stdout", "--exit-zero-always", "--also-check-css"]
    command += ["--filterpattern", KNOWN]
    done = subprocess.run([*command, *files, folder], capture_output=True, text=True, timeout=240, check=True)
    said = json.loads(done.stdout)["messages"]
    return sorted({f"{Path(m['url']).name}: {m['message']} {m.get('extract', '')[:120]}" for m in said})


def test_no_page_in_any_state_has_a_slip_in_its_html(town: Town, welcome: Welcome, tmp_path: Path) -> None:
    for locale in ("en-US", "es-MX"):
        speaks = {"accept-language": locale}
        people = {who: welcome(extra_http_headers=speaks, storage_state=kept) for who, kept in town.homes.items()}
        for state in town.states:
            page = state.fetch(people[state.who].context, town.address)
            assert f'<html lang="{locale[:2]}"' in page, state.name
            (tmp_path / f"{locale[:2]}_{state.name}.html").write_text(page, encoding="utf-8")
    said = checked(tmp_path, STATIC / "style.css")
    assert not said, "\n".join(said)


def test_a_slip_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "slip.html").write_text("<!doctype html><title>Slip</title><p><div></p>", encoding="utf-8")
    assert checked(tmp_path)
