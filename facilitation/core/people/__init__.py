"""People: when and where they may be contacted, and their personal data."""
