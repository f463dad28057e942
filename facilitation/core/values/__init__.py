"""Frozen values: cards, events, commands, forms and effects. They depend on nothing else in the core."""
