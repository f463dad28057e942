"""Who and what is in a workspace, as Slack tells it and as the house wants to know it."""

from collections.abc import Mapping
from typing import Any

from adapters.markup.slack import clean
from facilitation.core.values.events import ChannelFacts, Profile

SLACKBOT = "USLACKBOT"
"""An account of every workspace that is not marked as a bot."""


def profile_of(user: Mapping[str, Any], team: str) -> Profile:
    """An account as a profile. Whoever is of another organisation is a guest here, as is every guest."""
    facts = user.get("profile") or {}
    name = facts.get("display_name") or facts.get("real_name") or user.get("real_name") or user.get("name")
    return Profile(
        handle=str(user["id"]),
        name=clean(str(name or "")),
        zone=str(user.get("tz") or ""),
        bot=bool(user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == SLACKBOT),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted") or is_outsider(user, team)),
        gone=bool(user.get("deleted")),
        manager=bool(user.get("is_admin") or user.get("is_owner")),
    )


def is_outsider(user: Mapping[str, Any], team: str) -> bool:
    """Whether an account is of another organisation and only shares a channel with this one.

    In an Enterprise Grid people have one home team and belong to several: `enterprise_user` names them.
    """
    if user.get("is_stranger"):
        return True
    home = user.get("team_id") or team
    return home != team and team not in ((user.get("enterprise_user") or {}).get("teams") or ())


def facts_of(channel: Mapping[str, Any], members: tuple[str, ...] = ()) -> ChannelFacts:
    """A channel as the house wants to know it."""
    return ChannelFacts(
        handle=str(channel["id"]),
        name=clean(str(channel.get("name") or channel["id"])),
        private=bool(channel.get("is_private") or channel.get("is_group")),
        archived=bool(channel.get("is_archived")),
        topic=clean(str((channel.get("topic") or {}).get("value") or "")),
        members=members,
    )
