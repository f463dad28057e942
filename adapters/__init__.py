"""Where platforms meet the core: Slack, Discord, the local page, and archives."""
