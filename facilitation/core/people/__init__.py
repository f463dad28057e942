"""People: when and where they may be reached, and what is kept about them."""
