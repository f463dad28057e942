"""How a feature lists what people type after its commands: `TYPED` in its module `typed_forms`."""

from typing import Any

Examples = dict[str, dict[str, Any]]
"""What is typed after the command, and what the fields are given."""
Typed = dict[str, Examples]
"""Examples by command, as in "/cop share"."""
NOTHING: Examples = {"": {}}
"""The command takes no words."""
