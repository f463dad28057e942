"""Figures and their targets, one line each."""


class Figures:
    """Prints what was measured; `missed` says whether any target was."""

    def __init__(self) -> None:
        self.missed = False

    def note(self, name: str, value: float) -> None:
        """A figure without a target."""
        print(f"{name} {value:,.2f}", flush=True)

    def at_most(self, name: str, value: float, target: float) -> None:
        """A figure that must not be higher."""
        self._judge(name, value, f"at most {target:g}", is_met=value <= target)

    def at_least(self, name: str, value: float, target: float) -> None:
        """A figure that must not be lower."""
        self._judge(name, value, f"at least {target:g}", is_met=value >= target)

    def _judge(self, name: str, value: float, target: str, *, is_met: bool) -> None:
        self.missed |= not is_met
        print(f"{name} {value:,.3f}, target {target}: {'pass' if is_met else 'FAIL'}", flush=True)
