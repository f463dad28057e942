"""Reads archives as events: Slack exports, DiscordChatExporter exports, and the sample community."""
