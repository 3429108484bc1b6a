"""The trials that we know of: a page for everybody, filtered by what stands in its address."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.languages import gettext as _
from app.registers.known import NOT_STATED, STATES, Wanted
from app.web.access import Known
from app.web.render import page

router = APIRouter()


@router.get("/trials", name="trials")
def trials(
    request: Request, known: Known, group: str = "", country: str = "", phase: str = "", status: str = ""
) -> HTMLResponse:
    """Our dated copy of known trials. A filter that is not one of ours counts as none."""
    choices = {
        "group": {g.id: g.title for g in known.groups},
        "country": known.countries,
        "phase": {
            p: _("Not stated") if p == NOT_STATED else _("Phase {number}").format(number=p) for p in known.phases
        },
        "status": {state: _(says) for state, says in STATES.items()},
    }
    asked = {"group": group, "country": country, "phase": phase, "status": status}
    chosen = {name: value if value in choices[name] else "" for name, value in asked.items()}
    found = known.wanted(Wanted(chosen["group"], chosen["country"], chosen["phase"], chosen["status"]))
    return page(
        request,
        "trials.html",
        known=known,
        choices=choices,
        chosen=chosen,
        found=found,
        count=sum(len(trials) for _, trials in found),
    )


def _phase(phase: str) -> str:
    return _("Not stated") if phase == NOT_STATED else _("Phase {number}").format(number=phase)
