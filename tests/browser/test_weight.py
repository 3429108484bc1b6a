"""What a slow phone has to fetch before a page can be used: the page, its style and our script, packed as a server
in front packs them. The script from the CDN is not waited for."""

import gzip
import re

from app.web.render import STATIC

from .conftest import Welcome
from .states import Town

MOST = 30_000
MOST_STYLE = 12_000


def packed(content: bytes) -> int:
    return len(gzip.compress(content))


def test_every_page_is_light(town: Town, welcome: Welcome) -> None:
    style, script = (packed((STATIC / name).read_bytes()) for name in ("style.css", "app.js"))
    assert style < MOST_STYLE
    speaks = {"accept-language": "es"}  # the longer language
    people = {who: welcome(extra_http_headers=speaks, storage_state=kept) for who, kept in town.homes.items()}
    weights = {}
    for state in town.states:
        page = state.fetch(people[state.who].context, town.address)
        weights[state.name] = style + script + packed(page.encode())
        # Nothing but the style is waited for.
        assert all("defer" in tag for tag in re.findall("<script[^>]*>", page)), state.name
        assert len(re.findall('rel="stylesheet"', page)) == 1, state.name
    assert {name: weight for name, weight in weights.items() if weight >= MOST} == {}
