"""The entry point of `tertulia` and of `python -m bot`."""

import sys

from bot.cli import run_command


def main() -> None:
    """Run the command line and exit with the status that `run_command` returns."""
    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
