"""The bot as it is, but for the minute after which a newcomer is greeted: nobody here has a minute to lose.

`python -m tests.bot.hurried run` is `tertulia run`.
"""

import sys
from datetime import timedelta

from bot.cli import run_command
from facilitation.welcome import schedule

if __name__ == "__main__":
    schedule.GROUP_WINDOW = timedelta(seconds=8)
    sys.exit(run_command(sys.argv[1:]))
