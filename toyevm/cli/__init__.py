"""The `toyevm` command: JSON for programs, sentences and tables for people.

Exit code 0 means success, 1 a check that failed, 2 bad input (or an output that cannot be written), of which one line
says what was wrong, where, and what was expected. `app` has the words of every command (`sweep` has its own);
what a command needs is imported when it is called.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from toyevm.errors import InputError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with these arguments (those of the process, by default) and exit."""
    sys.exit(run_command(sys.argv[1:] if arguments is None else arguments))


def run_command(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    from toyevm.cli.app import ClickException, app
    from toyevm.cli.output import complain, standard_streams

    with standard_streams():
        try:
            code = app(list(arguments), prog_name="toyevm", standalone_mode=False)
            sys.stdout.flush()
        except InputError as error:
            return complain(str(error))
        except ClickException as error:
            return complain(error.format_message())
        except SystemExit as stop:
            return int(stop.code or 0)
        except KeyboardInterrupt:
            return 130
        return code if isinstance(code, int) else 0
