"""What lesson 07 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toyevm.access_lists import Change, Lie, LieKind
from toyevm.errors import InputError
from toyevm.teaching.lab.turns import (
    Reply,
    Turn,
    call,
    missing,
    read_number,
    read_one_of,
    read_pair,
    repeat,
    right,
    wrong,
)
from toyevm.teaching.lessons.block_access_lists.checking import lie_in
from toyevm.teaching.lessons.block_access_lists.inspector import say_lie
from toyevm.teaching.lessons.block_access_lists.inspector_player import edits_of
from toyevm.teaching.lessons.block_access_lists.notation import edited, read_account, write_account
from toyevm.teaching.lessons.block_access_lists.studies import EVM_PART, ROOT_PART, ROOT_SPEEDUP, evening, whole
from toyevm.teaching.lessons.block_access_lists.village import build_list, village

QUESTIONS: Mapping[LieKind, str] = {
    LieKind.MALFORMED: "This is no entry that bytes can hold. How large may this number be?",
    LieKind.UNSORTED: "The entries are not in ascending order. Which of them must come first?",
    LieKind.DUPLICATE: "One entry comes twice. Which of the two should a reader believe?",
    LieKind.READ_AND_WRITTEN: "This slot is among the changes and among the reads. Which of the two does it belong to?",
    LieKind.EMPTY_CHANGES: "A slot stands among the changes without a change. What did the block leave in it?",
    LieKind.INDEX_OUT_OF_RANGE: "No step of this block has this index. Which index does the last transaction have?",
    LieKind.MISSING_ACCOUNT: "This account was looked at. Is an account listed only if it changes?",
    LieKind.EXTRA_ACCOUNT: "No transaction looks at this account. Who put it on the list, then?",
    LieKind.MISSING_READ: "A transaction reads this slot, and it ends as it was. Is a slot listed only if it changes?",
    LieKind.EXTRA_READ: "You list this slot as a read. Which transaction looks at it?",
    LieKind.MISSING_WRITE: "A transaction changes this, and you list no change there. What was there when it began?",
    LieKind.EXTRA_WRITE: "You list a change here. What was there before this transaction, and what is there after it?",
    LieKind.WRONG_VALUE: "You list another value. Is the value that is listed the amount added, or what is left?",
    LieKind.WRONG_INDEX: "You list this value at another index. Which index does transaction 0 have?",
}
LIES = {"wrong value": LieKind.WRONG_VALUE, "wrong index": LieKind.WRONG_INDEX, "missing read": LieKind.MISSING_READ}
SENT = "box: slot 2 2:40 5:50 6:55; read 1, 3\nEve: balance 7:132\nCleo: nonce 3:1"  # what the lying producer sends
NEW_TIME = 1 / whole(1.37, ROOT_SPEEDUP)
WHOLE_BLOCKS = (
    (whole(1.37), "the-root-is-as-before", "You leave the state root at its old speed. What does 0.63 do to its time?"),
    (
        EVM_PART * 1.37 + ROOT_PART * ROOT_SPEEDUP,
        "adds-speedups",
        "You multiply each part by its speedup. Does a part take more time when it is faster?",
    ),
    (1.37, "the-evm-is-all", "1.37 is the EVM alone. What happens to the other 45.5 % of the time?"),
    (1.37 * ROOT_SPEEDUP, "multiplies", "You multiply the two. Does each part run at both speeds, or at its own?"),
    (NEW_TIME, "time-for-speed", "That is the new time as a part of the old. How do you get a speedup from it?"),
    ((1.37 + ROOT_SPEEDUP) / 2, "the-mean", "That is the mean of the two. Which part of the time has which speed?"),
    (0.93, "reads-it-off", "0.93 is the published figure. What do the four numbers above give?"),
)
CASES = (
    ((), 3, 7, 7), (((2, 40), (4, 50), (6, 55)), 3, 0, 40), (((2, 40), (4, 50), (6, 55)), 4, 0, 50),
    (((2, 40), (4, 50), (6, 55)), 1, 0, 0), (((2, 40), (4, 50), (6, 55)), 5, 0, 50), (((0, 42),), 0, 0, 42),
    (((1, 0),), 4, 9, 0), (((7, 132),), 5, 100, 100),
)  # fmt: skip  # changes, transaction, parent's value, what it finds


TRACELESS = "Which of the calls left no trace among the changes?"


def line_of(account: str) -> Turn:
    """Return the judge of one account's line in the list of the evening block."""

    def judge(answer: Any) -> Reply:
        if answer is None or (isinstance(answer, str) and not answer.strip()):
            return missing(f'the line of {account}, such as "{account}: …".')
        text = edits_of(answer)
        workload = evening()
        address, entry = read_account(text.strip().removesuffix("."), workload.names)
        if workload.name(address) != account or entry is None:
            raise InputError(repeat(text), expected=f'a line that begins with "{account}:", and lists it')
        lie = lie_in(workload, edited(build_list(workload), text, workload.names))
        shown = f"you wrote  {write_account(entry, workload.names)}\nvalidator  {say_lie(lie, workload)}"
        if lie is None:
            text = {"Ann": "Which balance would stand there if gas were not free?"}.get(account, TRACELESS)
            return right(f"The validator finds no lie. {text}", shown)
        return wrong(_belief(lie), QUESTIONS[lie.kind], shown)

    return judge


def _belief(lie: Lie) -> str:
    return {
        LieKind.EXTRA_WRITE: "every-store-is-a-write",
        LieKind.MISSING_READ: "only-writes-are-listed",
        LieKind.WRONG_INDEX: "index-is-number",
        LieKind.INDEX_OUT_OF_RANGE: "index-is-number",
        LieKind.WRONG_VALUE: "lists-the-difference",
        LieKind.MISSING_WRITE: "back-is-no-change",
    }.get(lie.kind, str(lie.kind).replace(" ", "-"))


def found_before(answer: Any) -> Reply:
    """Judge a function that says what a transaction finds."""
    if answer is None:
        return missing("a function.")
    for number, (pairs, tx_index, parent, expected) in enumerate(CASES):
        changes = tuple(Change(*pair) for pair in pairs)
        value = call(answer, changes, tx_index, parent)
        if (
            number == 0
            and value in (None, ...)
            and call(answer, *(tuple(Change(*p) for p in CASES[1][0]), 3, 0)) is None
        ):
            return missing("what `found` returns.")
        if type(value) is not int or value != expected:
            return _not_found(pairs, tx_index, parent, value)
    text = "It passes all cases. This line is the whole scheduler: for which transaction does it have to wait?"
    return right(text, f"{len(CASES)} cases of {len(CASES)}")


def _not_found(pairs: tuple[Any, ...], tx_index: int, parent: int, value: Any) -> Reply:
    listed = " ".join(f"{at}:{told}" for at, told in pairs) or "no changes"
    shown = f"changes {listed}; parent {parent}; transaction {tx_index}: you return {repeat(value)}"
    told, at = [each[1] for each in pairs], {told: at for at, told in pairs}
    if not pairs:
        return wrong(
            "no-change-no-value", "The list says nothing here. Where is the value that the block began with?", shown
        )
    if value == parent and not isinstance(value, bool):
        text = (
            f"You return the parent's value, but a change has index {pairs[0][0]}. Which transaction has that index, "
        )
        return wrong("misses-the-last", text + f"and does it come before transaction {tx_index}?", shown)
    if value in told and at[value] > tx_index:
        text = (
            f"{value} has index {at[value]}: transaction {at[value] - 1} leaves it. Does transaction {tx_index} come "
        )
        return wrong("sees-the-future", text + "after that one?", shown)
    if value in told:
        text = f"{value} has index {at[value]}. A later change is still before transaction {tx_index}. "
        return wrong("an-older-change", text + "Which is the last index that it may see?", shown)
    return wrong(
        "no-listed-value", "This value stands neither in the changes nor in the parent. Where is it from?", shown
    )


def be_the_liar(answer: Any) -> Reply:
    """Judge one edit for each of three kinds of lies."""
    if answer is None:
        return missing("a dict with an edit for each kind.")
    if not isinstance(answer, dict) or not set(map(str, answer)) <= set(LIES):
        raise InputError(repeat(answer), expected=f"a dict with the keys {', '.join(map(repr, LIES))}")
    rows: list[str] = []
    for name, kind in LIES.items():
        edits = answer.get(name)
        if edits is None or (isinstance(edits, str) and not edits.strip()):
            return missing(f"an edit for {name!r}." + (f" Right so far: {len(rows)}." if rows else ""))
        workload = village()
        lie = lie_in(workload, edited(build_list(workload), edits_of(edits), workload.names))
        rows.append(f"{name:<13} {say_lie(lie, workload)}")
        if lie is None:
            text = f"Your edit for {name!r} is no lie: the list is as true as before. What did you change?"
            return wrong("no-lie", text, "\n".join(rows))
        if lie.kind is not kind:
            text = f"Your edit for {name!r} is named {str(lie.kind)!r}. {_between(kind, lie.kind)}"
            return wrong(f"{name}-as-{lie.kind}".replace(" ", "-"), text, "\n".join(rows))
    text = "Three lies, three names. Which of them would pass if a validator compared only what transactions write?"
    return right(text, "\n".join(rows))


def _between(wanted: LieKind, got: LieKind) -> str:
    if wanted is LieKind.WRONG_INDEX and got is LieKind.WRONG_VALUE:
        return "At the true index stands another value now. Which value must move, and to which free index?"
    if wanted is LieKind.WRONG_INDEX:
        return "For a wrong index, the value stays on the list. Does yours still stand there, in ascending order?"
    if wanted is LieKind.MISSING_READ:
        return "A read is a slot that ends as it began. Which slots of box are reads?"
    return "For a wrong value, index and place stay as they are. Which number did you change?"


def catch_the_liar(answer: Any) -> Reply:
    """Judge which transaction's check fails, and what kind of lie it is."""
    if answer is None:
        return missing('a pair, such as (0, "wrong value").')
    number, kind = read_pair(
        answer, 'a pair: the lowest transaction that fails, and a kind, such as (0, "wrong value")'
    )
    tx_index = read_number(number, 0, 99, "the number of a transaction,")
    named = read_one_of(kind, [str(each) for each in LieKind], "a kind of lie")
    shown = "the list says that box slot 2 changes at 2:40 5:50 6:55"
    if tx_index == 3 and named == LieKind.WRONG_INDEX:
        text = "Transaction 3 leaves 50, and the list has nothing at index 4. Transaction 4 fails as well: what should "
        return right(text + "it leave, if the list were true?", shown)
    if named != LieKind.WRONG_INDEX and tx_index == 3:
        text = f"Transaction 3 it is. You call it {named}. The value 50 does stand on the list. What is wrong about it?"
        return wrong("another-kind", text, shown)
    if tx_index == 4:
        text = (
            "Transaction 4 only looks, and the list says that it leaves 50: it fails. But an earlier transaction does, "
        )
        return wrong("where-it-stands", text + "too. Who really leaves 50?", shown)
    if tx_index == 5:
        text = "Transaction 5 finds the last change with an index of at most 5. Is that value wrong?"
        return wrong("lies-spread", text, shown)
    if tx_index > 5:
        return wrong("no-such-transaction", f"There is no transaction {tx_index} here. How are the six counted?", shown)
    text = f"Run transaction {tx_index} on the list: what it leaves is what the list says at index {tx_index + 1}. "
    return wrong("a-true-entry", text + "At which index does the list say something else than its transaction?", shown)


def whole_block(answer: Any) -> Reply:
    """Judge the speedup of a block whose EVM became faster and whose state root became slower."""
    if answer is None:
        return missing("a number, such as 1.25.")
    mine = _decimal(answer, "a speedup")
    if abs(mine - whole(1.37, ROOT_SPEEDUP)) < 0.012:
        text = "More than the old time, with a faster EVM. Which of the two parts would you work on now?"
        return right(
            text,
            f"{EVM_PART} / 1.37 + {ROOT_PART} / 0.63 = {1 / whole(1.37, ROOT_SPEEDUP):.2f} of the old time: "
            f"{whole(1.37, ROOT_SPEEDUP):.2f} times the speed",
        )
    for value, belief, text in WHOLE_BLOCKS:
        if abs(mine - value) < 0.006:
            return wrong(belief, text)
    text = f"A speedup of {mine:g} means {1 / mine:.2f} of the old time. The EVM takes {EVM_PART} of it, divided by "
    return wrong("other-number", text + "1.37. What does the state root add to that?")


def break_even(answer: Any) -> Reply:
    """Judge the EVM's speedup with which a block is just as fast as on one thread."""
    if answer is None:
        return missing("a number, such as 1.25.")
    mine = _decimal(answer, "a speedup of the EVM")
    shown = f"EVM {mine:g} times as fast: the whole block {whole(mine, ROOT_SPEEDUP):.2f} times"
    if abs(mine - EVM_PART / (1 - ROOT_PART / ROOT_SPEEDUP)) < 0.05:
        return right("Only beyond this point does the block gain. What is the most that it can gain, at 0.63?", shown)
    if mine == 1:
        return wrong(
            "one-is-even",
            "1 leaves the EVM as it was, but the state root takes longer now. Who makes up for that?",
            shown,
        )
    if abs(mine - 1 / (1 - ROOT_PART / ROOT_SPEEDUP)) < 0.05:
        text = f"You let the EVM's old time be the whole block. It was {EVM_PART} of it. "
        return wrong("the-whole-block-was-evm", text + "What changes in your division?", shown)
    if abs(mine - 1 / ROOT_SPEEDUP) < 0.03:
        text = "You let the EVM gain the factor that the state root loses. But they do not take the same time. "
        return wrong("factors-cancel", text + "How much of the old time does the slower root take?", shown)
    if mine < EVM_PART / (1 - ROOT_PART / ROOT_SPEEDUP):
        return wrong(
            "not-yet-even",
            "The block still loses. How much of the old time is left for the EVM, next to the root?",
            shown,
        )
    return wrong(
        "more-than-even", "The block gains already. How much of the old time may the EVM take, next to the root?", shown
    )


def size_cap(answer: Any) -> Reply:
    """Judge how many slots may still be listed."""
    if answer is None:
        return missing("a number of slots.")
    mine = read_number(answer, 0, 10**9, "a number of slots")
    known = {
        30_000: ("addresses-are-free", "30,000 is the cap. Which entries count towards it, besides slots?"),
        60_000_000: ("gas-is-items", "That is the gas limit. How much gas pays for one entry?"),
        28_000: ("cost-taken-away", "You take 2,000 away once. How often is it paid?"),
        12_000: ("counts-the-accounts", "12,000 are there already. How many are allowed in all?"),
        42_000: ("adds-them", "You add what is there to what is allowed. Is there more room with more accounts?"),
        6_000: ("an-account-is-two", "You count an account twice. How many entries is an account without slots?"),
    }
    if mine == 18_000:
        return right(
            "Each is an address or a slot, however often it changes. Does a long list of *changes* cost gas, too?"
        )
    text = f"With {mine:,} slots there are {mine + 12_000:,} entries, each for 2,000 of gas. What do 60,000,000 allow?"
    return wrong(*known.get(mine, ("another-count", text)))


def _decimal(answer: Any, what: str) -> float:
    if type(answer) not in (int, float) or not 0.01 <= answer <= 1_000:
        raise InputError(repeat(answer), expected=f"a number: {what}, such as 1.25")
    return float(answer)


TURNS: Mapping[str, Turn] = {
    "ann-line": line_of("Ann"),
    "box-line": line_of("box"),
    "found-before": found_before,
    "be-the-liar": be_the_liar,
    "catch-the-liar": catch_the_liar,
    "whole-block": whole_block,
    "break-even": break_even,
    "size-cap": size_cap,
}
