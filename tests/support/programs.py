"""Random programs that read, write, call, create and fail, on few accounts and few slots, so that they meet."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.support.worlds import ALICE, COINBASE, CONTRACT, NOBODY, OTHER, THIRD, environment, signed, world
from toyevm.assembler import assemble
from toyevm.forks import FORKS, LONDON
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.vm.frame import BlockEnv

TARGETS = (CONTRACT, OTHER, THIRD, NOBODY, ALICE, COINBASE, bytes(19) + b"\x02", bytes(19) + b"\x05")

slots = st.integers(0, 3)
targets = st.sampled_from(TARGETS).map(lambda address: f"PUSH 0x{address.hex()}")
ranges = st.tuples(st.integers(0, 70), st.integers(0, 70))


def _calls(name: str, value: str) -> st.SearchStrategy[str]:
    gas = st.sampled_from(("GAS", "PUSH 0", "PUSH 2300", "PUSH 9000", "PUSH 60000"))
    return st.tuples(ranges, ranges, targets, gas).map(
        lambda t: f"PUSH {t[1][1]} PUSH {t[1][0]} PUSH {t[0][1]} PUSH {t[0][0]} {value} {t[2]} {t[3]} {name}"
    )


def _creates(name: str) -> st.SearchStrategy[str]:
    init_code = st.sampled_from(("33ff", "600160005560016000f3", "600054600055", "fe", "60ef60005360016000f3", ""))
    return st.tuples(init_code, st.integers(0, 2)).map(
        lambda t: (
            f"PUSH 0x{bytes.fromhex(t[0]).ljust(32, bytes(1)).hex()} PUSH 0 MSTORE "
            f"{'PUSH 7' if name == 'CREATE2' else ''} PUSH 32 PUSH 0 PUSH {t[1]} {name}"
        )
    )


snippets = st.one_of(
    st.tuples(st.integers(0, 3), slots).map(lambda t: f"PUSH {t[0]} PUSH {t[1]} SSTORE"),
    slots.map(lambda slot: f"PUSH {slot} SLOAD"),
    slots.map(lambda slot: f"PUSH {slot} SLOAD PUSH 1 ADD PUSH {slot} SSTORE"),
    st.tuples(targets, st.sampled_from(("BALANCE", "EXTCODESIZE", "EXTCODEHASH"))).map(" ".join),
    st.tuples(targets, ranges).map(lambda t: f"PUSH {t[1][1]} PUSH 0 PUSH {t[1][0]} {t[0]} EXTCODECOPY"),
    _calls("CALL", "PUSH 0"),
    _calls("CALL", "PUSH 3"),
    _calls("CALLCODE", "PUSH 1"),
    _calls("DELEGATECALL", ""),
    _calls("STATICCALL", ""),
    _creates("CREATE"),
    _creates("CREATE2"),
    st.just("SELFBALANCE GAS ADD PUSH 0 MSTORE"),
    ranges.map(lambda r: f"PUSH 5 PUSH {r[1]} PUSH {r[0]} LOG1"),
    ranges.map(lambda r: f"PUSH {r[1]} PUSH {r[0]} REVERT"),
    ranges.map(lambda r: f"PUSH {r[1]} PUSH {r[0]} RETURN"),
    targets.map(lambda target: f"{target} SELFDESTRUCT"),
    st.just("INVALID"),
    st.just("POP"),
)
sources = st.lists(snippets, max_size=6).map(" ".join)


class Scene(NamedTuple):
    """A transaction, the world it finds, and the block it is in."""

    pre: WorldState
    env: BlockEnv
    tx: Transaction


def _account(draw: Any) -> Account:
    storage = draw(st.dictionaries(slots, st.integers(1, 3), max_size=2))
    return Account(nonce=1, balance=draw(st.integers(0, 5)), code=assemble(draw(sources), LONDON), storage=storage)


@st.composite
def scenes(draw: Any) -> Scene:
    """Draw a transaction that may or may not succeed, on contracts that call each other."""
    pre = world({address: _account(draw) for address in (CONTRACT, OTHER, THIRD)})
    fork = FORKS[draw(st.sampled_from(tuple(FORKS)))]
    env = environment(fork, coinbase=draw(st.sampled_from((COINBASE, COINBASE, ALICE, CONTRACT))))
    to = draw(st.sampled_from((CONTRACT, CONTRACT, CONTRACT, None)))
    data = assemble(draw(sources), LONDON) if to is None else b""
    gas_limit = draw(st.sampled_from((60_000, 70_000, 100_000, 300_000, 2_000_000)))
    return Scene(pre, env, signed(to=to, data=data, value=draw(st.integers(0, 3)), gas_limit=gas_limit))
