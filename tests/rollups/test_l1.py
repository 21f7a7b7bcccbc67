"""The course's L1: what a block takes, what waits, what a reorg takes back; and what its precompiles let pass."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm import rlp
from toyevm.assembler import assemble
from toyevm.blocks import Receipt
from toyevm.contracts import load_contract
from toyevm.crypto import keccak256
from toyevm.errors import InputError, InvalidTransaction, PrecompileFailure
from toyevm.rollups.blobs import encode_blob
from toyevm.rollups.l1 import L1, SAVINGS
from toyevm.rollups.precompiles import RECEIPT_PROOF, SLOT_PROOF, receipt_proof, slot_proof
from toyevm.rollups.values import Deposit
from toyevm.trie import prove, trie_root
from toyevm.types import Address, Hash32
from toyevm.units import ETHER, GWEI
from toyevm.workloads.wallets import wallet

ANN, BOB = wallet("Ann"), wallet("Bob")
ERC20 = load_contract("erc20")


def with_token() -> tuple[L1, Address]:
    l1 = L1([ANN, BOB])
    return l1, l1.deploy(ANN, ERC20, "Token", "TOY", 1_000)


def test_a_block_takes_what_is_in_the_mempool() -> None:
    l1 = L1([ANN, BOB])
    txs = [l1.submit(ANN, BOB.address, value=value) for value in (5, 7)]
    assert l1.mine().transactions == tuple(txs)
    assert l1.account(BOB.address).balance == SAVINGS + 12
    assert not l1.pool


def test_who_has_to_wait_for_a_nonce_stays_and_who_comes_too_late_is_refused() -> None:
    l1 = L1([ANN, BOB])
    early = l1.sign(ANN, BOB.address, value=1)
    late = l1.send(l1.sign(ANN, BOB.address, value=2, nonce=1))
    l1.mine()
    assert l1.pool == [late]
    l1.send(early)
    l1.mine()
    assert l1.pool == [late]  # it stood in front of its predecessor
    l1.mine()
    assert l1.account(BOB.address).balance == SAVINGS + 3
    with pytest.raises(InvalidTransaction, match="nonce-too-low: 0 against 2"):
        l1.send(l1.sign(ANN, BOB.address, value=9, nonce=0))
    rivals = [l1.send(l1.sign(ANN, BOB.address, value=value, nonce=2)) for value in (4, 5)]
    assert l1.mine().transactions == (rivals[0],)
    assert l1.refused == [(rivals[1], "nonce-too-low: 2 against 3")]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"chain_id": 1}, "wrong-chain"),
        ({"value": 2 * SAVINGS}, "insufficient-funds"),
        ({"gas_limit": 20_999}, "intrinsic-gas"),
        ({"gas_limit": 2**24 + 1}, "gas-limit-above-cap"),
    ],
)
def test_what_no_block_can_take_is_refused_at_the_door(fields: dict[str, int], reason: str) -> None:
    l1 = L1([ANN, BOB])
    with pytest.raises(InvalidTransaction, match=reason):
        l1.submit(ANN, BOB.address, **fields)
    assert not l1.pool


def test_a_mempool_of_a_thousand_that_wait_is_looked_through_once() -> None:
    """To execute the block again after each of them took minutes."""
    l1 = L1([ANN, BOB])
    now = [l1.submit(ANN, BOB.address, value=1, gas_limit=21_000) for _ in range(20)]
    later = [l1.submit(BOB, ANN.address, gas_limit=21_000, nonce=nonce) for nonce in range(1, 1_001)]
    started = time.process_time()
    assert l1.mine().transactions == tuple(now)
    assert time.process_time() - started < 5
    assert (l1.pool, l1.refused) == (later, [])


def test_a_full_block_takes_what_fits_and_the_next_one_the_rest() -> None:
    l1 = L1([ANN, BOB])
    txs = [l1.submit(ANN, BOB.address, b"\1" * 20_000, gas_limit=2**24) for _ in range(25)]
    taken = len(l1.mine().transactions)
    assert 0 < taken < 25
    assert l1.pool == txs[taken:]
    assert l1.mine().transactions == tuple(txs[taken : 2 * taken])


def test_a_transaction_is_in_the_mempool_once() -> None:
    l1 = L1([ANN, BOB])
    tx = l1.submit(ANN, BOB.address, value=5)
    with pytest.raises(InvalidTransaction, match="already-in-the-mempool"):
        l1.send(tx)


def test_a_reorg_takes_back_blocks_and_their_transactions_return() -> None:
    l1 = L1([ANN, BOB])
    l1.submit(ANN, BOB.address, value=5)
    before = l1.mine()
    assert l1.reorg(1) == (before,)
    assert l1.account(BOB.address).balance == SAVINGS
    assert len(l1.pool) == 1
    after = l1.mine()
    assert after.transactions == before.transactions
    assert after.hash != before.hash
    assert l1.account(BOB.address).balance == SAVINGS + 5


def test_a_gap_of_nonces_in_the_mempool_is_filled_first() -> None:
    l1 = L1([ANN, BOB])
    late = l1.send(l1.sign(ANN, BOB.address, value=2, nonce=1))
    l1.submit(ANN, BOB.address, value=1)
    assert [tx.nonce for tx in l1.pool] == [1, 0]
    assert l1.sign(ANN, BOB.address).nonce == 2
    l1.mine()
    assert l1.pool == [late]
    assert l1.sign(ANN, BOB.address).nonce == 2


def test_a_reorg_may_lose_transactions() -> None:
    l1 = L1([ANN, BOB])
    l1.submit(ANN, BOB.address, value=5)
    l1.mine()
    l1.reorg(1, keep=False)
    l1.mine()
    assert l1.account(BOB.address).balance == SAVINGS


def test_every_branch_has_hashes_of_its_own_however_many_there_were() -> None:
    l1 = L1([ANN])
    hashes = set()
    for _ in range(300):
        l1.now = 0  # even where the seconds are the same
        hashes.add(l1.mine().hash)
        l1.reorg(1)
    assert len(hashes) == 300


@pytest.mark.parametrize("seconds", [0, -12, 0.5, 12.0, 2**64, 2**300])
def test_time_passes_in_whole_seconds(seconds: int) -> None:
    l1 = L1([ANN])
    with pytest.raises(InputError, match=f"mine: {seconds!r:.80} seconds after the block before"):
        l1.mine(seconds)
    assert (l1.now, l1.mine().header.timestamp) == (0, 12)


ASK_FOR_HASH = bytes.fromhex("5f3540" + "5f52" + "60205ff3")  # BLOCKHASH of the first word of the input


def test_contracts_see_the_hashes_of_the_last_256_blocks() -> None:
    l1 = L1([ANN])
    for _ in range(260):
        l1.mine()
    init = bytes.fromhex("68") + ASK_FOR_HASH[:9]
    assert len(ASK_FOR_HASH) == 9
    tx = l1.submit(ANN, None, init + bytes.fromhex("5f5260096017f3"))
    l1.mine()
    asker = l1.result(tx).created_address
    assert asker is not None
    seen = {number: l1.call(asker, number.to_bytes(32, "big")).output for number in range(len(l1.entries) + 1)}
    first = len(l1.entries) - 256
    assert seen == {
        number: l1.entries[number].sealed.hash if first <= number < len(l1.entries) else bytes(32) for number in seen
    }


INBOX, BRIDGE = b"\xff" * 20, b"\xbb" * 20


def test_data_is_what_went_to_the_inbox_in_order_with_what_blobs_hold() -> None:
    l1 = L1([ANN, BOB])
    hashes = tuple(b"\x01" + bytes([number]) * 31 for number in (1, 2, 3))
    l1.submit(ANN, INBOX, b"calldata")
    blobs = {"type": 3, "max_fee_per_blob_gas": 10, "blob_hashes": hashes}
    l1.send(
        l1.sign(ANN, INBOX, b"is not looked at", **blobs),
        dict(zip(hashes, (encode_blob(b"one"), b"malformed", encode_blob(b"two")))),
    )
    l1.submit(ANN, BOB.address, b"to somebody else")
    l1.submit(BOB, INBOX, b"from somebody else")
    sealed = l1.mine()
    found = l1.data(1, INBOX, BRIDGE)
    assert found.submissions == (b"calldata", b"one", b"two", b"from somebody else")
    assert l1.data(1, INBOX, BRIDGE, ANN.address).submissions == (b"calldata", b"one", b"two")
    assert (found.number, found.hash, found.parent_hash) == (1, sealed.hash, l1.entries[0].sealed.hash)
    assert (found.timestamp, found.deposits) == (12, ())


def test_what_fails_at_the_inbox_is_data_all_the_same() -> None:
    """As on the OP Stack: the bytes are on L1, whatever became of the transaction."""
    l1, token = with_token()
    tx = l1.submit(ANN, token, b"no function")
    l1.mine()
    assert not l1.result(tx).succeeded
    assert l1.data(2, token, BRIDGE).submissions == (b"no function",)


def test_deposits_are_the_events_of_the_bridge_and_of_no_other_contract() -> None:
    """They are in gwei, in the contract and as the layer is credited with them."""
    l1, bridge = L1([ANN, BOB]), load_contract("l1_bridge")
    one, other = (l1.deploy(ANN, bridge, b"\x55" * 20, b"\x66" * 20, 1, 60) for _ in range(2))
    for value in (5 * GWEI, 7 * ETHER):
        l1.submit(ANN, one, bridge.call_data("deposit", BOB.address), value=value)
    l1.submit(BOB, other, bridge.call_data("deposit", ANN.address), value=GWEI)
    number = l1.mine().header.number
    assert l1.data(number, INBOX, one).deposits == (Deposit(0, BOB.address, 5), Deposit(1, BOB.address, 7 * 10**9))
    assert l1.data(number, INBOX, other).deposits == (Deposit(0, ANN.address, 1),)
    assert l1.account(one).balance == 5 * GWEI + 7 * ETHER


@pytest.mark.parametrize("depth", [0, 1, -1])
def test_a_reorg_cannot_take_back_what_is_not_there(depth: int) -> None:
    with pytest.raises(InputError, match=f"reorg: a reorg of {depth} blocks"):
        L1([ANN]).reorg(depth)


def test_a_transaction_sees_the_hashes_of_earlier_blocks() -> None:
    l1 = L1([ANN])
    hash_ = l1.mine().hash
    creation = assemble("PUSH 1 BLOCKHASH PUSH 0 SSTORE STOP")
    tx = l1.submit(ANN, None, creation)
    l1.mine()
    created = l1.result(tx).created_address
    assert created is not None
    assert l1.account(created).storage == {0: int.from_bytes(hash_, "big")}


def test_who_signs_next_fills_a_gap_in_the_mempool() -> None:
    l1 = L1([ANN])
    l1.send(l1.sign(ANN, BOB.address, value=1, nonce=1))
    assert [l1.submit(ANN, BOB.address, value=1).nonce for _ in range(2)] == [0, 2]


@pytest.mark.parametrize("number", [-1, 1, 2**70])
def test_a_block_that_there_is_not_is_missed(number: int) -> None:
    l1 = L1([ANN])
    for look in (lambda: l1.logs(number, BRIDGE), lambda: l1.data(number, INBOX, BRIDGE)):
        with pytest.raises(InputError, match=f"L1: no block {number} .expected 0 to 0"):
            look()


def test_a_week_passes_in_a_moment() -> None:
    l1 = L1([ANN])
    assert l1.wait(7 * 86_400).header.timestamp == l1.now == 604_800


def test_a_blob_that_is_missing_is_missed() -> None:
    l1 = L1([ANN])
    tx = l1.sign(ANN, BOB.address, type=3, max_fee_per_blob_gas=10, blob_hashes=(b"\x01" + bytes(31),))
    with pytest.raises(InputError, match="no blob for 0x0100"):
        l1.send(tx)
    l1.send(tx, {tx.blob_hashes[0]: b"anything"})
    assert l1.mine().header.blob_gas_used == 2**17


def receipt_input(l1: L1, number: int, tx_index: int, log_index: int) -> bytes:
    sealed = l1.entries[number].sealed
    return (
        sealed.header.receipts_root
        + tx_index.to_bytes(32, "big")
        + log_index.to_bytes(32, "big")
        + rlp.encode(list(proof_of(sealed.receipts, tx_index)))
    )


def proof_of(receipts: tuple[Receipt, ...], tx_index: int) -> tuple[bytes, ...]:
    return prove({rlp.encode(i): receipt.encode() for i, receipt in enumerate(receipts)}, rlp.encode(tx_index))


def slot_input(l1: L1, address: Address, slot: int, root: Hash32 | None = None) -> bytes:
    account_nodes = l1.world.prove_account(address)
    slot_nodes = l1.account(address).prove_slot(slot) if l1.account(address).storage else ()
    words = [root or l1.head.state_root, address.rjust(32, b"\0"), slot.to_bytes(32, "big")]
    return b"".join(words) + rlp.encode([list(account_nodes), list(slot_nodes)])


def test_a_log_is_proven_under_a_receipts_root() -> None:
    l1, token = with_token()
    for _ in range(3):
        l1.submit(ANN, token, ERC20.call_data("transfer", BOB.address, 7))
    number = l1.mine().header.number
    output = l1.call(RECEIPT_PROOF, receipt_input(l1, number, 2, 0)).output
    (log,) = l1.entries[number].results[2].logs
    words = [output[at : at + 32] for at in range(0, len(output), 32)]
    assert words[0][12:] == token
    assert words[1][-1] == len(log.topics) == 3
    assert [int.from_bytes(word, "big") for word in words[2:6]] == [*log.topics, 0]
    assert output[192:] == log.data


def test_a_slot_is_proven_under_a_state_root_and_so_is_its_absence() -> None:
    l1, token = with_token()
    supply = ERC20.slots["totalSupply"]
    assert int.from_bytes(l1.call(SLOT_PROOF, slot_input(l1, token, supply)).output, "big") == 1_000
    assert l1.call(SLOT_PROOF, slot_input(l1, token, 999)).output == bytes(32)
    assert l1.call(SLOT_PROOF, slot_input(l1, b"\x77" * 20, 0)).output == bytes(32)


def test_a_proof_under_another_root_or_of_another_key_fails() -> None:
    l1, token = with_token()
    l1.submit(ANN, token, ERC20.call_data("transfer", BOB.address, 7))
    good = receipt_input(l1, l1.mine().header.number, 0, 0)
    for data in (keccak256(b"") + good[32:], good[:63] + b"\1" + good[64:], good[:95] + b"\1" + good[96:], good[:-1]):
        assert l1.call(RECEIPT_PROOF, good).error is None
        assert l1.call(RECEIPT_PROOF, data).error == "precompile failure"


def test_more_nodes_than_needed_are_another_proof_and_fail() -> None:
    l1, token = with_token()
    l1.submit(ANN, token, ERC20.call_data("transfer", BOB.address, 7))
    good = receipt_input(l1, l1.mine().header.number, 0, 0)
    nodes = rlp.decode(good[96:])
    assert isinstance(nodes, list)
    with pytest.raises(PrecompileFailure, match="more nodes"):
        receipt_proof(good[:96] + rlp.encode([*nodes, nodes[-1]]))


L1_WITH_LOGS, TOKEN = with_token()
L1_WITH_LOGS.submit(ANN, TOKEN, ERC20.call_data("transfer", BOB.address, 7))
GOOD_RECEIPT = receipt_input(L1_WITH_LOGS, L1_WITH_LOGS.mine().header.number, 0, 0)
GOOD_SLOT = slot_input(L1_WITH_LOGS, TOKEN, ERC20.slots["totalSupply"])


@given(st.data())
def test_no_input_makes_more_of_a_fuss_than_a_failure(data: st.DataObject) -> None:
    for check, good in ((receipt_proof, GOOD_RECEIPT), (slot_proof, GOOD_SLOT)):
        right = check(good)
        changed = bytearray(good)
        for at, byte in data.draw(
            st.dictionaries(st.integers(0, len(good) - 1), st.integers(0, 255), max_size=3)
        ).items():
            changed[at] = byte
        if bytes(changed) == good:
            continue
        try:
            found = check(bytes(changed[: data.draw(st.sampled_from([None, 40, 96, 120]))]))
        except PrecompileFailure:
            continue
        assert found != right or bytes(changed[32:96]) != good[32:96]


def of_own_making(value: bytes, key: bytes) -> tuple[bytes, bytes]:
    """Return root and nodes of a tree with one entry, whatever it holds."""
    return trie_root({key: value}), rlp.encode(list(prove({key: value}, key)))


@given(st.recursive(st.binary(max_size=40), lambda inner: st.lists(inner, max_size=5), max_leaves=12))
def test_a_tree_of_somebodys_own_making_can_hold_anything(item: rlp.Item) -> None:
    for value in (rlp.encode(item), b"\2" + rlp.encode(item), rlp.encode([b"\1", b"", b"", item])):
        root, nodes = of_own_making(value, rlp.encode(0))
        with suppress(PrecompileFailure):
            receipt_proof(root + bytes(64) + nodes)
    account = rlp.encode([1, 0, of_own_making(rlp.encode(item), keccak256(bytes(32)))[0], bytes(32)])
    root, nodes = of_own_making(account, keccak256(bytes(20)))
    both = rlp.encode([rlp.decode(nodes), rlp.decode(of_own_making(rlp.encode(item), keccak256(bytes(32)))[1])])
    with suppress(PrecompileFailure):
        assert len(slot_proof(root + bytes(64) + both)) == 32


@pytest.mark.parametrize("value", [b"\0\7", b"", bytes(33), b"\1" * 33])
def test_a_value_that_is_not_canonical_is_refused(value: bytes) -> None:
    storage_root, slot_nodes = of_own_making(rlp.encode(value), keccak256(bytes(32)))
    root, nodes = of_own_making(rlp.encode([1, 0, storage_root, bytes(32)]), keccak256(bytes(20)))
    both = rlp.encode([rlp.decode(nodes), rlp.decode(slot_nodes)])
    with pytest.raises(PrecompileFailure, match=r"not the value of a slot|a zero where"):
        slot_proof(root + bytes(64) + both)


def test_a_receipt_has_no_type_zero() -> None:
    body = rlp.encode([1, 1, bytes(256), [[bytes(20), [], b"data"]]])
    for type_, holds in ((b"", True), (b"\1", True), (b"\x7f", True), (b"\0", False), (b"\0\1", False)):
        root, nodes = of_own_making(type_ + body, rlp.encode(0))
        if holds:
            assert receipt_proof(root + bytes(64) + nodes).endswith(b"data")
        else:
            with pytest.raises(PrecompileFailure):
                receipt_proof(root + bytes(64) + nodes)


def test_a_leaf_that_holds_nothing_is_a_failed_call_and_no_halt_of_the_chain() -> None:
    """No tree that Ethereum builds has such a leaf; but who calls the precompile chooses the root."""
    l1, leaf = L1([ANN]), rlp.encode([b"\x20\x80", b""])  # the whole key of index 0, and an empty value
    tx = l1.submit(ANN, RECEIPT_PROOF, keccak256(leaf) + bytes(64) + rlp.encode([leaf]))
    l1.mine()
    assert l1.result(tx).error == "precompile failure"
