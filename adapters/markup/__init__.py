"""Platforms' own markup in what people wrote, read in one place for live events and for archives."""
