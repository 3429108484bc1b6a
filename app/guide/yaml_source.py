"""Reads one YAML file into plain data that remembers its lines.

Every scalar stays the text that was written: no YAML 1.1 guessing, so `no`, `1.10` and dates mean what they
look like, and the models decide the type. Knows nothing of packs.
"""

from pathlib import Path

import yaml

from app.guide.errors import Problem
from app.guide.models import Place

# libyaml is ten times faster where it is compiled in; both read the same YAML.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Located(dict[str, object]):
    """A mapping that knows where it stands; the models pick `place` up from here."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.lines: dict[str, int] = {}


class LocatedList(list[object]):
    """A list that knows the line of each of its items."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


def read(path: Path, name: str) -> tuple[object, list[Problem]]:
    """Reads `path`; `name` is how messages call the file. Returns the data (None if unreadable) and problems."""
    problems: list[Problem] = []
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError:
        return None, [Problem("missing-file", Place(name, 0), "this file is missing or cannot be read.")]
    except UnicodeDecodeError:
        return None, [Problem("not-utf8", Place(name, 0), "this file is not UTF-8 text. Save it as UTF-8.")]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return None, [Problem("yaml-syntax", Place(name, line), f"not valid YAML: {error.problem}.")]
    except yaml.YAMLError as error:
        return None, [Problem("yaml-syntax", Place(name, 0), f"not valid YAML: {error}.")]
    if node is None:
        return None, [Problem("empty-file", Place(name, 1), "this file is empty.")]
    return _plain(node, name, problems, ()), problems


def _plain(node: yaml.Node, name: str, problems: list[Problem], within: tuple[yaml.Node, ...]) -> object:
    line = node.start_mark.line + 1
    if any(node is outer for outer in within):
        problems.append(Problem("yaml-syntax", Place(name, line), "not valid here: a block that holds itself."))
        return ""
    if isinstance(node, yaml.MappingNode):
        mapping = Located(Place(name, line))
        for key_node, value_node in node.value:
            key = str(key_node.value)
            key_line = key_node.start_mark.line + 1
            if key in mapping:
                # YAML keeps the last one silently; an author would lose a question without a word.
                says = f'"{key}" stands twice in one block; keep one.'
                problems.append(Problem("duplicate-key", Place(name, key_line), says))
            mapping[key] = _plain(value_node, name, problems, (*within, node))
            mapping.lines[key] = key_line
        return mapping
    if isinstance(node, yaml.SequenceNode):
        items = LocatedList()
        for item in node.value:
            items.append(_plain(item, name, problems, (*within, node)))
            items.lines.append(item.start_mark.line + 1)
        return items
    return node.value


def line_of(data: object, path: tuple[int | str, ...]) -> int:
    """The line of the deepest part of `path` that exists in `data`; 1 when nothing of it does."""
    line = 1
    for step in path:
        match data, step:
            case Located(), str() if step in data:
                line, data = data.lines[step], data[step]
            case LocatedList(), int() if step < len(data):
                line, data = data.lines[step], data[step]
        # Any other step is pydantic naming a branch of a union, not a place in the file.
    return line
