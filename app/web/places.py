"""The addresses of a preparation and its offers, for templates and redirects. Knows nothing else."""

from dataclasses import dataclass


def is_ours(address: str) -> bool:
    """An address without a host leads to a page of ours, whatever it is."""
    return address.startswith("/") and address[1:2] not in ("/", "\\") and address.isascii() and address.isprintable()


@dataclass(frozen=True)
class Home:
    """A preparation's own pages."""

    preparation_id: str

    @property
    def overview(self) -> str:
        return f"/preparations/{self.preparation_id}"

    @property
    def add_offer(self) -> str:
        return f"{self.overview}/offers"

    @property
    def compare(self) -> str:
        return f"{self.overview}/compare"

    @property
    def keep(self) -> str:
        return f"{self.overview}/keep"

    @property
    def download(self) -> str:
        return f"{self.overview}/preparation.json"

    @property
    def delete(self) -> str:
        return f"{self.overview}/delete"

    @property
    def people(self) -> str:
        return f"{self.overview}/people"

    @property
    def link(self) -> str:
        return f"{self.overview}/link"

    @property
    def news(self) -> str:
        return f"{self.overview}/news"

    @property
    def here(self) -> str:
        return f"{self.overview}/here"

    def person(self, number: int, what: str) -> str:
        return f"{self.people}/{number}/{what}"

    def you(self, question_id: str) -> str:
        return f"{self.overview}/you/{question_id}"


@dataclass(frozen=True)
class OfferPlace:
    """One offer's pages."""

    home: Home
    number: int

    @property
    def carry_on(self) -> str:
        return f"{self.home.overview}/offers/{self.number}"

    @property
    def check(self) -> str:
        return f"{self.carry_on}/answers"

    @property
    def result(self) -> str:
        return f"{self.carry_on}/result"

    @property
    def summary(self) -> str:
        return f"{self.carry_on}/summary"

    @property
    def record(self) -> str:
        return f"{self.carry_on}/record"

    @property
    def change(self) -> str:
        return f"{self.carry_on}/change"

    @property
    def letter(self) -> str:
        return f"{self.carry_on}/letter"

    @property
    def since(self) -> str:
        return f"{self.carry_on}/since"

    @property
    def response(self) -> str:
        return f"{self.carry_on}/response.json"

    def question(self, question_id: str, *, more: bool = False) -> str:
        return f"{self.carry_on}/questions/{question_id}" + ("?more=1" if more else "")

    def both(self, question_id: str) -> str:
        return f"{self.question(question_id)}/both"


@dataclass(frozen=True)
class ExamplePlace:
    """The pages of a finished example: there is nothing to change."""

    example_id: str

    @property
    def result(self) -> str:
        return f"/examples/{self.example_id}"

    @property
    def summary(self) -> str:
        return f"{self.result}/summary"

    @property
    def change(self) -> str:
        return f"{self.result}/change"
