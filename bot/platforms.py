"""The platforms of a process: those that have a token in the settings."""

from bot.app import App
from bot.config import Settings
from facilitation.core.platforms.platform import Host, Platform


def platforms_of(settings: Settings, app: App) -> list[Platform]:
    """Create the configured platforms. Only their libraries are imported, because each takes a second."""
    host = Host(app.dispatcher, app.dispatcher.registry, app.courier, app.clock)
    found: list[Platform] = []
    if token := settings.discord.token.get_secret_value():
        from adapters.discord.platform import DiscordPlatform

        found.append(
            DiscordPlatform(
                host,
                token=token,
                api_url=settings.discord.api_url,
                gateway_url=settings.discord.gateway_url,
                message_content=settings.discord.message_content,
            )
        )
    slack = settings.slack
    if slack.bot_token.get_secret_value():
        from adapters.slack.platform import Credentials, SlackPlatform

        credentials = Credentials(
            bot_token=slack.bot_token.get_secret_value(),
            app_token=slack.app_token.get_secret_value(),
            signing_secret=slack.signing_secret.get_secret_value(),
            api_url=slack.api_url,
        )
        found.append(SlackPlatform(credentials, host))
    return found
