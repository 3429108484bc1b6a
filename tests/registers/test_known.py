"""Our copy of known trials: found by any of its numbers, held as a record as far as it goes, filtered."""

import pytest

from app.guide.numbers import Numbers
from app.guide.pack import Pack
from app.registers.known import NOT_STATED, STATES, KnownTrials, Wanted, record_of


@pytest.fixture(scope="module")
def known(pack: Pack) -> KnownTrials:
    return KnownTrials(pack.trials, Numbers(pack.registers))


def test_every_trial_is_found_by_each_of_its_numbers(pack: Pack, known: KnownTrials) -> None:
    found = {number: known.with_number(number) for t in pack.trials.trials for number in t.register_numbers}
    assert len(found) > 30
    for trial in pack.trials.trials:
        for number in trial.register_numbers:
            one = found[number]
            assert one is not None
            assert one.trial == trial
    assert known.with_number("NCT00000000") is None


def test_every_trial_stands_in_a_group_and_is_listed_once(pack: Pack, known: KnownTrials) -> None:
    listed = [k.trial.key for _, trials in known.wanted(Wanted()) for k in trials]
    assert sorted(listed) == sorted(t.key for t in pack.trials.trials)
    assert {t.group for t in pack.trials.trials} <= {g.id for g in known.groups}


@pytest.mark.parametrize(
    ("key", "phase", "state"),
    [
        ("expdite_phase1", "1", "closed"),
        ("expdite2_phase3", "3", "open"),
        ("ted_a9", "1/2", "closed"),
        ("uthealth_msc_phase2", "2", "closed"),
        ("hope_allogeneic_admsc", "2", "not_known"),  # its copies disagree
        ("china_hesc_npc", "1/2", "not_known"),  # the register itself says "unknown"
        ("belarus_msc", "2/3", "not_known"),
        ("nest_md_stem_cells", NOT_STATED, "open"),
        ("mgb_autologous_blood_ipsc", "1", "open"),
        ("olanow_2003", NOT_STATED, "closed"),
    ],
)
def test_phase_and_state_are_read_from_the_words_of_the_copy(
    key: str, phase: str, state: str, known: KnownTrials
) -> None:
    one = next(k for k in known.all if k.trial.key == key)
    assert (one.phase, one.state) == (phase, state)


def test_a_filter_gives_what_fits_all_of_it(known: KnownTrials) -> None:
    def keys(**wanted: str) -> set[str]:
        return {k.trial.key for _, trials in known.wanted(Wanted(**wanted)) for k in trials}

    assert keys(country="JP") == {"kyoto_ipsc"}
    assert keys(group="replacement", country="GB") == {"stem_pd", "transeuro"}
    assert keys(phase="3") == {"expdite2_phase3", "freed_2001"}
    assert keys(country="JP", phase="3") == set()
    for name, values in (("phase", known.phases), ("country", known.countries), ("state", STATES)):
        assert all(keys(**{name: value}) for value in values)
    # Nothing is lost between the values of a filter.
    assert set().union(*(keys(state=state) for state in STATES)) == keys()
    assert set().union(*(keys(phase=phase) for phase in known.phases)) == keys()
    assert set().union(*(keys(country=country) for country in known.countries)) == keys()


def test_the_copy_as_a_record_says_what_it_knows_and_no_more(known: KnownTrials) -> None:
    one = known.with_number("NCT06944522")
    assert one is not None
    record = record_of(one, "NCT06944522", "Parkinson's disease", ["parkinson", "parkinsons"])
    assert record.number == "NCT06944522"
    assert record.phases == ("PHASE3",)
    assert record.has_control is True
    assert record.sponsor.startswith("BlueRock")
    assert (record.status, record.updated) == ("Treating people", "2025-09-22")
    assert (record.fda_regulated, record.has_board, record.sponsor_class, record.sites) == (None, None, "", ())


def test_a_trial_without_fields_is_a_record_without_them(known: KnownTrials) -> None:
    one = next(k for k in known.all if k.trial.key == "svf_nicaragua")
    record = record_of(one, "NCT05699161", "Parkinson's disease", ["parkinson", "parkinsons"])
    assert (record.status, record.phases, record.has_control, record.people) == ("", (), None, None)
    assert [site.country for site in record.sites] == ["Nicaragua"]
