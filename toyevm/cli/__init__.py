"""The `toyevm` command: JSON for programs, sentences and tables for people.

Exit code 0 means success, 1 a check that failed, 2 bad input, of which one line says what was wrong, where, and what
was expected. Each command is a module of its own; they are imported when they are called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from toyevm.errors import InputError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with these arguments (those of the process, by default) and exit."""
    sys.exit(run_command(sys.argv[1:] if arguments is None else arguments))


def run_command(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    from toyevm.cli.app import UsageError, app

    try:
        code = app(list(arguments), prog_name="toyevm", standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        return _complain(str(error))
    except UsageError as error:
        return _complain(error.format_message())
    except BrokenPipeError:  # whoever reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as stop:  # typer's own answer to the same
        return 0 if isinstance(stop.__context__, BrokenPipeError) else int(stop.code or 0)
    except KeyboardInterrupt:
        return 130
    return code if isinstance(code, int) else 0


def _complain(message: str) -> int:
    print("toyevm:", " ".join(message.split()), file=sys.stderr)
    return 2
