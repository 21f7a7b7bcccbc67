"""Mistakes that the contract of a zk-rollup could have: a piece of its source, and what stands there instead."""

from __future__ import annotations

from tests.rollups.planted import Changes

UNREGISTERED = "assert self.numbers[owner] == 0 and owner != BRIDGE and owner != empty(address)"
ANSWERED = "assert success and len(answer) == 32"
NOT_PROVEN = ', "the proof does not hold"'
ADVANCE = "def _advance(new_root: bytes32, digest: bytes32, count: uint256, proof: Bytes[MAX_PROOF]):\n"
NAMED = "    number: uint256 = self.numbers[owner]\n"
KNOWN = NAMED + '    assert number > 0, "no such account"\n'
ENTERS = "    self.owed[owner] = 0  # before the payment, or the owner could call again\n"
PAYS = '    raw_call(owner, b"", value=amount)\n'
ASCENDING = "assert convert(found, uint160) > convert(signer, uint160)"
VOUCHED = "abi_encode(chain.id, self, self.registry, self.root, new_root, digest, count)"
OWED = "self.owed[self.owners[number]] += balance * UNIT"
CLOSES = "    self._close()\n    assert "
WAITED = "assert block.timestamp >= self.since[self.taken] + delay"
AT_ALL = '        assert self.taken < self.queued, "nobody waits"\n'
UNIT_EACH = "    assert msg.value == len(its_owners) // 20 * UNIT,"
FIRST = "assert self.taken < self.queued and self.queue[self.taken] >> 48 > 0"
SMALL = "    assert balance < self.queue[self.taken] & (2 ** 32 - 1),"
MUTANTS: dict[str, Changes] = {
    # accounts and deposits
    "an owner may have two accounts": ((UNREGISTERED, "assert owner != BRIDGE and owner != empty(address)"),),
    "the bridge may have another account": ((UNREGISTERED, UNREGISTERED.replace(" and owner != BRIDGE", "")),),
    "nobody may have an account": ((UNREGISTERED, UNREGISTERED.replace(" and owner != empty(address)", "")),),
    "one account too many": (("assert self.count < CAPACITY", "assert self.count <= CAPACITY"),),
    "one account too few": (("assert self.count < CAPACITY", "assert self.count + 1 < CAPACITY"),),
    "a deposit for nobody": ((KNOWN, NAMED),),
    "a deposit for who sends it": (("self.numbers[owner]\n", "self.numbers[msg.sender]\n"),),
    "a deposit of nothing": (("assert msg.value > 0 and msg.value % UNIT", "assert msg.value % UNIT"),),
    "parts of units": (("assert msg.value > 0 and msg.value % UNIT == 0", "assert msg.value > 0"),),
    "more than there is room for": (
        ("    assert amount <= self.room,", "    assert True,"),
        ("    self.room -= amount\n", "    self.room = unsafe_sub(self.room, amount)\n"),
    ),
    "never all of the room": (("assert amount <= self.room", "assert amount < self.room"),),
    "room is not taken": (("    self.room -= amount\n", ""),),
    "the queue overwrites itself": (("    self.queued += 1\n", ""),),
    "deposits when frozen": (
        (
            '    assert not self.frozen, "frozen"\n    number: uint256 = self.numbers[owner]',
            "    number: uint256 = self.numbers[owner]",
        ),
    ),
    "numbers for gas alone": ((UNIT_EACH, "    assert True,"),),
    "numbers for a unit at least": ((UNIT_EACH, UNIT_EACH.replace("==", ">=")),),
    "a unit for all of a call": ((UNIT_EACH, "    assert msg.value == UNIT,"),),
    "the unit is not burnt": (("    send(empty(address), msg.value)\n", ""),),
    # requests to leave
    "a request without an account": (
        ('    assert number > 0, "no such account"\n    assert amount', "    assert amount"),
    ),
    "a request for nothing": (("assert amount > 0 and amount < LIMIT", "assert amount < LIMIT"),),
    "a request for more than there is": (("assert amount > 0 and amount < LIMIT", "assert amount > 0"),),
    "a request when frozen": (
        (
            '    assert not self.frozen, "frozen"\n    number: uint256 = self.numbers[msg',
            "    number: uint256 = self.numbers[msg",
        ),
    ),
    "a request pays nobody": (
        (
            "            self._pay_out(self.owners[payment >> 48], payment",
            "            self._pay_out(empty(address), payment",
        ),
    ),
    "a deposit pays, too": (("        if payment >> 48 > 0:\n", "        if True:\n"),),
    "a good request is struck out": ((SMALL, "    assert True,"),),
    "a request for all is struck out": ((SMALL, SMALL.replace("<", "<=")),),
    "struck out with any leaf": (("    self._check_leaf(self.queue[self.taken] >> 48, balance, nonce, path)\n", ""),),
    "deposits are struck out": ((FIRST, "assert self.taken < self.queued"),),
    "nothing is struck out": (
        ("    log Dismissed(place=self.taken)\n    self.taken += 1\n", "    log Dismissed(place=self.taken)\n"),
    ),
    "it is not said what is struck out": (("    log Dismissed(place=self.taken)\n", ""),),
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
    "the queue is taken twice": (("    self.taken += taken\n", ""),),
    "always the first of the queue": (("self.queue[self.taken + i]", "self.queue[i]"),),
    "deposits that are not there": (("    assert taken <= self.queued - self.taken,", "    assert True,"),),
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
    "room is not given back": (("    self.room += amount\n", ""),),
    "who leaves gets nothing": (("    self.owed[owner] += amount * UNIT\n", ""),),
    "who leaves is owed the last alone": (("    self.owed[owner] += amount", "    self.owed[owner] = amount"),),
    "every payment is a way out": (("        if payee == BRIDGE:", "        if True:"),),
    "another amount": (("(head >> 192) & (2 ** 32 - 1)", "(head >> 192) & (2 ** 31 - 1) | 1"),),
    "a batch when frozen": ((ADVANCE + '    assert not self.frozen, "frozen"\n', ADVANCE),),
    "anybody operates": (("    assert operator == empty(address) or msg.sender == operator,", "    assert True,"),),
    "a proof that is too short by a byte": (("constant(uint256) = 269_832", "constant(uint256) = 269_831"),),
    "a proof longer than any": (("constant(uint256) = 269_832", "constant(uint256) = 269_833"),),
    # leaving
    "leaving while the queue is served": ((f"{CLOSES}number", "    self.frozen = True\n    assert number"),),
    "leaving a second late": ((WAITED, WAITED.replace(">=", "> 1 +")),),
    "leaving a slot early": ((WAITED, WAITED.replace(">=", "+ 12 >=")),),
    "leaving after a quiet time": ((AT_ALL, ""),),
    "the time of the first of all": ((WAITED, WAITED.replace("self.taken", "0")),),
    "the time of the last": ((WAITED, WAITED.replace("self.taken", "self.queued - 1")),),
    "leaving does not freeze": (("        self.frozen = True\n", ""),),
    "the bridge leaves": ((f"{CLOSES}number > 0 and number", f"{CLOSES}number"),),
    "nobody leaves": ((f"{CLOSES}number > 0 and number < self.count,", f"{CLOSES}number > 0,"),),
    "leaving twice": (("    assert not self.left[number],", "    assert True,"),),
    "who has left is forgotten": (("    self.left[number] = True\n", ""),),
    "no leaf is asked for": ((f'    {ANSWERED}, "no such leaf', '    assert True, "no such leaf'),),
    "a silent leaf": ((f'    {ANSWERED}, "no such leaf', '    assert success, "no such leaf'),),
    "leaving with a thousandth": ((OWED, OWED.replace("UNIT", "(UNIT // 1000)")),),
    "leaving for the caller": ((OWED, OWED.replace("self.owners[number]", "msg.sender")),),
    "taken deposits are given back": (("    assert place >= self.taken and place", "    assert place"),),
    "deposits that never were are given back": (
        ("place < self.queued and self.queue[place] != 0,", "place < self.queued + 9,"),
    ),
    "a deposit is given back twice": (("    self.queue[place] = 0\n", ""),),
    "a deposit is given back at once": ((f"{CLOSES}place", "    self.frozen = True\n    assert place"),),
    "giving back does not freeze": (
        (f"{CLOSES}place", f"    was: bool = self.frozen\n{CLOSES}place"),
        ("    self.queue[place] = 0\n", "    self.queue[place] = 0\n    self.frozen = was\n"),
    ),
    "a request is given back": (('    assert self.queue[place] >> 48 == 0, "not a deposit"', "    assert True"),),
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
    "good after any root": ((VOUCHED, VOUCHED.replace("self.root", "self.queued")),),
    "good for other people": ((VOUCHED, VOUCHED.replace("self.registry, ", "")),),
    "good for people in any order": (
        (
            "keccak256(concat(registry, convert(owner, bytes32)))",
            "convert(convert(registry, uint256) ^ convert(keccak256(convert(owner, bytes32)), uint256), bytes32)",
        ),
    ),
    "good for any root": ((VOUCHED, VOUCHED.replace("new_root, ", "")),),
    "good for any digest": ((VOUCHED, VOUCHED.replace("digest, ", "")),),
    "good for any count": ((VOUCHED, VOUCHED.replace(", count", "")),),
    "a part of a signature": (
        ("    assert len(signatures) % SIGNATURE == 0 and", "    assert"),
        ("i * SIGNATURE == len(signatures)", "i * SIGNATURE + SIGNATURE > len(signatures)"),
    ),
}
