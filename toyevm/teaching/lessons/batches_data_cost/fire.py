"""The bet of lesson 09: the operator's machines are gone, and Ann wants to show what she owns."""

from __future__ import annotations

from functools import cache

from toyevm import rlp
from toyevm.blocks import Block
from toyevm.chain import MAINNET
from toyevm.crypto import keccak256
from toyevm.errors import InvalidProof
from toyevm.state import Account, WorldState
from toyevm.teaching.kit.runs import run_on
from toyevm.transactions import decode_transaction, encode_transaction
from toyevm.trie import verify_proof
from toyevm.units import ETHER
from toyevm.workloads.planned_blocks import PlannedCall, sign_calls
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import PRODUCER, SAVINGS, Workload, open_header

PEOPLE = ("Ann", "Bob", "Cleo", "Dan", "Eve")
PAYMENTS = (("Ann", "Bob", 60), ("Bob", "Cleo", 20), ("Ann", "Dan", 40), ("Eve", "Ann", 3))


@cache
def _operated() -> tuple[WorldState, tuple[bytes, ...]]:
    """Return what the operator of the small layer had: the state at the end, and the signed transactions."""
    calls = [PlannedCall(payer, wallet(to).address, value=ether * ETHER) for payer, to, ether in PAYMENTS]
    posted = tuple(encode_transaction(tx) for tx in sign_calls(calls, base_fee=0, tip=0))
    return _execute(posted), posted


def _execute(posted: tuple[bytes, ...]) -> WorldState:
    """Run transactions from the state that everybody knows: at its beginning, all have 100 ether."""
    genesis = WorldState({wallet(name).address: Account(balance=SAVINGS) for name in PEOPLE})
    block = Block(open_header(base_fee=0), tuple(map(decode_transaction, posted)))
    names = {wallet(name).address: name for name in PEOPLE} | {PRODUCER: "producer"}
    run = run_on("sequential", Workload(MAINNET, genesis, block, names), 1)
    return genesis.apply(run.result.diff)


def after_the_fire(on_l1: str) -> str:
    """Return what Ann can show to L1 if all that is left stands there: "root", or "root and batch"."""
    state, posted = _operated()
    root, key = state.root, keccak256(wallet("Ann").address)
    proof: tuple[bytes, ...] = ()
    if on_l1 == "root and batch":
        rebuilt = _execute(posted)
        proof = rebuilt.prove_account(wallet("Ann").address)
        size = sum(map(len, posted))
        same = "the same" if rebuilt.root == root else "another one"
        found = f"{size} bytes of transactions; executed again, their root is {same}"
    else:
        found = "no transactions"
    try:
        leaf = verify_proof(root, key, proof)
        verdict = f"a path of {len(proof)} nodes: accepted, {_ether(leaf)} ether"
    except InvalidProof:
        verdict = "no path, not one node of it: refused"
    return f"L1 holds the state root 0x{root.hex()[:8]}…, and {found}\nAnn shows {verdict}"


def _ether(leaf: bytes | None) -> int:
    fields = rlp.decode(leaf or b"")
    assert isinstance(fields, list)
    return rlp.decode_int(fields[1], 32) // ETHER
