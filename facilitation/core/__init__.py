"""The house that every room stands on: asks, happenings, cards, the three lists and their steps."""
