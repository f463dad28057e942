"""`init` and `manifest`: from nothing to a configuration that can be run, with each question and without."""

import json
import stat
from pathlib import Path

import pytest

from bot import config
from bot.cli import init
from storage.sealing import fresh_key
from tests.bot.processes import command

TOKENS = ("--token", "slack.bot_token=xoxb-1", "--token", "slack.app_token=xapp-1")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody at a terminal, who answers in this order."""
    answers: list[str] = []

    def answer(question: str) -> str:
        if not answers:
            raise EOFError
        return answers.pop(0)

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr(init, "getpass", answer)
    return answers


def test_the_manifest_is_printed_as_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = command(capsys, "manifest", "slack")
    assert ended.code == 0
    made = json.loads(ended.out)
    assert made["settings"]["socket_mode_enabled"]
    assert [one["command"] for one in made["features"]["slash_commands"]] == ["/cop", "/coordinate"]


def test_the_manifest_for_signed_requests_names_the_address(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = json.loads(command(capsys, "manifest", "slack", "--address", "https://bot.example.org").out)
    url = made["settings"]["event_subscriptions"]["request_url"]
    assert url == "https://bot.example.org/slack/events"
    refused = command(capsys, "manifest", "slack", "--address", "http://bot.example.org")
    assert (refused.code, refused.lines) == (2, ["tertulia: --address: Slack sends to https:// only."])


def test_without_questions_a_configuration_is_written_for_its_owner_alone(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = command(
        capsys, "init", *TOKENS, "--community", "Circle", "--coordinator", "U1", "--zone", "europe/lisbon"
    )
    assert ended.code == 0
    path = here / "config.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    settings = config.load(path)
    assert settings.slack.bot_token.get_secret_value() == "xoxb-1"
    assert settings.slack.app_token.get_secret_value() == "xapp-1"
    [community] = settings.communities
    assert (community.name, community.zone, community.coordinators) == ("Circle", "Europe/Lisbon", ("U1",))
    assert settings.community_in("slack:T1") is community
    for word in ("tertulia check", "tertulia run", "/coordinate settings", "Begin", "api.slack.com/apps"):
        assert word in ended.out
    assert "xoxb-1" not in ended.out
    assert [one.name for one in here.iterdir()] == ["config.toml"]


def test_the_key_for_concerns_is_named_unless_it_is_set(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    step = "put what tertulia config key prints into TERTULIA_SEALING__KEY."
    assert step in command(capsys, "init").out
    monkeypatch.setenv("TERTULIA_SEALING__KEY", fresh_key())
    assert step not in command(capsys, "init", "--overwrite").out


def test_tokens_that_are_not_given_are_named_to_be_filled_in(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Put slack.bot_token, slack.app_token into config.toml." in command(capsys, "init").out
    http = ("--token", "slack.bot_token=xoxb-1", "--token", "slack.signing_secret=s")
    ended = command(capsys, "init", *http, "--overwrite")
    assert "Put slack" not in ended.out
    assert config.load(here / "config.toml").slack.signing_secret.get_secret_value() == "s"


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = here / "config.toml"
    path.write_text("# mine\n")
    refused = command(capsys, "init", *TOKENS)
    assert refused.code == 2
    assert "stays as it is" in refused.lines[0]
    assert path.read_text() == "# mine\n"
    assert command(capsys, "init", *TOKENS, "--overwrite").code == 0
    assert path.read_text() != "# mine\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--platform", "irc"), "--platform: I know slack"),
        (("--token", "slack.bot_token"), "--token: write KEY=VALUE; I know slack.bot_token"),
        (("--token", "irc.token=secret-words"), "--token: write KEY=VALUE"),
        (("--zone", "Lisbon"), "--zone: a time zone is a region and a city"),
        (("--database", "mysql://x"), "database.url: must begin with"),
        (("--config", "no/such/config.toml"), "no/such/config.toml: there is no folder no/such"),
    ],
)
def test_what_cannot_be_is_said_in_a_line_and_writes_nothing(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    ended = command(capsys, "init", *arguments)
    assert ended.code == 2
    [line] = ended.lines
    assert words in line
    assert "secret-words" not in line
    assert list(here.iterdir()) == []


def test_each_question_is_asked_at_a_terminal(
    here: Path, capsys: pytest.CaptureFixture[str], terminal: list[str]
) -> None:
    terminal += ["slack", "xoxb-2", "", "The Guild", "", "U2", "Europe/Berlin"]
    ended = command(capsys, "init")
    assert ended.code == 0
    settings = config.load(here / "config.toml")
    assert settings.slack.bot_token.get_secret_value() == "xoxb-2"
    assert settings.slack.app_token.get_secret_value() == ""
    assert settings.database.url.get_secret_value() == "sqlite+aiosqlite:///tertulia.db"
    [community] = settings.communities
    assert (community.name, community.zone, community.coordinators) == ("The Guild", "Europe/Berlin", ("U2",))
    assert "Put slack.app_token into config.toml." in ended.out
    assert terminal == []


def test_at_a_terminal_one_is_asked_before_a_file_is_replaced(
    here: Path, capsys: pytest.CaptureFixture[str], terminal: list[str]
) -> None:
    path = here / "config.toml"
    path.write_text("# mine\n")
    terminal += ["n"]
    assert command(capsys, "init", *TOKENS).code == 2
    terminal += ["y", "", "", "", ""]
    assert command(capsys, "init", *TOKENS).code == 0
    assert path.read_text() != "# mine\n"


def test_words_that_toml_would_misread_are_kept(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = 'The "quoted" \\ guild, #1'
    assert command(capsys, "init", *TOKENS, "--community", name).code == 0
    assert config.load(here / "config.toml").communities[0].name == name
