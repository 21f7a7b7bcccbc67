"""The optimistic rollup as a backend, and the race bugs that it convicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.backends.cases import CASES, Case
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.backends.mutants import (
    forget_reads_of_balances,
    forget_reads_of_code,
    forget_reads_of_storage,
    forget_reads_of_the_failed,
    skip_the_room_check,
    validate_only_the_first_read,
)
from tests.support.chains import block_of
from tests.support.worlds import signed, world
from toyevm.backends import BACKENDS, RunConfig
from toyevm.chain import ChainConfig
from toyevm.errors import InvalidBlock, NotProvable
from toyevm.forks import SHANGHAI
from toyevm.rollups.base import SettlementBackend
from toyevm.rollups.optimistic.precompiles import MOST_INPUT
from toyevm.rollups.optimistic.settlement import OptimisticSettlement

BY_NAME = {case.name: case for case in CASES}
TOKEN, MADE = "0x" + "cc" * 20, "0xa9655ef9396b0fea2b7cadf112d92432f5507901"
BEFORE = "what comes before the code"
Patch = pytest.MonkeyPatch


@pytest.mark.parametrize("case", CASES[::4], ids=str)
@pytest.mark.parametrize("inner", ["block_stm", "optimistic"])
def test_a_block_that_becomes_final_equals_sequential(case: Case, inner: str) -> None:
    backend = SettlementBackend("optimistic_rollup", "", OptimisticSettlement, inner)
    assert not differences(case, outcome_of(backend, case, RunConfig(case.chain, 3)), oracle_of(case))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gas_limit": 2**40}, "not a block"),
        ({"extra_data": bytes(100_000)}, "a block of 1.*,.* bytes: L1 takes 100,000"),
    ],
)
def test_what_is_no_block_of_the_layer_is_refused_with_a_reason(changes: dict[str, Any], reason: str) -> None:
    case = CASES[0]
    block = replace(case.block, header=replace(case.block.header, **changes))
    with pytest.raises(NotProvable, match=reason):
        BACKENDS.named("optimistic_rollup").execute_block(case.pre, block, RunConfig(case.chain))


@pytest.mark.parametrize("size", [MOST_INPUT, MOST_INPUT + 1])
def test_a_block_in_which_a_precompile_is_given_more_than_the_layer_takes_is_refused(size: int) -> None:
    pre = world(source=f"PUSH 0 PUSH 0 PUSH {size} PUSH 0 PUSH 2 GAS STATICCALL PUSH 0 SSTORE")
    block, config = block_of(SHANGHAI, signed(gas_limit=900_000)), RunConfig(ChainConfig(fork=SHANGHAI))
    backend = BACKENDS.named("optimistic_rollup")
    if size <= MOST_INPUT:
        backend.execute_block(pre, block, config)
        return
    with pytest.raises(NotProvable, match="given more than 65,528 bytes or costs more than 6,000,000 gas"):
        backend.execute_block(pre, block, config)


CONVICTED: list[tuple[Callable[[Patch], None], str, str]] = [
    (
        forget_reads_of_storage,
        "the fee recipient's balance is read and nothing is paid",
        f"transaction 1: micro-step 6, pc 24: SLOAD read 0 at ({TOKEN}, slot 0), not 1",
    ),
    (
        validate_only_the_first_read,
        "the fee recipient is a sender",
        f"transaction 1: micro-step 4, pc 2: SLOAD read 0 at ({TOKEN}, slot 0), not 1",
    ),
    (
        forget_reads_of_the_failed,
        "destroyed, made anew and called (London)",
        f"transaction 5: micro-step 11, pc 15: CREATE2 read 1 at ({MADE}, nonce), not 0",
    ),
    (
        forget_reads_of_code,
        "CREATE2, then a call",
        f"transaction 1: micro-step 2: {BEFORE} read 0x at ({MADE}, code), not 0x36600e57600054600101600055005b33ff",
    ),
    (
        forget_reads_of_balances,
        "the fee recipient is paid",
        f"transaction 4: micro-step 2: {BEFORE} read 189,005 at (0x{'c0' * 20}, balance), not 252,008",
    ),
    (
        skip_the_room_check,
        "a block that is full",
        "transaction 3: micro-step 1: after what comes before the code, the state is not the posted one",
    ),
]


@pytest.mark.parametrize(("bug", "name", "sentence"), CONVICTED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_race_bug_is_convicted_at_the_step_where_it_reads_what_is_stale(
    bug: Callable[[Patch], None], name: str, sentence: str, monkeypatch: Patch
) -> None:
    bug(monkeypatch)
    case = BY_NAME[name]
    backend = SettlementBackend("", "", OptimisticSettlement, inner="optimistic")
    with pytest.raises(NotProvable) as caught:
        outcome_of(backend, case, RunConfig(case.chain, 3))
    assert str(caught.value) == sentence


def test_a_block_that_is_not_valid_is_as_invalid_as_ever() -> None:
    case = next(case for case in CASES if isinstance(oracle_of(case), InvalidBlock))
    outcome = outcome_of(BACKENDS.named("optimistic_rollup"), case, RunConfig(case.chain))
    assert not differences(case, outcome, oracle_of(case))
