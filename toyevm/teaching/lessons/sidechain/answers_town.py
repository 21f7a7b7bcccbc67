"""What lesson 10 says to a withdrawal and to a theft: both are done, on a fresh town, and L1's own words are shown."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.results import SealedBlock
from toyevm.teaching.lab.turns import Reply, call, missing, read_list, read_number, repeat, right, wrong
from toyevm.teaching.lessons.sidechain.blocks import BURNS_AT
from toyevm.teaching.lessons.sidechain.studies import HONEST, THIEF
from toyevm.teaching.lessons.sidechain.town import LOCKED, Town, open_town, ready_town


def withdraw(answer: Any) -> Reply:
    """Judge the place of Bob's burn: block, transaction, log."""
    if answer is None:
        return missing("three numbers, such as (4, 0, 0).")
    expected = "three numbers: block, transaction, log, such as (4, 0, 0)"
    place = read_list(answer, expected, 3)
    if len(place) != 3:
        raise InputError(repeat(answer), expected=expected)
    number = read_number(place[0], 0, 99, "a block")
    tx, log = (read_number(each, 0, 99, "a number, counted from 0,") for each in place[1:])
    town = open_town()
    if number >= len(town.blocks):
        return wrong("no-such-block", f"The sidechain has no block {number} yet. In which block are the four calls?")
    town.checkpoint(town.blocks[4:8])
    said = town.exit(town.blocks[number], tx, log)
    shown = f"exit of block {number}, transaction {tx}, log {log}\n{said}"
    if "pays Bob 5" in said:
        return right("One transaction may have many logs, and each can be an exit. Who sent the transaction?", shown)
    return _no_exit(number, tx, log, said, shown)


def _no_exit(number: int, tx: int, log: int, said: str, shown: str) -> Reply:
    if number != BURNS_AT:
        return wrong("another-block", f"That is block {number}. In which block are the four calls?", shown)
    if "pays Dan" in said:
        text = "L1 pays Dan: this log comes first in the transaction. What is the number of the next log?"
        return wrong("one-log-each", text, shown)
    if "pays Cleo" in said:
        return wrong(
            "somebody-elses", "L1 pays the receiver in the log, whoever asks. Whose burn is transaction 0?", shown
        )
    if tx == 1:
        text = "Transaction 1 failed. Its receipt is in the block, and proves just that. Which logs does it hold?"
        return wrong("failed-burns-count", text, shown)
    if tx == 2:
        text = (
            "The log looks right, but it has another contract's address. How could L1 tell who made it, if not by that?"
        )
        return wrong("any-log-counts", text, shown)
    if tx == 3:
        return wrong("logs-from-one", f"There is no log {log} in transaction 3. How are its two logs counted?", shown)
    return wrong("no-such-call", f"Block 6 has no transaction {tx}. How are its four transactions counted?", shown)


def steal(answer: Any) -> Reply:
    """Judge a function that robs a fresh town."""
    if answer is None:
        return missing("a function.")
    town = ready_town()
    watched = _Watched(town)
    call(answer, town)
    if not town.said and not watched.invented:
        return missing("what `steal` does with the town.")
    shown = "\n".join([*town.said, f"escrow {LOCKED} -> {town.escrow} ether, {THIEF} 0 -> {town.balance(THIEF)} ether"])
    if honest := [name for name in HONEST if name in town.liars]:
        text = f"{', '.join(honest)}: honest signers sign true blocks only. Who signs your block?"
        return wrong("honest-signers-lie", text, shown)
    if town.balance(THIEF) >= LOCKED:
        text = "The escrow is empty. L1 executed every call without a mistake. Which of your calls told it a lie?"
        return right(text, shown)
    return _no_theft(town, watched, shown)


class _Watched:
    """Remembers the blocks that a student invents in a town."""

    def __init__(self, town: Town) -> None:
        self.invented: list[SealedBlock] = []
        invent = town.invent

        def noted(*given: Any, **named: Any) -> SealedBlock:
            self.invented.append(invent(*given, **named))
            return self.invented[-1]

        town.invent = noted  # type: ignore[method-assign]


def _no_theft(town: Town, watched: _Watched, shown: str) -> Reply:
    said = "\n".join(town.said)
    if "not enough stake" in said:
        return wrong("too-little-stake", "L1 counts the stake of your signers. Which two have 67 together?", shown)
    if "start is not previous end" in said:
        text = (
            f"A checkpoint goes on where the last one ended: with block {town.next_block}. With which does yours begin?"
        )
        return wrong("rewrites-history", text, shown)
    if not watched.invented:
        text = "Your block is a true one. In it, Mallory burns nothing. Where does her burn come from?"
        return wrong("true-block", text, shown)
    if "accepts" not in said:
        text = "L1 knows no checkpoint with your block. What must it have before it looks at an exit?"
        return wrong("no-checkpoint", text, shown)
    if "escrow too small" in said:
        return wrong(
            "more-than-there-is",
            f"L1 believes the burn, but the escrow has {LOCKED} ether. How many do you burn?",
            shown,
        )
    if said.startswith("L1 refuses: block not"):
        text = "L1 refuses the exit, and then accepts the checkpoint. Which of the two does it need first?"
        return wrong("exit-first", text, shown)
    if "has 0 transactions" in said:
        return wrong("another-block", "The block that you show is empty. Is it the one that was signed?", shown)
    if "no such log" in said or "no proof" in said:
        return wrong(
            "no-such-burn", "Your block has one transaction for each burn, from 0. Which one do you show?", shown
        )
    if "block not in the checkpoint" in said:
        text = "The checkpoint is accepted, but the block that you show is not under its root. Are they the same block?"
        return wrong("another-block", text, shown)
    if "pays" not in said:
        return wrong(
            "no-exit",
            "The forged checkpoint stands on L1, and the ether is still there. Who asks for it, and how?",
            shown,
        )
    if 0 < town.balance(THIEF) < LOCKED:
        return wrong(
            "leaves-some", f"{town.escrow} ether are left in the escrow. What limits the burn you invent?", shown
        )
    return wrong(
        "for-somebody-else", f"L1 pays the receiver in the log. Whose burn did you invent, if not {THIEF}'s?", shown
    )
