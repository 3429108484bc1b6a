"""Readers, such as a doctor: they open and print everything, and change nothing."""

import re

from databases import rows

from .conftest import form_of
from .html import Page
from .joining import KIND, MILD, Family, both
from .refusals import refused_page


def test_a_reader_finds_every_page_and_no_form_that_changes_anything(differing: Family) -> None:
    doctor = differing.doctor
    differing.ben.post(KIND, {"choice": MILD, "note": "Ask", "asker": "2"})
    differing.ben.fill({"trial.status": "regulated_trial", "trial.number": "NCT06344026"})
    differing.ben.store.add_offer(differing.ben.key)
    to_visit, seen = [doctor.home, f"{doctor.offer(2)}", f"{doctor.offer()}/record"], set()
    while to_visit:
        address = to_visit.pop()
        if address in seen:
            continue
        seen.add(address)
        response = doctor.client.get(address)
        if response.status_code == 303:
            to_visit.append(response.headers["location"])
            continue
        assert response.status_code == 200, address
        if not response.headers["content-type"].startswith("text/html"):
            continue
        page = Page(response.text)
        for form in page.forms:
            own = (f"{doctor.home}/people/me", f"{doctor.home}/people/3/link", f"{doctor.home}/people/3/revoke")
            assert form.method == "get" or form.action in own, address
        links = [link.split("#")[0] for link in page.links if link.startswith(doctor.home)]
        assert not [link for link in links if re.search(r"/you/|/keep|/delete|questions/[\w.]+(\?more=1)?$", link)]
        to_visit += links
    assert {doctor.home + end for end in ("/people", "/link", "/compare", "/offers/1/answers")} <= seen
    assert {f"{doctor.offer()}/{end}" for end in ("result", "summary", "letter", "since", "change", "record")} <= seen
    assert both(doctor) in seen
    assert f"{doctor.offer(2)}/result" in seen


def test_a_reader_who_sends_a_form_all_the_same_reads_a_plain_page(differing: Family) -> None:
    doctor = differing.doctor
    before = rows(doctor.app.state.database)
    forms = {
        doctor.address(KIND): form_of(doctor.walker, KIND, MILD),
        doctor.address("you.matters"): {"text": "x"},
        both(doctor): {"choice": "3", "seen": "9"},
        f"{doctor.offer()}/letter": {"text": "x"},
        f"{doctor.offer()}/record": {},
        f"{doctor.home}/offers": {},
        f"{doctor.home}/people": {"name": "X", "role": "family"},
        f"{doctor.home}/people/1/revoke": {},
        f"{doctor.home}/people/2/link": {},
        f"{doctor.home}/people/2/passed-on": {},
        f"{doctor.home}/delete": {},
    }
    for address, data in forms.items():
        page = refused_page(doctor.client.post(address, data=data), 403)
        assert page.headings == ["Your link does not open this page"], address
        assert doctor.home in page.links
    for end in ("/you/you.matters", f"/offers/1/questions/{KIND}", "/keep", "/preparation.json", "/delete"):
        refused_page(doctor.client.get(doctor.home + end), 403)
    assert rows(doctor.app.state.database) == before
