"""Calls Slack's Web API and translates its errors."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api_usage import METHODS
from facilitation.core.values.errors import Throttled, Unknown, Unreachable

Json = dict[str, Any]
TIMEOUT = 20
"""Seconds until a request is given up."""
CONNECTIONS = 200
"""Requests under way at a time: more than the courier sends, so that commands are answered beside them."""
UNREACHED_WAIT = timedelta(seconds=10)
"""How long to wait after the server could not be reached."""
REVOKED_WAIT = timedelta(minutes=15)
"""How long to wait after the token was refused."""

ACCESS_ERRORS = frozenset(
    {
        "account_inactive",
        "token_revoked",
        "token_expired",
        "invalid_auth",
        "not_authed",
        "team_access_not_granted",
        "access_denied",
        "org_login_required",
        "ekm_access_denied",
        "enterprise_is_restricted",
    }
)
"""Errors that concern the whole workspace: nothing can be delivered there."""

_UNREACHABLE = {
    "channel_not_found": "gone",
    "thread_not_found": "gone",
    "message_not_found": "gone",
    "invalid_thread_ts": "gone",
    "cannot_reply_to_message": "gone",
    "is_archived": "archived",
    "channel_is_archived": "archived",
    "not_in_channel": "uninvited",
    "method_not_supported_for_channel_type": "uninvited",
    "user_not_found": "left",
    "users_not_found": "left",
    "user_disabled": "left",
    "user_not_in_channel": "left",
    "user_not_visible": "closed",
    "cannot_dm_bot": "closed",
    "messages_tab_disabled": "closed",
    "cant_dm": "closed",
    "restricted_action": "forbidden",
    "restricted_action_read_only_channel": "forbidden",
    "restricted_action_thread_only_channel": "forbidden",
    "restricted_action_thread_locked": "forbidden",
    "restricted_action_non_threadable_channel": "forbidden",
    "missing_scope": "forbidden",
    "no_permission": "forbidden",
    "cant_update_message": "forbidden",
    "cant_delete_message": "forbidden",
    "edit_window_closed": "forbidden",
    "is_inactive": "archived",
}
"""Slack's errors for a message that will never arrive, with the reason of `Unreachable`."""

_AMBIGUOUS = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Errors after which it is unknown whether the call took effect."""

log = structlog.get_logger(__name__)


class ApiError(Exception):
    """Slack answered `ok: false`.

    `error` is Slack's error code, `details` are its further messages (never what we sent), and `needed` is
    the missing scope.
    """

    def __init__(self, method: str, error: str, details: tuple[str, ...] = (), needed: str = "") -> None:
        super().__init__(f"{method}: {error}")
        self.error = error
        self.details = details
        self.needed = needed


class AccessRevoked(ApiError):
    """The bot has no access to the workspace any more: its token is refused, or its account is gone."""


class SlackApi:
    """The Web API with one token.

    Raises Throttled if a call took no effect, Unknown if it may have, AccessRevoked and ApiError.
    """

    def __init__(self, token: str, url: str, session: aiohttp.ClientSession | None = None) -> None:
        self.access_error = ""
        """The error code with which Slack refused the token in the last call; empty if it accepted it."""
        self._url = url
        self._own_session = session
        # slack_sdk's default retry handler posts twice when a response is lost: calls that write are not
        # retried.
        self.client = AsyncWebClient(token, base_url=url, timeout=TIMEOUT, session=session, retry_handlers=[])
        retries = [AsyncRateLimitErrorRetryHandler(max_retry_count=5), AsyncServerErrorRetryHandler()]
        self._retrying_client = AsyncWebClient(
            token, base_url=url, timeout=TIMEOUT, session=session, retry_handlers=retries
        )

    async def call(self, method: str, **arguments: Any) -> Json:
        """Make one call; arguments that are None are left out. Raises KeyError for one not in `METHODS`."""
        return dict((await self.call_with_headers(method, **arguments))[0])

    async def call_with_headers(self, method: str, **arguments: Any) -> tuple[Json, Json]:
        """Make one call; returns the response's body and headers, with the names of headers in lower case."""
        use = METHODS[method]
        given = {name: value for name, value in arguments.items() if value is not None}
        client = self._retrying_client if use.retries else self.client
        try:
            if use.encoding == "json":
                response = await client.api_call(method, json=given)
            else:
                verb = "GET" if use.encoding == "get" else "POST"
                response = await client.api_call(method, http_verb=verb, params=given)
        except SlackApiError as error:
            failure = _failure(method, error)
            if isinstance(failure, AccessRevoked):
                self.access_error = failure.error
            raise failure from None
        except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError) as error:
            raise _connection_failure(method, error) from None
        except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
            raise Unknown(f"{method}: {type(error).__name__}") from None
        self.access_error = ""
        headers = {name.lower(): value for name, value in response.headers.items()}
        return dict(response.data) if isinstance(response.data, dict) else {}, headers

    async def collect(self, method: str, rows: str, *, at_most: int = 0, **arguments: Any) -> list[Any]:
        """The items under `rows` of all pages or, with `at_most`, of that many pages."""
        found: list[Any] = []
        cursor, page = "", 0
        while True:
            answer = await self.call(method, cursor=cursor or None, **arguments)
            found += answer.get(rows) or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            page += 1
            if not cursor or page == at_most:
                return found

    async def upload(self, data: bytes, name: str, alt: str = "") -> str:
        """Upload a file, with a description for a picture; returns its id. It is not shared anywhere yet."""
        place = await self.call(
            "files.getUploadURLExternal", filename=name, length=len(data), alt_txt=alt or None
        )
        await self._post(place["upload_url"], data=data)
        return str(place["file_id"])

    async def post_to_response_url(self, address: str, message: Json) -> bool:
        """Post to a response_url; returns False if it is used up. URLs of other hosts are not followed."""
        if not _is_ours(address, self._url):
            return False
        return await self._post(address, json=message)

    async def _post(self, address: str, **body: Any) -> bool:
        try:
            async with self._session().post(address, proxy=self.client.proxy, **body) as response:
                if response.status == 429:
                    raise Throttled(_retry_after(response.headers.get("Retry-After")))
                if response.status >= 500:
                    raise Unknown(f"an answer of {response.status}")
                return response.status < 400
        except aiohttp.ClientConnectorError as error:
            raise _connection_failure("post", error) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unknown(type(error).__name__) from None

    def _session(self) -> aiohttp.ClientSession:
        if self._own_session is None:
            self._own_session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            )
            self.client.session = self._retrying_client.session = self._own_session
        return self._own_session

    def tokenless_client(self) -> AsyncWebClient:
        """A client for the same address without a token, which its caller provides."""
        return AsyncWebClient(base_url=self._url, timeout=TIMEOUT, retry_handlers=[])

    async def open(self) -> None:
        """Open the session that all requests share; requires a running event loop."""
        self._session()

    async def close(self) -> None:
        """Close the session."""
        if self._own_session is not None:
            await self._own_session.close()
            await asyncio.sleep(0)


def delivery_error_for(refused: ApiError) -> Throttled | Unreachable:
    """The delivery error that a refused call amounts to."""
    if isinstance(refused, AccessRevoked):
        return Throttled(REVOKED_WAIT)
    why = _UNREACHABLE.get(refused.error)
    if why is None:
        log.warning("slack refused a message", error=refused.error, details=list(refused.details)[:3])
        why = "invalid"
    return Unreachable(why)


def _failure(method: str, error: SlackApiError) -> Exception:
    response = error.response
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    data = getattr(response, "data", None)
    data = data if isinstance(data, dict) else {}
    code = str(data.get("error") or "")
    if status == 429 or code in ("ratelimited", "rate_limited"):
        headers = {name.lower(): value for name, value in (getattr(response, "headers", None) or {}).items()}
        return Throttled(_retry_after(headers.get("retry-after")))
    if status >= 500 or not code or code in _AMBIGUOUS:
        return Unknown(f"{method}: {code or f'an answer of {status}'}")
    details = tuple(str(one) for one in (data.get("response_metadata") or {}).get("messages") or ())
    kind = AccessRevoked if code in ACCESS_ERRORS else ApiError
    return kind(method, code, details, str(data.get("needed") or ""))


def _connection_failure(method: str, error: aiohttp.ClientError) -> Throttled | Unknown:
    """Throttled if the server was never reached, so that nothing happened; else Unknown."""
    if isinstance(error, aiohttp.ClientConnectorError):
        log.warning("slack cannot be reached", method=method, error=type(error).__name__)
        return Throttled(UNREACHED_WAIT)
    return Unknown(f"{method}: {type(error).__name__}")


def _retry_after(given: object) -> timedelta:
    """The wait that a Retry-After header names, in seconds; 30 seconds without one."""
    text = str(given or "")
    return timedelta(seconds=int(text) if text.isdigit() else 30)


def _is_ours(address: str, api: str) -> bool:
    """Whether an address is on the host of the API or on a subdomain of it, such as hooks.slack.com."""
    there, here = urlsplit(address), urlsplit(api)
    if there.scheme != here.scheme or not there.hostname or not here.hostname:
        return False
    same_port = there.port == here.port
    return same_port and (there.hostname == here.hostname or there.hostname.endswith(f".{here.hostname}"))
