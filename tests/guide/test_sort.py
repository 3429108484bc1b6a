"""What answers come to: one tiny pack for each feature, written in `features` under the name of its test."""

from app.guide.answers import Answer
from app.guide.sort import Outcome, Sorter

STANDING_OPEN = ("not_asked", "unsure")


def sort(sorter: Sorter, answers: dict[str, Answer]) -> Outcome:
    return sorter.sort(sorter.vocabulary.checked(answers))


def said(outcome: Outcome, *kinds: str) -> list[tuple[str | None, str | None]]:
    """Which answers stand behind the reasons of these kinds."""
    return [(r.question, r.answer) for r in outcome.reasons if r.kind in kinds]


# -- how answers read


def test_unanswered_is_open(tiny: Sorter) -> None:
    nothing = sort(tiny, {})
    assert nothing.result == "not_settled"
    assert nothing.possible == ("regulated_trial", "warning_sign")
    assert nothing.to_ask == ("offer.status", "offer.papers")
    # "told", and the two standing answers that read open, leave the question just as open as no answer does.
    for papers in ("told", *STANDING_OPEN):
        outcome = sort(tiny, {"offer.status": "trial", "offer.papers": papers})
        assert (outcome.result, outcome.possible) == ("not_settled", ("regulated_trial", "warning_sign"))
        assert outcome.deciding == outcome.to_ask == ("offer.papers",)
        assert said(outcome, "need_open") == [("offer.papers", papers)]


def test_a_warning_answer_warns(tiny: Sorter) -> None:
    # The status alone would be a trial, and no need names the papers: the warning decides all the same.
    outcome = sort(tiny, {"offer.status": "trial", "offer.papers": "refused", "offer.place": "nose"})
    assert (outcome.result, outcome.variant, outcome.possible) == ("warning_sign", None, ("warning_sign",))
    assert said(outcome, "warning") == [("offer.papers", "refused")]
    assert said(outcome, "caution") == [("offer.place", "nose")]
    assert outcome.deciding == ()


def test_a_caution_never_decides(tiny: Sorter) -> None:
    outcome = sort(tiny, {"offer.status": "trial", "offer.place": "nose"})
    assert (outcome.result, outcome.variant) == ("regulated_trial", "trial")
    assert said(outcome, "caution") == [("offer.place", "nose")]


def test_a_vague_answer_on_a_core_question_warns(tiny: Sorter) -> None:
    for vague in ("feelings", "no_clear_answer"):
        outcome = sort(tiny, {"offer.status": "trial", "offer.measures": vague})
        assert outcome.result == "warning_sign"
        assert said(outcome, "vague") == [("offer.measures", vague)]
        assert said(outcome, "caution") == []


def test_a_vague_answer_elsewhere_is_a_caution(tiny: Sorter) -> None:
    for vague in ("feelings", "no_clear_answer"):
        outcome = sort(tiny, {"offer.status": "trial", "offer.measures": vague})
        assert outcome.result == "regulated_trial"
        assert said(outcome, "caution") == [("offer.measures", vague)]
        # It leaves a need not met, rather than open: asking again is no way to answer what is open.
        outcome = sort(tiny, {"offer.status": "care", "offer.measures": vague})
        assert outcome.result == "warning_sign"
        assert said(outcome, "need_not_met") == [("offer.measures", vague)]


# -- what is asked


def test_set_aside_answers_count_for_nothing_and_come_back(tiny: Sorter) -> None:
    kept: dict[str, Answer] = {"offer.papers": "refused"}
    assert sort(tiny, {"offer.status": "trial", **kept}).result == "warning_sign"
    aside = sort(tiny, {"offer.status": "care", **kept})
    assert aside.result == "supportive_care"
    assert said(aside, "warning", "caution") == []
    assert sort(tiny, {"offer.status": "trial", **kept}).result == "warning_sign"
    # While it is open whether the papers are asked for, what is kept neither warns nor settles anything.
    assert sort(tiny, kept).possible == ("regulated_trial", "supportive_care", "warning_sign")


# -- the order of the rules


def test_must_answer_is_needed_by_every_result(tiny: Sorter) -> None:
    for status, result in (("trial", "regulated_trial"), ("care", "supportive_care")):
        before = sort(tiny, {"offer.status": status})
        assert (before.result, before.possible) == ("not_settled", (result, "warning_sign"))
        assert before.deciding == ("claims.heard",)
        assert sort(tiny, {"offer.status": status, "claims.heard": ["none"]}).result == result
        assert sort(tiny, {"offer.status": status, "claims.heard": ["boosters", "cure"]}).result == "warning_sign"


def test_nothing_reachable_is_a_warning_sign(tiny: Sorter) -> None:
    # No answer given is a warning. Yet one of the needs of each result is not met, whatever the others come to.
    closed: list[dict[str, Answer]] = [{"offer.goal": "replace"}, {"offer.status": "trial", "offer.place": "nose"}]
    for answers in closed:
        outcome = sort(tiny, answers)
        assert (outcome.result, outcome.possible) == ("warning_sign", ("warning_sign",))
        assert said(outcome, "warning", "contradiction", "vague") == []
    assert ("offer.place", "nose") in said(outcome, "need_not_met")


def test_no_result_reached_yet_is_not_settled(tiny: Sorter) -> None:
    nothing = sort(tiny, {})
    assert (nothing.result, nothing.variant) == ("not_settled", None)
    assert nothing.possible == ("regulated_trial", "supportive_care", "warning_sign")
    # What the offer is tells the results apart, so it is asked before anything else.
    assert nothing.deciding == ("offer.status", "offer.goal")
    partly = sort(tiny, {"offer.status": "trial"})
    assert (partly.result, partly.possible) == ("not_settled", ("regulated_trial", "warning_sign"))
    assert sort(tiny, {"offer.status": "trial", "offer.goal": "support"}).possible == ("regulated_trial",)


# -- words, and what to ask


def test_titles_by_condition(tiny: Sorter) -> None:
    assert sort(tiny, {"offer.status": "trial", "offer.goal": "replace"}).title == "A trial of replacement"
    assert sort(tiny, {"offer.status": "trial", "offer.goal": "support"}).title == "A trial of supportive cells"
    assert sort(tiny, {"offer.status": "trial"}).title == "A trial"
    assert sort(tiny, {"offer.status": "sold"}).title == tiny.pack.results["warning_sign"].title


def test_options_left_unticked_join_the_list_to_ask(tiny: Sorter) -> None:
    trial: dict[str, Answer] = {"offer.status": "trial"}
    for ticked in (["dose"], ["none"]):
        outcome = sort(tiny, {**trial, "offer.explained": ticked})
        assert (outcome.result, outcome.to_ask) == ("regulated_trial", ("offer.explained",))
    # "None of these" is no point that anybody could explain.
    assert sort(tiny, {**trial, "offer.explained": ["dose", "target"]}).to_ask == ()
    assert sort(tiny, {**trial, "offer.explained": "unsure"}).to_ask == ("offer.explained",)


def test_rows_that_are_not_clear_join_the_list_and_two_are_a_caution(tiny: Sorter) -> None:
    def clear(**rows: str) -> Outcome:
        return sort(tiny, {"offer.status": "trial", "visit.clear": rows})

    assert clear(goal="clear", cells="clear", evidence="clear").to_ask == ()
    assert clear(goal="clear", cells="partly", evidence="clear").to_ask == ("visit.clear",)
    # A row that was left out is not clear either.
    assert clear(goal="clear", cells="clear").to_ask == ("visit.clear",)
    one = clear(goal="not_clear", cells="partly", evidence="partly")
    assert said(one, "caution") == []
    two = clear(goal="not_clear", cells="not_clear", evidence="clear")
    assert said(two, "caution") == [("visit.clear", "not_clear")]
    assert {o.result for o in (one, two)} == {"regulated_trial"}


def test_a_number_is_given_or_refused(tiny: Sorter) -> None:
    trial: dict[str, Answer] = {"offer.status": "trial", "offer.papers": "shown"}
    assert sort(tiny, {**trial, "offer.number": "nct 0011 2233"}).result == "regulated_trial"
    assert sort(tiny, {**trial, "offer.number": "refused"}).result == "warning_sign"
    assert sort(tiny, {**trial, "offer.number": "not_asked"}).result == "not_settled"
    # Asked, and no clear answer: the number is not there, and the papers are never asked for.
    assert sort(tiny, {**trial, "offer.number": "no_clear_answer"}).result == "warning_sign"


def test_a_country_is_one_of_many(tiny: Sorter) -> None:
    assert sort(tiny, {"offer.status": "trial", "offer.country": "JP"}).result == "regulated_trial"
    for country in ("US", "MX"):
        outcome = sort(tiny, {"offer.status": "trial", "offer.country": country})
        assert [r.rule for r in outcome.of("contradiction")] == ["clash_1"]
    assert sort(tiny, {"offer.country": "US"}).result == "warning_sign"


def test_answers_about_the_person_do_not_touch_the_sort(sorter: Sorter) -> None:
    person: dict[str, Answer] = {"you.priorities": ["tremor"], "you.matters": {"cost": "5"}, "you.care_now": ["dbs"]}
    assert sort(sorter, person) == sort(sorter, {})
