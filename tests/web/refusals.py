"""What a page looks like that says no: whole, in a sentence, without a trace of what is inside."""

import re
from typing import Any

from databases import rows
from httpx2 import Response

from .conftest import Visitor
from .html import Page

TRACE = re.compile(r"Traceback|File \"/|\.py\b|sqlalchemy|sqlite3|starlette|jinja2", re.IGNORECASE)


def refused(visitor: Visitor, question_id: str, data: Any, says: str, status: int = 422) -> Page:
    """Sends what cannot be kept; returns the page that comes back."""
    database = visitor.app.state.database
    before = rows(database)
    response = visitor.post(question_id, data)
    page = refused_page(response, status)
    assert says in page.error, page.error
    assert page.title.startswith("Please look again: ")
    assert page.headings == [visitor.walker.pack.questions[question_id].question]
    # The sentence leads to the field.
    assert "#field" in page.links
    assert "field" in page.ids
    assert rows(database) == before
    return page


def refused_page(response: Response, status: int) -> Page:
    assert response.status_code == status, response.text
    assert not TRACE.search(response.text)
    page = Page(response.text)
    assert not page.faults
    return page
