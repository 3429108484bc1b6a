"""One tiny pack for each feature of the engine, under the name of the test that is about it.

test_sort and test_rules say what each comes to; test_possible compares all their sets of answers with the reference.
"""

from typing import Any, NamedTuple

Data = dict[str, Any]

STATUS: Data = {
    "id": "offer.status",
    "core": True,
    "options": {"trial": "neutral", "care": "neutral", "sold": "warning"},
}
PAPERS: Data = {
    "id": "offer.papers",
    "core": True,
    "options": {"shown": "neutral", "told": "open", "refused": "warning"},
}
GOAL: Data = {"id": "offer.goal", "options": {"replace": "neutral", "support": "neutral"}}
PLACE: Data = {"id": "offer.place", "options": {"brain": "neutral", "vein": "neutral", "nose": "caution"}}
HEARD: Data = {
    "id": "claims.heard",
    "kind": "many",
    "core": True,
    "standing": False,
    "options": {"approved": "neutral", "cure": "warning", "boosters": "caution", "none": "neutral"},
}


class Feature(NamedTuple):
    questions: list[Data]
    rules: Data


def results(trial: Data | None = None, care: Data | None = None) -> Data:
    """A trial, and care where it is given, each resting on offer.status and on these needs."""
    found: Data = {"regulated_trial": {"trial": {"offer.status": ["trial"], **(trial or {})}}}
    if care is not None:
        found["supportive_care"] = {"care": {"offer.status": ["care"], **care}}
    return found


def needs(trial: Data | None = None, care: Data | None = None) -> Data:
    return {"results": results(trial, care)}


def against(*contradictions: Data, trial: Data | None = None, care: Data | None = None) -> Data:
    named = [{"id": f"clash_{n}", **c} for n, c in enumerate(contradictions, start=1)]
    return {"results": results(trial, care), "contradictions": named}


def asked(question: Data, **when: Any) -> Data:
    return {**question, "asked_when": {name.replace("_", ".", 1): test for name, test in when.items()}}


FEATURES: dict[str, Feature] = {
    # -- how answers read
    "unanswered_is_open": Feature([STATUS, PAPERS], needs({"offer.papers": ["shown"]})),
    "a_warning_answer_warns": Feature([STATUS, PAPERS, PLACE], needs()),
    "a_caution_never_decides": Feature([STATUS, PLACE], needs({"offer.place": "answered"})),
    "a_vague_answer_on_a_core_question_warns": Feature(
        [STATUS, {"id": "offer.measures", "core": True, "options": {"named": "neutral", "feelings": "vague"}}],
        needs(),
    ),
    "a_vague_answer_elsewhere_is_a_caution": Feature(
        [STATUS, {"id": "offer.measures", "options": {"named": "neutral", "feelings": "vague"}}],
        needs(care={"offer.measures": ["named"]}),
    ),
    # -- needs
    "a_need_is_met_not_met_or_open": Feature([STATUS, PLACE], needs({"offer.place": {"not_in": ["nose"]}})),
    "a_need_for_an_answer_takes_any_clear_one": Feature([STATUS, PLACE], needs({"offer.place": "answered"})),
    "a_need_on_a_question_not_asked_is_not_met": Feature(
        [STATUS, asked(GOAL, offer_status=["care"])], needs({"offer.goal": ["support"]}, {"offer.goal": "answered"})
    ),
    # -- what is asked
    "asked_when_with_a_list": Feature(
        [STATUS, asked(PAPERS, offer_status=["trial", "sold"])], needs({"offer.papers": ["shown"]}, {})
    ),
    "asked_when_with_not_in": Feature(
        [STATUS, asked(PAPERS, offer_status={"not_in": ["care"]})], needs({"offer.papers": ["shown"]}, {})
    ),
    "asked_when_chained": Feature(
        [STATUS, asked(GOAL, offer_status=["trial"]), asked(PLACE, offer_goal={"not_in": ["support"]})],
        needs({"offer.place": ["brain"]}, {}),
    ),
    "asked_when_resting_on_an_open_answer": Feature(
        [STATUS, {**PAPERS, "core": False}, asked(PLACE, offer_papers=["shown"])],
        needs({"offer.place": {"not_in": ["nose"]}}),
    ),
    "asked_when_resting_on_a_vague_answer": Feature(
        [STATUS, GOAL, asked(PLACE, offer_goal=["replace"])], needs({"offer.place": "answered"}, {})
    ),
    "set_aside_answers_count_for_nothing_and_come_back": Feature(
        [STATUS, asked(PAPERS, offer_status=["trial"])], needs({"offer.papers": ["shown"]}, {})
    ),
    # -- contradictions
    "a_contradiction_is_present_absent_or_open": Feature(
        [STATUS, GOAL, PLACE], against({"all": [{"offer.goal": ["replace"]}, {"offer.place": ["vein", "nose"]}]})
    ),
    "a_contradiction_with_any": Feature(
        [STATUS, GOAL, PLACE],
        against(
            {
                "all": [{"offer.status": ["trial"]}],
                "any": [{"offer.goal": {"not_in": ["replace"]}}, {"offer.place": {"not_in": ["brain"]}}],
            },
            care={},
        ),
    ),
    "a_contradiction_with_a_question_not_asked_is_absent": Feature(
        [STATUS, GOAL, asked(PLACE, offer_goal=["replace"])],
        against({"all": [{"offer.status": ["trial"]}, {"offer.place": {"not_in": ["brain"]}}]}, care={}),
    ),
    # -- the order of the rules, and what is possible
    "possible_counts_contradictions": Feature(
        [STATUS, GOAL, HEARD],
        {
            "must_answer": ["claims.heard"],
            **against(
                {"all": [{"claims.heard": ["approved"]}, {"offer.status": {"not_in": ["trial"]}}]},
                {"all": [{"offer.status": ["trial"]}, {"offer.goal": ["support"]}]},
                trial={"offer.goal": "answered"},
                care={},
            ),
        },
    ),
    "must_answer_is_needed_by_every_result": Feature(
        [STATUS, HEARD], {"must_answer": ["claims.heard"], **needs(care={})}
    ),
    "nothing_reachable_is_a_warning_sign": Feature(
        [STATUS, GOAL, PLACE], needs({"offer.goal": ["support"], "offer.place": ["vein"]}, {"offer.goal": ["support"]})
    ),
    "no_result_reached_yet_is_not_settled": Feature([STATUS, GOAL], needs({"offer.goal": "answered"}, {})),
    # -- words, and what to ask
    "titles_by_condition": Feature(
        [STATUS, GOAL],
        {
            "results": {
                "regulated_trial": {
                    "trial": {
                        "needs": {"offer.status": ["trial"]},
                        "title": "A trial",
                        "titles": [
                            {"when": {"offer.goal": ["replace"]}, "title": "A trial of replacement"},
                            {"when": {"offer.goal": ["support"]}, "title": "A trial of supportive cells"},
                        ],
                    }
                }
            }
        },
    ),
    "options_left_unticked_join_the_list_to_ask": Feature(
        [
            STATUS,
            {
                "id": "offer.explained",
                "kind": "many",
                "ask_unticked": True,
                "options": [{"id": "dose"}, {"id": "target"}, {"id": "none", "alone": True}],
            },
        ],
        needs(),
    ),
    "rows_that_are_not_clear_join_the_list_and_two_are_a_caution": Feature(
        [
            STATUS,
            {
                "id": "visit.clear",
                "kind": "scale_each",
                "options": ["goal", "cells", "evidence"],
                "scale": ["clear", "partly", "not_clear"],
                "ask_about": ["partly", "not_clear"],
                "caution_at": {"value": "not_clear", "count": 2, "says": {"text": "Not precise.", "basis": "guide"}},
            },
        ],
        needs(),
    ),
    "a_number_is_given_or_refused": Feature(
        [
            STATUS,
            {"id": "offer.number", "kind": "register_number", "options": {"given": "neutral", "refused": "warning"}},
            asked(PAPERS, offer_number=["given"]),
        ],
        needs({"offer.number": ["given"], "offer.papers": ["shown"]}),
    ),
    "a_country_is_one_of_many": Feature(
        [STATUS, {"id": "offer.country", "kind": "country"}],
        against(
            {"all": [{"offer.status": ["trial"]}, {"offer.country": {"not_in": ["JP"]}}]},
            trial={"offer.country": "answered"},
        ),
    ),
}
