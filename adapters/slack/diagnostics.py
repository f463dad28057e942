"""Checks Slack for `tertulia check` without starting the platform; each finding comes with its remedy."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime

from adapters.slack import api_usage
from adapters.slack.api import ApiError, Json, SlackApi
from facilitation.core.platforms.platform import Finding, Grade, KnownSpace
from facilitation.core.values.clock import Clock
from facilitation.core.values.errors import DeliveryError

SKEW_REPORTED_FROM = timedelta(seconds=60)
MAX_SKEW = timedelta(seconds=300)
"""The limit that Slack itself sets for the age of a signed request."""
SILENCE_REPORTED_FROM = timedelta(days=7)
_MANIFEST = "tertulia manifest slack prints what is needed: paste it under App Manifest, save, and reinstall."


class Diagnostics:
    """Examines one app through its tokens."""

    def __init__(self, bot: str, app: str, signing: str, url: str, clock: Clock) -> None:
        self._bot = bot
        self._app = app
        self._signing = signing
        self._url = url
        self._clock = clock

    async def examine(self, known: Sequence[KnownSpace]) -> AsyncIterator[Finding]:
        """Yield findings one by one; ends early where nothing more can be examined."""
        api = SlackApi(self._bot, self._url)
        try:
            try:
                who, headers = await api.call_with_headers("auth.test")
            except ApiError as refused:
                yield _bot_refused(refused)
                return
            except DeliveryError as error:
                yield Finding(
                    "ill",
                    f"Slack cannot be reached: {error}.",
                    "Check the network, a proxy, and slack.api_url.",
                )
                return
            yield Finding("well", f"Slack: I am {who.get('user')} in {who.get('team')} ({who['team_id']}).")
            for finding in (*self._clocks(headers), *_scopes(headers)):
                yield finding
            yield await self._check_transport()
            async for finding in self._space(api, who, known):
                yield finding
        finally:
            await api.close()

    def _clocks(self, headers: Mapping[str, str]) -> list[Finding]:
        if "date" not in headers:
            return []
        skew = abs(parsedate_to_datetime(headers["date"]) - self._clock.now())
        if skew <= SKEW_REPORTED_FROM:
            return [Finding("well", "Slack: our clocks agree.")]
        grade: Grade = "ill" if skew >= MAX_SKEW and not self._app else "note"
        what = f"Slack: our clocks differ by {skew.total_seconds():.0f} seconds."
        return [Finding(grade, what, "Let this machine keep its time by NTP: signatures depend on it.")]

    async def _check_transport(self) -> Finding:
        """Whether events can arrive, over Socket Mode or by signed requests."""
        if not self._app and not self._signing:
            return Finding(
                "ill",
                "Slack: neither app_token nor signing_secret is set.",
                "Make an app-level token with connections:write, and set slack.app_token.",
            )
        if not self._app:
            return Finding(
                "note",
                "Slack: HTTP mode, so Slack must reach this machine.",
                "tertulia manifest slack --address https://… shows the addresses to enter.",
            )
        app = SlackApi(self._app, self._url)
        try:
            await app.call("apps.connections.open")
        except ApiError as refused:
            remedy = "It begins with xapp- and needs connections:write: Basic Information, App-Level Tokens."
            if refused.error in ("invalid_app", "socket_mode_disabled", "not_enabled"):
                remedy = "Switch on Socket Mode in the app's settings."
            return Finding("ill", f"Slack: the app token is refused ({refused.error}).", remedy)
        except DeliveryError as error:
            what = f"Slack: no socket could be asked for ({error})."
            return Finding("note", what, "Try again in a minute.")
        finally:
            await app.close()
        return Finding("well", "Slack: Socket Mode works.")

    async def _space(self, api: SlackApi, who: Json, known: Sequence[KnownSpace]) -> AsyncIterator[Finding]:
        mine = next((one for one in known if one.space.handle == who["team_id"]), None)
        if mine is None:
            yield Finding(
                "note",
                "Slack: the workspace has not been read yet.",
                "tertulia run does it when it starts.",
            )
            return
        yield self._last_event(mine)
        for handle, name in sorted(mine.channels.items()):
            finding = await _channel(api, handle, name)
            if finding is not None:
                yield finding

    def _last_event(self, known: KnownSpace) -> Finding:
        remedy = (
            "Is tertulia run running, and am I in the home channels? If so, Event Subscriptions differ from "
            "the manifest."
        )
        if known.last_event_at is None:
            return Finding("note", "Slack: no event has arrived yet.", remedy)
        when = f"{known.last_event_at:%Y-%m-%d %H:%M} UTC"
        if self._clock.now() - known.last_event_at > SILENCE_REPORTED_FROM:
            return Finding("note", f"Slack: no event has arrived since {when}.", remedy)
        return Finding("well", f"Slack: the last event arrived at {when}.")


async def _channel(api: SlackApi, handle: str, name: str) -> Finding | None:
    """What is wrong with a channel that is in use; None if nothing is."""
    try:
        answer = await api.call("conversations.info", channel=handle)
    except ApiError:
        return Finding(
            "ill", f"Slack: I cannot see {name}.", "Invite me there, or name another in /coordinate settings."
        )
    except DeliveryError as error:
        return Finding("note", f"Slack: {name} was not looked at ({error}).", "Try again in a minute.")
    channel = answer["channel"]
    if channel.get("is_archived"):
        return Finding(
            "ill", f"Slack: {name} is archived.", "Bring it back, or name another in /coordinate settings."
        )
    if not channel.get("is_member"):
        return Finding("ill", f"Slack: I am not in {name}.", "Type /invite @Tertulia there.")
    return None


def _scopes(headers: Mapping[str, str]) -> list[Finding]:
    given = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip()}
    wanted = set(api_usage.scopes())
    if not given:
        return []
    if missing := sorted(wanted - given):
        return [Finding("ill", f"Slack: these rights are missing: {', '.join(missing)}.", _MANIFEST)]
    if spare := sorted(given - wanted):
        return [Finding("note", f"Slack: these rights are not needed: {', '.join(spare)}.", _MANIFEST)]
    return [Finding("well", "Slack: all rights are there, and none too many.")]


def _bot_refused(refused: ApiError) -> Finding:
    remedy = "Copy the Bot User OAuth Token, which begins with xoxb-, from OAuth & Permissions."
    if refused.error in ("account_inactive", "token_revoked"):
        remedy = "The app was removed from the workspace: install it again, and copy the new token."
    return Finding("ill", f"Slack: the bot token is refused ({refused.error}).", remedy)
