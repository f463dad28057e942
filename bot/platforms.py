"""The platforms of a process, made from its settings: each that has a token."""

from bot.app import App
from bot.config import Settings
from facilitation.core.platform import Host, Platform


def platforms_of(settings: Settings, app: App) -> list[Platform]:
    """The platforms that are set up; importing a platform's library takes a second, so only where needed."""
    host = Host(app.house, app.house.catalogue, app.courier, app.clock)
    found: list[Platform] = []
    slack = settings.slack
    if slack.bot_token.get_secret_value():
        from adapters.slack.platform import SlackPlatform, Tokens  # noqa: PLC0415

        tokens = Tokens(
            bot=slack.bot_token.get_secret_value(),
            app=slack.app_token.get_secret_value(),
            signing=slack.signing_secret.get_secret_value(),
            api_url=slack.api_url,
        )
        found.append(SlackPlatform(tokens, host))
    return found
