import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.archive import containers
from adapters.archive.detection import open_archive
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import MessagePosted
from tests.adapters.archive.conftest import SMALL, Opened, Zipped, read

SLACK = SMALL / "slack-small"
DAY = '[{"type": "message", "user": "U1", "text": "x", "ts": "1709564400.000200"}]'


def refusal(path: Path) -> str:
    """The line with which a path is refused."""
    with pytest.raises(BadInput) as caught:
        open_archive(path)
    text = str(caught.value)
    assert "\n" not in text
    assert str(path) in text
    return text


def zip_with(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in {"users.json": "[]", "channels.json": "[]", **members}.items():
            package.writestr(name, body)
    return path


# Paths that cannot be read ------------------------------------------------------------------------


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    text = refusal(tmp_path / "nowhere.zip")
    assert "does not exist" in text
    assert "Slack export" in text
    assert "DiscordChatExporter" in text


def test_a_name_no_file_can_have() -> None:
    assert "cannot be opened" in refusal(Path("a\x00b"))


def test_neither_zip_nor_folder(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Some notes")
    assert "is neither a zip nor a folder nor a JSON file. Expected:" in refusal(path)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    path.touch()
    assert "is empty. Expected:" in refusal(path)


def test_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert "is neither a file nor a folder" in refusal(path)


def test_a_folder_that_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("hello")
    (tmp_path / "data.json").write_text('{"a": 1}')
    assert "is not an export that Tertulia knows. Expected:" in refusal(tmp_path)


def test_a_json_file_that_is_no_export(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text('{"name": "x", "messages": []}')
    assert "is not an export that Tertulia knows" in refusal(path)


def test_a_zip_that_is_no_export(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("photo.jpg", b"\xff\xd8\xff")
        package.writestr("list.json", "[1, 2]")
    assert "is not an export that Tertulia knows" in refusal(path)


@pytest.mark.parametrize("folders", [[], ["a/", "a/b/"]])
def test_an_empty_zip(tmp_path: Path, folders: list[str]) -> None:
    path = tmp_path / "empty.zip"
    with zipfile.ZipFile(path, "w") as package:
        for folder in folders:
            package.writestr(folder, "")
    assert "is an empty zip" in refusal(path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_a_truncated_zip(tmp_path: Path, zipped: Zipped, share: float) -> None:
    path = zipped(SLACK)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "is cut off or damaged" in refusal(path)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../users.json", "points outside the zip"),
        ("general/../../../etc/cron.json", "points outside the zip"),
        ("..\\users.json", "points outside the zip"),
        ("a/..", "points outside the zip"),
        ("/etc/users.json", "has an absolute name"),
        ("\\share\\users.json", "has an absolute name"),
        ("C:/users.json", "has an absolute name"),
    ],
)
def test_names_that_lead_elsewhere(tmp_path: Path, name: str, why: str) -> None:
    assert why in refusal(zip_with(tmp_path / "evil.zip", **{name: "[]"}))


def test_names_with_dots_are_fine(tmp_path: Path) -> None:
    path = zip_with(tmp_path / "fine.zip", **{"general../2024-03-04.json": DAY})
    assert len(read(path)) == 1


def test_a_symbolic_link_in_a_zip(tmp_path: Path) -> None:
    path = zip_with(tmp_path / "link.zip")
    link = zipfile.ZipInfo("general/2024-03-04.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as package:
        package.writestr(link, "/etc/passwd")
    assert "is a symbolic link" in refusal(path)


def test_symbolic_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "2024-03-04.json").write_text(DAY)
    export = tmp_path / "export"
    export.mkdir()
    (export / "users.json").write_text("[]")
    (export / "general").symlink_to(outside, target_is_directory=True)
    (export / "reading").mkdir()
    (export / "reading" / "2024-03-04.json").symlink_to(outside / "2024-03-04.json")
    assert read(export) == []


def patched(path: Path, name: str, offset: int, value: bytes) -> Path:
    """Overwrite a field of a member's entry in the central directory (APPNOTE 4.3.12)."""
    raw = bytearray(path.read_bytes())
    entry = raw.rindex(b"PK\x01\x02", 0, raw.rindex(name.encode()))
    raw[entry + offset : entry + offset + len(value)] = value
    path.write_bytes(raw)
    return path


def test_an_encrypted_zip(tmp_path: Path) -> None:
    path = zip_with(tmp_path / "secret.zip", **{"general/2024-03-04.json": DAY})
    text = refusal(patched(path, "general/2024-03-04.json", 8, b"\x01\x00"))
    assert "is encrypted: unpack it with its password and give the folder" in text


def test_a_member_of_ten_gigabytes(tmp_path: Path) -> None:
    """As zip64 demands, the size is in the extra field."""
    path = tmp_path / "giant.zip"
    giant = zipfile.ZipInfo("general/2024-03-04.json")
    giant.extra = struct.pack("<HHQ", 1, 8, 10 * 2**30)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("users.json", "[]")
        package.writestr(giant, DAY)
    text = refusal(patched(path, "general/2024-03-04.json", 24, b"\xff\xff\xff\xff"))
    assert "would unpack to 10 GB, and 4 GB is the limit" in text


def test_a_bomb_that_tells_its_size(tmp_path: Path) -> None:
    path = zip_with(tmp_path / "bomb.zip", **{"general/2024-03-04.json": " " * 60 * 2**20})
    assert "claims to unpack to 1,0" in refusal(path)


def test_bombs_that_share_their_bytes(tmp_path: Path) -> None:
    body = ("[" + "0, " * 4_000_000 + "0]").encode()
    path = tmp_path / "overlap.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("users.json", "[]")
        package.writestr("a/2024-03-04.json", body)
        first = package.getinfo("a/2024-03-04.json")
        for day in range(10, 31):
            twin = zipfile.ZipInfo(f"a/2024-03-{day}.json")
            for fact in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(twin, fact, getattr(first, fact))
            package.filelist.append(twin)
        package._didModify = True  # type: ignore[attr-defined]  # or the twins would not be written
    assert "bytes claim to unpack to" in refusal(path)


# While reading -----------------------------------------------------------------------------------


def damaged_zip(tmp_path: Path, field: int, value: bytes) -> Path:
    path = zip_with(
        tmp_path / "damaged.zip",
        **{"general/2024-03-04.json": DAY, "general/2024-03-05.json": DAY.replace("4400", "9400")},
    )
    return patched(path, "general/2024-03-04.json", field, value)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        (10, struct.pack("<H", 93), "is packed by method 93; only stored and deflated files can be read"),
        (16, struct.pack("<I", 1), "is damaged: its checksum is wrong"),
        (20, struct.pack("<I", 20), "is cut off"),
        (24, struct.pack("<I", 20), "is larger than the zip's list of files says"),
        (24, struct.pack("<I", 2_000), "is smaller than the zip's list of files says"),
        (42, struct.pack("<I", 7), "is not where the zip's list of files says"),
    ],
)
def test_a_damaged_member_is_named_and_the_rest_goes_in(
    opened: Opened, tmp_path: Path, field: int, value: bytes, why: str
) -> None:
    archive = opened(damaged_zip(tmp_path, field, value))
    [found] = archive.events()
    assert isinstance(found, MessagePosted)
    assert found.message == "1709569400.000200"
    assert archive.problems == [f"general/2024-03-04.json: {why}; left out"]


def test_a_stream_that_was_overwritten_is_named(opened: Opened, tmp_path: Path) -> None:
    path = zip_with(tmp_path / "damaged.zip", **{"general/2024-03-04.json": DAY})
    raw = bytearray(path.read_bytes())
    begin = raw.index(b"general/2024-03-04.json") + len("general/2024-03-04.json")
    raw[begin : begin + 30] = b"\xff" * 30
    path.write_bytes(raw)
    archive = opened(path)
    assert list(archive.events()) == []
    assert archive.problems[0].startswith("general/2024-03-04.json: is damaged (")


def test_stored_members_are_read_too(zipped: Zipped) -> None:
    assert read(zipped(SLACK, method=zipfile.ZIP_STORED)) == read(SLACK)


def test_a_file_that_vanishes_is_named(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text("[]")
    (tmp_path / "channels.json").write_text("[]")
    (tmp_path / "general").mkdir()
    day = tmp_path / "general" / "2024-03-04.json"
    day.write_text(DAY)
    archive = opened(tmp_path)
    day.unlink()
    assert list(archive.events()) == []
    assert archive.problems == [
        "general/2024-03-04.json: cannot be opened (No such file or directory); left out"
    ]


def test_json_that_nests_without_end_is_named(opened: Opened, tmp_path: Path) -> None:
    path = zip_with(tmp_path / "deep.zip", **{"general/2024-03-04.json": "[" * 100_000})
    archive = opened(path)
    assert list(archive.events()) == []
    [line] = archive.problems
    assert line.startswith("general/2024-03-04.json: is not JSON")


def test_clutter_of_other_programs_is_passed_over(opened: Opened, tmp_path: Path) -> None:
    clutter = {
        "__MACOSX/general/._2024-03-04.json": "\x00\x05",
        ".DS_Store": "x",
        "general/.hidden.json": "{}",
    }
    archive = opened(zip_with(tmp_path / "mac.zip", **clutter, **{"general/2024-03-04.json": DAY}))
    assert len(list(archive.events())) == 1
    assert archive.problems == []


@pytest.fixture(scope="module")
def whole_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for file in sorted(SLACK.rglob("*.json")):
            package.write(file, file.relative_to(SLACK).as_posix())
    return buffer.getvalue()


DAMAGE = st.binary(max_size=8) | st.sampled_from(
    [b"null", b"{", b"[]", b'"', b"-1", b"1e999", b"\\ud800", b"true"]
)


def damaged(raw: bytes, data: st.DataObject) -> bytes:
    damage = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damage) - 1))
        damage[place : place + data.draw(st.integers(1, 8))] = data.draw(DAMAGE)
    return bytes(damage)


def expect_bad_input_at_most(path: Path) -> None:
    refused = ""
    try:
        assert all(event.at.tzinfo for event in read(path))
    except BadInput as error:
        refused = str(error)
    assert "\n" not in refused
    assert not refused or str(path) in refused


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_damage_to_a_zip_raises_more_than_bad_input(
    tmp_path: Path, whole_zip: bytes, data: st.DataObject
) -> None:
    path = tmp_path / "damaged.zip"
    path.write_bytes(damaged(whole_zip, data))
    expect_bad_input_at_most(path)


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_damage_to_a_discord_file_raises_more_than_bad_input(tmp_path: Path, data: st.DataObject) -> None:
    [general] = (SMALL / "discord-small").glob("Small - talk*")
    path = tmp_path / "damaged.json"
    path.write_bytes(b"{" + damaged(general.read_bytes()[1:], data))
    expect_bad_input_at_most(path)


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_damage_to_slack_s_files_raises_more_than_bad_input(tmp_path: Path, data: st.DataObject) -> None:
    (tmp_path / "general").mkdir(exist_ok=True)
    for name in ("users.json", "channels.json", "general/2024-03-04.json"):
        (tmp_path / name).write_bytes(damaged((SLACK / name).read_bytes(), data))
    expect_bad_input_at_most(tmp_path)


def test_many_streams_share_one_open_file(zipped: Zipped) -> None:
    box = containers.open_container(zipped(SMALL / "discord-small"))
    names = [name for name in box.sizes() if "general" in name]
    streams = [box.stream(name, 100) for name in names]
    parts: list[list[bytes]] = [[] for _ in names]
    while True:
        pieces = [next(stream, b"") for stream in streams]
        if not any(pieces):
            break
        for part, piece in zip(parts, pieces, strict=True):
            part.append(piece)
    assert [b"".join(part) for part in parts] == [
        (SMALL / "discord-small" / name).read_bytes() for name in names
    ]
    assert all(len(piece) <= 100 for part in parts for piece in part)
    box.close()
