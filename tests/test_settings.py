import sys
import tomllib
from pathlib import Path

import pytest

from wsl_core.errors import ParameterError
from wsl_core.settings import Settings, settings, user_folder, variable

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(variable(field), raising=False)
    settings.cache_clear()


ACCEPTED = [
    ("megabytes", "40.5", 40.5),
    ("megapixels", "12", 12.0),
    ("max_side", "1025", 1025),
    ("cache_megabytes", "64", 64.0),
    ("features_megabytes", "500", 500.0),
    ("threads", "3", 3),
    ("cache", "some/folder", Path("some/folder")),
    ("weights", "own weights", Path("own weights")),
    ("downloads", "false", False),
    ("data", "sets", Path("sets")),
    ("runs", "long work", Path("long work")),
    ("runs_days", "7", 7.0),
    ("runs_megabytes", "500", 500.0),
    ("queue", "3", 3),
    ("trainings", "2", 2),
    ("scheduler", "tcp://127.0.0.1:8786", "tcp://127.0.0.1:8786"),
    ("hosts", "class.example,lecture", "class.example,lecture"),
    ("handout_megabytes", "10", 10.0),
    ("answers", "true", True),
]
REFUSED = [
    *[("megabytes", value) for value in ("0", "-1", "many", "nan", "inf", "2001")],
    *[("megapixels", value) for value in ("0", "1001", "64 MP")],
    *[("max_side", value) for value in ("32", "16386", "449.5", "full")],
    *[("cache_megabytes", value) for value in ("0", "-3", "all")],
    *[("features_megabytes", value) for value in ("0", "-3", "all")],
    *[("threads", value) for value in ("-1", "1.5", "all")],
    *[("runs_days", value) for value in ("0", "-1", "a week", "4000")],
    *[("runs_megabytes", value) for value in ("0", "all")],
    *[("queue", value) for value in ("0", "1001", "2.5")],
    *[("trainings", value) for value in ("-1", "65", "all")],
    *[("scheduler", value) for value in ("localhost", "127.0.0.1:8786", "http://a:1", "tcp://a")],
    *[("downloads", value) for value in ("never", "2")],
    *[("handout_megabytes", value) for value in ("0", "101", "large")],
    *[("hosts", value) for value in ("http://a", "a b", "a:80")],
    *[("answers", value) for value in ("please", "2")],
]


@pytest.mark.parametrize(("field", "text", "value"), ACCEPTED)
def test_each_variable_sets_its_field(
    monkeypatch: pytest.MonkeyPatch, field: str, text: str, value: object
) -> None:
    default = getattr(settings(), field)
    settings.cache_clear()
    monkeypatch.setenv(variable(field), text)
    assert getattr(settings(), field) == value != default


def test_every_field_has_its_variable_tested() -> None:
    assert {field for field, *_ in ACCEPTED} == set(Settings.model_fields)


@pytest.mark.parametrize(("field", "text"), REFUSED)
def test_wrong_values_are_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, field: str, text: str
) -> None:
    monkeypatch.setenv(variable(field), text)
    with pytest.raises(ParameterError) as refusal:
        settings()
    sentence = str(refusal.value)
    assert sentence.startswith(f"The environment variable {variable(field)} is {text!r}")
    assert Settings.model_fields[field].description in sentence
    assert "\n" not in sentence


def test_an_empty_variable_is_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    default = settings()
    settings.cache_clear()
    monkeypatch.setenv("WSL_MEGABYTES", "")
    assert settings() == default


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings().threads = 2


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="XDG folders are those of Linux.")
def test_the_cache_lies_in_the_users_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert settings().cache == user_folder("cache") == tmp_path / "beyond-imagenet"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_folder("cache") == tmp_path / ".cache" / "beyond-imagenet"


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="XDG folders are those of Linux.")
def test_runs_lie_among_the_users_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert settings().runs == tmp_path / "beyond-imagenet" / "runs"


def test_the_servers_configuration_has_the_same_limit_for_uploads() -> None:
    configuration = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())
    assert configuration["server"]["maxUploadSize"] == settings().megabytes
