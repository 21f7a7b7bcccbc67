"""`toyevm atlas`: how much parallelism the conflicts of applications and real blocks leave, as table and picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from toyevm.bench.atlas import make_atlas
from toyevm.cli.bench_tables import print_atlas
from toyevm.cli.screen import progress, show
from toyevm.errors import InputError
from toyevm.teaching.kit.atlas_view import show_atlas
from toyevm.workloads.applications import APPLICATIONS


def run(paths: Sequence[Path], as_json: bool, only: Sequence[str], count: int, seeds: int, plot: Path | None) -> int:
    """Show the atlas; return 1 if a deviation from the design is not explained.

    Raises:
        InputError: an unknown application, an unreadable block, or a figure that cannot be written.
    """
    if plot is not None and (plot.suffix != ".svg" or not plot.parent.is_dir()):
        raise InputError(f"cannot draw {str(plot)!r}", "--plot", "a file name that ends in .svg, in a folder there is")
    with progress("rows", len(only or APPLICATIONS) + len(paths)) as begin:
        report = make_atlas(paths, only, count, seeds, begin)
    show(report, as_json, print_atlas)
    if plot is not None:
        plot.write_text(show_atlas(report["rows"]).svg, encoding="utf-8")
    return 1 if any(row["unexplained"] for row in report["rows"]) else 0
