"""Every setting that is wrong is a sentence that names it, and shows no secret."""

import pytest

from app import cli
from app.settings import not_settings


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("WORKERS", "few", "this has to be a whole number"),
        ("WORKERS", "0", "this has to be greater than or equal to 1"),
        ("LIMITS", "often", "this has to be a number"),
        ("HTTPS", "perhaps", "this has to be true or false"),
        ("LOGS", "loud", "this has to be 'plain' or 'json'"),
        ("METRICS", "9100", "this has to be a host and a port such as 127.0.0.1:9100"),
    ],
)
def test_a_setting_that_is_wrong_is_a_sentence(
    setting: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"WHICH_CELLS_{setting}", value)
    assert cli.main(["serve"]) == 2
    assert capsys.readouterr() == ("", f"WHICH_CELLS_{setting}: {says}.\n")


@pytest.mark.parametrize("command", [["verify"], ["backup", "b.db"], ["restore", __file__], ["sweep"]])
def test_an_address_that_cannot_be_read_is_a_sentence_without_its_password(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WHICH_CELLS_DATABASE", "postgresql://u:hidden%zz@127.0.0.1/d")
    assert cli.main(command) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "it is no address that PostgreSQL reads" in said.err
    assert "hidden" not in said.err


def test_what_looks_like_a_setting_and_is_none_is_told_with_what_comes_closest() -> None:
    environment = ["PATH", "WHICH_CELLS_PEPPER", "which_cells_port", "WHICH_CELLS_TEST_SOAK"]
    assert not_settings(environment) == []
    assert not_settings([*environment, "WHICH_CELLS_PEPER", "WHICH_CELLS_LOCALSCRIPT"]) == [
        'WHICH_CELLS_PEPER is no setting, so it changes nothing. Did you mean "WHICH_CELLS_PEPPER"?',
        'WHICH_CELLS_LOCALSCRIPT is no setting, so it changes nothing. Did you mean "WHICH_CELLS_LOCAL_SCRIPT"?',
    ]
