"""What the cells of lesson 13 run: changed cells, the table of bits, a batch, what a stranger reads."""

from __future__ import annotations

from collections import Counter
from functools import cache

import toyevm.rollups.settlements  # noqa: F401 - registers the backend zk
from toyevm.errors import NotProvable
from toyevm.rollups.matrix import chosen_cells
from toyevm.rollups.zk.payments.air import PaymentStatement, family_sizes, payments_air
from toyevm.rollups.zk.payments.digest import batch_digest
from toyevm.rollups.zk.payments.layout import COLUMNS, PAYMENT_ROWS, ROLES
from toyevm.rollups.zk.payments.trace import payments_trace
from toyevm.rollups.zk.payments.values import UNIT, digest_bytes
from toyevm.rollups.zk.security import SECURITY_SETS, security_table
from toyevm.rollups.zk_rollup.proven_batch import ProvenBatch
from toyevm.rollups.zk_rollup.rollup import ZkRollup
from toyevm.rollups.zk_rollup.signed_batch import decode_payments
from toyevm.teaching.kit.runs import run_on
from toyevm.teaching.kit.stark.named_table import NamedTable, named
from toyevm.teaching.lessons.zk_rollup.book import COLUMNS as BOOK_COLUMNS
from toyevm.teaching.lessons.zk_rollup.book import ROWS, book, book_proof, proven
from toyevm.teaching.lessons.zk_rollup.rebuild import rebuilt
from toyevm.units import ETHER
from toyevm.workloads.applications import APPLICATIONS

PEOPLE = ("Ann", "Bob", "Cleo", "Dan")
PAYMENTS = 16
NO_DIGEST = (0,) * 8
ATTACKED = (
    ("zk", "withheld data"), ("validium", "invalid root"), ("validium", "withheld data"), ("validium", "2/3 collusion"),
)  # fmt: skip
CHECKS = {"a Merkle path": "rows", "the constraints at a random point": "constraints", "a fold": "fri"}


@cache
def changed_cells() -> str:
    """Return which check refuses a table with one changed cell: each cell from which a rule reads is changed, alone."""
    true, found = book(), Counter[str]()
    cells = [(row, column) for row in range(ROWS - 1) for column in BOOK_COLUMNS]
    for row, column in cells:
        before = int(true.trace[row, true.columns.index(column)])
        check = proven(true.changed(row, column, 1 - before if " bit " in column else before + 1))
        found["accepted" if check.valid else check_name(str(check.reason))] += 1
    said = [f"{words} {found[words]}" for words in CHECKS]
    return (
        f"in a book of {ROWS} rows, all {len(cells)} cells of rows 0 to {ROWS - 2} were changed, each alone, and "
        "proven. "
        f"Refused by: {', '.join(said)}. Accepted: {found['accepted']}"
    )


def check_name(reason: str) -> str:
    """Return the words for the check that gave a reason."""
    return next((words for words, part in CHECKS.items() if part in reason.partition(":")[0]), reason)


@cache
def town() -> ZkRollup:
    """Return a zk-rollup on an L1 of its own; four people have deposited, and 16 signed payments wait."""
    rollup = ZkRollup(PEOPLE)
    for name in PEOPLE:
        rollup.deposit(name, 10 * ETHER)
    rollup.batch()
    for k in range(PAYMENTS):
        payer = k % len(PEOPLE)
        rollup.pay(PEOPLE[payer], PEOPLE[payer - 3], (5 + k) * UNIT)
    return rollup


@cache
def proven_batch() -> tuple[ProvenBatch, str]:
    """Return the batch of the 16 payments, and what L1 says to it."""
    rollup = town()
    batch = rollup.prove(())
    return batch, rollup.contract.submit(batch).reason or "accepted"


def prove_batch() -> str:
    """Return what L1 gets for a batch of payments, and what its contract says."""
    batch, said = proven_batch()
    rows = PAYMENT_ROWS * batch.count
    return "\n".join(
        [
            f"{batch.count} payments: a trace of {rows:,} rows and {COLUMNS} columns",
            f"old root   {short(digest_bytes(town().tree.root))}",
            f"new root   {short(batch.new_root)}",
            f"digest     {short(batch.digest)}",
            f"payments   {len(batch.data):,} bytes, signatures among them",
            f"proof      {len(batch.proof):,} bytes",
            f"L1         {said}",
        ]
    )


def short(digest: bytes) -> str:
    """Return the beginning of a hash."""
    return f"0x{digest.hex()[:16]}…"


def payment_table() -> NamedTable:
    """Return the trace of the first payment, with the names of its columns' roles and of its families of rules."""
    tree, first = town().tree, [town().pool[0].proven]
    trace = payments_trace(tree, first)
    statement = PaymentStatement(tree.root, tree.after(first).root, batch_digest(first), 1)
    families = [name for name, size in family_sizes().items() for _ in range(size)]
    return named(payments_air(statement), trace, ROLES, families)


def bits_of_rounds(count: int = 64) -> str:
    """Return the bits of a batch under each assumption: of its queries, of the weakest other round, and its level."""
    statement = PaymentStatement(NO_DIGEST, NO_DIGEST, NO_DIGEST, count)
    parameters = SECURITY_SETS["proven"].parameters
    table = security_table(payments_air(statement), statement.rows, parameters)
    columns = [["bits", f"queries, work of {parameters.grinding}", "weakest other round", "minimum: the level"]]
    for name, bits in table.items():
        others = min(value for what, value in bits.items() if what not in ("queries", "minimum"))
        shown = [f"{value:.1f}" for value in (bits["queries"], others, bits["minimum"])]
        columns.append([name.partition(", m")[0].partition(" (")[0], *shown])
    lines = zip(*columns, strict=True)
    return "\n".join(f"{what:<20}" + "".join(f"{cell:>16}" for cell in cells) for what, *cells in lines)


def mixed_block() -> str:
    """Return what the zk-rollup says to the block of all lessons, and how many of it are payments."""
    workload = APPLICATIONS["mixed"](40)
    plain = sum(not transaction.data and transaction.to is not None for transaction in workload.block.transactions)
    try:
        run_on("zk", workload, 1)
    except NotProvable as refused:
        return f"{len(workload.block.transactions)} transactions, {plain} of them payments\nrefused: {refused}"
    return "accepted"


def what_a_stranger_reads() -> str:
    """Return what can be read on L1 about a payment, from the data and from a proof alone."""
    first = decode_payments(proven_batch()[0].data)[0]
    payer, payee = (PEOPLE[number - 1] for number in (first.payer, first.payee))
    proof = book_proof()
    found = rebuilt(proof)
    amounts = "nothing" if found is None else " ".join(map(str, found[:-1, 2].tolist()))
    return (
        f"on L1, payment 0 of the batch: {payer} pays {payee} {first.amount} units (thousandths of an ether). "
        f"And the proof of the book, {len(proof.proof):,} bytes without any data, gives back all amounts: {amounts}"
    )


def attacks_on_data() -> str:
    """Return attacks on what L1 has, or has not, beside the proof: a line for each, without its end."""
    cells = [cell for system, attack in ATTACKED for cell in chosen_cells(attack, system)]
    return "\n".join(f"{k}. {cell.system}: {cell.story}" for k, cell in enumerate(cells, 1))


@cache
def ends_of_attacks() -> list[str]:
    """Return how each of these attacks ends: all of them are run, with all defences."""
    return [cell.run(True).verdict for system, attack in ATTACKED for cell in chosen_cells(attack, system)]
