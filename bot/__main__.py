"""`tertulia`, and `python -m bot`."""

import sys

from bot.cli import run_command


def main() -> None:
    """Run the command line. The exit status is 0, or 2 for what an operator must fix."""
    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
