"""History that was exported elsewhere, read as happenings: Slack, DiscordChatExporter and our own sample."""
