"""`tertulia`, and `python -m bot`."""

import sys

from bot.cli import run_command


def main() -> None:
    """Run the command line; the exit status is 0, or 2 for anything an operator must mend."""
    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
