"""The declarations of features, the registry that looks them up, and helpers that features share."""
