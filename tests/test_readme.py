"""What the README and the guide for authors name is there, and what is there is named."""

import re
from pathlib import Path

from prometheus_client import CollectorRegistry

from app import metrics
from app.cli import _parser
from app.guide import models, page_models, trial_models
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUNNING = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
CONTENT = (ROOT / "docs" / "content.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    prefix = Settings.model_config["env_prefix"]
    settings = {f"{prefix}{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(rf"{prefix}[A-Z_]+", README)) == settings


def test_every_setting_stands_there_with_its_default() -> None:
    prefix = Settings.model_config["env_prefix"]
    said: dict[str, str] = {}
    for row in re.findall(rf"^\| *(`{prefix}.*)$", README, re.MULTILINE):
        names, defaults, what = (cell.strip() for cell in row.strip("| ").split(" | ", 2))
        assert len(what) > 10, names
        shown = re.findall(r"`([^`]*)`", defaults) if defaults != "empty" else [""]
        said |= dict(zip(re.findall(r"`([^`]*)`", names), shown, strict=True))
    assert said == {f"{prefix}{name.upper()}": shown_as(f.default) for name, f in Settings.model_fields.items()}


def shown_as(default: object) -> str:
    """A default as somebody would write it into the environment."""
    return str(default).replace(f"{ROOT}/", "") if not isinstance(default, bool) else str(default).lower()


def test_the_recipes_name_settings_that_are_there() -> None:
    named = set(re.findall(r"WHICH_CELLS_[A-Z_]+", RUNNING))
    assert named <= {f"WHICH_CELLS_{name.upper()}" for name in Settings.model_fields}
    assert len(named) > 5


def test_everything_that_is_counted_is_explained_and_nothing_else() -> None:
    registry = CollectorRegistry()
    metrics.turn_on(registry)
    metrics.turn_off()
    there = {f.name + ("_total" if f.type == "counter" else "") for f in registry.collect()}
    assert set(re.findall(r"`(which_cells_\w+)` \|", RUNNING)) == there


def test_every_command_and_option_is_in_the_readme() -> None:
    for action in _parser(Settings())._subparsers._group_actions:  # type: ignore[union-attr]
        for name, command in action.choices.items():  # type: ignore[union-attr]
            assert f"python -m app {name}" in README, name
            for option in command._actions:
                spelled = [o for o in option.option_strings if o != "-h" and o != "--help"]
                assert not spelled or any(o in README for o in spelled), f"{name} {spelled}"


def test_every_make_target_that_the_readme_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE)) <= targets
    assert {"setup", "serve", "test", "check", "bench"} <= targets


def test_every_key_that_a_pack_may_have_is_explained_to_authors() -> None:
    # Trials hold what public records said; their keys are for whoever copies a record.
    left_out = {"Trial", "Trials", "Status"}
    nodes = {
        n
        for m in (models, page_models, trial_models)
        for n in vars(m).values()
        if isinstance(n, type) and issubclass(n, models.Node)
    }
    for node in nodes - {models.Node}:
        if node.__name__ in left_out:
            continue
        missing = [key for key in node.model_fields if not re.search(rf"\b{key}\b(:|`)", CONTENT)]
        assert not missing, node.__name__
