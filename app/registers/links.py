"""Where a number can be looked up: its register's own page. Knows the pack's registers; asks nobody."""

from dataclasses import dataclass
from urllib.parse import quote

from app.guide.numbers import Number


@dataclass(frozen=True)
class Link:
    """A page of a register, on another site. `direct` if it is the trial's own page and not a place to search."""

    number: str
    register: str
    address: str
    direct: bool


def link_of(number: Number) -> Link:
    """The page of its register where this number leads."""
    place = number.register.look_up
    address = place.replace("{id}", quote(number.id, safe=""))
    return Link(number.id, number.register.name, address, direct=address != place)
