"""The configuration: what is wrong is named, what is secret is not shown, and the papers have not drifted."""

import json
import os
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot import config
from bot.config import CommunityConfig, Settings
from facilitation.core.values.errors import BadInput
from storage.sealing import Seals, fresh_key, keys_from

ROOT = Path(__file__).parents[2]
SECRET = "tr0ub4dor"
DATABASE = f"postgresql+psycopg://bot:{SECRET}@db.example/tertulia"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith(config.ENV_PREFIX)]:
        monkeypatch.delenv(name)


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def faults(path: Path | None) -> list[str]:
    """What `load` says is wrong, line by line."""
    with pytest.raises(BadInput) as refused:
        config.load(path)
    return str(refused.value).split("\n")


# The papers --------------------------------------------------------------------------------------


def test_the_example_is_what_the_model_makes_of_itself() -> None:
    """If not: `tertulia config example > config.example.toml`."""
    assert (ROOT / "config.example.toml").read_text("utf-8") == config.example()


def test_the_schema_is_what_the_model_makes_of_itself() -> None:
    """If not: `tertulia config schema > config.schema.json`."""
    assert json.loads((ROOT / "config.schema.json").read_text("utf-8")) == config.schema()


def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    settings = config.load(written(tmp_path, config.example()))
    [community] = settings.communities
    assert community.name == "Data Pipelines Circle"
    assert settings.database == Settings().database, "a commented default is the default"


def test_every_commented_default_can_be_used(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") if " = " in line else line for line in config.example().splitlines()]
    assert config.load(written(tmp_path, "\n".join(lines))).web == Settings().web


def test_the_example_names_every_key() -> None:
    example = config.example()
    for name, field in Settings.model_fields.items():
        assert f"[{name}]" in example
        section = CommunityConfig if name == "communities" else field.annotation
        assert isinstance(section, type)
        assert issubclass(section, BaseModel)
        for key, inner in section.model_fields.items():
            assert f"{key} = " in example
            assert f"# {inner.description}\n" in example


# What is wrong -----------------------------------------------------------------------------------


def test_every_wrong_key_is_named_with_what_was_expected(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        color = "blue"
        [web]
        port = 70000
        hosst = "x"
        [log]
        level = "loud"
        [[communities]]
        name = "One"
        zone = "Lisboa"
        country = "Portugal"
        [[communities]]
        nmae = "Two"
        """,
    )
    assert sorted(faults(path)) == sorted(
        f"{path}: {line}"
        for line in (
            f"color: unknown key; here I know {', '.join(Settings.model_fields)}.",
            "web.port: Input should be less than or equal to 65535.",
            "web.hosst: unknown key; here I know host, port.",
            "log.level: must be 'debug', 'info', 'warning' or 'error'.",
            "communities.0.zone: a time zone is a region and a city, such as Europe/Lisbon.",
            "communities.0.country: must be two capital letters such as PT, or empty.",
            "communities.1.name: is missing.",
            f"communities.1.nmae: unknown key; here I know {', '.join(CommunityConfig.model_fields)}.",
        )
    )


def test_a_key_that_is_too_short_is_refused_without_being_shown(tmp_path: Path) -> None:
    [line] = faults(written(tmp_path, f'[privacy]\nkey = "{SECRET}"'))
    assert line.endswith("privacy.key: must have at least 32 characters, or be empty.")
    assert SECRET not in line


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"mysql://bot:{SECRET}@db/x", "must begin with sqlite+aiosqlite:/// or postgresql+psycopg://"),
        (f"postgres://bot:{SECRET}@db/x", "must begin with"),
        ("sqlite:///tertulia.db", "must begin with"),
        (f"postgresql+psycopg://bot:{SECRET}@db:port/x", "cannot be read"),
        (f"postgresql+psycopg://bot:{SECRET}@db", "names no file or database"),
        ("sqlite+aiosqlite:///", "names no file or database"),
    ],
)
def test_a_database_that_is_none_is_named_without_its_password(tmp_path: Path, url: str, words: str) -> None:
    [line] = faults(written(tmp_path, f'[database]\nurl = "{url}"'))
    assert "database.url: " in line
    assert words in line
    assert SECRET not in line


def test_a_key_that_is_none_is_named_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERTULIA_SEALING__KEY", SECRET)
    [line] = faults(None)
    assert line == "TERTULIA_SEALING__KEY: sealing.key: key 1 is none: tertulia config key prints one."


def test_several_keys_may_be_set_and_none_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = fresh_key(), fresh_key()
    monkeypatch.setenv("TERTULIA_SEALING__KEY", ",".join(keys))
    settings = config.load(None)
    first, second = (Seals(keys_from(key)) for key in keys)
    assert settings.sealing.seals().open(second.seal("yes", "a"), "a") == "yes"
    assert first.open(settings.sealing.seals().seal("yes", "a"), "a") == "yes"
    assert not any(key in repr(settings) + settings.model_dump_json() for key in keys)


def test_a_secret_is_shown_neither_by_faults_nor_by_the_settings(tmp_path: Path) -> None:
    good = config.load(written(tmp_path, f'[database]\nurl = "{DATABASE}"'))
    assert SECRET not in repr(good)
    assert SECRET not in good.model_dump_json()
    bad = written(tmp_path, f'[database]\nurl = "{DATABASE}"\nurll = "{DATABASE}"\n[web]\nport = "{SECRET}"')
    assert SECRET not in "".join(faults(bad))


def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, f"[database]\nurl = {SECRET}")
    [line] = faults(path)
    assert line.startswith(f"{path}: is not valid TOML: ")
    assert "line 2" in line
    assert SECRET not in line


def test_what_is_not_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "is not valid TOML" in faults(path)[0]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.toml"
    assert faults(path) == [f"{path}: cannot be read (No such file or directory)."]


# The environment ---------------------------------------------------------------------------------


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, '[web]\nport = 9000\nhost = "0.0.0.0"')
    monkeypatch.setenv("TERTULIA_WEB__PORT", "9001")
    monkeypatch.setenv("TERTULIA_DATABASE__URL", DATABASE)
    settings = config.load(path)
    assert (settings.web.port, settings.web.host) == (9001, "0.0.0.0")
    assert settings.database.url.get_secret_value() == DATABASE


def test_a_whole_community_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERTULIA_COMMUNITIES", '[{"name": "Circle", "spaces": ["slack:T1"]}]')
    [community] = config.load(None).communities
    assert (community.name, community.spaces) == ("Circle", ("slack:T1",))


def test_a_wrong_variable_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, '[log]\nlevel = "loud"')
    monkeypatch.setenv("TERTULIA_WEB__PORT", "eighty")
    monkeypatch.setenv("TERTULIA_WEB__PROT", "80")
    found = faults(path)
    assert any(line.startswith("TERTULIA_WEB__PORT: web.port: ") for line in found)
    assert any(line.startswith("TERTULIA_WEB__PROT: web.prot: unknown key") for line in found)
    assert any(line.startswith(f"{path}: log.level: ") for line in found)


@pytest.mark.parametrize("name", ["TERTULIA_COMMUNITIES", "TERTULIA_DATABASE"])
def test_a_variable_that_must_be_json_is_told_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, f"{SECRET}!")
    assert faults(None) == [f"{name}: must be JSON."]


# Finding it --------------------------------------------------------------------------------------


def test_the_file_in_the_current_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.find(None) is None
    written(tmp_path, "")
    assert config.find(None) == Path("config.toml")
    assert config.find(Path("other.toml")) == Path("other.toml")


def test_a_community_is_found_by_its_name_and_by_its_space() -> None:
    one = CommunityConfig(name="One", spaces=("slack:T1", "discord:9"))
    settings = Settings(communities=(one, CommunityConfig(name="Two", spaces=("slack:T1",))))
    assert settings.community("One") is one
    assert settings.community("Three") is None
    assert settings.community_in("discord:9") is one
    assert settings.community_in("slack:T1") is one
    assert settings.community_in("slack:T2") is None


def test_the_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().web.port = 1


def test_the_example_is_toml() -> None:
    assert set(tomllib.loads(config.example())) == {
        "database",
        "web",
        "log",
        "sealing",
        "privacy",
        "slack",
        "discord",
        "communities",
    }
