"""Mentoring: who learns from whom, and how that goes."""
