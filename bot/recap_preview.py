"""`tertulia recap --print`: sends the preview command as a coordinator, and returns the response as text."""

from adapters.archive.transcript import words_of
from bot.app import App
from facilitation.core.platforms.surface import Interaction
from facilitation.core.values.commands import Role
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import SpaceRef
from storage.communities import Community, Directory, People


async def recap_of(app: App, name: str) -> str:
    """The recap of a community as `/coordinate recap preview` shows it.

    An empty `name` means the only community. Raises BadInput if the community is missing or ambiguous, has no
    coordinator, or has no recap.
    """
    async with app.units.read() as session:
        directory = Directory(session)
        found: list[tuple[SpaceRef, int, Community]] = []
        for space in await directory.spaces():
            ref = SpaceRef(space.platform, space.handle)
            found += [(ref, space.id, community) for community in await directory.communities(space.id)]
        chosen = [one for one in found if not name or one[2].name == name]
        if not chosen:
            raise BadInput(f"there is no community {name}." if name else "there is no community yet.")
        if len({community.id for _, _, community in chosen}) > 1:
            names = ", ".join(sorted({community.name for _, _, community in chosen}))
            raise BadInput(f"which community? Say --community with one of: {names}.")
        ref, space_id, community = chosen[0]
        people = People(session, community.id)
        holders = await people.holders(Role.COORDINATOR)
        handles = await people.names([holder.id for holder in holders], space_id)
    handle = next((handle for _, handle in handles.values() if handle), "")
    if not handle:
        raise BadInput(f"nobody coordinates {community.name} yet, so there is no recap to look at.")
    answer = await app.dispatcher.handle(
        Interaction(ref, handle, "coordinate", "recap preview", direct=True, community=community.id)
    )
    if answer.renderable is None:
        raise BadInput("there is nothing to print.")
    title = answer.renderable.card.title
    return "\n".join(line for line in (title, words_of(answer.renderable)) if line)
