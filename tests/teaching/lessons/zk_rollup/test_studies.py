"""What the cells of lesson 13 print is what the engine and L1 say."""

from __future__ import annotations

import re

import pytest

from toyevm.errors import InputError
from toyevm.rollups.matrix import chosen_cells
from toyevm.rollups.zk.payments.air import PaymentStatement, payments_air
from toyevm.rollups.zk.payments.proofs import check_payments
from toyevm.rollups.zk.payments.values import read_digest
from toyevm.rollups.zk.security import JOHNSON, SECURITY_SETS, TOY, UNIQUE, query_bits, security_table
from toyevm.rollups.zk_rollup.signed_batch import RECORD, decode_payments
from toyevm.teaching.lessons.zk_rollup import answers_bits
from toyevm.teaching.lessons.zk_rollup.growth_view import MEASURED, growth
from toyevm.teaching.lessons.zk_rollup.studies import (
    ATTACKED,
    NO_DIGEST,
    PAYMENTS,
    PEOPLE,
    attacks_on_data,
    bits_of_rounds,
    changed_cells,
    ends_of_attacks,
    mixed_block,
    prove_batch,
    proven_batch,
    town,
    what_a_stranger_reads,
)


def test_every_changed_cell_is_refused_by_the_constraints() -> None:
    assert re.findall(r"\d+", changed_cells()) == ["8", "91", "0", "6", "0", "91", "0", "0"]


def test_the_batch_is_proven_and_l1_takes_it() -> None:
    batch, said = proven_batch()
    statement = PaymentStatement(town().tree.root, *map(read_digest, (batch.new_root, batch.digest)), PAYMENTS)
    assert check_payments(statement, batch.proof).valid
    assert said == "accepted"
    assert len(batch.data) == RECORD * PAYMENTS
    assert f"{len(batch.proof):,} bytes" in prove_batch()
    assert "trace of 512 rows and 357 columns" in prove_batch()


def test_a_stranger_reads_the_first_payment_and_all_amounts_of_the_book() -> None:
    first = decode_payments(proven_batch()[0].data)[0]
    assert f"{PEOPLE[first.payer - 1]} pays {PEOPLE[first.payee - 1]} {first.amount} units" in what_a_stranger_reads()
    assert what_a_stranger_reads().endswith("5 3 9 0 12 1 4")


def test_the_level_is_the_minimum_of_each_column() -> None:
    lines = bits_of_rounds().split("\n")[1:]
    queries, others, levels = ([float(bits) for bits in re.findall(r"\d+\.\d", line)] for line in lines)
    assert list(map(min, queries, others)) == levels
    statement = PaymentStatement(NO_DIGEST, NO_DIGEST, NO_DIGEST, 64)
    table = security_table(payments_air(statement), statement.rows, SECURITY_SETS["proven"].parameters)
    for at, bits in enumerate(table.values()):
        rounds = {name: value for name, value in bits.items() if name != "minimum"}
        assert queries[at] == round(rounds.pop("queries"), 1)
        assert others[at] == round(min(rounds.values()), 1)


def test_the_mixed_block_is_refused_with_a_reason() -> None:
    assert mixed_block() == "40 transactions, 16 of them payments\nrefused: transaction 0: calls a contract"


@pytest.mark.parametrize(("system", "attack"), ATTACKED)
def test_the_attacks_on_data_are_rows_of_the_matrix(system: str, attack: str) -> None:
    (cell,) = chosen_cells(attack, system)
    assert re.search(rf"^\d\. {system}: {re.escape(cell.story)}$", attacks_on_data(), re.MULTILINE)
    assert cell.run(True).verdict == ends_of_attacks()[ATTACKED.index((system, attack))]
    assert not set(re.findall(r"\b(safe|frozen|stolen)\b", attacks_on_data()))  # a turn asks for it


def test_withheld_data_freezes_and_a_false_root_is_refused() -> None:
    assert ends_of_attacks() == ["safe", "safe", "frozen", "stolen"]


def test_growth_is_stored_and_says_so() -> None:
    text = growth().text
    assert "measured" in text
    for count, size, *_ in MEASURED:
        assert f"{count:,} payments: proof {size / 1024:.0f} KiB" in text
    proof_checks = [row[2] for row in MEASURED]
    assert max(proof_checks) < 2.5 * min(proof_checks)
    assert MEASURED[-1][3] > 50 * MEASURED[0][3]


def test_who_has_no_account_cannot_pay() -> None:
    with pytest.raises(InputError, match="no account"):
        town().pay("Eve", "Ann", 10**15)


def test_the_chances_that_a_student_computes_with_are_the_engines() -> None:
    engine = [query_bits(answers_bits.QUERIES, answers_bits.RATE, assumption) for assumption in (UNIQUE, JOHNSON, TOY)]
    assert [answers_bits.bits(chance) for chance in answers_bits.CHANCES.values()] == pytest.approx(engine)
