"""A page of ours on paper: HTML to a tagged PDF (PDF/UA-1), by WeasyPrint.

Reads our own static files and nothing else, so that no page can make it fetch from the network. Knows paper; does
not know what stands on it.
"""

import logging
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from app.metrics import count

Paper = Literal["a4", "letter"]

# Our addresses while a page is laid out; nothing is ever asked of it.
_OURS = "https://which-cells.invalid/"
_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
# One at a time: each takes a core and some memory, and the libraries below are not made for several threads.
_one_at_a_time = threading.Lock()


class PdfMissing(Exception):
    """The libraries that draw a PDF are not on this machine; says how to get them."""


def to_pdf(html: str, static: Path, paper: Paper, *, landscape: bool = False) -> bytes:
    """Lays out a page and returns the PDF, with title, language and bookmarks from the page.

    `static` is the folder of our static files. Raises PdfMissing where Pango is not installed.
    """
    weasyprint, ours = _libraries()
    size = weasyprint.CSS(string=f"@page {{ size: {paper} {'landscape' if landscape else 'portrait'} }}")
    with _one_at_a_time:
        page = weasyprint.HTML(string=html, base_url=_OURS, url_fetcher=ours(static))
        made: bytes = page.write_pdf(stylesheets=[size], pdf_variant="pdf/ua-1")
    count("pdfs_made")
    return made


@cache
def _libraries() -> tuple[Any, Callable[[Path], Any]]:
    """WeasyPrint, and what makes its fetcher. Imported late: the rest of the guide works without Pango."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except OSError as error:
        raise PdfMissing(
            "This server cannot make PDFs yet: the Pango libraries are missing. On Debian or Ubuntu, whoever runs it "
            "can install them with: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from error
    for noisy in ("weasyprint", "fontTools"):  # they note each line of CSS that is meant for screens
        logging.getLogger(noisy).setLevel(logging.ERROR)

    class Ours(URLFetcher):  # type: ignore[misc]
        """Finds our static files by name, and nothing else."""

        def __init__(self, static: Path) -> None:
            super().__init__()
            self._static = static

        def fetch(self, url: str, headers: object = None) -> Any:
            path = Path(urlsplit(url).path)
            if not url.startswith(_OURS) or path.parent != Path("/static"):
                raise ValueError(f"not one of ours: {url}")
            return URLFetcherResponse(
                url, (self._static / path.name).read_bytes(), {"Content-Type": _TYPES[path.suffix]}
            )

    return weasyprint, Ours
