"""Commands about what conflicts leave, about layers, proofs and claims: their names, options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toyevm.cli.sweep import AsJson
from toyevm.rollups.zk_rollup.needs import need_numpy

app = typer.Typer()


@app.command()
def atlas(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE", help="Real blocks to add.")] = None,
    as_json: AsJson = False,
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="This application; repeatable.")] = None,
    count: Annotated[int, typer.Option(min=2, help="Transactions in a block of an application.")] = 200,
    seeds: Annotated[int, typer.Option(min=1, help="How many blocks of each: the median counts.")] = 5,
    plot: Annotated[Path | None, typer.Option(help="Draw it to this file, .png or .svg.")] = None,
) -> int:
    """Show how much parallelism the conflicts of each application, and of real blocks, leave."""
    from toyevm.cli import atlas as command

    return command.run(files or [], as_json, only or [], count, seeds, plot)


@app.command()
def matrix(
    attack: Annotated[str | None, typer.Option(help="This attack only.")] = None,
    system: Annotated[str | None, typer.Option(help="On this system only.")] = None,
    without_defence: Annotated[
        bool, typer.Option("--without-defence", help="Take away what stands in its way.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Attack layers, and read off balances what came of it: stolen, frozen, delayed or safe."""
    from toyevm.cli import matrix as command

    command.run(attack, system, not without_defence, as_json)


@app.command()
def compare(
    workload: Annotated[str, typer.Option(help="An application; by default the block of all lessons.")] = "mixed",
    transactions: Annotated[int, typer.Option(min=1, max=1_000, help="How many.")] = 40,
    cores: Annotated[int, typer.Option(min=1, help="Virtual cores.")] = 16,
    seed: Annotated[int, typer.Option(help="Other transactions.")] = 0,
    plot: Annotated[Path | None, typer.Option(help="Draw it to this file, .png or .svg.")] = None,
    as_json: AsJson = False,
) -> int:
    """Put every backend and every settlement side by side on one block: speed, cost, finality, attacks."""
    from toyevm.cli import compare as command

    return command.run(workload, transactions, cores, seed, as_json, plot)


@app.command()
def claims(
    names: Annotated[list[str] | None, typer.Argument(metavar="ID", help="These only; all without.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run the experiments behind popular claims, and say what is left of each: true, true if, or false."""
    from toyevm.cli import claims as command

    command.run(names or [], as_json)


@app.command()
def dispute(
    transactions: Annotated[int, typer.Option(help="How many ERC-20 transfers the disputed block has.")] = 64,
    games: Annotated[int, typer.Option(help="How many games; each kind of liar in turn.")] = 48,
    seed: Annotated[int, typer.Option(help="Other transfers and other lies.")] = 0,
    as_json: AsJson = False,
) -> int:
    """Play disputes of an honest player against liars, down to one micro-step."""
    from toyevm.cli import dispute as command

    return command.run(transactions, games, seed, as_json)


@app.command()
def prove(
    transactions: Annotated[int, typer.Option(help="How many payments.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Write the proof to this file.")],
    statement: Annotated[Path, typer.Option(metavar="FILE", help="Write what it is a proof of to this file.")],
    security: Annotated[str, typer.Option(help="proven, small, unique or conjectured: see the README.")] = "proven",
    seed: Annotated[int, typer.Option(help="Other payments by other people.")] = 0,
    as_json: AsJson = False,
) -> int:
    """Prove what signed payments do to accounts, and check the proof."""
    need_numpy("prove")
    from toyevm.cli import prove as command

    return command.run_prove(transactions, out, statement, security, seed, as_json)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A proof.")],
    statement: Annotated[Path, typer.Option(metavar="FILE", help="What it is to be a proof of.")],
    as_json: AsJson = False,
) -> int:
    """Check a proof of payments, and their signatures."""
    need_numpy("verify")
    from toyevm.cli import prove as command

    return command.run_verify(file, statement, as_json)
