"""The reports of `toyevm bench` and `toyevm atlas` as tables that fit 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from toyevm.bench.atlas import hottest
from toyevm.bench.blockstm import WORDS
from toyevm.bench.machine import REFERENCE
from toyevm.bench.replay_times import WAYS, is_right
from toyevm.cli.screen import table

if TYPE_CHECKING:
    from rich.console import Console

Report = dict[str, Any]


def print_machines(console: Console, report: Report) -> None:
    """Print a report of `run_bench_vm`; "x" is how many times as fast as py-evm."""
    environment, cache = report["environment"], report["compileCache"]
    names = list(environment["machines"])
    compared = [name for name in report["rows"][0]["speedup"] if name != REFERENCE]
    made = table(
        f"One message call (measured: CPU time, median of {environment['repeats']})",
        ("", *names, "spread", *(f"{name} x" for name in compared)),
        [],
    )

    def add(row: Report) -> None:
        times = (duration(row["seconds"][name]) for name in names)
        ratios = (f"{row['speedup'][name]:.2f}" for name in compared)
        made.add_row(row["program"], *times, f"{max(row['spread'].values()):.0%}", *ratios)

    blocks = [row for row in report["rows"] if row["level"] == "transaction"]
    for row in report["rows"]:
        if row["level"] == "message":
            add(row)
    if report["geometricMean"] and compared:
        made.add_section()
        means = (f"{report['geometricMean'][name]:.2f}" for name in compared)
        made.add_row("geometric mean", *("" for _ in names), "", *means)
    made.add_section()
    for row in blocks:
        add(row)
    console.print(made)
    console.print("A call is timed from when its state and message are there. py-evm keeps its state in a trie.")
    for row in blocks:
        libraries = ", ".join(f"{library} in {name}" for name, library in environment["signatures"].items())
        console.print(
            f"{row['program']}: a block of {row['transactions']} signed ERC-20 transfers, from bytes to the state after"
            f" it, senders recovered by {libraries}. Not in the mean, which is of message calls."
        )
    console.print(
        f"compile cache: {cache['functions']} functions hold {cache['tracedBytes'] / 1000:.0f} kB, "
        f"{cache['sourceCharacters'] / 1000:.0f} kB of it source (measured: {cache['how']})"
    )
    packages = (environment["machines"] | environment["keccak"]).items()
    console.print(f"{environment['python']}, {environment['cpu']}, {environment['cores']} cores, {environment['fork']}")
    console.print(", ".join(f"{name} {found}" for name, found in packages))
    for name in environment["missing"]:
        console.print(f"not measured: {name}")


def print_replays(console: Console, report: Report) -> None:
    """Print a report of `run_bench_replay`."""
    headings = [f"{way.removeprefix('tier 1, ')}\n{unit}" for unit in ("ms", "kgas/s") for way in WAYS]
    rows = []
    for row in report["rows"]:
        milliseconds = [f"{seconds * 1e3:.1f}" for seconds in (row["signatureSeconds"], *row["seconds"].values())]
        rows.append((row["block"], row["transactions"], *milliseconds, *row["kgasPerSecond"].values()))
    title = f"Real blocks (measured: CPU time without signatures, median of {report['environment']['repeats']})"
    console.print(table(title, ("block", "txs", "sign.\nms", *headings), rows, words=()))
    console.print("cold: tier 1, nothing compiled before the block; warm: all compiled that the block ever visits.")
    for row in report["rows"]:
        if not is_right(row):
            console.print(f"block {row['block']} does not come out as its header says, or not each time")


def print_parallel(console: Console, report: Report) -> None:
    """Print a report of `run_bench_parallel`, a table for each workload: speedups, and what they took."""
    for name in dict.fromkeys(row["workload"] for row in report["rows"]):
        console.print(_speedups(name, [row for row in report["rows"] if row["workload"] == name]))
    costs = ", ".join(f"{name} {value}" for name, value in report["environment"]["costs"].items())
    console.print(
        "Simulated time on virtual cores; what a transaction does on values it has seen is not computed twice. "
        "A unit of gas takes 1, the rest is "
        f"{costs}. In brackets: where a backend got its hints. Hints: their bytes; runs, wasted: on most cores."
    )


def print_blockstm(console: Console, report: Report) -> None:
    """Print a report of `run_bench_blockstm`."""
    rows = [
        (
            row["threads"], f"{row['accounts']:,}", f"{row['transactions']:,}", f"{row['speedup']:.2f}x",
            f"{WORDS[row['meant']]}{row['published']:g}x", "fitted" if row["fitted"] else f"{row['error']:+.0%}",
            f"{row['whole']:.2f}x",
        )
        for row in report["rows"]
    ]  # fmt: skip
    columns = ("threads", "accounts", "txs", "ours", "published", "error", "with root")
    console.print(table("Block-STM, payments between random accounts (simulated)", columns, rows, words=()))
    costs = ", ".join(f"{name} {value}" for name, value in report["environment"]["costs"].items())
    console.print(
        f"Costs: {costs}; contention is fitted to the first row, the others are predicted. With root: the whole block, "
        f"whose state root takes {report['environment']['rootPart']:.1%} of one core's time and is no faster. "
        f"One chain of all would run at {report['environment']['chain']:.2f}x on 32 threads."
    )
    fees = [(row["backend"], f"{row['speedup']:.2f}x", f"{row['executions']:,}") for row in report["fees"]]
    title = f"Fees: independent payments on {report['fees'][0]['cores']} cores (simulated)"
    console.print(table(title, ("", "speedup", "executions"), fees))
    console.print(_switches(report["switches"]))
    growth = [
        (f"{row['transactions']:,}", f"{row['executions']:,}", f"{row['cpuSeconds']:.1f}") for row in report["growth"]
    ]
    title = "The simulation itself, 32 cores (measured)"
    console.print(table(title, ("txs", "executions", "CPU s"), growth, words=()))


def _switches(rows: Sequence[Report]) -> Any:
    cells = [
        (row["block"], row["cores"], row["backend"], f"{row['executionsPerTransaction']:.2f}",
         f"{row['validations']:,}", f"{row['makespan'] / 1e6:.2f}", f"{row['speedup']:.2f}x")
        for row in rows
    ]  # fmt: skip
    columns = ("block", "cores", "", "runs\na tx", "valid-\nations", "time\n1e6", "speedup")
    return table("Switches of Block-STM (simulated, costs without contention)", columns, cells, words=(0, 2))


def _speedups(name: str, rows: Sequence[Report]) -> Any:
    cores = list(dict.fromkeys(row["cores"] for row in rows if row["backend"] != "sequential"))
    bound = rows[0]["work"] / min(row["spanByAccess"] for row in rows)

    def cells() -> Iterator[Sequence[object]]:
        for label in dict.fromkeys(map(_label, rows)):
            own = {row["cores"]: row for row in rows if _label(row) == label}
            last = own[max(own)]
            speedups = (f"{own[count]['speedup']:.2f}" if count in own else "" for count in cores)
            runs = f"{last['executionsPerTransaction']:.2f}"
            yield label, *speedups, runs, f"{last['wasted']:.0%}", last["hintBytes"] or ""

    columns = ("", *(f"{count}\ncores" for count in cores), "runs\na tx", "waste", "hints")
    return table(f"{name}: speedup (at most {bound:.1f}x for who waits)", columns, list(cells()))


def _label(row: Report) -> str:
    return f"{row['backend']} ({row['hints']})" if row["hints"] else str(row["backend"])


def print_atlas(console: Console, report: Report) -> None:
    """Print a report of `make_atlas`, and say why where a figure is far from the design's."""
    columns = ("", "txs", "pairs", "storage", "design", "all:\ntxs", "\ngas", f"{report['cores']}\ncores", "hottest")
    rows = [(row["name"], f"{row['transactions']:g}", *_atlas_cells(row), hottest(row)) for row in report["rows"]]
    console.print(table("How far can it be sped up? (work over span)", columns, rows, words=(0, -1)))
    console.print(
        "pairs, storage: reads of earlier writes to storage, as in the design; all: balances and nonces too. "
        "Medians over seeds; counted by transactions, or in gas; cores: a list schedule that knows the gas."
    )
    for row in report["rows"]:
        if row.get("deviation"):
            gaps = ", ".join(f"{name} {gap:+.0%}" for name, gap in row["deviation"].items())
            console.print(f"{row['name']}: {gaps} from the design: {row['why'] or 'NOT EXPLAINED'}")


def _atlas_cells(row: Report) -> Iterator[str]:
    storage, every, ideal = row["storage"], row["all"], row["ideal"]
    yield f"{storage['pairs']:.1%}"
    yield f"{storage['count']:.1f}x"
    yield f"{ideal['speedup']:.1f}x" if ideal else ""
    yield from (f"{every[name]:.1f}x" for name in ("count", "gas", "cores"))


def duration(seconds: float) -> str:
    """Return a time for people.

    >>> duration(0.01234), duration(0.000056)
    ('12.3 ms', '56 µs')
    """
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"


def print_hints(console: Console, report: Report) -> None:
    """Print a report of `run_bench_hints`: means over the blocks of each split."""
    for split in dict.fromkeys(row["split"] for row in report["means"]):
        own = [row for row in report["means"] if row["split"] == split]
        rows = [
            (row["predictor"], f"{row['precision']:.2f}", f"{row['recall']:.2f}", f"{row['speedup']:.2f}x",
             "" if row["won"] is None else f"{row['won']:+.0%}")
            for row in own
        ]  # fmt: skip
        title = f"{split} ({own[0]['blocks']} blocks; simulated, {report['environment']['virtualCores']} virtual cores)"
        console.print(table(title, ("", "precision", "recall", "speedup", "of the oracle's gain"), rows))
    seconds = ", ".join(f"{name} {took:.2f} s" for name, took in report["environment"]["trainSeconds"].items())
    console.print(f"Trained on {report['environment']['trainedOn']} seeded blocks (measured, CPU): {seconds}.")
    took = ", ".join(f"{name} {micro:,.0f} µs" for name, micro in report["predictMicroseconds"].items())
    console.print(f"To predict, for a transaction (measured, CPU): {took}.")
    console.print(
        f"The rules name locations with precision {report['locations']['precision']:.2f} and recall "
        f"{report['locations']['recall']:.2f}. Eight real blocks, years apart, prove very little."
    )
    console.print(
        "Precision: of the pairs that were named, those that met; recall: of those that met, those that were named. "
        "No hints: an empty list, with which all run at once, and those in conflict run again. Dry run: the block is "
        "executed once before, to find the pairs. Block-STM needs none."
    )
