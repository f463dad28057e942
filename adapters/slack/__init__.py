"""The Slack adapter: one workspace, over Socket Mode or signed HTTP requests."""
