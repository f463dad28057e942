"""Rhythm: prompts on a beat that coordinators set, each said exactly once."""
