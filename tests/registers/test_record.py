"""Reading records: whatever is missing or broken is not known, and never "no"."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from local_register import made_up

from app.registers.record import Arm, Intervention, Record, Site, When, kept_parts, read_record

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "registry-samples"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=6,
)


def test_a_full_record_is_read_in_full() -> None:
    assert read_record(made_up()) == Record(
        number="NCT01112223",
        title="Brook Cells in Parkinson's Disease",
        official_title="A First Study of Stereotactic Transplantation of Brook Cells",
        conditions=("Parkinson Disease",),
        study_type="INTERVENTIONAL",
        interventions=(
            Intervention(
                "BRK-01", "BIOLOGICAL", about="Dopamine cells from allogeneic iPS cells, placed into the putamen."
            ),
        ),
        arms=(Arm("Cells", "EXPERIMENTAL"), Arm("Sham surgery", "SHAM_COMPARATOR")),
        has_control=True,
        sponsor="Brookfield Cell Works",
        sponsor_class="INDUSTRY",
        sites=(
            Site("Alder Hill Hospital", "Springfield", "United States"),
            Site("Lakeside Neurology Hospital", "Toronto", "Canada"),
        ),
        status="RECRUITING",
        verified="2026-10",
        updated="2026-10-05",
        phases=("PHASE1", "PHASE2"),
        people=24,
        people_kind="ESTIMATED",
        start=When("2026-02", "ACTUAL"),
        end=When("2029-06-30", "ESTIMATED"),
        first_posted="2025-12-01",
        fda_regulated=True,
        has_board=True,
        has_results=False,
    )


MODULES = sorted(name.removesuffix("Module") for name in made_up()["protocolSection"])


@pytest.mark.parametrize("module", MODULES)
def test_a_module_that_is_missing_takes_nothing_else_with_it(module: str) -> None:
    whole, part = read_record(made_up()), read_record(made_up(**{module: None}))
    missing = {name for name in vars(whole) if getattr(whole, name) != getattr(part, name)}
    assert missing
    nothing = Record()
    assert all(getattr(part, name) == getattr(nothing, name) for name in missing - {"has_control"})


def test_what_is_not_said_is_not_no() -> None:
    record = read_record(made_up(oversight=None, armsInterventions=None))
    assert (record.fda_regulated, record.has_board, record.has_control) == (None, None, None)
    # A "no" about devices is none about cells.
    half = read_record(made_up(oversight={"isFdaRegulatedDrug": None, "isFdaRegulatedDevice": False}))
    assert half.fda_regulated is None
    assert read_record(made_up(oversight={"isFdaRegulatedDrug": False})).fda_regulated is False


def test_groups_without_placebo_or_sham_have_no_control() -> None:
    arms = {"armGroups": [{"label": "All", "type": "EXPERIMENTAL"}]}
    assert read_record(made_up(armsInterventions=arms)).has_control is False


@pytest.mark.parametrize("answer", [None, [], "NCT01112223", 3, {}, {"protocolSection": None}, {"protocolSection": {}}])
def test_an_answer_without_modules_is_an_empty_record(answer: object) -> None:
    assert read_record(answer).is_empty
    assert read_record(kept_parts(answer)).is_empty
    assert not read_record(made_up()).is_empty


@given(st.data())
def test_any_part_may_be_anything(data: st.DataObject) -> None:
    record: dict[str, Any] = made_up()
    module = data.draw(st.sampled_from(sorted(record["protocolSection"])))
    inside = record["protocolSection"][module]
    if data.draw(st.booleans()):
        record["protocolSection"][module] = data.draw(ANYTHING)
    else:
        inside[data.draw(st.sampled_from(sorted(inside)))] = data.draw(ANYTHING)
    assert read_record(kept_parts(record)) == read_record(record)


def test_long_and_hidden_text_is_made_fit_to_show() -> None:
    record = read_record(made_up(identification={"briefTitle": "A\u0000B\u202e\n C" + "x" * 5000}))
    assert record.title.startswith("A B Cxxx")
    assert len(record.title) < 420


def test_what_is_kept_holds_no_names_of_people_and_no_telephone() -> None:
    contact = {"name": "Dr. Somebody", "phone": "555-0100", "email": "somebody@clinic.example"}
    record = made_up(
        contactsLocations={
            "overallOfficials": [contact],
            "centralContacts": [contact],
            "locations": [{"facility": "Alder Hill Hospital", "country": "Canada", "contacts": [contact]}],
        }
    )
    record["resultsSection"] = {"pointOfContact": contact}
    kept = json.dumps(kept_parts(record))
    assert "Somebody" not in kept
    assert "555" not in kept
    assert read_record(kept_parts(record)) == read_record(record)


def test_an_older_number_that_led_here_is_kept_as_one() -> None:
    kept = kept_parts(made_up("NCT01112223", identification={"nctIdAliases": ["NCT00000001"]}), also="NCT00000002")
    assert read_record(kept).aliases == ("NCT00000001", "NCT00000002")
    assert read_record(kept_parts({}, also="NCT00000002")).is_empty


# -- records that nobody here wrote


def samples() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(SAMPLES.glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        for study in answer.get("studies", [answer]):
            found[study["protocolSection"]["identificationModule"]["nctId"]] = study
    return found


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
def test_real_records_are_read() -> None:
    records = {number: read_record(study) for number, study in samples().items()}
    assert len(records) >= 10
    for number, record in records.items():
        assert record.number == number
        assert record.title
        assert record.status
        assert read_record(kept_parts(samples()[number])) == record
    stopped, withdrawn, unknown = (records[n] for n in ("NCT01126879", "NCT01511679", "NCT04175379"))
    assert (stopped.status, stopped.phases, stopped.fda_regulated) == ("TERMINATED", ("PHASE2",), True)
    assert stopped.why_stopped
    assert stopped.has_results
    assert (withdrawn.people, withdrawn.phases, withdrawn.fda_regulated) == (0, (), None)
    assert (unknown.status, unknown.last_known_status) == ("UNKNOWN", "ENROLLING_BY_INVITATION")
    assert records["NCT05531279"].has_board is None
    assert records["NCT06714279"].fda_regulated is False
    assert records["NCT02576665"].start == When("2016-07", "")
