"""The picture of a pack: everything in it is there, and nothing covers anything else."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from app.guide.draw import draw
from app.guide.models import NotIn, Question, Rules
from app.guide.pack import Pack, load_pack

SVG = "{http://www.w3.org/2000/svg}"
RESULTS = ("regulated_trial", "supportive_care", "warning_sign", "not_settled")
Area = tuple[float, float, float, float]


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack(Path("questions/parkinsons"))


@pytest.fixture(scope="session")
def picture(pack: Pack) -> ET.Element:
    return ET.fromstring(draw(pack))


def words(element: ET.Element) -> str:
    """All visible text of an element, its lines joined again."""
    return " ".join((text.text or "").strip() for text in element.iter(f"{SVG}text"))


def groups(picture: ET.Element, key: str) -> list[ET.Element]:
    return [group for group in picture.iter(f"{SVG}g") if key in group.attrib]


def area(rect: ET.Element) -> Area:
    x, y, width, height = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def apart(one: Area, other: Area) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def question(question_id: str, **more: object) -> Question:
    cited = {"text": "Why.", "basis": "guide"}
    words = {"short": f"About {question_id}", "question": "?", "why": cited, "clear": "a", "vague": "b", "who": "c"}
    options = [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]
    return Question.model_validate({"id": question_id, "kind": "one", "options": options} | words | more)


def with_questions(pack: Pack, *questions: Question) -> Pack:
    """The pack cut down to one section with these questions, and no rules."""
    rules = Rules(must_answer=(), contradictions=(), results=(), never=())
    return replace(pack, sections=((pack.sections[0][0], questions),), rules=rules)


def test_every_question_stands_once_with_its_id_and_short_text(pack: Pack, picture: ET.Element) -> None:
    boxes = {group.attrib["data-question"]: words(group) for group in groups(picture, "data-question")}
    assert list(boxes) == list(pack.questions)
    for question_id, said in boxes.items():
        assert question_id in said
        assert pack.questions[question_id].short in said


def test_core_and_required_questions_are_marked(pack: Pack, picture: ET.Element) -> None:
    for group in groups(picture, "data-question"):
        asked = pack.questions[group.attrib["data-question"]]
        assert ("CORE" in words(group).split()) is asked.core
        assert ("REQUIRED" in words(group).split()) is asked.required


def test_needs_of_a_variant_carry_its_letter(pack: Pack, picture: ET.Element) -> None:
    marked = {group.attrib["data-question"]: words(group).split() for group in groups(picture, "data-question")}
    for letter, (_, variant) in zip("ABCDEFGH", pack.variants, strict=False):
        needed = {need.question for need in variant.needs}
        assert {question_id for question_id, said in marked.items() if letter in said} == needed


def test_every_condition_is_written_on_an_arrow_from_its_question(pack: Pack, picture: ET.Element) -> None:
    arrows = {(g.attrib["data-from"], g.attrib["data-to"]): words(g) for g in groups(picture, "data-from")}
    wanted = {(source, q.id): test for q in pack.questions.values() for source, test in q.asked_when.items()}
    assert arrows.keys() == wanted.keys()
    for ends, test in wanted.items():
        if isinstance(test, NotIn):
            assert arrows[ends] == ", ".join(f"not {option}" for option in test.not_in)
        else:
            assert arrows[ends] == ("any clear answer" if test == "answered" else " or ".join(test))


def test_every_result_variant_and_contradiction_is_named(pack: Pack, picture: ET.Element) -> None:
    said = words(picture)
    for result in RESULTS:
        assert result in said
    for contradiction in pack.rules.contradictions:
        assert contradiction.id in said
    for _, variant in pack.variants:
        assert f"{variant.id}: " in said
        for need in variant.needs:
            assert f"{need.question}: " in said


def test_results_differ_in_shape(picture: ET.Element) -> None:
    large = [path for path in picture.iter(f"{SVG}path") if "scale(34)" in path.get("transform", "")]
    assert len({path.attrib["d"] for path in large}) == len(large) == len(RESULTS)


def test_a_strict_content_policy_lets_it_through(pack: Pack, picture: ET.Element) -> None:
    for element in picture.iter():
        assert element.tag not in (f"{SVG}style", f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject")
        assert not any(key == "style" or key.startswith("on") or "href" in key for key in element.attrib)


def test_it_has_a_name_and_a_description_for_those_who_cannot_see_it(picture: ET.Element) -> None:
    assert picture.get("role") == "img"
    named = [picture.find(f"{SVG}{tag}") for tag in ("title", "desc")]
    assert " ".join(element.attrib["id"] for element in named if element is not None) == picture.get("aria-labelledby")
    assert all(element is not None and element.text for element in named)


def test_no_box_or_label_covers_another(picture: ET.Element) -> None:
    drawn = groups(picture, "data-question") + groups(picture, "data-from")
    areas = [area(rect) for group in drawn if (rect := group.find(f"{SVG}rect")) is not None]
    assert len(areas) == len(drawn)
    assert all(apart(one, other) for one, other in combinations(areas, 2))


def test_deeper_questions_stand_further_right(pack: Pack, picture: ET.Element) -> None:
    boxes = groups(picture, "data-question")
    left = {box.attrib["data-question"]: area(next(box.iter(f"{SVG}rect")))[0] for box in boxes}
    for asked in pack.questions.values():
        assert all(left[source] < left[asked.id] for source in asked.asked_when)


def test_a_condition_on_two_questions_has_two_arrows(pack: Pack) -> None:
    both = question("a.both", asked_when={"a.one": ["yes"], "a.two": {"not_in": ["no"]}})
    picture = ET.fromstring(draw(with_questions(pack, question("a.one"), question("a.two"), both)))
    arrows = {g.attrib["data-from"]: words(g) for g in groups(picture, "data-from")}
    assert arrows == {"a.one": "yes", "a.two": "and not no"}
    labels = [area(next(g.iter(f"{SVG}rect"))) for g in groups(picture, "data-from")]
    assert apart(*labels)


def test_a_pack_without_rules_still_shows_the_four_results(pack: Pack) -> None:
    said = words(ET.fromstring(draw(with_questions(pack, question("a.one")))))
    assert all(result in said for result in RESULTS)


def test_a_pack_without_questions_can_be_drawn(pack: Pack) -> None:
    assert ET.fromstring(draw(with_questions(pack))).tag == f"{SVG}svg"


def test_text_from_the_pack_is_escaped(pack: Pack) -> None:
    picture = ET.fromstring(draw(with_questions(pack, question("a.one", short="<b> & so on"))))
    assert "<b> & so on" in words(picture)


def test_the_same_pack_gives_the_same_picture(pack: Pack) -> None:
    assert draw(pack) == draw(pack)
