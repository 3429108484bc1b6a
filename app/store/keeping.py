"""How long a preparation is kept. Pure: days in, days out."""

from datetime import date

KEPT_MONTHS = 12


def kept_until(chosen: date | None, last_visit: date) -> date:
    """The last day on which a preparation is kept: the day its people chose, or twelve months after the last visit."""
    return chosen or _a_year_after(last_visit)


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + KEPT_MONTHS // 12)
    except ValueError:  # February 29
        return day.replace(year=day.year + KEPT_MONTHS // 12, day=28)
