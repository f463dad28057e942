"""The key of what resources plan."""

DROP_CHOICES = "resources:choices"
