"""Mistakes that the contracts of an optimistic rollup could have: a piece of a source, and what stands there instead.

Those of the moves in a game are in `test_planted_bugs`; a refusal that is not there, in `test_refusals`.
"""

from __future__ import annotations

from tests.rollups.planted import Changes

DEPOSIT_DIGEST = "abi_encode(self.deposit_digest[self.nonce], to, amount)"
FORCED_DIGEST = "abi_encode(self.forced_digest[self.forced], keccak256(raw))"
FINALIZED = "    self.finalized[message] = True  # before the payment, or the receiver could call again\n"
PAYMENT = '    raw_call(to, b"", value=amount)\n'
PORTAL_MUTANTS: dict[str, Changes] = {
    # deposits
    "what is locked is not counted": (("    self.locked += msg.value\n", ""),),
    "all deposits have one number": (("    self.nonce += 1\n", ""),),
    "a digest of the last deposit": ((DEPOSIT_DIGEST, "abi_encode(empty(bytes32), to, amount)"),),
    "a digest without the receiver": ((DEPOSIT_DIGEST, DEPOSIT_DIGEST.replace(" to,", "")),),
    "a digest without the amount": ((DEPOSIT_DIGEST, DEPOSIT_DIGEST.replace(", amount", "")),),
    "deposits are never overdue": (("deposit_time[self.nonce] = block.timestamp", "deposit_time[self.nonce] = 2**99"),),
    "deposits are overdue at once": (("self.deposit_time[place] + window <", "self.deposit_time[place] <"),),
    "what is taken is overdue": (("place < self.nonce and", "place <= self.nonce and"),),
    # the forced queue
    "all that is forced has one number": (("    self.forced += 1\n", ""),),
    "a digest of the last that is forced": ((FORCED_DIGEST, "abi_encode(empty(bytes32), keccak256(raw))"),),
    "nothing forced is overdue": (("forced_time[self.forced] = block.timestamp", "forced_time[self.forced] = 2**200"),),
    "all that is forced is overdue at once": (("self.forced_time[place] + window <", "self.forced_time[place] <"),),
    "what is taken of the forced is overdue": (("place < self.forced and", "place <= self.forced and"),),
    "deposits may be left out": (("deposits == old_deposits and", "deposits < old_deposits and"),),
    "what is forced may be left out": (("forced == old_forced and", "forced < old_forced and"),),
    "overdue deposits do not open the door": (("return self._deposit_is_overdue(deposits) or ", "return "),),
    "what is forced does not open the door": ((" or self._forced_is_overdue(forced)", ""),),
    # withdrawals
    "proven long ago": (("ProvenMessage(time=block.timestamp,", "ProvenMessage(time=1,"),),
    "proven under no root": (("number=number, root=root)", "number=number, root=empty(bytes32))"),),
    "proven under another block": (("number=number, root=root)", "number=number + 1, root=root)"),),
    "paid, and not noted": ((FINALIZED, ""),),
    "paid before it is noted": ((FINALIZED, ""), (PAYMENT, PAYMENT + FINALIZED)),
    "what is paid stays locked": (("    self.locked -= amount\n", ""),),
    "nobody is paid": ((PAYMENT, ""),),
    "who asks is paid": ((PAYMENT, PAYMENT.replace("to,", "msg.sender,")),),
    "no delay": (("self.proven[message].time + delay,", "self.proven[message].time,"),),
}
PLACE = "abi_encode(old_place, block_hash, state)"
BLOCK = "abi_encode(game.data_hash, deposits, forced)"
FIRST = "is_first: bool = accepted == empty(bytes32) or accepted == claim.state"
OWED = "    self.credits[who] = 0  # before the payment, or the receiver could call again\n"
PAID = '    raw_call(who, b"", value=amount)\n'
GAME_MUTANTS: dict[str, Changes] = {
    # proposals
    "a place without its state": ((PLACE, "abi_encode(old_place, block_hash)"),),
    "a place without the way to it": ((PLACE, "abi_encode(block_hash, state)"),),
    "a block whatever is forced": ((BLOCK, "abi_encode(game.data_hash, deposits)"),),
    "any data": ((BLOCK, "abi_encode(deposits, forced)"),),
    "each block is a beginning": (("before = self._next_block(root.state, opening)", "before = genesis"),),
    "no deposit was taken": (("        old_deposits = self.games[parent - 1].deposits\n", ""),),
    "nothing forced was taken": (("        old_forced = self.games[parent - 1].forced\n", ""),),
    "deposits that are taken are forgotten": (("    game.deposits = deposits\n", ""),),
    "what was forced is forgotten": (("    game.forced = forced\n", ""),),
    "everybody brings blocks": (("        self._require_sequencer(old_deposits, old_forced)\n", ""),),
    "not even the sequencer brings blocks": ((" or msg.sender == sequencer", ""),),
    "the end is not where the items end": (("root.at = 2 ** game.split", "root.at = game.items"),),
    "a root has no bond": (("    root.bond = msg.value\n", ""),),
    "a root is as old as the chain": (("    root.since = block.timestamp\n", ""),),
    # resolution
    "what follows what fell is final": ((" and (parent == 0 or self.games[parent - 1].accepted)", ""),),
    "the last state is final": ((FIRST, "is_first: bool = True"),),
    "the same state is no state": ((FIRST, "is_first: bool = accepted == empty(bytes32)"),),
    "it is not noted that a game is final": (("            self.games[game].accepted = True\n", ""),),
    "no state is final": (("            self.accepted_root[self.games[game].number] = claim.state\n", ""),),
    "answers are not resolved": (("        self.claims[game][claim.parent].unresolved -= 1\n", "        pass\n"),),
    "answers are not counted": (("    self.claims[game][against].unresolved += 1\n", ""),),
    "resolved again and again": (("    self.claims[game][number].is_resolved = True\n", ""),),
    "who won is not noted": (("    self.claims[game][number].countered_by = winner\n", ""),),
    "who resolves has the bond": (("self.credits[claim.claimant] +=", "self.credits[msg.sender] +="),),
    "the last answer counts": (("is_farther: bool = other == 0", "is_farther: bool = True"),),
    "who was countered has the bond": (("self.claims[game][claim.leftmost].claimant", "claim.claimant"),),
    "each claim has a clock of its own": (("self.claims[game][claim.parent].used + block", "block"),),
    "paid before it is noted": ((OWED, ""), (PAID, PAID + OWED)),
}
