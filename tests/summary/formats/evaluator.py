"""When an item of a FHIR Questionnaire is enabled, worked out from the words of FHIR R4 and from nothing of ours.

Takes a Questionnaire as plain JSON and answers by linkId: lists of codes, texts or dates.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Item = dict[str, Any]
Answers = Mapping[str, list[Any]]


class Evaluator:
    """One Questionnaire, and what is answered in it, also in items that are not enabled."""

    def __init__(self, questionnaire: Item, answers: Answers) -> None:
        self.answers = answers
        self.items: dict[str, Item] = {}
        self.parents: dict[str, str | None] = {}
        for item, parent in _walk(questionnaire, None):
            assert item["linkId"] not in self.items, f"two items with the linkId {item['linkId']}"
            self.items[item["linkId"]] = item
            self.parents[item["linkId"]] = parent

    def enabled(self, link_id: str) -> bool:
        """ "If an item is not enabled, none of its children are", and its conditions hold."""
        parent = self.parents[link_id]
        if parent is not None and not self.enabled(parent):
            return False
        item = self.items[link_id]
        conditions = [self._holds(condition) for condition in item.get("enableWhen", [])]
        if len(conditions) > 1:
            assert item["enableBehavior"] in ("all", "any"), "FHIR's rule que-12"
        if item.get("enableBehavior") == "any":
            return any(conditions)
        return all(conditions)

    def _holds(self, condition: Item) -> bool:
        # "No answers are stored for items that are not enabled."
        answers = self.answers.get(condition["question"], []) if self.enabled(condition["question"]) else []
        if condition["operator"] == "exists":
            return bool(answers) == condition["answerBoolean"]
        wanted = (condition["answerCoding"]["system"], condition["answerCoding"]["code"])
        if condition["operator"] == "=":
            return wanted in answers  # "at least one answer has a value that is equal"
        assert condition["operator"] == "!="
        return wanted not in answers  # "no answer has a value that is equal"


def _walk(node: Item, parent: str | None) -> Iterator[tuple[Item, str | None]]:
    for item in node.get("item", []):
        yield item, parent
        yield from _walk(item, item["linkId"])
