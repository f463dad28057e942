"""Translates Slack's accounts and channels."""

from collections.abc import Mapping
from typing import Any

from adapters.markup.slack import clean
from facilitation.core.values.events import ChannelFacts, Profile

SLACKBOT = "USLACKBOT"
"""An account in every workspace that is not marked as a bot."""


def profile_of(user: Mapping[str, Any], team: str) -> Profile:
    """An account as a profile. People of another organisation are guests, as Slack's own guests are."""
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
    """Whether an account belongs to another organisation that only shares a channel with this one.

    In an Enterprise Grid a person has one home team and belongs to several, which `enterprise_user` lists.
    """
    if user.get("is_stranger"):
        return True
    home = user.get("team_id") or team
    return home != team and team not in ((user.get("enterprise_user") or {}).get("teams") or ())


def facts_of(channel: Mapping[str, Any], members: tuple[str, ...] = ()) -> ChannelFacts:
    """A channel's facts."""
    return ChannelFacts(
        handle=str(channel["id"]),
        name=clean(str(channel.get("name") or channel["id"])),
        private=bool(channel.get("is_private") or channel.get("is_group")),
        archived=bool(channel.get("is_archived")),
        topic=clean(str((channel.get("topic") or {}).get("value") or "")),
        members=members,
    )
