"""Whatever goes wrong in an attempt that saw values which never stood together is thrown away like any wrong attempt.

Transaction 0 changes two places, and 1 reads one before it sees that and one after. No state there can be holds both.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from tests.backends.cases import BURN, Case, case, mixed_snapshot_cases, sent
from tests.backends.judge import differences, oracle_of
from tests.backends.suite import NO_HINTS
from tests.support.whole_backends import WHOLE_BACKENDS
from tests.support.worlds import CONTRACT, contract
from toyevm.backends import BACKENDS, Backend, Run, RunConfig
from toyevm.chain import ChainConfig
from toyevm.errors import InputError, InvalidBlock
from toyevm.forks import CANCUN
from toyevm.simulation.interleaver import play
from toyevm.types import Address, Location
from toyevm.vm.precompiles import Precompile

PLANTED = (0xFA11).to_bytes(20, "big")
PARALLEL = [backend for backend in WHOLE_BACKENDS if backend.kind != "sequential"]
CALM = {"two_phase"}  # they commit nothing while others run, so that no attempt sees a mixed snapshot
GUESSING = [backend for backend in PARALLEL if backend.name not in CALM]

each_backend = pytest.mark.parametrize("backend", PARALLEL, ids=lambda backend: backend.name)


class OddlyBuiltError(Exception):
    """Cannot be copied by calling its type with its `args`."""

    def __init__(self, *, place: Address) -> None:
        super().__init__("odd", place)


ERRORS: dict[str, Callable[[], Exception]] = {
    "OverflowError": lambda: OverflowError("int too big to convert"),
    "MemoryError": MemoryError,
    "RecursionError": RecursionError,
    "AssertionError": AssertionError,
    "ValueError": lambda: ValueError("as good as any"),
    "KeyError": lambda: KeyError(b"no such thing"),
    "OddlyBuiltError": lambda: OddlyBuiltError(place=PLANTED),
    "InvalidBlock": lambda: InvalidBlock("raised where it is none of one's business", 7),
}
CALL_PLANTED = f"PUSH 0 MSTORE PUSH 0 PUSH 0 PUSH 32 PUSH 0 PUSH 0 PUSH 0x{PLANTED.hex()} GAS CALL POP STOP"


def mixed(name: str, if_different: str, chain: ChainConfig | None = None) -> Case:
    """Return a block whose second transaction has the difference of two slots on its stack, which are always equal."""
    reader = f"PUSH 0 SLOAD {BURN.format(n=4_000)} PUSH 1 SLOAD SUB {if_different}"
    writer = "PUSH 7 PUSH 0 SSTORE PUSH 7 PUSH 1 SSTORE"
    source = f"CALLDATASIZE PUSH @read JUMPI {writer} STOP read: JUMPDEST {reader}"
    made = case(name, {CONTRACT: contract(source)}, sent(0), sent(1, data=b"x", gas_limit=1_000_000))
    return made if chain is None else Case(made.name, made.pre, made.block, chain)


def planted(error: Callable[[], Exception], is_wrong: Callable[[int], bool]) -> tuple[ChainConfig, list[int]]:
    """Return a chain with a precompile that fails on some numbers, and a list of the numbers it was asked about."""
    asked: list[int] = []

    def compute(data: bytes) -> bytes:
        asked.append(int.from_bytes(data, "big"))
        if is_wrong(asked[-1]):
            raise error()
        return b""

    return ChainConfig(fork=CANCUN, extra_precompiles={PLANTED: Precompile("planted", lambda data: 0, compute)}), asked


def run(backend: Backend, block: Case, cores: int = 2) -> Run:
    return backend.execute_block(block.pre, block.block, RunConfig(block.chain, cores, hints=NO_HINTS))


@each_backend
@pytest.mark.parametrize("cores", [1, 2, 16])
def test_money_that_is_in_two_places_at_once_comes_to_nothing(backend: Backend, cores: int) -> None:
    """A mixed snapshot makes a balance of more than a word."""
    block = next(mixed_snapshot_cases())
    done = run(backend, block, cores)
    assert [result.gas_used for result in done.result.results] == [31_103, 161_092]
    assert differences(block, done, oracle_of(block), seal=True) == []


@each_backend
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_any_type_after_a_mixed_snapshot_is_thrown_away(backend: Backend, error: str) -> None:
    chain, asked = planted(ERRORS[error], lambda number: number != 0)
    block = mixed(error, CALL_PLANTED, chain)
    done = run(backend, block)
    assert differences(block, done, oracle_of(block), seal=True) == []
    if backend in GUESSING:
        assert any(asked), "nobody saw a mixed snapshot, so this proves nothing"
        assert done.aborts


@pytest.mark.parametrize("backend", list(BACKENDS), ids=lambda backend: backend.name)
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_that_no_order_avoids_is_raised_as_it_is(backend: Backend, error: str) -> None:
    chain, asked = planted(ERRORS[error], lambda number: number == 0)
    expected = ERRORS[error]()
    with pytest.raises(type(expected)) as raised:
        run(backend, mixed(error, CALL_PLANTED, chain))
    assert (raised.value.args, vars(raised.value)) == (expected.args, vars(expected))
    assert 0 in asked


@each_backend
def test_an_invalid_transaction_ends_the_block_before_a_later_one_that_fails(backend: Backend) -> None:
    chain, _ = planted(MemoryError, lambda number: True)
    block = case("two wrongs", {CONTRACT: contract(f"PUSH 0 {CALL_PLANTED}")}, sent(0, nonce=5), sent(1))
    with pytest.raises(InvalidBlock, match="nonce-too-high") as raised:
        run(backend, Case(block.name, block.pre, block.block, chain))
    assert raised.value.tx_index == 0


BOUNDED = {
    "an endless loop": "PUSH @ever JUMPI STOP ever: JUMPDEST PUSH @ever JUMP",
    "memory without end": "PUSH @much JUMPI STOP much: JUMPDEST PUSH 1 PUSH 0xffffffffffff MSTORE",
    "ever more memory": "PUSH @much JUMPI STOP much: JUMPDEST PUSH 1 MSIZE MSTORE PUSH @much JUMP",
    "ever deeper calls": f"PUSH @deep JUMPI STOP deep: JUMPDEST PUSH 0 PUSH 0 PUSH 1 PUSH 0 PUSH 0 "
    f"PUSH 0x{CONTRACT.hex()} GAS CALL",
}


@each_backend
@pytest.mark.parametrize("what", BOUNDED)
def test_gas_bounds_what_a_mixed_snapshot_leads_to(backend: Backend, what: str) -> None:
    block = mixed(what, BOUNDED[what])
    oracle = oracle_of(block)
    tracemalloc.start()
    done = run(backend, block)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert differences(block, done, oracle, seal=True) == []
    assert peak < 64_000_000
    if backend in GUESSING:
        assert done.aborts
        (thrown_away,) = (span for span in done.spans if span.aborted)
        (kept,) = (span for span in done.spans if span.tx_index == 1 and span.kind == "execute" and not span.aborted)
        assert thrown_away.duration > kept.duration  # it went where no state leads


def test_an_interleaving_that_goes_wrong_is_refused_in_one_line() -> None:
    chain, _ = planted(MemoryError, lambda number: True)
    block = case("it fails", {CONTRACT: contract(f"PUSH 0 {CALL_PLANTED}")}, sent(0))
    with pytest.raises(InputError, match="A1 goes wrong here: MemoryError"):
        play(block.pre, block.block, "A1", chain)


def test_an_error_outside_the_transaction_is_nobody_s_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    """A view that breaks is a fault of the backend: no attempt may swallow it."""
    from toyevm.state import BlockView

    original = BlockView.read

    def broken(self: Any, location: Location) -> Any:
        if location == Location(CONTRACT, 0):
            raise LookupError("the view is broken")
        return original(self, location)

    block = mixed("a broken view", "STOP")
    monkeypatch.setattr(BlockView, "read", broken)
    for backend in PARALLEL:
        with pytest.raises(LookupError, match="broken"):
            run(backend, block)
