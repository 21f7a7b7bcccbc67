"""What the bridge pays for, and what it does not: each reason for refusal by name, and nothing paid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rollups.sidechain.worlds import STAKES
from toyevm.assembler import assemble
from toyevm.blocks import Receipt
from toyevm.contracts import load_contract
from toyevm.errors import InputError
from toyevm.rollups.sidechain import Sidechain
from toyevm.rollups.sidechain.chain import GATEWAY, GATEWAY_CONTRACT
from toyevm.rollups.sidechain.exits import BurnPlace, ExitProof, forge_block, prove_exit
from toyevm.transactions import Transaction
from toyevm.trie import ordered_trie_root
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

ANN, BOB = wallet("Ann"), wallet("Bob")


def busy() -> tuple[Sidechain, list[Transaction]]:
    """Return a sidechain with five blocks under a checkpoint; the third holds a transfer and two burns."""
    side = Sidechain(STAKES)
    side.deposit("Ann", 10 * ETHER)
    for _ in range(2):
        side.produce()
    txs = [side.transfer("Ann", "Bob", ETHER), side.burn("Ann", ETHER), side.burn("Ann", 2 * ETHER, to="Bob")]
    for _ in range(3):
        side.produce()
    assert side.checkpoint().accepted
    return side, txs


def test_every_burn_of_a_block_leaves_and_nothing_else() -> None:
    side, (transfer, one, other) = busy()
    assert side.exit(transfer).reason == "no such log under the receipts root"
    assert side.exit(other).accepted
    assert side.exit(one).accepted
    assert side.escrow == 7 * ETHER
    assert side.books.missing == 0


def changed(proof: ExitProof, **fields: object) -> ExitProof:
    """Return the proof with another header, where the field is one of a header's, or another field of its own."""
    own = {name: value for name, value in fields.items() if name in proof.__dataclass_fields__}
    header = replace(proof.header, **{name: value for name, value in fields.items() if name not in own})  # type: ignore[arg-type]
    return replace(proof, **({"header": header} | own))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"checkpoint": 0}, "no such checkpoint"),
        ({"checkpoint": 2}, "no such checkpoint"),
        ({"number": 0}, "block not in the checkpoint"),
        ({"number": 4}, "block not in the checkpoint"),
        ({"number": 6}, "block not in the checkpoint"),
        ({"timestamp": 1}, "block not in the checkpoint"),
        ({"transactions_root": bytes(32)}, "block not in the checkpoint"),
        ({"receipts_root": bytes(32)}, "block not in the checkpoint"),
        ({"path": ()}, "block not in the checkpoint"),
        ({"path": (b"\1" * 32,) * 3}, "block not in the checkpoint"),
        ({"path": (b"\1",)}, "malformed path"),
        ({"place": BurnPlace(3, 2)}, "no such log under the receipts root"),
        ({"place": BurnPlace(3, 1, 1)}, "no such log under the receipts root"),
        ({"place": BurnPlace(3, 2**255)}, "no such log under the receipts root"),
        ({"receipt_nodes": ()}, "no such log under the receipts root"),
        ({"receipt_nodes": (b"junk",)}, "no such log under the receipts root"),
    ],
)
def test_a_proof_with_one_field_changed_is_refused(fields: dict[str, object], reason: str) -> None:
    side, (_, burn, _) = busy()
    answer = side.exit(changed(side.prove(burn), **fields))
    assert (answer.reason, side.escrow) == (reason, 10 * ETHER)


def test_nodes_that_are_not_needed_make_no_second_exit() -> None:
    side, (_, burn, _) = busy()
    proof = side.prove(burn)
    assert side.exit(proof).accepted
    for nodes in ((*proof.receipt_nodes, b"\xc0"), (*proof.receipt_nodes, proof.receipt_nodes[0])):
        assert not side.exit(replace(proof, receipt_nodes=nodes)).accepted
    assert side.escrow == 9 * ETHER


def test_bytes_behind_the_call_make_no_second_exit() -> None:
    side, (_, burn, _) = busy()
    data = side.contracts.exit(side.prove(burn)).tx.data
    tx = side.l1.submit(ANN, side.contracts.bridge, data + bytes(64))
    side.l1.mine()
    assert not side.l1.result(tx).succeeded
    assert side.escrow == 9 * ETHER


LOOKALIKE = assemble(
    f"PUSH8 {9 * ETHER} PUSH0 MSTORE PUSH20 0x{ANN.address.hex()} "
    f"PUSH32 {GATEWAY_CONTRACT.event_topic('Burned'):#066x} PUSH1 32 PUSH0 LOG2 STOP"
)


def test_a_log_of_another_contract_is_no_burn() -> None:
    side = Sidechain(STAKES)
    side.deposit("Ann", 10 * ETHER)
    side.produce()
    init = creation_of(LOOKALIKE)
    creation = side.chain.submit(ANN, None, init, gas_limit=1_000_000)
    side.produce()
    address = side.chain.result(creation).created_address
    assert address
    fake = side.chain.submit(ANN, address, gas_limit=100_000)
    side.produce()
    assert side.chain.result(fake).logs[0].topics[0] == GATEWAY_CONTRACT.event_topic("Burned")
    side.checkpoint()
    assert side.exit(fake).reason == "not a log of the gateway"


def creation_of(code: bytes) -> bytes:
    """Return init code that leaves `code` behind."""
    head = assemble(f"PUSH2 {len(code)} PUSH1 12 PUSH0 CODECOPY PUSH2 {len(code)} PUSH0 RETURN")
    assert len(head) == 12
    return head + code


def test_a_burn_that_fails_has_no_receipt_to_leave_with() -> None:
    side = Sidechain(STAKES)
    side.deposit("Ann", 10 * ETHER)
    side.produce()
    data = GATEWAY_CONTRACT.call_data("burn", ANN.address)
    poor = side.chain.submit(ANN, GATEWAY, data, value=ETHER, gas_limit=22_500)  # too little: it fails
    side.produce()
    assert not side.chain.result(poor).succeeded
    side.checkpoint()
    assert side.exit(poor).reason == "no such log under the receipts root"


def test_two_burns_in_one_transaction_leave_one_by_one() -> None:
    side = Sidechain(STAKES)
    side.deposit("Ann", 10 * ETHER)
    side.produce()
    forged = forge_block(side.chain.head, [(BOB.address, ETHER)])
    twice = replace(forged.receipts[0], logs=forged.receipts[0].logs * 2)
    sealed = replace(forged, receipts=(twice,), header=replace(forged.header, receipts_root=root_of(twice)))
    headers = (*side.headers(1), sealed.header)
    assert side.post(headers).accepted
    for log_index, accepted in ((0, True), (1, True), (1, False), (0, False), (2, False)):
        proof = prove_exit(1, headers, sealed, BurnPlace(2, 0, log_index))
        assert side.exit(proof).accepted is accepted
    assert side.escrow == 8 * ETHER


def root_of(receipt: Receipt) -> bytes:
    return ordered_trie_root([receipt.encode()])


def test_a_proof_that_cannot_be_made_is_named() -> None:
    side, (_, burn, _) = busy()
    sealed = side.chain.entries[3].sealed
    with pytest.raises(InputError, match="block 3 has no transaction 3"):
        prove_exit(1, side.posted[0], sealed, BurnPlace(3, 3))
    with pytest.raises(InputError, match=r"block 9 is not under checkpoint 1 \(expected 1 to 5\)"):
        prove_exit(1, side.posted[0], sealed, BurnPlace(9, 0))
    assert burn


BUSY, (_, BURN, _) = busy()
GOOD = BUSY.prove(BURN)
CALL = load_contract("sidechain_bridge").call_data("exit", *GOOD.arguments)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_changed_byte_makes_the_bridge_pay_for_something_else(data: st.DataObject) -> None:
    changed_call = bytearray(CALL)
    for at in data.draw(st.sets(st.integers(0, len(CALL) - 1), min_size=1, max_size=3)):
        changed_call[at] ^= data.draw(st.integers(1, 255))
    tx = BUSY.l1.submit(ANN, BUSY.contracts.bridge, bytes(changed_call))
    BUSY.l1.mine()
    paid, succeeded = 10 * ETHER - BUSY.escrow, BUSY.l1.result(tx).succeeded
    BUSY.l1.reorg(1, keep=False)
    assert (paid, succeeded) in ((0, False), (ETHER, True))  # a byte of the padding is no byte of the call
    if succeeded:
        assert BUSY.contracts.exit(GOOD).accepted
        BUSY.l1.reorg(1, keep=False)
