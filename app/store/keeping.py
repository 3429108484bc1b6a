"""How long a preparation is kept. Pure: days in, days out."""

from datetime import date, timedelta

KEPT_MONTHS = 12
# What nobody has said anything in is a page that was opened, and no preparation.
EMPTY_DAYS = 7
LONGEST_YEARS = 5


def kept_until(chosen: date | None, last_visit: date, *, empty: bool = False) -> date:
    """The last day on which a preparation is kept: the day its people chose, or twelve months after the last visit;
    seven days if there is nothing in it."""
    return chosen or usual(last_visit, empty=empty)


def usual(last_visit: date, *, empty: bool = False) -> date:
    """The last day where its people chose none."""
    return last_visit + timedelta(EMPTY_DAYS) if empty else _years_after(last_visit, KEPT_MONTHS // 12)


def latest(today: date) -> date:
    """The last day that may be chosen."""
    return _years_after(today, LONGEST_YEARS)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # February 29
        return day.replace(year=day.year + years, day=28)
