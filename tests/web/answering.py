"""Sending the forms of the pages as they stand, changed here and there."""

import re
from typing import Any

from .conftest import Visitor
from .html import Page
from .joining import label


def send(who: Visitor, question: str, page: Page, **changed: Any) -> Any:
    """Sends the form of a question page with all that it holds, and these fields changed."""
    data: dict[str, Any] = dict(page.ask.hidden)
    for name, value in page.ask.filled:
        data.setdefault(name, []).append(value)
    return who.post(question, {**data, **changed})


def settle(who: Visitor, page: Page, answer: str) -> Any:
    """Chooses one of the answers on the page that shows them all."""
    form = next(f for f in page.forms if f.action.endswith("/both"))
    values = [value for name, value in form.offered if name == "choice"]
    labels = re.findall(r'<span class="row-label">(.*?)</span>', page.source, re.DOTALL)
    chosen = values[[text.replace("&#34;", '"') for text in labels].index(label(who, answer))]
    return who.client.post(form.action, data={**form.hidden, "choice": chosen})
