"""`tertulia invite`: prints the link by which the owner of a space invites the bot."""

from typing import Annotated

from cyclopts import App, Parameter

from bot.cli.console import ConfigFile, out, settings_of
from facilitation.core.values.errors import BadInput

invite = App(name="invite", help="Print an invitation link: discord, for a server's owner.")


@invite.command(name="discord")
def invite_discord(
    application: Annotated[
        str, Parameter(help="The application’s id; left out, it is read from the token in the configuration.")
    ] = "",
    /,
    *,
    config: ConfigFile = None,
) -> None:
    """Print the link by which a server's owner invites me, with the fewest permissions I can work with."""
    from adapters.discord.invitation import application_id_of, invitation_link  # the import takes a second

    token = settings_of(config).discord.token.get_secret_value()
    if application and not application.isdigit():
        raise BadInput(f"{application} is no application id: that is a long number, in the developer portal.")
    if not application and not token:
        raise BadInput(
            "there is no discord.token: set it, or give the application’s id from the developer portal."
        )
    out.print(invitation_link(application or application_id_of(token)), markup=False, soft_wrap=True)
