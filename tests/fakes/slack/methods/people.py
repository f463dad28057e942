"""auth.*, apps.*, team.*, users.*, bots.*: who we are and who is here."""

from tests.fakes.slack.acting import Acting
from tests.fakes.slack.methods.method import Args, method, page
from tests.fakes.slack.values import Failed, Json


@method("api.test")
def api_test(slack: Acting, args: Args) -> Json:
    return {"args": args.values}


@method("auth.test", reads=True)
def auth_test(slack: Acting, args: Args) -> Json:
    return {
        "url": slack.site,
        "team": slack.team_name,
        "user": "tertulia",
        "team_id": slack.team,
        "user_id": slack.bot_user,
        "bot_id": slack.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", "connections:write", by_app=True)
def apps_connections_open(slack: Acting, args: Args) -> Json:
    return {"url": slack.socket_url()}


@method("apps.event.authorizations.list", "authorizations:read", by_app=True)
def apps_event_authorizations_list(slack: Acting, args: Args) -> Json:
    args.text("event_context")
    return {"authorizations": [{"team_id": slack.team, "user_id": slack.bot_user, "is_bot": True}]}


@method("team.info", "team:read", reads=True)
def team_info(slack: Acting, args: Args) -> Json:
    return {"team": {"id": slack.team, "name": slack.team_name, "domain": "workshop", "url": slack.site}}


@method("users.list", "users:read", reads=True)
def users_list(slack: Acting, args: Args) -> Json:
    # Slack sends everybody at once without a limit, and complains where that is too many.
    found, more = page(list(slack.people.values()), args, most=1000, default=1000)
    return {"members": [slack.user_json(person) for person in found], "cache_ts": 1} | more


@method("users.info", "users:read", reads=True)
def users_info(slack: Acting, args: Args) -> Json:
    person = slack.people.get(args.text("user"))
    if person is None:
        raise Failed("user_not_found")
    return {"user": slack.user_json(person)}


@method("users.conversations", "channels:read", "groups:read", "im:read", "mpim:read", reads=True)
def users_conversations(slack: Acting, args: Args) -> Json:
    kinds = _kinds(args)
    who = args.text("user", slack.bot_user)
    hidden = args.flag("exclude_archived")
    mine = [
        channel
        for channel in slack.channels.values()
        if who in channel.members
        and channel.kind in kinds
        and (channel.kind == "channel" or slack.bot_user in channel.members)
        and not (hidden and channel.archived)
    ]
    found, more = page(mine, args, most=1000)
    return {"channels": [slack.channel_json(channel) for channel in found]} | more


@method("bots.info", "users:read", reads=True)
def bots_info(slack: Acting, args: Args) -> Json:
    if args.text("bot", slack.bot_id) != slack.bot_id:
        raise Failed("bot_not_found")
    return {
        "bot": {"id": slack.bot_id, "app_id": slack.app_id, "user_id": slack.bot_user, "name": "Tertulia"}
    }


def _kinds(args: Args) -> set[str]:
    names = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
    wanted = args.listed("types") or ["public_channel"]
    if set(wanted) - names.keys():
        raise Failed("invalid_types")
    return {names[one] for one in wanted}
