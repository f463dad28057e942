"""The HTTP side: methods in every encoding, uploads, response addresses; tokens, scopes, faults."""

import asyncio
import inspect
import json
import time
from email.utils import formatdate
from typing import Literal

from aiohttp import BodyPartReader, web

from tests.fakes.slack.acting import Acting
from tests.fakes.slack.methods import METHODS, Args, Method
from tests.fakes.slack.methods.chat import checked
from tests.fakes.slack.values import ApiCall, Failed, Fault, Json
from tests.fakes.slack.viewing import RESPONSE_LIFE, RESPONSE_USES

Encoding = Literal["query", "form", "json", "multipart", "empty"]


class WebApi:
    """Answers the bot's requests about a workspace."""

    def __init__(self, slack: Acting) -> None:
        self._slack = slack
        self.faults: list[Fault] = []

    def routes(self) -> list[web.RouteDef]:
        """Everything but the sockets."""
        return [
            web.route("*", "/api/{method}", self._call),
            web.post("/upload/{file}", self._upload),
            web.post("/response/{handle}", self._respond),
        ]

    # Methods --------------------------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.StreamResponse:
        args, encoding = await _arguments(request)
        name = request.match_info["method"]
        token = args.pop("token", "") or request.headers.get("Authorization", "").removeprefix("Bearer ")
        call = ApiCall(name, args, encoding, token, self._slack.now())
        self._slack.calls.append(call)
        fault = self._fault_for(name, args)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is not None and (fault.drop or fault.status or fault.retry_after is not None):
            return self._broken(request, call, fault)
        call.answer = await self._answered(call, fault)
        call.status = 200
        if fault is not None and fault.late:
            await asyncio.sleep(fault.late)
        if fault is not None and fault.lose_reply:
            call.answer = None
            return _hung_up(request)
        return web.json_response(call.answer, headers=self._headers())

    async def _answered(self, call: ApiCall, fault: Fault | None) -> Json:
        if fault is not None and fault.error:
            return {"ok": False, "error": fault.error}
        try:
            method = self._allowed(call)
            done = method.run(self._slack, Args(call.args))
            return {"ok": True} | (await done if inspect.isawaitable(done) else done)
        except Failed as failed:
            return {"ok": False, "error": failed.error} | failed.more

    def _allowed(self, call: ApiCall) -> Method:
        """The method, if the token may use it."""
        method = METHODS.get(call.method)
        if method is None:
            self._slack.complaints.append(f"{call.method}: no such method here")
            raise Failed("unknown_method", req_method=call.method)
        if not call.token:
            raise Failed("not_authed")
        if call.token not in (self._slack.bot_token, self._slack.app_token):
            raise Failed("invalid_auth")
        if not self._slack.installed:
            raise Failed("account_inactive")
        if method.by_app != (call.token == self._slack.app_token):
            raise Failed("not_allowed_token_type")
        scopes = self._slack.app_scopes if method.by_app else self._slack.scopes
        if method.scopes and not scopes.intersection(method.scopes):
            provided = ",".join(sorted(scopes))
            raise Failed("missing_scope", needed=method.scopes[0], provided=provided)
        if method.reads and call.encoding == "json":
            self._slack.complaints.append(f"{call.method}: takes no JSON")
            raise Failed("invalid_form_data")
        return method

    def _fault_for(self, name: str, args: Json) -> Fault | None:
        for fault in self.faults:
            where = str(args.get("channel") or args.get("channel_id") or args.get("channels") or "")
            if fault.times and fault.method in (name, "*") and fault.channel in ("", where):
                fault.times -= 1
                return fault
        return None

    def _broken(self, request: web.Request, call: ApiCall, fault: Fault) -> web.StreamResponse:
        if fault.drop:
            return _hung_up(request)
        if fault.retry_after is not None:
            call.status, call.answer = 429, {"ok": False, "error": "ratelimited"}
            # Slack's value is whole seconds, never less than one.
            headers = self._headers() | {"Retry-After": str(int(fault.retry_after))}
            return web.json_response(call.answer, status=429, headers=headers)
        call.status = fault.status
        return web.Response(
            status=fault.status, text="<html>upstream trouble</html>", content_type="text/html"
        )

    def _headers(self) -> dict[str, str]:
        date = formatdate(time.time() + self._slack.skew, usegmt=True)
        return {"x-oauth-scopes": ",".join(sorted(self._slack.scopes)), "Date": date}

    # Uploads and answers in place -----------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file = self._slack.files.get(request.match_info["file"])
        call = ApiCall("upload", {"file": request.match_info["file"]}, "empty", "", self._slack.now())
        self._slack.calls.append(call)
        fault = self._fault_for("upload", call.args)
        if fault is not None and not fault.lose_reply:
            await asyncio.sleep(fault.delay)
            return self._broken(request, call, fault)
        if file is None:
            raise web.HTTPNotFound
        if request.content_type.startswith("multipart/"):
            part = await (await request.multipart()).next()
            file.content = bytes(await part.read()) if isinstance(part, BodyPartReader) else b""
        else:
            file.content = await request.read()
        if fault is not None:
            return _hung_up(request)
        call.status, call.answer = 200, {"ok": True}
        return web.Response(text=f"OK - {len(file.content)}")

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        handle = request.match_info["handle"]
        said: Json = await request.json()
        call = ApiCall("response_url", said | {"handle": handle}, "json", "", self._slack.now())
        self._slack.calls.append(call)
        fault = self._fault_for("response_url", said)
        if fault is not None and not fault.lose_reply:
            await asyncio.sleep(fault.delay)
            return self._broken(request, call, fault)
        try:
            self._answer_in_place(handle, said)
            call.status, call.answer = 200, {"ok": True}
        except Failed as failed:
            call.status = 404 if failed.error in ("used_url", "expired_url") else 200
            call.answer = {"ok": False, "error": failed.error}
        if fault is not None:
            return _hung_up(request)
        if call.answer["ok"]:
            return web.Response(text="ok")
        return web.json_response(call.answer, status=call.status)

    def _answer_in_place(self, handle: str, said: Json) -> None:
        slack = self._slack
        url = slack.response_urls.get(handle)
        if url is None or slack.now() - url.at > RESPONSE_LIFE:
            slack.complaints.append("response_url: expired")
            raise Failed("expired_url")
        url.uses += 1
        if url.uses > RESPONSE_USES:
            slack.complaints.append("response_url: used more than five times")
            raise Failed("used_url")
        place = slack.channels[url.channel]
        pressed = next((m for m in place.messages if url.ts and m.ts == url.ts), None)
        if said.get("delete_original") and pressed is not None:
            place.messages.remove(pressed)
            return
        if not said.get("text") and not said.get("blocks"):
            raise Failed("no_text")
        checked(slack, "response_url", said.get("text", ""), said.get("blocks"))
        if said.get("replace_original") and pressed is not None:
            pressed.text, pressed.blocks = said.get("text", ""), said.get("blocks") or []
            return
        slack.respond(place, url, said)


def _hung_up(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _arguments(request: web.Request) -> tuple[Json, Encoding]:
    """The arguments of a call in whichever of Slack's encodings they come; a query may go with any."""
    values: Json = dict(request.query)
    encoding: Encoding = "query" if values else "empty"
    if request.content_type == "application/json" and request.body_exists:
        body = await request.text()
        values |= json.loads(body) if body else {}
        encoding = "json"
    elif request.content_type == "application/x-www-form-urlencoded":
        form = await request.post()
        values |= form
        encoding = "form" if form else encoding
    elif request.content_type.startswith("multipart/"):
        values |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        encoding = "multipart"
    return values, encoding
