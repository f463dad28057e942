"""The Discord adapter: one bot in any number of servers, over discord.py."""
