"""Mistakes that the contract of a zk-rollup could have: a piece of its source, and what stands there instead."""

from __future__ import annotations

Changes = tuple[tuple[str, str], ...]

UNREGISTERED = "assert self.numbers[owner] == 0 and owner != BRIDGE and owner != empty(address)"
ANSWERED = "assert success and len(answer) == 32"
FREEZES = "    self.frozen = True\n    assert "
NOT_PROVEN = ', "the proof does not hold"'
COMES = ', "batches still come"\n'
ADVANCE = "def _advance(new_root: bytes32, digest: bytes32, count: uint256, proof: Bytes[MAX_PROOF]):\n"
KNOWN = '    assert number > 0, "no such account"\n'
ENTERS = "    self.owed[owner] = 0  # before the payment, or the owner could call again\n"
PAYS = '    raw_call(owner, b"", value=amount)\n'
ASCENDING = "assert convert(found, uint160) > convert(signer, uint160)"
VOUCHED = "abi_encode(chain.id, self, self.root, new_root, digest, count)"
OWED = "self.owed[self.owners[number]] += balance * UNIT"
WAITED = "assert self.frozen or block.timestamp >= self.last + delay"
MUTANTS: dict[str, Changes] = {
    # accounts and deposits
    "an owner may have two accounts": ((UNREGISTERED, "assert owner != BRIDGE and owner != empty(address)"),),
    "the bridge may have another account": ((UNREGISTERED, UNREGISTERED.replace(" and owner != BRIDGE", "")),),
    "nobody may have an account": ((UNREGISTERED, UNREGISTERED.replace(" and owner != empty(address)", "")),),
    "one account too many": (("assert self.count < CAPACITY", "assert self.count <= CAPACITY"),),
    "one account too few": (("assert self.count < CAPACITY", "assert self.count + 1 < CAPACITY"),),
    "a deposit for nobody": ((KNOWN, ""),),
    "a deposit for who sends it": (("self.numbers[owner]\n", "self.numbers[msg.sender]\n"),),
    "a deposit of nothing": (("assert msg.value > 0 and msg.value % UNIT", "assert msg.value % UNIT"),),
    "parts of units": (("assert msg.value > 0 and msg.value % UNIT == 0", "assert msg.value > 0"),),
    "more than there is room for": (
        ("    assert amount <= self.room,", "    assert True,"),
        ("    self.room -= amount\n", "    self.room = unsafe_sub(self.room, amount)\n"),
    ),
    "never all of the room": (("assert amount <= self.room", "assert amount < self.room"),),
    "room is not taken": (("    self.room -= amount\n", ""),),
    "deposits overwrite each other": (("    self.deposits += 1\n", ""),),
    "deposits when frozen": (('    assert not self.frozen, "frozen"\n    number', "    number"),),
    # batches
    "any old root": (
        ("            self.root,\n            new_root,", "            new_root,\n            new_root,"),
    ),
    "the new root is not kept": (("    self.root = new_root\n", ""),),
    "an empty batch": (("    assert count > 0,", "    assert True,"),),
    "the proof is not asked for": ((ANSWERED + NOT_PROVEN, "assert True" + NOT_PROVEN),),
    "a refused proof counts": ((ANSWERED + NOT_PROVEN, "assert len(answer) == 0 or success" + NOT_PROVEN),),
    "a silent verifier says yes": ((ANSWERED + NOT_PROVEN, "assert success" + NOT_PROVEN),),
    "parameters of another set": (("convert(parameters, bytes32)", "convert(parameters - 1, bytes32)"),),
    "deposits are not counted": (("len(data) // RECORD + taken, proof", "len(data) // RECORD, proof"),),
    "deposits are taken twice": (("    self.taken += taken\n", ""),),
    "always the first deposits": (("self.queue[self.taken + i]", "self.queue[i]"),),
    "deposits that are not there": (("    assert taken <= self.deposits - self.taken,", "    assert True,"),),
    "a rest behind the payments": (
        ("    assert len(data) % RECORD == 0,", "    assert True,"),
        ("i * RECORD == len(data)", "i * RECORD + RECORD > len(data)"),
    ),
    "payer and payee are mixed up": (("self.owners[head >> 240]", "self.owners[(head >> 224) & (2 ** 16 - 1)]"),),
    "a payer without an owner": (("assert payer != empty(address) and payee", "assert payee"),),
    "a payee without an owner": (
        ("assert payer != empty(address) and payee != empty(address)", "assert payer != empty(address)"),
    ),
    "signatures are not asked for": ((f'    {ANSWERED}, "a payment is malformed or not signed by its payer"\n', ""),),
    "silent signatures": ((f'    {ANSWERED}, "a payment', '    assert success, "a payment'),),
    "room is not given back": (("            self.room += amount\n", ""),),
    "who leaves gets nothing": (("            self.owed[payer] += amount * UNIT\n", ""),),
    "who leaves is owed the last alone": (("self.owed[payer] += amount", "self.owed[payer] = amount"),),
    "every payment is a way out": (("        if payee == BRIDGE:", "        if True:"),),
    "another amount": (("(head >> 192) & (2 ** 32 - 1)", "(head >> 192) & (2 ** 31 - 1) | 1"),),
    "a batch when frozen": ((ADVANCE + '    assert not self.frozen, "frozen"\n', ADVANCE),),
    "anybody operates": (("    assert operator == empty(address) or msg.sender == operator,", "    assert True,"),),
    "the time does not begin anew": (
        ("    self.root = new_root\n    self.last = block.timestamp\n", "    self.root = new_root\n"),
    ),
    # leaving
    "leaving while batches come": ((f"    {WAITED}{COMES}{FREEZES}number", f"{FREEZES}number"),),
    "leaving a second late": ((f"    {WAITED}", f"    {WAITED.replace('>=', '> 1 +')}"),),
    "leaving does not freeze": ((f"{FREEZES}number", "    assert number"),),
    "the bridge leaves": ((f"{FREEZES}number > 0 and number", f"{FREEZES}number"),),
    "nobody leaves": ((f"{FREEZES}number > 0 and number < self.count,", f"{FREEZES}number > 0,"),),
    "leaving twice": (("    assert not self.left[number],", "    assert True,"),),
    "who has left is forgotten": (("    self.left[number] = True\n", ""),),
    "no leaf is asked for": ((f'    {ANSWERED}, "no such leaf', '    assert True, "no such leaf'),),
    "a silent leaf": ((f'    {ANSWERED}, "no such leaf', '    assert success, "no such leaf'),),
    "leaving with a thousandth": ((OWED, OWED.replace("UNIT", "(UNIT // 1000)")),),
    "leaving for the caller": ((OWED, OWED.replace("self.owners[number]", "msg.sender")),),
    "taken deposits are given back": (("    assert place >= self.taken and place", "    assert place"),),
    "deposits that never were are given back": (
        ("place < self.deposits and self.queue[place] != 0,", "place < self.deposits + 9,"),
    ),
    "a deposit is given back twice": (("    self.queue[place] = 0\n", ""),),
    "a deposit is given back at once": ((f"    {WAITED}{COMES}{FREEZES}place", f"{FREEZES}place"),),
    "giving back does not freeze": ((f"{FREEZES}place", "    assert place"),),
    "collecting nothing": (('    assert amount > 0, "nothing is owed"\n', ""),),
    "collecting again": (("    self.owed[owner] = 0", "    pass"),),
    "paid before it is noted": ((ENTERS, ""), (PAYS, PAYS + "    self.owed[owner] = 0\n")),
    "the caller is paid": ((PAYS, PAYS.replace("owner", "msg.sender")),),
    # the committee
    "a committee of nobody": (("    assert quorum > 0,", "    assert True,"),),
    "one less will do": (("len(signatures) // SIGNATURE >= quorum", "len(signatures) // SIGNATURE + 1 >= quorum"),),
    "a member may vouch twice": ((ASCENDING, ASCENDING.replace(" > ", " >= ")),),
    "members in any order": ((ASCENDING, "assert found != empty(address)"),),
    "strangers vouch": (('        assert self.members[found], "not of the committee"\n', ""),),
    "good after any root": ((VOUCHED, VOUCHED.replace("self.root", "self.deposits")),),
    "good for any root": ((VOUCHED, VOUCHED.replace("new_root, ", "")),),
    "good for any digest": ((VOUCHED, VOUCHED.replace("digest, ", "")),),
    "good for any count": ((VOUCHED, VOUCHED.replace(", count", "")),),
    "a part of a signature": (
        ("    assert len(signatures) % SIGNATURE == 0 and", "    assert"),
        ("i * SIGNATURE == len(signatures)", "i * SIGNATURE + SIGNATURE > len(signatures)"),
    ),
}


def mutated(source: str, changes: Changes) -> str:
    """Return the source with the changes; each piece has to be there."""
    for piece, other in changes:
        assert piece in source, piece
        source = source.replace(piece, other, 1)
    return source
