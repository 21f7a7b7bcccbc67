"""The turns of lesson 02: what a student may try, what it did, and what to ask next.

The notebook's worlds are made again here: a student who changed theirs is still told the truth about the lesson's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import lru_cache, partial
from math import ceil
from typing import Any

from toyevm.crypto import keccak256
from toyevm.errors import InputError, InvalidBlock
from toyevm.results import SealedBlock
from toyevm.state import Account, WorldState
from toyevm.teaching.lab import turns
from toyevm.teaching.lab.turns import Reply, Turn, malformed, missing, repeat, right
from toyevm.teaching.lessons.state_transactions_blocks.chain_faults import find_faults
from toyevm.teaching.lessons.state_transactions_blocks.hashes import changed_bits, short_hash
from toyevm.teaching.lessons.state_transactions_blocks.local_chain import LocalChain
from toyevm.teaching.lessons.state_transactions_blocks.order import OrderOutcome, read_order, run_order, token_shuffle
from toyevm.transactions import Transaction
from toyevm.trie import ordered_trie_root
from toyevm.units import ETHER, GWEI
from toyevm.vm.instructions.calls import contract_address
from toyevm.workloads.mempool import MarketBlock, Offer, run_market
from toyevm.workloads.tokens import creation_data, token_balance, transfer_data
from toyevm.workloads.wallets import wallet

WRONG = {
    "the-hash-itself": "That is a fingerprint, not a number. Which number below 1,000 has it?",
    "hashes-can-be-decoded": "You read the fingerprint, or a part of it, as a number. A hash function cannot be run "
    "backwards. What is left to try?",
    "out-of-range": "{0:,} is out of range: Bob's number is at least 0 and below 1,000. How many candidates are there?",
    "near-hashes-near-numbers": "The fingerprint of {0} differs from Bob's in {1} of 256 bits. Does that tell you "
    "whether {0} is close?",
    "root-first": "Both hashes are right, in the wrong order. A path starts at the leaf. Which of them comes first?",
    "root-in-the-path": "Your path holds the root, and the verifier knows that one. Which hashes lead there?",
    "own-leaf": "Your path holds the hash of {0}'s own entry. The verifier makes it. Which leaf is beside it?",
    "own-parent": "Your path holds the hash above {0}'s own leaf. The verifier makes it. Which hash is beside it?",
    "wrong-length": "Your path is {1} long. There are two levels below the root. How many siblings does that make?",
    "neighbour-not-sibling": "Your path begins with {1}'s leaf. Do {1} and {0} have the same hash above them?",
    "not-from-the-tree": "Your path leads to another root. Which two hashes does the verifier of {0}'s entry not make?",
    "payee-signs": "The sender recovered from this signature is {0}. Whose tokens are to leave?",
    "to-nobody": "Without a receiver, a transaction deploys a contract. Which account keeps the table of balances?",
    "receipts-count": "The block is refused. You signed nonce {0}, and to be paid is not counted. How many "
    "transactions has Cleo *sent*?",
    "cannot-be-paid": "The block is refused before the call begins. Which field does the reason speak of?",
    "pay-the-person": "The block is good, and no token moved: you sent the data to an account without a program. "
    "Which account keeps the table?",
    "ether-for-tokens": "You sent {0:,} wei of ether along. Which part of the transaction names the tokens?",
    "failed-call": "The transaction is in the block, and its call failed. Is it the gas limit or the data?",
    "another-payment": "This is a good payment, but another one. Who was to get 4 TOY?",
    "nonces-do-not-count": "One of your orders is not a block. In which order did Ann sign her two transactions?",
    "one-order-twice": "These are one order, twice. Which two neighbours could change positions?",
    "tokens-differ": "Both are blocks, and the tokens differ: in one, a payment reverts. Who pays before being paid?",
    "every-exchange-shows": "Tokens and roots are equal: this exchange left no trace in the state. Which two "
    "transactions would both like to find Cleo's slot opened already?",
    "too-poor": "Your maximum is below the base fee of block 12. What is the least that gas in that block costs?",
    "base-fee-is-enough": "Your maximum covers the base fee of block 12 and leaves {0:.2f} gwei of your tip. What do "
    "the others offer?",
    "a-low-tip-saves": "A tip of {0:g} gwei is too little for block 12. What did the base fee do while you waited?",
    "maximum-is-the-price": "You are in block 12, and pay less than {0:g} gwei: the rest of the maximum stays with "
    "you. Would a lower maximum do as well?",
    "more-than-the-parent": "You also changed {0}. Which single field of block 4 did not fit?",
    "the-old-parent": "Your block 4 still names the honest block 3. Which hash does the repaired one have?",
    "own-hash": "Your block 4 names the honest block 4 as its parent. Which block comes before it?",
    "root-for-a-hash": "You put a root out of the header of block 3. What names the block as a whole?",
    "not-a-parent": "No block here has the hash that you named. Which attribute of `repaired` is its hash?",
}


def wrong(belief: str, *facts: Any, shown: str = "") -> Reply:
    """Return what is said to a belief, with what this answer did."""
    return turns.wrong(belief, WRONG[belief].format(*facts), shown)


# A fingerprint hides what cannot be guessed

COMMITMENT = bytes.fromhex("7a486320e5a42fefe62058c7d4eabf95c308a6f51eb81bec919b1c5fdefa12f8")


def commitment(answer: Any) -> Reply:
    """Answer who looks for Bob's number."""
    if answer is None:
        return missing("Bob's number. There are only 1,000 candidates.")
    if isinstance(answer, bytes) and len(answer) == 32:
        return wrong("the-hash-itself")
    if type(answer) is int and not 0 <= answer < 1_000:
        return wrong("hashes-can-be-decoded" if answer > 10**6 else "out-of-range", answer)
    number = turns.read_number(answer, 0, 999)
    bits = len(changed_bits(COMMITMENT, keccak256(f"Bob's number is {number}".encode())))
    if bits:
        return wrong("near-hashes-near-numbers", number, bits)
    return right("That is Bob's number. What should Bob hash together with it, so that nobody can try them all?")


# A Merkle path of a table of four

ENTRIES = ("Ann 100", "Bob 5", "Cleo 8", "Dan 50")


def _pair(left: bytes, right: bytes) -> bytes:
    return keccak256(b"pair" + left + right)


LEAVES = [keccak256(b"leaf" + entry.encode()) for entry in ENTRIES]
PAIRS = [_pair(*LEAVES[:2]), _pair(*LEAVES[2:])]
ROOT = _pair(*PAIRS)


def _answer_path(leaf: int, nothing: str, answer: Any) -> Reply:
    path: list[Any] = [None] if answer is None else turns.read_list(answer, "two hashes, from the leaf up")
    if any(step is None for step in path):
        return missing(nothing)
    if strange := [step for step in path if not isinstance(step, bytes) or len(step) != 32]:
        return malformed(f"{repeat(strange[0])} is not a hash of 32 bytes. Which entry of `levels` do you mean?")
    return _judge_path(leaf, path)


def _judge_path(leaf: int, path: list[bytes]) -> Reply:
    name, shown = ENTRIES[leaf].split()[0], _climb(leaf, path)
    true_path = [LEAVES[leaf ^ 1], PAIRS[leaf // 2 ^ 1]]
    if path == true_path:
        return right(f"You proved {name}'s entry. How long is a path in a table of a million entries?", shown)
    if path == true_path[::-1]:
        return wrong("root-first", shown=shown)
    for belief, hash_ in (("root-in-the-path", ROOT), ("own-leaf", LEAVES[leaf]), ("own-parent", PAIRS[leaf // 2])):
        if hash_ in path:
            return wrong(belief, name, shown=shown)
    if len(path) != 2:
        return wrong("wrong-length", name, len(path), shown=shown)
    if path[0] in LEAVES and path[0] != true_path[0]:
        return wrong("neighbour-not-sibling", name, ENTRIES[LEAVES.index(path[0])].split()[0], shown=shown)
    return wrong("not-from-the-tree", name, shown=shown)


def _climb(leaf: int, path: Sequence[bytes]) -> str:
    """Return what the verifier computes, from the leaf up."""
    digest, lines = LEAVES[leaf], [f"leaf    {short_hash(LEAVES[leaf])}  {ENTRIES[leaf]}"]
    for level, sibling in enumerate(path[:8]):
        side = "left" if leaf >> level & 1 else "right"
        digest = _pair(sibling, digest) if side == "left" else _pair(digest, sibling)
        lines.append(f"step {level}  {short_hash(digest)}  with {short_hash(sibling)} on the {side}")
    return "\n".join([*lines, f"root    {short_hash(ROOT)}  which you know"])


# The lesson's chain

PEOPLE = {name: wallet(name) for name in ("Ann", "Bob", "Cleo", "Dan")}
TOKEN = contract_address(PEOPLE["Ann"].address, 0)
TERMS = {"gas_limit": 600_000, "max_fee_per_gas": 20 * GWEI, "max_priority_fee_per_gas": 1 * GWEI}


def new_chain() -> LocalChain:
    """Return the lesson's blocks 0 to 3."""
    ann, bob, cleo, dan = PEOPLE.values()
    chain = LocalChain(WorldState({person.address: Account(balance=ETHER) for person in PEOPLE.values()}))
    chain.add(ann.sign(nonce=0, to=None, data=creation_data("Toy token", "TOY", 1_000), **TERMS))
    chain.add(ann.sign(nonce=1, to=TOKEN, data=transfer_data(bob.address, 30), **TERMS))
    payments = [transfer_data(cleo.address, 10), transfer_data(dan.address, 15)]
    chain.add(*(bob.sign(nonce=nonce, to=TOKEN, data=data, **TERMS) for nonce, data in enumerate(payments)))
    return chain


def cleo_pays(answer: Any) -> Reply:
    """Answer who signs the transaction of block 4."""
    if answer is None:
        return missing("a transaction that Cleo signed.")
    if not isinstance(answer, Transaction):
        raise InputError(repeat(answer), expected='a transaction, which people["Cleo"].sign(…) returns')
    signer = next((name for name, person in PEOPLE.items() if person.address == answer.sender), "a stranger")
    if signer != "Cleo":
        return wrong("payee-signs", signer)
    if answer.to is None:
        return wrong("to-nobody")
    chain = new_chain()
    try:
        chain.add(answer)
    except InvalidBlock as refusal:
        return wrong("receipts-count" if answer.nonce else "cannot-be-paid", answer.nonce, shown=str(refusal))
    return _judge_payment(answer, chain)


def _judge_payment(tx: Transaction, chain: LocalChain) -> Reply:
    result = chain.results[-1].results[0]
    tokens = {name: token_balance(chain.world, TOKEN, person.address) for name, person in PEOPLE.items()}
    status = "success" if result.succeeded else result.error or "failure"
    held = "   ".join(f"{name} {amount}" for name, amount in tokens.items())
    shown = f"block 4  {status}  {result.gas_used:,} gas\ntokens   {held}"
    if tx.to != TOKEN:
        return wrong("pay-the-person", shown=shown)
    if tx.value:
        return wrong("ether-for-tokens", tx.value, shown=shown)
    if not result.succeeded:
        return wrong("failed-call", shown=shown)
    if tokens != {"Ann": 970, "Bob": 5, "Cleo": 6, "Dan": 19}:
        return wrong("another-payment", shown=shown)
    return right(
        "Block 4 is there: Cleo had sent nothing before. Which roots does its header not share with block 3?", shown
    )


# Two orders

FOUR = token_shuffle(
    {"Ann": 100, "Dan": 50}, ["Ann pays Bob 5", "Bob pays Cleo 5", "Dan pays Cleo 3", "Ann pays Dan 2"]
)


def same_tokens(answer: Any) -> Reply:
    """Answer who looks for two orders with equal tokens and different roots."""
    if answer is None:
        return missing("two orders after which everyone has the same tokens, and the roots differ.")
    orders = turns.read_list(answer, "two orders, each a list of the numbers 0 to 3")
    if len(orders) != 2:
        raise InputError(f"{len(orders)} entries", expected="two orders, each a list of the numbers 0 to 3")
    return _compare(*(run_order(FOUR, read_order(order, 4)) for order in orders))


def _compare(first: OrderOutcome, second: OrderOutcome) -> Reply:
    shown = f"{_order_line(first)}\n{_order_line(second)}"
    if first.header is None or second.header is None:
        return wrong("nonces-do-not-count", shown=shown)
    if first.order == second.order:
        return wrong("one-order-twice", shown=shown)
    if first.balances != second.balances:
        return wrong("tokens-differ", shown=shown)
    if first.header.state_root == second.header.state_root:
        return wrong("every-exchange-shows", shown=shown)
    return right("Found: equal tokens, different roots. Compare the gas. Whose ether makes the difference?", shown)


def _order_line(outcome: OrderOutcome) -> str:
    if outcome.header is None:
        return f"{list(outcome.order)}  not a block: {outcome.problem}"
    tokens = "  ".join(f"{name} {amount}" for name, amount in outcome.balances.items())
    pairs = zip(outcome.order, outcome.rows, strict=True)
    gas = "  ".join(f"tx {number} {used:,}" for number, (_, used) in sorted(pairs))
    return f"{list(outcome.order)}  root {short_hash(outcome.header.state_root)}  {tokens}\n{'gas':>12}  {gas}"


# A bid in the rush

LOADS = [0.9] * 6 + [4.0] * 12 + [0.9] * 22  # the demand of the notebook
ARRIVAL, SMALLEST = 12, 19  # a block; gwei


def smallest_maximum(answer: Any) -> Reply:
    """Answer who bids for block 12: a pair of maximum and tip, in gwei."""
    if answer is None or (isinstance(answer, (list, tuple)) and any(part is None for part in answer)):
        return missing("your maximum and your tip, in gwei per gas.")
    ((most, tip),) = turns.read_pairs([answer], "bids (maximum, tip)")
    for part in (most, tip):
        if type(part) not in (int, float) or not 0 <= part <= 10**6:
            raise InputError(repeat(part), expected="gwei per gas, a number from 0 to 1,000,000")
    if tip > most:
        return malformed(f"The tip of {tip:g} gwei is part of the maximum of {most:g}. Can a part exceed the whole?")
    offer = Offer(PEOPLE["Ann"].address, 0, 21_000, int(most * GWEI), int(tip * GWEI), ARRIVAL)
    market = run_market(LOADS, seed=2, extra=[offer])
    taken = next((block for block in market if offer in block.offers), None)
    return _judge_bid(offer, market[ARRIVAL].base_fee, taken)


def _judge_bid(offer: Offer, base_fee: int, block: MarketBlock | None) -> Reply:
    bill, left = _bill(offer, block), offer.tip(base_fee)
    if block and block.number == ARRIVAL:
        if ceil(offer.max_fee / GWEI) > SMALLEST:
            return wrong("maximum-is-the-price", offer.max_fee / GWEI, shown=bill)
        return right(
            "In block 12, and no lower whole number does it. What happens to you if the base fee is higher?", bill
        )
    if left < 0:
        return wrong("too-poor", shown=bill)
    if left < offer.max_tip:
        return wrong("base-fee-is-enough", left / GWEI, shown=bill)
    return wrong("a-low-tip-saves", offer.max_tip / GWEI, shown=bill)


def _bill(offer: Offer, block: MarketBlock | None) -> str:
    if block is None:
        return "still waiting after block 39"
    base_fee, tip = block.base_fee / GWEI, offer.tip(block.base_fee) / GWEI
    return f"in block {block.number}: base fee {base_fee:.2f} + tip {tip:.2f} = {base_fee + tip:.2f} gwei per gas"


# Mallory's block 4


@lru_cache(maxsize=1)
def mallorys_chain() -> tuple[SealedBlock, ...]:
    """Return blocks 1 and 2, block 3 with a changed receipt and a header to match, and the honest block 4."""
    chain = new_chain()
    honest, block = chain.add(), chain.blocks[3]
    receipts = (*block.receipts[:-1], replace(block.receipts[-1], succeeded=False))
    root = ordered_trie_root([receipt.encode() for receipt in receipts])
    repaired = replace(block, receipts=receipts, header=replace(block.header, receipts_root=root))
    return (*chain.blocks[1:3], repaired, honest)


def redo_block(answer: Any) -> Reply:
    """Answer who redoes block 4 on top of the repaired block 3."""
    if answer is None:
        return missing("block 4 with another parent hash.")
    if not isinstance(answer, SealedBlock):
        raise InputError(repeat(answer), expected="a block: replace(chain.blocks[4], header=…)")
    *before, repaired, honest = mallorys_chain()
    faults = [f"block {fault.number}: {fault.name} does not fit" for fault in find_faults([*before, repaired, answer])]
    hashes = f"block 4  honest {short_hash(honest.hash)}  yours {short_hash(answer.hash)}"
    shown = "\n".join([*(faults or ["every check passes"]), hashes])
    names = {field.name for field in fields(honest.header)} - {"parent_hash"}
    also = sorted(name for name in names if getattr(answer.header, name) != getattr(honest.header, name))
    if answer.transactions or answer.receipts or also:
        return wrong("more-than-the-parent", ", ".join(also) or "what is in the block", shown=shown)
    parent, header = answer.header.parent_hash, repaired.header
    if parent == repaired.hash:
        return right(
            "Every check passes: a redone chain is perfect inside. Who can still tell it from the old one?", shown
        )
    known = dict.fromkeys((header.receipts_root, header.state_root, header.transactions_root), "root-for-a-hash")
    known |= {honest.header.parent_hash: "the-old-parent", honest.hash: "own-hash"}
    return wrong(known.get(parent, "not-a-parent"), shown=shown)


TURNS: Mapping[str, Turn] = {
    "bobs-path": partial(_answer_path, 1, "the sibling of Bob's leaf, a hash of `levels[0]`."),
    "dans-path": partial(_answer_path, 3, "Dan's path, a list of two hashes."),
    "cleo-pays": cleo_pays,
    "same-tokens": same_tokens,
    "commitment": commitment,
    "smallest-maximum": smallest_maximum,
    "redo-block": redo_block,
}
