"""views.*: modals, opened within three seconds of what a person did, and homes."""

from typing import Any

from tests.fakes.slack import checking
from tests.fakes.slack.acting import Acting
from tests.fakes.slack.methods.method import Args, method
from tests.fakes.slack.values import Failed, Json, View

_LARGEST = 250_000


@method("views.open")
def views_open(slack: Acting, args: Args) -> Json:
    body = checked_view(slack, args.json("view"), "modal")
    who, channel = slack.use_trigger(args.text("trigger_id"))
    view = View(slack.next_id("V"), who, body, slack.next_id("h"), channel=channel)
    return {"view": slack.view_json(slack.show(view))}


@method("views.push")
def views_push(slack: Acting, args: Args) -> Json:
    body = checked_view(slack, args.json("view"), "modal")
    who, channel = slack.use_trigger(args.text("trigger_id"))
    return {"view": slack.view_json(slack.push_view(who, body, channel))}


@method("views.update")
def views_update(slack: Acting, args: Args) -> Json:
    body = checked_view(slack, args.json("view"), "modal")
    external = args.text("external_id", "")
    view = slack.views.get(args.text("view_id", "")) or next(
        (one for one in slack.views.values() if external and one.body.get("external_id") == external), None
    )
    if view is None:
        raise Failed("not_found")
    if args.text("hash", view.hash) != view.hash:
        raise Failed("hash_conflict")
    slack.update_view(view, body)
    return {"view": slack.view_json(view)}


@method("views.publish")
def views_publish(slack: Acting, args: Args) -> Json:
    body = checked_view(slack, args.json("view"), "home")
    who = args.text("user_id")
    if who not in slack.people:
        raise Failed("user_not_found")
    earlier = slack.homes.get(who)
    if earlier and args.text("hash", earlier.hash) != earlier.hash:
        raise Failed("hash_conflict")
    slack.homes[who] = View(earlier.id if earlier else slack.next_id("V"), who, body, slack.next_id("h"))
    return {"view": slack.view_json(slack.homes[who])}


def checked_view(slack: Acting, body: Any, kind: str) -> Json:
    """Raises Failed, and complains, for a view that Slack would not take."""
    troubles = [*checking.wrong_with_view(body, kind), *slack.unknown_in(body)]
    if len(str(body)) > _LARGEST:
        troubles.append("view: larger than 250 kB")
    if troubles:
        slack.complaints.append(f"view: {'; '.join(troubles)}")
        raise Failed(
            "invalid_arguments",
            response_metadata={"messages": [f"[ERROR] {trouble}" for trouble in troubles]},
        )
    return dict(body)
