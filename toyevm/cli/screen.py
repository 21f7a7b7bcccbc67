"""Output for people or programs: JSON, tables, progress.

What is not the answer (progress, warnings) goes to stderr, and progress only where there is a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, TextIO

from toyevm.cli.output import to_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Begin = Callable[[str], None]  # tell which piece of work begins
LONGEST_NAME = 30


def show(value: Any, as_json: bool, print_report: Callable[[Console, Any], None]) -> None:
    """Print `value` as one line of JSON, or, on a terminal and without --json, as `print_report` does."""
    if as_json or not sys.stdout.isatty():
        print(to_json(value))
        return
    print_report(console_on(sys.stdout), value)


def console_on(stream: TextIO, width: int | None = None) -> Console:
    """Return a screen that shows words as they are: nothing in them is markup."""
    from rich.console import Console

    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, words: Sequence[int] = (0,)
) -> Table:
    """Return a table; numbers stay whole, at the right; the columns in `words` stand left and fold where needed."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for i, heading in enumerate(columns):
        is_words = i in words or i - len(columns) in words
        made.add_column(heading, justify="left" if is_words else "right", no_wrap=not is_words, overflow="fold")
    for row in rows:
        made.add_row(*map(str, row))
    return made


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Begin]:
    """Show on a terminal how far the work is and how long the rest will take; elsewhere show nothing.

    Yields:
        what to call, with a name, when the next piece begins: those before are done.

    Args:
        what: what the pieces are, such as "files".
        total: how many there are; without it there is a count and no estimate.
    """
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=20), MofNCompleteColumn())
    times = (TimeElapsedColumn(), TextColumn("rest"), TimeRemainingColumn())
    with Progress(*columns, *times, console=Console(stderr=True), transient=True) as bar:
        task, begun = bar.add_task(what, total=total), count()
        yield lambda name: bar.update(task, completed=next(begun), description=f"{what}: {name[:LONGEST_NAME]}")
