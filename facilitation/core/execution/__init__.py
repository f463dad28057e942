"""How a handler is called, and what becomes of its effects."""
