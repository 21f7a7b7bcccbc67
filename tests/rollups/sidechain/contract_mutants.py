"""Mistakes that the contracts of a sidechain could have: a piece of a source, and what stands there instead."""

from __future__ import annotations

Changes = tuple[tuple[str, str], ...]

ASCENDING = "        assert convert(signer, uint160) > convert(last, uint160), "
PLACE = "abi_encode(number, tx_index, log_index)"
MANAGER_MUTANTS: dict[str, Changes] = {
    "gaps are allowed": (("start == self.ends[self.count] + 1", "start >= self.ends[self.count] + 1"),),
    "overlaps are allowed": (("start == self.ends[self.count] + 1", "start <= self.ends[self.count] + 1"),),
    "the end counts twice": (("    self.ends[self.count] = end\n", "    self.ends[self.count] = end - 1\n"),),
    "ranges may be empty": (("assert end >= start,", "assert end + 2 > start,"),),
    "no range of one block": (("assert end >= start,", "assert end > start,"),),
    "another root is kept": (("self.roots[self.count] = root", "self.roots[self.count] = keccak256(root)"),),
    "two thirds will do": (("numerator // denominator + 1", "numerator // denominator"),),
    "one wei too much": (("numerator // denominator + 1", "numerator // denominator + 2"),),
    "a majority will do": (("self.total * numerator // denominator", "self.total // 2"),),
    "always two thirds": (("self.total * numerator // denominator", "self.total * 2 // 3"),),
    "divides first": (("self.total * numerator // denominator", "self.total // denominator * numerator"),),
    "signers count, not stake": (("found += self.stakes[signer]", "found += self.total // 5"),),
    "a signer may come twice": ((ASCENDING, ASCENDING.replace(" > ", " >= ")),),
    "signers in any order": ((ASCENDING, "        assert True, "),),
    "the last signer is forgotten": (("        last = signer\n", ""),),
    "strangers are passed over": (("        assert self.stakes[signer] > 0,", "        assert True,"),),
    "nobody may sign": (("    assert signer != empty(address),", "    assert True,"),),
    "any parity": (("    assert parity < 2,", "    assert True,"), ("27 + parity", "27 + parity % 2")),
    "any length": (
        ("    assert len(signatures) % SIGNATURE == 0,", "    assert True,"),
        ("if i * SIGNATURE == len(signatures)", "if i * SIGNATURE + SIGNATURE > len(signatures)"),
    ),
    "good under any contract": (("abi_encode(chain.id, self, kind", "abi_encode(chain.id, kind"),),
    "good on any L1": (("abi_encode(chain.id, self, kind", "abi_encode(self, kind"),),
    "a milestone is a checkpoint": (("self, kind, start, end, root))", "self, start, end, root))"),),
    "good for any end": (("kind, start, end, root))", "kind, start, root))"),),
    "good for any start": (("kind, start, end, root))", "kind, end, root))"),),
    "good for any root": (("kind, start, end, root))", "kind, start, end))"),),
    "one root is a conflict": (("    assert root != other_root,", "    assert True,"),),
    "two signers are a conflict": (("    assert signer == other,", "    assert True,"),),
    "the first signature is enough": (("signatures, SIGNATURE)", "signatures, 0)"),),
    "who was slashed still counts": (("    self.stakes[signer] = 0\n", ""),),
    "burnt stake is still needed": (("    self.total -= amount\n", ""),),
    "stake is not burnt": (("    send(empty(address), amount)\n", ""),),
    "the watcher gets the stake": (("send(empty(address), amount)", "send(msg.sender, amount)"),),
    "milestones are no evidence": (("each == KIND_CHECKPOINT or each == KIND_MILESTONE", "each == KIND_CHECKPOINT"),),
    "stake is always taken": (("    assert self.count == 0,", "    assert True,"),),
    "any share": (("numerator_ < denominator_", "numerator_ <= denominator_"),),
    "stake is not counted": (("    self.total += msg.value\n", ""),),
}
BRIDGE_MUTANTS: dict[str, Changes] = {
    "nothing is remembered": (("    self.exited[place] = True\n", ""),),
    "remembered too late": (
        ("    self.exited[place] = True\n", ""),
        ("    log Exited(", "    self.exited[place] = True\n    log Exited("),
    ),
    "nobody looks": (("    assert not self.exited[place],", "    assert True,"),),
    "a block is left once": ((PLACE, "abi_encode(number)"),),
    "a transaction is left once": ((PLACE, "abi_encode(number, tx_index)"),),
    "blocks are mixed up": ((PLACE, "abi_encode(tx_index, log_index)"),),
    "places are mixed up": ((PLACE, "abi_encode(number + tx_index + log_index)"),),
    "a burn is what it says": ((PLACE, "abi_encode(receiver, amount)"),),
    "a burn is how it is proved": ((PLACE, "abi_encode(path, proof)"),),
    "before the checkpoint": (("    assert number > staticcall manager.ends(checkpoint - 1),", "    assert True,"),),
    "behind the checkpoint": (("    assert number <= staticcall manager.ends(checkpoint),", "    assert True,"),),
    "the last block cannot leave": (("number <= staticcall", "number < staticcall"),),
    "the first block cannot leave": (("number > staticcall manager", "number > 1 + staticcall manager"),),
    "any block": (("== staticcall manager.roots(checkpoint),", "!= empty(bytes32),"),),
    "without its time": (("abi_encode(number, timestamp, transactions_root", "abi_encode(number, transactions_root"),),
    "any number": (
        ("abi_encode(number, timestamp, t", "abi_encode(staticcall manager.ends(checkpoint - 1) + 2, timestamp, t"),
        ("at: uint256 = number - staticcall manager.ends(checkpoint - 1) - 1", "at: uint256 = 1"),
    ),
    "left is right": (("concat(sibling, node)", "concat(node, sibling)"),),
    "half a sibling": (
        ("    assert len(path) % 32 == 0,", "    assert True,"),
        ("height * 32 == len(path)", "height * 32 + 32 > len(path)"),
    ),
    "checkpoint 0": (("assert checkpoint > 0 and checkpoint <=", "assert checkpoint <="),),
    "no checkpoint": ((" and checkpoint <= staticcall manager.count(),", ","),),
    "a log of anybody": (("== convert(gateway, uint256),", "!= 0,"),),
    "any event": (("    assert convert(slice(found, 64, 32), bytes32) == BURNED,", "    assert True,"),),
    "any number of topics": (("    assert convert(slice(found, 32, 32), uint256) == 2,", "    assert True,"),),
    "more data": (("assert len(found) == HEAD + 32,", "assert len(found) >= HEAD + 32,"),),
    "less data": (
        ("assert len(found) == HEAD + 32,", "assert len(found) <= HEAD + 32,"),
        ("slice(found, HEAD, 32)", "slice(found, HEAD - 32, 32)"),
    ),
    "what nobody proved": (("    assert success,", "    assert True,"),),
    "no delay": (("manager.times(checkpoint) + delay,", "manager.times(checkpoint),"),),
    "a second too long": (("manager.times(checkpoint) + delay,", "manager.times(checkpoint) + delay + 13,"),),
    "nobody is paid": (("    raw_call(receiver, b\"\", value=amount)\n", ""),),
    "who asks is paid": (("raw_call(receiver,", "raw_call(msg.sender,"),),
    "the escrow has no name": (("    assert amount <= self.balance,", "    assert True,"),),
    "any amount": (("msg.value > 0 and msg.value % UNIT == 0", "msg.value > 0"),),
    "nothing is a deposit": (("msg.value > 0 and msg.value % UNIT == 0", "msg.value % UNIT == 0"),),
    "deposits have one number": (("    self.deposits += 1\n", ""),),
    "receivers are ignored": (("to=to,", "to=msg.sender,"),),
    "deposits in wei": (("amount=msg.value // UNIT", "amount=msg.value"),),
}  # fmt: skip


def mutated(source: str, changes: Changes) -> str:
    """Return the source with these pieces replaced; each must be in it exactly once."""
    for old, new in changes:
        assert source.count(old) == 1, (source.count(old), old)
        source = source.replace(old, new)
    return source
