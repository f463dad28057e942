"""Slack: one workspace over Socket Mode or signed requests, as a platform of the house."""
