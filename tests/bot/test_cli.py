"""The command line: what is wrong with what it is given, in a line and with exit 2; and what it does."""

import io
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from bot import config
from storage.sealing import keys_from
from tests.bot import damaged_exports
from tests.bot.exports import PER_WEEK, WEEKS, handle
from tests.bot.processes import Ended, command, files_in, is_words, tertulia

CONFIG = f"""
[[communities]]
name = "Circle of tests"
spaces = ["slack:T0CLUB"]
zone = "Europe/Lisbon"
country = "PT"
coordinators = ["{handle("ines")}"]
purpose = "We name our tests together."
"""
FACTS = WEEKS * PER_WEEK["messages"] + 2
"""Messages, one who joined, and what she wrote."""


# What is no archive ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", damaged_exports.KINDS)
def test_import_refuses_what_is_no_archive_in_a_line_and_writes_nothing(
    here: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    _is_refused(lambda path: command(capsys, "import", str(path)), here, kind)


def test_so_does_a_process_of_its_own(tmp_path: Path) -> None:
    _is_refused(lambda path: tertulia("import", str(path), cwd=tmp_path), tmp_path, "truncated")


def _is_refused(taken_in: Callable[[Path], Ended], folder: Path, kind: str) -> None:
    path = damaged_exports.KINDS[kind](folder)
    before = files_in(folder)
    ended = taken_in(path)
    assert (ended.code, ended.out) == (2, "")
    [line] = ended.lines
    assert line.startswith("tertulia: ")
    assert path.name in line
    assert is_words(line)
    assert files_in(folder) == before


@pytest.mark.parametrize("kind", damaged_exports.KINDS)
def test_rehearse_and_try_refuse_what_is_no_archive_in_the_same_words(
    here: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    path = damaged_exports.KINDS[kind](here)
    before = files_in(here)
    rehearsed = command(capsys, "rehearse", str(path), "--json", "out.json", "--html", "out.html")
    tried = command(capsys, "try", "--from", str(path), "--no-browser", "--port", "0")
    assert (rehearsed.code, rehearsed.out) == (2, "")
    assert rehearsed == tried
    [line] = rehearsed.lines
    assert path.name in line
    assert is_words(line)
    assert files_in(here) == before


# What is no command ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rehaerse"], "rehaerse"),
        (["run", "--colour"], "--colour"),
        (["import"], "archive"),
        (["rehearse"], "archive"),
        (["try", "--port", "eighty"], "eighty"),
        (["recap"], "--print"),
        (["db", "backup"], "target"),
        (["run", "--config", "nowhere.toml"], "nowhere.toml: cannot be read"),
        (["rehearse", ".", "--config", "nowhere.toml"], "nowhere.toml: cannot be read"),
        (["rehearse", ".", "--script", "nowhere.toml"], "nowhere.toml: cannot be read"),
        (["rehearse", ".", "--json", "no/such/out.json"], "no/such"),
        (["recap", "--print"], "tertulia db upgrade"),
        (["db", "restore", "nowhere.db"], "nowhere.db does not exist"),
        (["db", "backup", "copy.db"], "nothing to back up"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_told_in_a_line(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    ended = command(capsys, *arguments)
    assert (ended.code, ended.out) == (2, "")
    [line] = ended.lines
    assert line.startswith("tertulia: ")
    assert words in line
    assert is_words(line)
    assert [name for name in files_in(here) if not name.endswith(".lock")] == []


def test_every_wrong_key_stands_in_a_line_of_its_own(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "config.toml").write_text('[web]\nport = "x"\n[log]\nlevel = "loud"\n')
    ended = command(capsys, "run")
    assert ended.code == 2
    assert len(ended.lines) == 2
    assert "config.toml: web.port: " in ended.err
    assert "config.toml: log.level: " in ended.err


def test_a_folder_for_the_database_that_is_not_there_is_told(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERTULIA_DATABASE__URL", f"sqlite+aiosqlite:///{here}/no/folder/x.db")
    for arguments in (["run"], ["db", "upgrade"]):
        ended = command(capsys, *arguments)
        assert ended.code == 2
        assert f"{here}/no/folder" in ended.err
        assert is_words(ended.err)


def test_a_file_that_is_no_database_is_told(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "letter.db").write_bytes(b"Dear Sir or Madam, " * 400)
    with closing(sqlite3.connect(here / "songs.db")) as other:
        other.execute("CREATE TABLE song (title TEXT)")
    for name, words in (("letter.db", "is not a database"), ("songs.db", "of another program")):
        monkeypatch.setenv("TERTULIA_DATABASE__URL", f"sqlite+aiosqlite:///{name}")
        ended = command(capsys, "db", "upgrade")
        assert ended.code == 2
        assert words in ended.err
        [line] = ended.lines
        assert is_words(line)


# Help --------------------------------------------------------------------------------------------


def test_help_lists_every_command_with_what_it_does(tmp_path: Path) -> None:
    ended = tertulia("--help", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    for name, words in {
        "try": "Open the local page",
        "run": "Run the bot",
        "check": "Look for what is wrong",
        "rehearse": "Play an export through the whole bot",
        "import": "Nothing is posted",
        "recap": "as it would be posted now",
        "db": "upgrade, back up, restore",
        "config": "a commented example",
        "invite": "Print an invitation link",
    }.items():
        assert any(f" {name} " in line for line in ended.out.splitlines()), name
        assert words in ended.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rehearse"], ["--config", "--script", "--json", "--html", "Slack export"]),
        (["import"], ["--config", "a second time changes nothing"]),
        (["try"], ["--from", "--first-run", "--host", "--port", "token"]),
        (["run"], ["--config", "copied aside"]),
        (["check"], ["Exit status 1"]),
        (["recap"], ["--print", "--community"]),
        (["db"], ["upgrade", "backup", "restore"]),
        (["db", "restore"], ["kept aside"]),
        (["config"], ["example", "schema", "key"]),
        (["invite", "discord"], ["--config", "the fewest permissions"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_explains_itself(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    ended = command(capsys, *arguments, "--help")
    assert (ended.code, ended.err) == (0, "")
    shown = " ".join(ended.out.replace("│", " ").split())
    assert [word for word in words if word not in shown] == []


def test_the_version_is_that_of_the_package(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = command(capsys, "--version")
    assert ended.code == 0
    try:
        expected = version("tertulia")
    except PackageNotFoundError:
        expected = "from a checkout that is not installed"
    assert ended.out.strip() == expected


def test_the_papers_are_printed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(capsys, "config", "example").out == config.example()
    assert json.loads(command(capsys, "config", "schema").out) == config.schema()
    keys = {command(capsys, "config", "key").out for _ in range(2)}
    assert len(keys) == 2
    assert all(keys_from(key) for key in keys)


def test_the_invitation_is_a_link_and_nothing_else(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begins = "https://discord.com/oauth2/authorize?client_id=112233445566778899&"
    assert command(capsys, "invite", "discord", "112233445566778899").out.startswith(begins)
    monkeypatch.setenv("TERTULIA_DISCORD__TOKEN", "MTEyMjMzNDQ1NTY2Nzc4ODk5.x.y")
    assert command(capsys, "invite", "discord").out.startswith(begins)


@pytest.mark.parametrize(("arguments", "token"), [(["x1"], ""), ([], ""), ([], "no token")])
def test_without_an_application_nobody_is_invited(
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    token: str,
) -> None:
    monkeypatch.setenv("TERTULIA_DISCORD__TOKEN", token)
    ended = command(capsys, "invite", "discord", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "developer portal" in ended.err


# Import, and what is seen after it ---------------------------------------------------------------


def test_an_import_is_new_once_and_nothing_is_posted(tmp_path: Path, club: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    first = tertulia("import", str(club), cwd=tmp_path)
    assert (first.code, first.lines) == (0, ["! left out: from bots, 5 rows"])
    assert first.out == f"club: {FACTS} facts read, {FACTS} new in the diary; 5 people, 3 channels.\n"
    again = tertulia("import", str(club), cwd=tmp_path)
    assert (again.code, again.out) == (0, first.out.replace(f"{FACTS} new", "0 new"))
    with closing(sqlite3.connect(tmp_path / "tertulia.db")) as database:
        [(said,)] = database.execute("SELECT count(*) FROM outbox")
        [(zone, country, begun)] = database.execute("SELECT zone, country, begun_at FROM community")
    assert (said, zone, country, begun) == (0, "Europe/Lisbon", "PT", None)


def test_a_zip_of_the_same_is_the_same(here: Path, club: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(here / "club.zip", "w") as package:
        for path in sorted(club.rglob("*.json")):
            package.write(path, path.relative_to(club).as_posix())
    assert f"{FACTS} new in the diary" in command(capsys, "import", str(club)).out
    assert " 0 new in the diary" in command(capsys, "import", "club.zip").out


def test_a_broken_file_is_named_and_the_rest_goes_in(
    here: Path, club: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(club, here / "club")
    broken = next(iter(sorted((here / "club" / "general").glob("*.json"))))
    rows = len(json.loads(broken.read_text()))
    broken.write_text("[{")
    ended = command(capsys, "import", "club")
    assert ended.code == 0
    assert f"! general/{broken.name}: is not JSON" in ended.err
    assert f"{FACTS - rows} new in the diary" in ended.out


def test_the_recap_is_printed_as_it_would_be_posted_now(
    here: Path, club: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "config.toml").write_text(CONFIG)
    command(capsys, "import", str(club))
    ended = command(capsys, "recap", "--print")
    assert ended.code == 0
    assert ended.out.startswith("This week in Circle of tests") or "Circle of tests" in ended.out
    assert ended.err == ""
    assert command(capsys, "recap", "--print", "--community", "Circle of tests").out == ended.out


def test_a_recap_of_nobody_is_refused_in_words(
    here: Path, club: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(capsys, "db", "upgrade")
    assert "there is no community yet" in command(capsys, "recap", "--print").err
    command(capsys, "import", str(club))
    assert "nobody coordinates club yet" in command(capsys, "recap", "--print").err
    unknown = command(capsys, "recap", "--print", "--community", "Elsewhere")
    assert (unknown.code, unknown.err) == (2, "tertulia: there is no community Elsewhere.\n")


def test_of_several_communities_one_has_to_be_named(
    here: Path, club: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "config.toml").write_text(CONFIG)
    command(capsys, "import", str(club))
    discord = Path(__file__).parents[1] / "data" / "discord-small"
    command(capsys, "import", str(discord))
    ended = command(capsys, "recap", "--print")
    assert ended.code == 2
    assert "Say --community with one of: Circle of tests, Small." in ended.err
    assert command(capsys, "recap", "--print", "--community", "Circle of tests").code == 0


# The database ------------------------------------------------------------------------------------


def test_the_database_is_upgraded_backed_up_and_restored(
    here: Path, club: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "went from nothing to" in command(capsys, "db", "upgrade").out
    assert "already" in command(capsys, "db", "upgrade").out
    command(capsys, "import", str(club))
    saved = command(capsys, "db", "backup", "copy.db")
    assert (saved.code, saved.out) == (0, "Copied to copy.db\n")
    assert "exists already" in command(capsys, "db", "backup", "copy.db").err
    (here / "tertulia.db").unlink()
    restored = command(capsys, "db", "restore", "copy.db")
    assert (restored.code, restored.out) == (0, "Restored from copy.db\n")
    assert " 0 new in the diary" in command(capsys, "import", str(club)).out
    again = command(capsys, "db", "restore", "copy.db")
    assert "What was there is kept as tertulia.db.replaced-" in again.out
    assert len(list(here.glob("tertulia.db.replaced-*"))) == 1


def test_a_strangers_file_is_not_restored(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(capsys, "db", "upgrade")
    (here / "letter.db").write_bytes(b"Dear Sir or Madam")
    ended = command(capsys, "db", "restore", "letter.db")
    assert (ended.code, ended.err) == (2, "tertulia: letter.db is not a database of Tertulia.\n")


# Check -------------------------------------------------------------------------------------------


def test_check_names_what_is_missing_with_its_remedy_and_is_content(
    here: Path, club: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = command(capsys, "check")
    assert empty.code == 0
    assert "• No config.toml here: defaults are used." in empty.out
    assert "    Copy config.example.toml to config.toml." in empty.out
    assert "• The database is empty." in empty.out
    assert files_in(here) == set(), "looking leaves nothing behind"
    (here / "config.toml").write_text(CONFIG)
    command(capsys, "import", str(club))
    full = command(capsys, "check")
    assert full.code == 0
    assert "✓ config.toml is in order." in full.out
    assert "• Circle of tests: not begun, so I am silent." in full.out
    assert "nobody coordinates" not in full.out


def test_check_exits_with_1_for_what_is_ill_and_shows_no_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://bot:tr0ub4dor@127.0.0.1:1/tertulia"
    ended = tertulia("check", cwd=tmp_path, TERTULIA_DATABASE__URL=url)
    assert ended.code == 1
    assert "✗ The database cannot be opened" in ended.out
    assert "Check host and port in database.url" in ended.out
    assert "tr0ub4dor" not in ended.out + ended.err
    assert is_words(ended.out + ended.err)


# Rehearse ----------------------------------------------------------------------------------------


def test_a_rehearsal_is_plain_lines_where_there_is_no_terminal(
    here: Path, club: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = command(capsys, "rehearse", str(club))
    assert ended.code == 0
    assert "2024-03-11 09:00 #general: Hello" in ended.out
    assert "2024-03-15 15:00 #general: This week in club" in ended.out
    assert "to Ines: " in ended.out
    assert "! left out: from bots, 5 rows" in ended.out
    assert "╭" not in ended.out
    assert "\x1b" not in ended.out


def test_a_rehearsal_writes_figures_a_page_and_nothing_else(
    here: Path, club: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = command(capsys, "rehearse", str(club), "--json", "out.json", "--html", "out.html", "--quiet")
    assert (ended.code, ended.out) == (0, "")
    assert files_in(here) == {"out.json", "out.html"}
    document = json.loads((here / "out.json").read_text("utf-8"))
    assert list(document) == ["totals", "weeks", "posts"]
    assert document["totals"]["messages"] == WEEKS * PER_WEEK["messages"] + 1
    page = (here / "out.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert page.count("<article") == len(document["posts"])
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_a_script_and_a_play_are_taken_in(here: Path, club: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "play.toml").write_text('recap_day = "monday"\nbaseline_days = 14')
    (here / "script.toml").write_text(
        f"""
        [[steps]]
        at = 2024-03-19T10:00:00Z
        who = "{handle("marek")}"
        say = "/cop me"
        [[steps]]
        at = 2024-03-19T10:01:00Z
        who = "{handle("marek")}"
        fill = "charter.edit_profile"
        values = {{ zone = "Warsaw" }}
        [[steps]]
        at = 2024-03-19T10:02:00Z
        who = "{handle("marek")}"
        say = "/cop xyzzy"
        """
    )
    ended = command(capsys, "rehearse", str(club), "--config", "play.toml", "--script", "script.toml")
    assert ended.code == 0
    assert "2024-03-22 15:00" not in ended.out, "the play moves the recap from Friday"
    assert "2024-03-25 15:00 #general: This week in club" in ended.out
    assert "2024-03-19 10:00 to Marek alone: the form “About me”" in ended.out
    assert "2024-03-19 10:01 to Marek alone: the form “About me”" in ended.out
    assert "My time zone: a time zone is a region and a city, such as Europe/Lisbon" in ended.out
    assert "I don’t know “xyzzy”." in ended.out


def test_a_step_that_cannot_be_done_ends_the_rehearsal_in_a_line(
    here: Path, club: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "script.toml").write_text(
        f'[[steps]]\nat = 2024-03-12T10:00:00Z\nwho = "{handle("marek")}"\npress = "Nothing"\n'
    )
    ended = command(capsys, "rehearse", str(club), "--script", "script.toml", "--json", "out.json")
    assert ended.code == 2
    [line] = ended.lines
    assert line == f"tertulia: script: at 2024-03-12 10:00 {handle('marek')} finds no button “Nothing”."
    assert files_in(here) == {"script.toml"}


def test_standard_output_is_json_and_nothing_else(tmp_path: Path, club: Path) -> None:
    ended = tertulia("rehearse", str(club), "--json", "-", cwd=tmp_path)
    assert ended.code == 0
    assert json.load(io.StringIO(ended.out))["totals"]["authors"] == 5
    assert files_in(tmp_path) == set()
