"""People with a browser each, over real HTTP; and what the file keeps of what they said."""

import http.client
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from web.html import Page

from app.store.connect import connect
from app.store.opened import Key, Opened
from app.store.preparations import Preparations

# What happens to a browser while its server is killed.
CUT_OFF = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Answer:
    """What came back for one request."""

    status: int
    leads_to: str
    text: str

    @cached_property
    def page(self) -> Page:
        page = Page(self.text)
        assert not page.faults
        assert "Traceback" not in page.text
        assert "sqlite" not in page.text.lower()
        return page


class Browser:
    """Keeps cookies, sends forms, and follows nothing by itself."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self.port, self.cookies = port, dict(cookies or {})

    def get(self, address: str) -> Answer:
        return self._ask("GET", address, None)

    def post(self, address: str, **fields: object) -> Answer:
        return self._ask("POST", address, urlencode(fields, doseq=True))

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def _ask(self, method: str, address: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(self._connection()) as connection:
            connection.request(method, address, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        for line in response.headers.get_all("set-cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(response.status, response.headers.get("location", ""), text)


@dataclass
class Someone:
    """One of the people of a preparation, in a browser that holds the link."""

    browser: Browser
    id: str
    name: str = ""

    @property
    def home(self) -> str:
        return f"/preparations/{self.id}"

    @property
    def offer(self) -> str:
        return f"{self.home}/offers/1"

    @property
    def code(self) -> str:
        return self.browser.cookies[f"which-cells-{self.id}"]

    @property
    def key(self) -> Key:
        return Key(self.id, self.code)

    def address(self, question_id: str) -> str:
        return f"{self.home}/you/{question_id}" if question_id.startswith("you.") else self._question(question_id)

    def _question(self, question_id: str) -> str:
        return f"{self.offer}/questions/{question_id}"

    def answer(self, question_id: str, **fields: object) -> Answer:
        return self.browser.post(self.address(question_id), **fields)

    def see(self, address: str, status: int = 200) -> Page:
        answer = self.browser.get(address)
        assert answer.status == status, f"{address}: {answer.status}"
        return answer.page

    def seen(self, question_id: str) -> str:
        """Opens a question; returns the mark that its form sends, of the last answer that it shows."""
        return self.see(self.address(question_id)).ask.hidden["seen"]

    def another_window(self) -> "Someone":
        """The same person in another browser."""
        return Someone(Browser(self.browser.port, self.browser.cookies), self.id, self.name)

    def invite(self, name: str, role: str = "family") -> "Someone":
        """Makes a link for somebody, who opens it in a browser of their own."""
        invited = self.browser.post(f"{self.home}/people", name=name, role=role)
        assert invited.status == 303, invited.page.text
        link = self.see(invited.leads_to).inside("address")
        return come_in(self.browser.port, link, name)


def begin(port: int, name: str = "Maria") -> Someone:
    """Somebody who begins a preparation."""
    browser = Browser(port)
    begun = browser.post("/preparations")
    assert begun.status == 303, begun.text
    return Someone(browser, begun.leads_to.split("/")[2], name)


def come_in(port: int, link: str, name: str = "") -> Someone:
    """Somebody who opens a link."""
    browser = Browser(port)
    opened = browser.post("/open", link=link)
    assert opened.status == 303, opened.page.text
    return Someone(browser, opened.leads_to.split("/")[2], name)


def kept(address: str, person: Someone) -> Opened:
    """What is kept, opened with somebody's link. Raises NotOpened and StoreError."""
    database = connect(address)
    try:
        return Preparations(database, "", "").read(person.key)
    finally:
        database.close()
