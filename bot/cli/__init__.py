"""The command line: each command validates its input, reports a fault in one line, and exits with 2."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import cyclopts
from sqlalchemy.exc import SQLAlchemyError

from bot.cli import archives, database, init, invite, local_page, match, rhythm, run
from bot.cli.console import err, out
from facilitation.core.values.errors import BadInput
from storage.backup import CannotCopy
from storage.migration import CannotMigrate
from storage.process_lock import AlreadyHeld


def _version() -> str:
    try:
        return version("tertulia")
    except PackageNotFoundError:
        return "from a checkout that is not installed"


cli = cyclopts.App(
    name="tertulia",
    help="A self-hosted facilitator for communities of practice.",
    version=_version,
    console=out,
    error_console=err,
)
for group in (local_page.cli, init.cli, run.cli, archives.cli, rhythm.cli, match.cli):
    cli.update(group)
cli.command(database.db)
cli.command(database.conf)
cli.command(invite.invite)


def run_command(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status.

    It is 0 for success, 1 if `check` found a fault, 2 for an error that the operator must fix, and 130 after
    Ctrl+C.
    """
    try:
        result = cli(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except cyclopts.CycloptsError as fault:
        err.print(f"tertulia: {fault}", markup=False, soft_wrap=True)
        return 2
    except CannotMigrate as fault:
        # The message of a database driver may have several lines.
        err.print(f"tertulia: {' '.join(str(fault).split())}", markup=False, soft_wrap=True)
        return 2
    except (BadInput, CannotCopy, AlreadyHeld) as fault:
        err.print(f"tertulia: {fault}", markup=False, soft_wrap=True)
        return 2
    except OSError as fault:
        where = f"{fault.filename}: " if fault.filename else ""
        err.print(f"tertulia: {where}{fault.strerror or fault}.", markup=False, soft_wrap=True)
        return 2
    except SQLAlchemyError as fault:
        err.print(
            f"tertulia: the database failed ({type(fault).__name__}). tertulia check says more.", markup=False
        )
        return 2
    except KeyboardInterrupt:
        return 130
    return result if isinstance(result, int) else 0
