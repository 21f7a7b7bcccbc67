"""The words of the command line: names, options and help; `sweep` and `layers_app` have some of their own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from toyevm.cli.layers_app import app as layers
from toyevm.cli.output import complain
from toyevm.cli.screen import progress, show
from toyevm.cli.sweep import AsJson
from toyevm.cli.sweep import app as sweep
from toyevm.errors import InputError
from toyevm.forks import FORKS

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

app.add_typer(sweep, name="sweep")

# What typer raises for a wrong command line. Newer versions carry a click of their own, so we ask a subclass.
ClickException: type[Any] = typer.BadParameter.__mro__[2]

ONLY = "vm: a program; parallel: a workload; stark: a number of payments. Repeatable."
Fork = Annotated[str | None, typer.Option(help=f"One of {', '.join(FORKS)}.")]


@app.callback()
def toyevm() -> None:
    """Run, test, replay and study a small, real EVM."""


@app.command()
def run(
    code: Annotated[str | None, typer.Option(help="Bytecode to run, in hex.")] = None,
    alloc: Annotated[Path | None, typer.Option(help="Accounts to run on: a genesis alloc.")] = None,
    to: Annotated[str | None, typer.Option(help="Which account of --alloc to call.")] = None,
    input: Annotated[str, typer.Option(help="Call data, in hex.")] = "0x",
    sender: Annotated[str, typer.Option(help="Who calls.")] = "0x" + "aa" * 20,
    address: Annotated[str, typer.Option(help="Where --code lives.")] = "0x" + "cc" * 20,
    value: Annotated[str, typer.Option(help="Wei sent along.")] = "0",
    gas: Annotated[str, typer.Option(help="Gas limit of the call.")] = "1000000000",
    storage: Annotated[Path | None, typer.Option(help='Storage of the called account: {"0xslot": "0xvalue"}.')] = None,
    fork: Fork = None,
    repeat: Annotated[int, typer.Option(min=1, help="How many timed runs.")] = 1,
    warmup: Annotated[int | None, typer.Option(min=0, help="Runs before the timing starts.")] = None,
    trace: Annotated[str | None, typer.Option(help="Write EIP-3155 rows to this file, or - for stdout.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Print the Python that the code is turned into.")] = False,
    as_json: AsJson = False,
) -> None:
    """Call a piece of code, without a transaction around it, and print what it did."""
    from toyevm.cli import run as command
    from toyevm.cli import tables

    call = command.read_call(
        code=code, alloc=alloc, to=to, input=input, sender=sender, address=address, value=value, gas=gas,
        storage=storage, fork=fork,
    )  # fmt: skip
    if trace is not None and not command.write_trace(call, trace):
        return
    if explain:
        print(command.explain(call))
    show(command.run_call(call, repeat, warmup), as_json, tables.print_call)


@app.command()
def statetest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files, folders or .tar.xz archives.")],
    fork: Fork = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    timeout: Annotated[float, typer.Option(min=0.001, max=86_400, help="Seconds for one sub-case.")] = 60.0,
    as_json: AsJson = False,
) -> int:
    """Run GeneralStateTests: totals and failures, or one JSON row for each sub-case."""
    from toyevm.cli.tables import print_state_tests
    from toyevm.forks import fork_named
    from toyevm.workloads.statetests import count_files, find_files, run_files

    if timeout != timeout:  # older versions of typer let nan through their bounds
        raise InputError("nan is no limit of time", where="--timeout", expected="seconds, from 0.001 to 86400")
    name = None if fork is None else fork_named(fork).name
    total = count_files(paths) if sys.stderr.isatty() else None
    with progress("files", total) as begin:
        outcomes = run_files(find_files(paths), name, jobs, timeout, begin)
    for problem in outcomes.problems:
        complain(str(problem))
    if outcomes.unsupported:
        print(f"{outcomes.unsupported} sub-cases of unsupported forks were left out", file=sys.stderr)
    if outcomes.others:
        print(f"{outcomes.others} tests that are no state tests were left out", file=sys.stderr)
    if outcomes.rows or not outcomes.problems:
        show(outcomes.rows, as_json, print_state_tests)
    return outcomes.exit_code


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A real block, .json or .json.xz.")],
    backend: Annotated[str, typer.Option(help="A backend's name, or all.")] = "sequential",
    cores: Annotated[int, typer.Option(min=1, help="Virtual cores.")] = 1,
    as_json: AsJson = False,
) -> int:
    """Execute a real block, and check it against its header and the sequential backend."""
    import toyevm.rollups.settlements  # noqa: F401  they are backends too, once they are imported
    from toyevm.bench.replay import named_backends, replay_block
    from toyevm.cli.tables import print_replay

    chosen = named_backends(backend)
    with progress("backends", len(chosen)) as begin:
        report = replay_block(file, chosen, cores, begin)
    show(report, as_json, print_replay)
    good = all(report["checks"].values()) and all(one["equal"] is not False for one in report["backends"].values())
    return 0 if good else 1


@app.command()
def fetch_block(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Which block of Ethereum's mainnet.")],
    rpc: Annotated[str, typer.Option(metavar="URL", help="A node with the debug namespace.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Output file, .json or .json.xz.")],
    as_json: AsJson = False,
) -> int:
    """Bring a real block, and the state it needs, from a node into a file to replay."""
    from toyevm.cli.fetch import fetch
    from toyevm.cli.tables import print_fetched

    report = fetch(number, rpc, out)
    show(report, as_json, print_fetched)
    return 0 if all(report["checks"].values()) else 1


@app.command()
def backends(as_json: AsJson = False) -> None:
    """List the ways to execute a block."""
    import toyevm.rollups.settlements  # noqa: F401  they are backends too, once they are imported
    from toyevm.backends import BACKENDS
    from toyevm.cli.tables import print_backends

    rows = [{"name": one.name, "kind": one.kind, "summary": one.summary} for one in BACKENDS]
    show(rows, as_json, print_backends)


@app.command()
def bench(
    suite: Annotated[
        str, typer.Argument(metavar="vm|replay|parallel|blockstm|stark|cores|hints", help="What to measure.")
    ],
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="replay, cores, hints: real blocks.")
    ] = None,
    as_json: AsJson = False,
    repeats: Annotated[int | None, typer.Option(min=1, help="Timed turns of each: 7 (vm), 11 (cores) or 3.")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help=ONLY)] = None,
    plot: Annotated[Path | None, typer.Option(help="vm, stark, cores: draw it to this file, .png or .svg.")] = None,
    cores: Annotated[
        list[int] | None, typer.Option(min=1, help="parallel (repeatable), cores, hints: how many.")
    ] = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="cores: use this Dask cluster.")] = None,
) -> int:
    """Measure the machine (vm, replay), backends (parallel, blockstm), learned hints, proofs (stark), real cores."""
    from toyevm.cli import bench as command

    return command.run(suite, files or [], as_json, repeats, only or [], plot, cores or [], dask)


@app.command()
def grade(
    place: Annotated[
        Path | None, typer.Argument(metavar="PLACE", help="What was handed in: a folder, or a zip.")
    ] = None,
    assignment: Annotated[str | None, typer.Option(help="Which assignment, such as 01-the-machine.")] = None,
    roster: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="The class, as CSV. Repeatable: the first has the ids.")
    ] = None,
    desk: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where marks are kept: grading/desk/ASSIGNMENT.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Submissions at a time: one a core.")] = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Mark on this Dask cluster (extra `cluster`).")
    ] = None,
    weak: Annotated[bool, typer.Option("--weak-isolation", help="Where no real sandbox is; not as root.")] = False,
    student: Annotated[list[str] | None, typer.Option(metavar="ID", help="Mark only this one. Repeatable.")] = None,
    item: Annotated[list[str] | None, typer.Option(metavar="ID", help="Renew only this mark. Repeatable.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Mark also what is marked already.")] = False,
    release: Annotated[str | None, typer.Option(help="The release word, if students have different numbers.")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Show codes in place of students.")] = False,
    question: Annotated[
        str | None, typer.Option(metavar="ITEM", help="Show what everybody wrote for one item, instead of the marks.")
    ] = None,
    check_isolation: Annotated[
        bool, typer.Option("--check-isolation", help="Mark nobody: run attacks on the sandbox, and say which hold.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Mark a class in a sandbox, on a desk that knows what is marked already; see course/instructor/."""
    from toyevm.cli import grade as command

    if check_isolation:
        if any((place, assignment, roster, desk, dask, student, item, again, release, anonymous, question)):
            raise InputError(
                "marks nobody",
                "--check-isolation",
                "no PLACE, --assignment or others, but for --jobs, --weak-isolation, --json",
            )
        return command.check(jobs, weak, as_json)
    if place is None or assignment is None:
        raise InputError(
            "what to mark is missing", "PLACE" if place is None else "--assignment", "PLACE --assignment NAME"
        )
    wish = command.Wish(
        place, assignment, roster or (), desk, jobs, dask, weak, student or (), item or (), again, release, anonymous,
        question,
    )  # fmt: skip
    return command.run(wish, as_json)


@app.command()
def marks(
    desk: Annotated[Path, typer.Argument(metavar="DESK", help="A folder that `toyevm grade` marked on.")],
    to: Annotated[str | None, typer.Option(help="long, wide, parquet, canvas, moodle or nbgrader.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where --to writes.")] = None,
    gradebook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="canvas, moodle: the class's gradebook as it was exported.")
    ] = None,
    column: Annotated[
        str | None, typer.Option(metavar="NAME", help="canvas, moodle: its column, if not called as the assignment.")
    ] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="canvas, moodle: as many points as it is worth there.")
    ] = False,
    zeros: Annotated[bool, typer.Option("--zeros", help="canvas, moodle: 0 for who handed in nothing.")] = False,
    roster: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="The class, as CSV. Repeatable: the first has the ids.")
    ] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Codes in place of students.")] = False,
    feedback: Annotated[Path | None, typer.Option(metavar="DIR", help="Write a page for each student here.")] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the instructor's report, .html.")] = None,
    as_json: AsJson = False,
) -> int:
    """Bring the marks of a desk into gradebooks and tables, to students, and into a report."""
    from toyevm.cli import marks as command

    wish = command.Outgoing(desk, to, out, gradebook, column, scale, zeros, roster or (), anonymous, feedback, report)
    return command.run(wish, as_json)


@app.command()
def lab(
    target: Annotated[Path, typer.Option("--dir", help="Your working copy.")] = Path("my-course"),
    course: Annotated[Path | None, typer.Option(help="Where the course is, if not beside the package.")] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    prepare_only: Annotated[bool, typer.Option("--prepare-only", help="Make or update the copy and stop.")] = False,
) -> None:
    """Open the course in JupyterLab, in a copy that is yours."""
    from toyevm.teaching.lab.workspace import launch_lab

    report = launch_lab(course, target, browser=browser, prepare_only=prepare_only)
    print(*report.lines(), sep="\n", file=sys.stderr)


@app.command()
def arena(
    file: Annotated[Path, typer.Argument(metavar="SCHEDULER.py", help="A file with class Scheduler.")],
    suite: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Other blocks than the open ones, as JSON.")
    ] = None,
    weak: Annotated[bool, typer.Option("--weak-isolation", help="Play it without a real sandbox.")] = False,
    as_json: AsJson = False,
) -> int:
    """Play a scheduler against Block-STM on equal virtual cores, in the marking sandbox."""
    from toyevm.cli import arena as command

    return command.run(file, suite, weak, as_json)


@app.command()
def hunt(
    scripts: Annotated[Path, typer.Argument(metavar="SCRIPTS.json", help="Moves on a rollup.")],
    contracts: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[CONTRACT.json]…", help="Compiled, with a planted fault; none: show the moves."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Play scripts on a rollup with a planted fault and on the standing one, and say where they differ."""
    from toyevm.cli import hunt as command

    return command.run(scripts, contracts or (), as_json)


@app.command()
def plant(
    faults: Annotated[Path, typer.Argument(metavar="FAULTS.toml", help="Pieces of contracts, and what replaces them.")],
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="Where the compiled contracts go.")],
    by_number: Annotated[bool, typer.Option("--by-number", help="Names of files that tell nothing.")] = False,
) -> int:
    """Compile contracts with a piece of their source replaced, for others to hunt; it needs Vyper."""
    from toyevm.cli import hunt as command

    return command.run_plant(faults, folder, by_number)


@app.command()
def redesign(
    file: Annotated[Path, typer.Argument(metavar="CONTRACT.json", help="A compiled redesign of the tickets.")],
    suite: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Other blocks than the open ones, as JSON.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="OTHER.json", help="Compare times with this redesign, not with the starter.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Judge a redesigned contract: is it right by the specification, and how much sooner is a block done?"""
    from toyevm.cli import redesign as command

    return command.run(file, suite, against, as_json)


app.registered_commands += layers.registered_commands
