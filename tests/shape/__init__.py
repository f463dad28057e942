"""Promises about the source as a whole: features, imports, tables, names and words."""
