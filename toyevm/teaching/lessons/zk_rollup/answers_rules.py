"""What lesson 13 says to a rule, to a cell that no rule protects, and to amounts that rob Bob."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toyevm.errors import InputError
from toyevm.rollups.zk.field import P
from toyevm.teaching.kit.stark.changed_cell import ChangedCell, rules_lines
from toyevm.teaching.kit.stark.named_table import signed
from toyevm.teaching.lab.turns import (
    Reply,
    call,
    missing,
    read_list,
    read_number,
    read_one_of,
    read_pair,
    repeat,
    right,
    wrong,
)
from toyevm.teaching.lessons.zk_rollup.book import ANN, ANN_BITS, BOB, COLUMNS, FAMILIES, ROWS, book, proven
from toyevm.teaching.lessons.zk_rollup.cells import NOT_A_POLYNOMIAL, FieldCell, NamedCells, names_read, number

CASES = (  # Ann before, Ann after, the amount, back: those that are right, then those that are not
    (40, 35, 5, 0), (35, 40, 5, 1), (20, 20, 0, 1), (12, 0, 12, 0), (0, 9, 9, 1),
    (40, 36, 5, 0), (40, 40, 5, 0), (40, 40, 5, 1), (40, 44, 5, 1), (40, 45, 5, 0), (35, 30, 5, 1), (40, 30, 5, 0),
    (40, 50, 5, 1),
)  # fmt: skip
NEEDED = ("following.ann", "now.ann", "now.amount", "now.back")
NO_NUMBER = "a number behind `return`; your function returns nothing."
BOB_AFTER = 57  # a balance that does not follow: a rule that leans on it fails
LEFT_OUT = "amount has these bits"
MOST, TOTAL = 1 << ANN_BITS, ANN + BOB
NOTHING = "With Ann {0} -> {1}, amount {2} and back {3}, your function returns nothing. What should it return there?"


def rule_with_a_condition(answer: Any) -> Reply:
    """Judge a rule for Ann's balance, with a column that says who pays."""
    if answer is None:
        return missing("a function.")
    for at, case in enumerate(CASES):
        try:
            value = _value(answer, *case)
        except InputError as error:
            return _no_number(str(error))
        if value is None:
            return missing(NO_NUMBER) if at == 0 else wrong("sometimes-nothing", NOTHING.format(*case))
        if (value == 0) != _holds(*case):
            return _misjudged(answer, *case)
    return right(
        "It is 0 for all payments in both directions, and for no other change. How many factors does your longest "
        "product have? That is the *degree* of the rule.",
        f"{len(CASES)} cases of {len(CASES)}",
    )


def _value(answer: Any, before: int, after: int, amount: int, back: int) -> int | None:
    """Return the number that a student's rule gives, or None if it gives nothing."""
    said = call(answer, *_rows(before, after, amount, back))
    if said is not None and said is not ... and type(said) not in (int, FieldCell):
        raise InputError(f"your function returns {repeat(said)}", expected="one number, made of +, - and *")
    return None if said is None or said is ... else number(said) % P


def _rows(before: int, after: int, amount: int, back: int) -> tuple[NamedCells, NamedCells]:
    """Return a row of the other book, and of the next one the balances: no rule needs more of it."""
    now = {"ann": before, "bob": BOB, "amount": amount, "back": back}
    following = {"ann": after, "bob": BOB_AFTER}
    return tuple(NamedCells(**{k: FieldCell(v) for k, v in row.items()}) for row in (now, following))  # type: ignore[return-value]


def _read(answer: Any, *case: int) -> set[str]:
    """Return the cells that a student's rule has used."""
    now, following = _rows(*case)
    call(answer, now, following)
    return names_read(now=now, following=following)


def _holds(before: int, after: int, amount: int, back: int) -> bool:
    return after == before + (2 * back - 1) * amount


def _no_number(words: str) -> Reply:
    if NOT_A_POLYNOMIAL in words:
        return wrong(
            "an-if-is-no-polynomial",
            "Your function does more than add, subtract and multiply. The verifier computes it at a random "
            "point, where `back` is neither 0 nor 1. Which product is 0 where a condition does not hold?",
        )
    _, ended, how = words.partition("it ended")
    raise InputError(f"your function {ended[3:]}{how}" if ended else words)


def _misjudged(answer: Any, before: int, after: int, amount: int, back: int) -> Reply:
    """Say for which balances the rule holds, of those that Ann could have afterwards."""
    accepted = [after for after in range(2 * TOTAL) if _value(answer, before, after, amount, back) == 0]
    true = before + (2 * back - 1) * amount
    row = f"Ann has {before}, back is {back}, and the amount is {amount}"
    words = ", ".join(map(str, accepted[:4])) + (", …" if len(accepted) > 4 else "") or "no balance at all"
    shown = f"{row}\nright afterwards:   {true}\nyour rule accepts:  {words}"
    text = f"{row}: she should have {true} afterwards. "
    read = _read(answer, before, after, amount, back)
    unread = [name for name in NEEDED if name not in read]
    if bobs := sorted(name for name in read if name.endswith(".bob")):
        text += f"Your rule uses `{'` and `'.join(bobs)}`. Whose balance is this rule about?"
        return wrong("bobs-balance", text, shown)
    if unread:
        text += f"Your rule does not use `{'` and `'.join(unread)}`. What does `{unread[0]}` say in this row?"
        return wrong("a-cell-is-missing", text, shown)
    if accepted == [before - (2 * back - 1) * amount]:
        belief = "back-is-ignored" if back else "turned-round"
        return wrong(belief, text + f"Your rule wants {accepted[0]}. Which sign does it give the amount here?", shown)
    if len(accepted) == 1:
        return wrong("another-sum", text + f"Your rule wants {accepted[0]}. What does it add or leave out?", shown)
    if len(accepted) == 2:
        text += f"Your rule accepts {accepted[0]} and {accepted[1]}. Which part of it depends on `back`?"
        return wrong("either-direction", text, shown)
    if accepted:
        text += "Your rule is 0 for all balances: one of its factors is 0 here. What should hold in that case?"
        return wrong("a-factor-is-zero", text, shown)
    text += f"Your rule is not 0 for that, nor for any other from 0 to {2 * TOTAL - 1}. "
    return wrong("never-zero", text + "Which sign has each balance in it?", shown)


def free_cell(answer: Any) -> Reply:
    """Judge a cell that can be changed while all rules hold: a pair, or a change that was made."""
    if answer is None:
        return missing('a row and a column, such as (4, "bob").')
    change = answer if isinstance(answer, ChangedCell) else _plus_one(answer)
    if not change.add:
        return missing("a change: move the slider `add` above, or give a row and a column.")
    shown = "\n".join(rules_lines(change))
    if not change.broken:
        return right(
            "No rule reads this cell. A rule looks at a row and the next one, and row 7 has no next. Nobody checks the "
            "range in row 7 either; so its balances are public. What could a prover write there otherwise?",
            shown,
        )
    return wrong(*_protected(change), shown)


def _protected(change: ChangedCell) -> tuple[str, str]:
    found = change.false.residues()
    noticed = [name for name, counts in found.items() if any(counts)]
    if "public" in noticed:
        return "public-cells", (
            "This balance is public, so a boundary constraint fixes it, and a rule joins it to the neighbouring row. "
            "Which cells of a row are not public?"
        )
    if " bit " in change.column:
        return "bits-are-free", f"A range check notices: {noticed[0]!r}. In which row does no rule begin?"
    rows = sorted({row for counts in found.values() for row, count in enumerate(counts) if count})
    where = f"row{'s' * (len(rows) > 1)} {' and '.join(map(str, rows))}"
    return "one-rule-for-each-cell", (
        f"{change.broken} values are not 0, in {where}. A rule joins a row to the next. Which row has no next?"
    )


def _plus_one(answer: Any) -> ChangedCell:
    row, column = read_pair(answer, 'a row and a column, such as (4, "bob")')
    row = read_number(row, 0, ROWS - 1, "a row")
    name = read_one_of(column, COLUMNS, "a column")
    table = book()
    flips = " bit " in name and table.trace[row, COLUMNS.index(name)]
    return ChangedCell(table, row, name, -1 if flips else 1)


def rob_bob(answer: Any) -> Reply:
    """Judge seven amounts with which Ann takes Bob's ether, under an AIR without one of its rules."""
    if answer is None:
        return missing("seven whole numbers, such as [5, 3, 9, 0, 12, 1, 4].")
    amounts = [read_number(one, -P, P, "an amount: a whole number") for one in read_list(answer, "seven amounts", 99)]
    weak = book(amounts, [LEFT_OUT])
    ann, bob = ([int(value) for value in weak.trace[:, at]] for at in (0, 1))
    shown = "\n".join(f"{name}  {' '.join(f'{signed(value):>5}' for value in column)}"
                      for name, column in (("Ann", ann), ("Bob", bob)))  # fmt: skip
    if ann[-1] >= MOST or bob[-1] >= MOST:
        return _out_of_range(ann[-1], bob[-1], shown)
    check = proven(weak)
    shown += f"\nquick    {'accepted' if check.valid else f'refused: {check.reason}'}"
    if not check.valid:
        return _still_refused(weak.residues(), ann, shown)
    if ann[-1] <= ANN:
        return _no_gain(amounts, ann[-1], shown)
    whole = proven(weak, book(amounts).air)
    return right(
        f"Ann has taken {ann[-1] - ANN} ether from Bob, with a valid proof. The engine made no mistake. Which "
        "line would you add to `quick`?",
        f"{shown}\nall rules  {'accepted' if whole.valid else f'refused: {whole.reason}'}",
    )


def _out_of_range(ann: int, bob: int, shown: str) -> Reply:
    text = f"At the end, Ann has {signed(ann)} and Bob {signed(bob)}. L1 refuses: both must be from 0 to 63. "
    if ann > P // 2:
        return wrong("pays-too-much", text + "Ann has paid Bob more than she had. Which amounts take from Bob?", shown)
    text += f"Ann began with {ANN}, Bob with {BOB}. How much ether does Bob have that she can take?"
    return wrong("more-than-there-is", text, shown)


def _no_gain(amounts: list[int], ann: int, shown: str) -> Reply:
    accepted = f"Accepted, and Ann ends with {ann} of {ANN}. "
    if all(0 <= one < 1 << 4 for one in amounts):
        text = "All your amounts are from 0 to 15. Which rule of the first book keeps them there, and is it in `quick`?"
        return wrong("true-amounts", accepted + text, shown)
    if any(one < 0 for one in amounts):
        return wrong("not-enough", accepted + "One amount gave her ether. How much do the others take away?", shown)
    text = "An amount of more than 15 is accepted, so nothing checks how large it is. What else does nothing check?"
    return wrong("only-larger", accepted + text, shown)


def _still_refused(residues: Mapping[str, list[int]], ann: list[int], shown: str) -> Reply:
    row = next(row for row, value in enumerate(ann) if value >= MOST)
    name = next(name for name in FAMILIES if any(residues.get(name, [])))
    text = (
        f"In row {row} Ann has {signed(ann[row])}. `quick` has the rule {name!r}, and six bits are a number from "
        "0 to 63. How can her balance grow and stay in that range?"
    )
    return wrong("overdraft" if ann[row] > P // 2 else "too-much-at-once", text, shown)
