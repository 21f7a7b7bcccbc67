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
from toyevm.teaching.lab.turns import Reply, Turn, malformed, missing, repeat, right, wrong
from toyevm.teaching.lessons.state_transactions_blocks.chain_faults import find_faults
from toyevm.teaching.lessons.state_transactions_blocks.chain_view import show_chain
from toyevm.teaching.lessons.state_transactions_blocks.hashes import changed_bits, short_hash
from toyevm.teaching.lessons.state_transactions_blocks.local_chain import LocalChain
from toyevm.teaching.lessons.state_transactions_blocks.market_view import bill_of
from toyevm.teaching.lessons.state_transactions_blocks.order import OrderOutcome, read_order, run_order, token_shuffle
from toyevm.teaching.lessons.state_transactions_blocks.order_view import picture_of
from toyevm.transactions import Transaction
from toyevm.trie import ordered_trie_root
from toyevm.units import ETHER, GWEI
from toyevm.vm.instructions.calls import contract_address
from toyevm.workloads.mempool import MarketBlock, Offer, run_market
from toyevm.workloads.tokens import creation_data, token_balance, transfer_data
from toyevm.workloads.wallets import wallet

# A hash hides what cannot be guessed
COMMITMENT = bytes.fromhex("7a486320e5a42fefe62058c7d4eabf95c308a6f51eb81bec919b1c5fdefa12f8")


def commitment(answer: Any) -> Reply:
    """Answer who looks for Bob's number."""
    if answer is None:
        return missing("Bob's number. There are only 1,000 candidates.")
    if isinstance(answer, bytes):
        return wrong("the-hash-itself", "You handed in a hash. Which number below 1,000 has Bob's hash?")
    if type(answer) is int and answer > 10**6:
        text = "You read a hash as a number. There is no way back from a hash. What can you try instead?"
        return wrong("hashes-can-be-decoded", text)
    number = turns.read_number(answer, 0, 999)
    bits = len(changed_bits(COMMITMENT, keccak256(f"Bob's number is {number}".encode())))
    if bits:
        text = f"The hash of {number} differs in {bits} of 256 bits. Does that tell you whether {number} is close?"
        return wrong("near-hashes-near-numbers", text)
    return right("That is Bob's number. What should Bob hash together with it, so that nobody can try them all?")


# A Merkle path of a table of four
ENTRIES = ("Ann 100", "Bob 5", "Cleo 8", "Dan 50")


def _pair(left: bytes, right: bytes) -> bytes:
    return keccak256(b"pair" + left + right)


LEAVES = [keccak256(b"leaf" + entry.encode()) for entry in ENTRIES]
PAIRS = [_pair(*LEAVES[:2]), _pair(*LEAVES[2:])]
ROOT = _pair(*PAIRS)
PLACES = {hash_: (level, at) for level, row in enumerate((LEAVES, PAIRS, [ROOT])) for at, hash_ in enumerate(row)}


def _answer_path(leaf: int, nothing: str, answer: Any) -> Reply:
    path: list[Any] = [None] if answer is None else turns.read_list(answer, "two hashes, from the leaf up")
    if any(step is None for step in path):
        return missing(nothing)
    for number, step in enumerate(path):
        if isinstance(step, (list, tuple)):
            return malformed(f"Step {number} of your path is a list of {len(step)}. Which hash in it do you mean?")
        if not isinstance(step, bytes) or len(step) != 32:
            return malformed(f"{repeat(step)} is not a hash of 32 bytes. Which entry of `levels` do you mean?")
    return _judge_path(leaf, path)


def _judge_path(leaf: int, path: list[bytes]) -> Reply:
    """Compare step by step, and speak of the first that is wrong."""
    name, shown = ENTRIES[leaf].split()[0], _climb(leaf, path)
    true_path = [LEAVES[leaf ^ 1], PAIRS[leaf // 2 ^ 1]]
    if path == true_path:
        return right(f"You proved {name}'s entry. How long is a path in a table of a million entries?", shown)
    if path == true_path[::-1]:
        text = "Both hashes are right, in the wrong order. A path starts at the leaf. Which hash comes first?"
        return wrong("root-first", text, shown)
    step = next(
        (at for at, pair in enumerate(zip(path, true_path, strict=False)) if pair[0] != pair[1]), min(len(path), 2)
    )
    praise = ("", "Your first hash is right. ", "Your first two hashes are right, and lead to the root. ")[min(step, 2)]
    if step == len(path):
        text = f"{praise}Your path ends on level {step}, and the root is on level 2. How many siblings are missing?"
        return wrong("wrong-length", text, shown)
    belief, text = _wrong_step(leaf, min(step, 2), path[min(step, 2)])
    return wrong(belief, praise + text, shown)


def _wrong_step(leaf: int, step: int, hash_: bytes) -> tuple[str, str]:
    name, (level, at) = ENTRIES[leaf].split()[0], PLACES.get(hash_, (-1, -1))
    if hash_ == ROOT:
        return "root-in-the-path", f"Step {step} holds the root, which the verifier knows. Which hashes lead there?"
    if step == 2:
        return "wrong-length", "Your path has more. What could the root be combined with?"
    if hash_ in [keccak256(entry.encode()) for entry in ENTRIES]:
        return "no-tag", f"Step {step} holds the hash of a bare entry. What does `leaf_hash` put in front of it?"
    if level < 0:
        return "not-from-the-tree", f"Step {step} holds {short_hash(hash_)}, which no level has. Where is it from?"
    if level != step:
        text = f"Step {step} holds `levels[{level}][{at}]`, of level {level}. Which hash of level {step} is needed?"
        return "wrong-level", text
    if at == leaf >> step and step:
        return "own-parent", f"Step 1 holds the hash above {name}'s own leaf. The verifier makes it. What is beside it?"
    if at == leaf:
        return "own-leaf", f"Step 0 holds {name}'s own leaf. The verifier makes it. Which leaf is beside it?"
    other = ENTRIES[at].split()[0]
    return "neighbour-not-sibling", f"Step 0 holds {other}'s leaf. Do {other} and {name} have the same hash above them?"


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
NAMES = {person.address: name for name, person in PEOPLE.items()}
TOKEN = contract_address(PEOPLE["Ann"].address, 0)
TERMS = {"gas_limit": 600_000, "max_fee_per_gas": 20 * GWEI, "max_priority_fee_per_gas": 1 * GWEI}
COUNTS = {
    1: ("receipts-count", "Cleo was paid once, but a nonce counts what an account sends. "),
    2: ("another-account-counts", "Ann has sent 2, and Bob has sent 2. "),
    4: ("everyone-counts", "All people together have sent 4, and the next block is block 4. "),
}
REFUSALS = {
    "intrinsic-gas": "its gas limit is below what such a transaction costs before its first step",
    "max-fee-below-base-fee": "its maximum per unit of gas is below the base fee",
    "insufficient-funds": "Cleo's ether does not cover gas limit times maximum",
}


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
    if (signer := NAMES.get(answer.sender, "a stranger")) != "Cleo":
        return wrong("payee-signs", f"The sender recovered from this signature is {signer}. Whose tokens does it move?")
    if answer.to is None:
        return wrong("to-nobody", "Without a receiver, a transaction deploys a contract. Who keeps the balances?")
    if answer.value:
        question = "Is this a payment in ether?" if answer.to == TOKEN else "Which account keeps the table of TOY?"
        return wrong("ether-for-tokens", f"You sent {answer.value:,} wei, not {answer.value:,} TOY. {question}")
    chain = new_chain()
    try:
        chain.add(answer)
    except InvalidBlock as refusal:
        return _refused(answer, refusal.__cause__)
    return _judge_payment(answer, chain)


def _refused(tx: Transaction, cause: object) -> Reply:
    if tx.nonce:
        belief, remark = COUNTS.get(tx.nonce, ("nonces-are-free", ""))
        text = f"The block is refused: nonce {tx.nonce} is too high. {remark}How many transactions has Cleo *sent*?"
        return wrong(belief, text)
    why = REFUSALS.get(getattr(cause, "reason", ""), "one of its limits is out of range")
    return wrong("cannot-be-paid", f"The block is refused before the call begins: {why}. What do `terms` say there?")


def _judge_payment(tx: Transaction, chain: LocalChain) -> Reply:
    result = chain.results[-1].results[0]
    status = "success" if result.succeeded else result.error or "failure"
    held = "   ".join(f"{name} {token_balance(chain.world, TOKEN, address)}" for address, name in NAMES.items())
    shown = f"block 4  {status}  {result.gas_used:,} gas\ntokens   {held}"
    payee, amount = NAMES.get(tx.data[16:36], "a stranger"), int.from_bytes(tx.data[36:68], "big")
    if tx.to != TOKEN:
        callee = NAMES.get(tx.to or b"", "a stranger")
        return wrong("pay-the-person", f"You called {callee}, who has no program. Who keeps the table?", shown)
    if tx.data != transfer_data(tx.data[16:36].rjust(20, b"\0"), amount):
        return wrong("another-call", "You called the contract with other data. Which data is a payment?", shown)
    said = f"Your data says: {amount:,} TOY to {payee}."
    if result.error == "revert":
        return wrong("more-than-she-has", f"The call reverted. {said} How many TOY does Cleo have?", shown)
    if not result.succeeded:
        return wrong("too-little-gas", f"{tx.gas_limit:,} gas is too little. How much do `terms` allow?", shown)
    if (payee, amount) == ("Dan", 4):
        text = "Block 4 is there. Cleo had sent nothing before. Which roots in its header differ from those of block 3?"
        return right(text, f"{shown}\n\n{show_chain(chain.blocks[3:]).text}")
    question = "The amount is right. Who is to be paid?" if amount == 4 else "Who is to be paid, and how much?"
    question = "The receiver is right. How many TOY are to be paid?" if payee == "Dan" else question
    return wrong("another-payment", f"The call succeeded. {said} {question}", shown)


# Two orders
PAYMENTS = ("Ann pays Bob 5", "Bob pays Cleo 5", "Dan pays Cleo 3", "Ann pays Dan 2")
FOUR = token_shuffle({"Ann": 100, "Dan": 50}, PAYMENTS)


def same_tokens(answer: Any) -> Reply:
    """Answer who looks for two orders with equal tokens and different roots."""
    if answer is None:
        return missing("two orders after which everyone has the same tokens, and the roots differ.")
    orders = turns.read_list(answer, "two orders, each a list of the numbers 0 to 3")
    if len(orders) != 2:
        raise InputError(f"a list of {len(orders)}", expected="two orders, each a list of the numbers 0 to 3")
    return _compare(*(run_order(FOUR, read_order(order, 4)) for order in orders))


def _compare(first: OrderOutcome, second: OrderOutcome) -> Reply:
    shown = "\n\n".join(picture_of(FOUR, one, (), 0).text for one in (first, second))
    if first.header is None or second.header is None:
        refused = first if first.header is None else second
        text = f"{list(refused.order)} is not a block. In which order did Ann sign her two transactions?"
        return wrong("nonces-do-not-count", text, shown)
    if first.order == second.order:
        return wrong("one-order-twice", "These are one order, twice. Which two neighbours can swap positions?", shown)
    if first.balances != second.balances:
        order, tx = next((one.order, tx) for one in (first, second) for tx in one.ended("revert"))
        differ = " and ".join(name for name, amount in first.balances.items() if second.balances[name] != amount)
        text = f"The tokens of {differ} differ: in {list(order)}, tx {tx} reverts. What must come before tx {tx}?"
        return wrong("tokens-differ", text, shown)
    if first.header.state_root == second.header.state_root:
        for tx in first.ended("revert"):
            paid = " and ".join(PAYMENTS[i].split()[0] for i in first.ended("success") if "pays Cleo" in PAYMENTS[i])
            text = f"In both orders tx {tx} reverts, so only {paid} pays Cleo. What must come before tx {tx}?"
            return wrong("reverts-in-both", text, shown)
        text = "Tokens, state roots and the gas of each tx are equal. Which two transactions write Cleo's slot?"
        return wrong("every-exchange-shows", text, shown)
    return right("Found: equal tokens, different roots. Compare the gas. Whose ether makes the difference?", shown)


# A bid in the rush
LOADS = [0.9] * 6 + [4.0] * 12 + [0.9] * 22  # the demand of the notebook
ARRIVAL, SMALLEST = 12, 19  # a block; gwei


def smallest_maximum(answer: Any) -> Reply:
    """Answer who bids for block 12: a pair of maximum and tip, in gwei."""
    if answer is None or (isinstance(answer, (list, tuple)) and any(part is None for part in answer)):
        return missing("your maximum and your tip, in gwei per gas.")
    if isinstance(answer, (int, float)):
        return malformed("This is one number, and a bid has two. Is it the maximum or the tip?")
    most, tip = turns.read_pair(answer, "a bid: a maximum and a tip, such as (50, 2)")
    for part in (most, tip):
        if type(part) is int and part >= 10**8:
            return malformed(f"{part:,} is a price in wei. How many gwei is that?")
        if type(part) not in (int, float) or not 0 <= part <= 10**6:
            raise InputError(repeat(part), expected="gwei per gas, a number from 0 to 1,000,000")
    if tip > most:
        return malformed(f"The tip of {tip:g} gwei is part of the maximum of {most:g}. Can a part exceed the whole?")
    offer = Offer(PEOPLE["Ann"].address, 0, 21_000, int(most * GWEI), int(tip * GWEI), ARRIVAL)
    market = run_market(LOADS, seed=2, extra=[offer])
    taken = next((block for block in market if offer in block.offers), None)
    return _judge_bid(offer, market[ARRIVAL].base_fee, taken)


def _judge_bid(offer: Offer, base_fee: int, block: MarketBlock | None) -> Reply:
    bill, left = bill_of(offer, block, len(LOADS) - 1), offer.tip(base_fee)
    if block and block.number == ARRIVAL:
        if ceil(offer.max_fee / GWEI) > SMALLEST:
            text = f"You are in block 12 with a maximum of {offer.max_fee / GWEI:g} gwei. Is a lower maximum enough?"
            return wrong("maximum-is-the-price", text, bill)
        text = "You are in block 12, and no lower whole number is enough. What happens if the base fee is higher?"
        return right(text, bill)
    if left < 0:
        return wrong("too-poor", "Your maximum is below the base fee of block 12. What does gas cost there?", bill)
    if left < offer.max_tip:
        text = f"Your maximum covers the base fee of block 12 and leaves {left / GWEI:.2f} gwei of your tip."
        return wrong("base-fee-is-enough", f"{text} What do the others offer?", bill)
    last = block.number if block else len(LOADS) - 1
    text = f"You waited until block {last}. How did the base fee change between block 12 and block {last}?"
    return wrong("a-low-tip-saves", text, bill)


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
    names = {field.name for field in fields(honest.header)} - {"parent_hash"}
    also = sorted(name for name in names if getattr(answer.header, name, None) != getattr(honest.header, name))
    if also or (answer.transactions, answer.receipts) != ((), ()):
        what = ", ".join(also) or "what is in the block"
        return wrong("more-than-the-parent", f"You also changed {what}. Which single field did not fit?")
    parent, header = answer.header.parent_hash, repaired.header
    if not isinstance(parent, bytes):
        raise InputError(repeat(parent), expected="a parent hash, which is bytes")
    faults = [f"block {fault.number}: {fault.name} does not fit" for fault in find_faults([*before, repaired, answer])]
    hashes = f"block 4  honest {short_hash(honest.hash)}  yours {short_hash(answer.hash)}"
    shown = "\n".join([*(faults or ["every check passes"]), hashes])
    if parent == repaired.hash:
        return right("Every check passes in the new chain. Who can still tell it from the old chain?", shown)
    root = "root-for-a-hash", "a root from the header of block 3. What names the block as a whole?"
    known = dict.fromkeys((header.receipts_root, header.state_root, header.transactions_root), root) | {
        honest.header.parent_hash: ("the-old-parent", "the honest block 3. Which hash does the repaired block have?"),
        header.parent_hash: ("grandparent", "block 2. Which block comes directly before block 4?"),
        honest.hash: ("own-hash", "the honest block 4. Which block comes before it?"),
    }
    belief, text = known.get(parent, ("not-a-parent", "not a block here. Which attribute of `repaired` is its hash?"))
    return wrong(belief, f"The parent in your block 4 is {text}", shown)


TURNS: Mapping[str, Turn] = {
    "bobs-path": partial(_answer_path, 1, "the sibling of Bob's leaf, a hash of `levels[0]`."),
    "dans-path": partial(_answer_path, 3, "Dan's path, a list of two hashes."),
    "cleo-pays": cleo_pays,
    "same-tokens": same_tokens,
    "commitment": commitment,
    "smallest-maximum": smallest_maximum,
    "redo-block": redo_block,
}
