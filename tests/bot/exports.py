"""Exports for the tests: five weeks of a club, made on the spot, and the first weeks of a real community."""

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

MONDAY = datetime(2024, 3, 4, 9, tzinfo=UTC)
"""When the talk begins."""
PEOPLE = ("ines", "marek", "nadia", "kofi")
"""Everyone but lena, who comes in the third week, a bot and a guest."""
WEEKS = 5
PER_WEEK = {"messages": 9, "authors": 4, "replies": 3, "reactions": 2, "links": 1, "questions": 1}
"""The figures of each week but the third, in which lena joins."""


def handle(name: str) -> str:
    """The platform's id of somebody."""
    return f"U0{name.upper()}"


def write_export(folder: Path, weeks: int = WEEKS) -> Path:
    """Write the export into a folder of that name; returns it."""
    folder.mkdir(parents=True)
    users = [_user(name, tz="Europe/Lisbon") for name in (*PEOPLE, "lena")]
    users += [_user("robo", is_bot=True), _user("visitor", is_restricted=True)]
    channels = [_channel("general"), _channel("introductions"), _channel("help")]
    (folder / "users.json").write_text(json.dumps(users))
    (folder / "channels.json").write_text(json.dumps(channels))
    days: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for week in range(weeks):
        for place, row in _week(MONDAY + timedelta(weeks=week), is_third=week == 2):
            day = datetime.fromtimestamp(float(row["ts"]), UTC).date().isoformat()
            days.setdefault((place, day), []).append(row)
    for (place, day), rows in days.items():
        (folder / place).mkdir(exist_ok=True)
        (folder / place / f"{day}.json").write_text(json.dumps(rows))
    return folder


def _week(monday: datetime, *, is_third: bool) -> list[tuple[str, dict[str, Any]]]:
    question = _row(monday, "marek", "How do you name your tests? I never know.")
    question |= {
        "thread_ts": question["ts"],
        "reactions": [{"name": "eyes", "users": ["U0KOFI"], "count": 2}],
    }
    rows = [("help", question)]
    for hours, who in enumerate(("nadia", "kofi", "ines"), start=1):
        answer = _row(monday + timedelta(hours=hours), who, "As a sentence of what should happen.")
        rows.append(("help", answer | {"thread_ts": question["ts"]}))
    link = _row(monday + timedelta(days=1), "kofi", "Read this: <https://example.org/naming>")
    rows.append(("general", link))
    for minutes, who in enumerate(("ines", "marek", "nadia", "ines")):
        talk = _row(monday + timedelta(days=2, minutes=5 * minutes), who, "We tried that last year.")
        rows.append(("general", talk))
    robot = _row(monday + timedelta(days=3), "robo", "Build passed") | {"bot_id": "B0ROBO"}
    rows.append(("general", robot))
    if is_third:
        joined = _row(monday + timedelta(days=3), "lena", "<@U0LENA> has joined the channel")
        rows.append(("general", joined | {"subtype": "channel_join"}))
        rows.append(("introductions", _row(monday + timedelta(days=3, hours=1), "lena", "Hello, I am new.")))
    return rows


def _row(at: datetime, who: str, text: str) -> dict[str, Any]:
    return {"type": "message", "user": handle(who), "text": text, "ts": f"{at.timestamp():.6f}"}


def _user(name: str, **more: Any) -> dict[str, Any]:
    profile = {"real_name": name.capitalize(), "display_name": name.capitalize()}
    return {
        "id": handle(name),
        "team_id": "T0CLUB",
        "name": name,
        "profile": profile,
        "deleted": False,
    } | more


def _channel(name: str) -> dict[str, Any]:
    members = [handle(one) for one in PEOPLE]
    return {"id": f"C0{name.upper()}", "name": name, "is_archived": False, "members": members}


def beginning_of(archive: Path, folder: Path, end: datetime) -> Path:
    """A copy of a zipped Slack or Discord export without what was written from `end` on."""
    cut = folder / archive.name
    with zipfile.ZipFile(archive) as whole, zipfile.ZipFile(cut, "w", zipfile.ZIP_DEFLATED) as part:
        for name in whole.namelist():
            content = json.loads(whole.read(name)) if name.endswith(".json") else None
            if isinstance(content, dict) and "messages" in content:
                rows = [row for row in content["messages"] if datetime.fromisoformat(row["timestamp"]) < end]
                content |= {"messages": rows, "messageCount": len(rows)}
                if not rows:
                    continue
            elif "/" in name and isinstance(content, list):
                content = [row for row in content if float(row["ts"]) < end.timestamp()]
            part.writestr(name, whole.read(name) if content is None else json.dumps(content))
    return cut
