"""`tertulia match`: a spreadsheet in, pairs out; and what it says of a file that it cannot use."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bot.processes import command, is_words, tertulia

SHEET = """\
Role,ID,Topics,Capacity,Zone,Languages,Remarks
mentor,Ana,testing packaging,2,Europe/Lisbon,"English, Spanish",our oldest
mentor,Bo,"databases; machine learning",1,Europe/Berlin,,
request,Cy,testing,,Europe/Berlin,Spanish,
request,Di,machine learning;,,,,
Request,Ed,knitting,,Europe/Berlin,,
request,Ana,databases,,,,
"""
DOCUMENT: dict[str, Any] = {
    "mentors": [
        {"id": 1, "topics": ["testing"], "capacity": 1, "zone": "Europe/Lisbon", "languages": ["English"]},
        {"id": 2, "topics": ["testing"], "capacity": 1, "zone": "Europe/Lisbon", "languages": []},
        {"id": 3, "topics": ["tea"], "capacity": 1, "zone": "Europe/Lisbon", "languages": []},
    ],
    "requests": [
        {"id": 7, "topics": ["testing"], "zone": "Europe/Berlin", "languages": ["English"]},
        {"id": 8, "topics": ["tea"], "zone": "Europe/Berlin", "languages": ["English"]},
        {"id": 9, "topics": ["tea"], "zone": "Europe/Berlin", "languages": ["English"]},
    ],
    "exclude": [[1, 7], [3, 9]],
    "past": [[3, 8]],
}


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(SHEET, "utf-8")
    return path


def test_a_spreadsheet_is_matched_and_shown(sheet: Path, tmp_path: Path) -> None:
    ended = tertulia("match", str(sheet), cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert "both speak Spanish" in ended.out
    assert "no free mentor on knitting" in ended.out
    assert ended.out.splitlines()[-1] == "2 matched, total fit 1,850; 2 without."


def test_the_answer_as_json_has_everyone_once(sheet: Path, tmp_path: Path) -> None:
    ended = tertulia("match", str(sheet), "--json", "out.json", "--fits", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert json.loads((tmp_path / "out.json").read_text("utf-8")) == {
        "proposals": [
            {
                "mentor": "Ana",
                "request": "Cy",
                "fit": 1000,
                "reasons": [
                    "shared: testing",
                    "7 h of common weekday hours",
                    "both speak Spanish",
                    "room for 2 more",
                ],
            },
            {
                "mentor": "Bo",
                "request": "Di",
                "fit": 850,
                "reasons": ["shared: machine learning", "room for one more"],
            },
        ],
        "unmatched": [
            {"request": "Ana", "reason": "everybody who could help with databases is taken"},
            {"request": "Ed", "reason": "no free mentor on knitting"},
        ],
        "total_fit": 1850,
        "fits": [
            {"mentor": "Bo", "request": "Ana", "fit": 850},
            {"mentor": "Ana", "request": "Cy", "fit": 1000},
            {"mentor": "Bo", "request": "Di", "fit": 850},
        ],
    }


def test_json_goes_in_and_ids_come_out_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text(json.dumps(DOCUMENT), "utf-8")
    ended = tertulia("match", str(path), "--json", "-", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    answer = json.loads(ended.out)
    assert [(one["mentor"], one["request"]) for one in answer["proposals"]] == [(2, 7)]
    assert answer["unmatched"] == [
        {"request": 8, "reason": "no mentor on tea who was not their mentor before"},
        {"request": 9, "reason": "all excluded: nobody else could help with tea"},
    ]
    assert "fits" not in answer


def test_the_same_file_gives_the_same_bytes_in_every_process(sheet: Path, tmp_path: Path) -> None:
    answers = [
        tertulia("match", str(sheet), "--json", "-", "--fits", cwd=tmp_path, PYTHONHASHSEED=seed)
        for seed in ("1", "2")
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_spreadsheets_of_every_country_are_read_alike(
    here: Path, capsys: pytest.CaptureFixture[str], separator: str, mark: str, line_end: str
) -> None:
    lines = ["ROLE,id,Topics", 'mentor,Zoë,"a,b"', 'request,Cy,"a;b"', ",,"]
    cells = [[cell.strip('"') for cell in line.split(",", 2)] for line in lines]
    text = line_end.join(separator.join(f'"{cell}"' for cell in row) for row in cells)
    (here / "people.csv").write_bytes((mark + text).encode())
    ended = command(capsys, "match", "people.csv", "--json", "-")
    assert (ended.code, ended.err) == (0, "")
    [pair] = json.loads(ended.out)["proposals"]
    assert (pair["mentor"], pair["fit"], pair["reasons"][0]) == ("Zoë", 850, "shared: a, b")


def test_at_a_lower_minimum_more_could_be_matched(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "people.csv").write_text("role,id,topics\nmentor,a,x\nrequest,b,x y z w\n", "utf-8")
    first = command(capsys, "match", "people.csv", "--minimum", "600")
    assert first.out.splitlines()[-1] == (
        "0 matched, total fit 0; 1 without. With --minimum 325, 1 more could be matched."
    )
    second = command(capsys, "match", "people.csv", "--minimum", "325")
    assert second.out.splitlines()[-1] == "1 matched, total fit 325; 0 without."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "there is nothing in it"),
        (" \n\n", "there is nothing in it"),
        ("name,age\nAna,3\n", "names no column role"),
        ("role,topics\nmentor,a\n", "names no column id"),
        ("role,id,id\nmentor,a,b\n", "the column id is there twice"),
        ("role,id\nboss,a\n", "line 2: the role is mentor or request, not 'boss'"),
        ("role,id\nmentor,\n", "mentor number 1 has no id"),
        ("role,id\nmentor,a\nmentor,a\n", "the mentor a is there twice"),
        ("role,id\nmentor,\x1b[2J\n", "mentor number 1 has no id that can be printed"),
        ("role,id,capacity\nmentor,a,-1\n", "line 2: capacity is a whole number from 0"),
        ("role,id,capacity\nmentor,a,many\n", "line 2: capacity is a whole number"),
        ("role,id,capacity\nmentor,a,1.5\n", "line 2: capacity is a whole number"),
        ("role,id,capacity\nmentor,a," + "9" * 5000 + "\n", "line 2: capacity is a whole number"),
        ("role,id,zone\nmentor,a,Mars/Base\n", "the zone of mentor a, 'Mars/Base'"),
        ("role,id,zone\nmentor,a,../../etc/passwd\n", "the zone of mentor a"),
        ("role,id,topics\nmentor,a,b,c\n", "line 2 has 4 cells, and the header 3"),
        ('role,id\nmentor,"' + "a" * 200_000 + '"\n', "field larger than field limit"),
        ("[]", "expected `object`, got `array`"),
        ('{"mentors": [', "no JSON that I can read"),
        ('{"mentors": []}', "missing required field `requests`"),
        ('{"mentors": [], "requests": [], "excludes": []}', "unknown field `excludes`"),
        ('{"mentors": [{"id": 1.5}], "requests": []}', "`$.mentors[0].id`"),
        ('{"mentors": [{"id": 1, "capacity": -1}], "requests": []}', "`$.mentors[0].capacity`"),
        ('{"mentors": [{"id": 1, "topics": "a"}], "requests": []}', "`$.mentors[0].topics`"),
        ('{"mentors": [{"id": 1}, {"id": "1"}], "requests": []}', "the mentor 1 is there twice"),
        (
            '{"mentors": [], "requests": [{"id": 1}], "exclude": [[2, 1]]}',
            "names a mentor who is not there: 2",
        ),
        (
            '{"mentors": [{"id": 1}], "requests": [], "past": [[1, 2]]}',
            "names a request that is not there: 2",
        ),
        ('{"mentors": [{"id": 1}], "requests": [], "past": [[1]]}', "`$.past[0]`"),
        ('{"mentors": [{"id": "\\ud800"}], "requests": []}', "people.csv"),
        ('{"near": ' * 3000, "people.csv"),
    ],
)
def test_a_file_that_is_no_use_gets_one_line(
    here: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    (here / "people.csv").write_text(content, "utf-8")
    ended = command(capsys, "match", "people.csv", "--json", "out.json")
    assert (ended.code, ended.out) == (2, "")
    [line] = ended.lines
    assert line.startswith("tertulia: people.csv: ")
    assert said in line
    assert len(line) < 300
    assert is_words(line)
    assert not (here / "out.json").exists()


def test_no_text_no_file_and_too_much_of_it_get_one_line_each(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "latin.csv").write_bytes("role,id\nmentor,Zoë\n".encode("cp1252"))
    with (here / "huge.csv").open("wb") as huge:
        huge.truncate(64_000_001)
    for name, said in (
        ("latin.csv", "CSV UTF-8"),
        ("huge.csv", "larger than a file of people may be, 64 MB"),
        ("none.csv", "No such file"),
    ):
        ended = command(capsys, "match", name)
        assert (ended.code, ended.out) == (2, "")
        [line] = ended.lines
        assert name in line
        assert said in line


@pytest.mark.parametrize(
    "options",
    [
        ("--minimum", "1001"),
        ("--minimum", "-1"),
        ("--minimum", "x"),
        ("--fits",),
        ("--json", "no/such/out.json"),
    ],
)
def test_options_that_make_no_sense_get_one_line(
    sheet: Path, here: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    ended = command(capsys, "match", str(sheet), *options)
    assert (ended.code, ended.out) == (2, "")
    assert is_words(ended.err)


def test_what_a_terminal_would_obey_is_left_out(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "people.csv").write_text(
        "role,id,topics\nmentor,[b]a,\x1b[31mred\nrequest,b,\x1b[31mred\n", "utf-8"
    )
    ended = command(capsys, "match", "people.csv")
    assert ended.code == 0
    assert "\x1b" not in ended.out
    assert "[b]a" in ended.out
