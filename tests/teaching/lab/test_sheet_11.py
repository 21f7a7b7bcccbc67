"""What is right in sheet 11, found in another way: whole machines, all lies, clocks that tick, fractions."""

from collections import deque
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import ceil
from typing import Any

import pytest

from tests.teaching.lab.bank import REPOSITORY, Lesson, read_lesson, rows_of
from toyevm.teaching.lab.judge_values import record

SHEET = REPOSITORY / "solutions" / "11-optimistic-rollup"
CELLS = ([7, 0, 5, 9], [40, 40, 2, 13])  # of the two machines in the cases
PRICES = {"NEXT": 1, "LOAD": 3, "STORE": 3}


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read_lesson(SHEET)


def disputed(agree: Callable[[int], bool], low: int, high: int) -> list[int]:
    """Return the states that are named, and then the step that is left."""
    if high == low + 1:
        return [low]
    middle = low + (high - low) // 2
    return [middle, *(disputed(agree, middle, high) if agree(middle) else disputed(agree, low, middle))]


def queue_states(program: list[str]) -> list[list[int]]:
    """Return the queue before each operation, and after the last one."""
    queue: deque[int] = deque()
    states: list[list[int]] = [[]]
    for words in program:
        name, *operand = words.split()
        if name == "PUSH":
            queue.append(int(operand[0]))
        elif name == "COPY":
            queue.append(queue[0])
        elif name != "STOP":
            left, right = queue.popleft(), queue.popleft()
            queue.append({"ADD": left + right, "SUB": left - right, "MUL": left * right}[name] % 100)
        states.append(list(queue))
    return states


def test_the_dispute_follows_from_the_tables_in_the_prompt(lesson: Lesson) -> None:
    item = lesson.exercises["played"]
    mine, hers = (
        [int(cell) for cell in row.split(" | ")] for row in rows_of(item.prompt, r"(?:your|Mallory's)[^|]* \| (.*)")
    )
    steps = rows_of(item.prompt, r"\d \| `([^`]+)` \| (\d+): (.+)")
    states = queue_states([program for program, _, _ in steps])
    shown = [[], *(eval(state.strip("`")) for _, _, state in steps[:-1])]
    *between, transaction = disputed(lambda k: mine[k] == hers[k], 0, len(mine) - 1)
    *within, step = disputed(lambda k: states[k] == shown[k], 0, len(steps))
    assert mine[transaction + 1] == states[-1][-1]
    assert f"{hers[transaction + 1]} goes into slot 0" in steps[-1][2]
    deepest = 2 * next(depth for depth in range(99) if 1 << depth >= 1_100)
    assert [*between, *within, step, states[step + 1][-1], deepest] == lesson.solution(item)
    assert transaction != next(k for k in range(len(mine)) if mine[k] != hers[k]) - 1


@pytest.mark.parametrize("name", ["played", "settled"])
def test_each_wrong_number_has_a_message_of_its_entry(lesson: Lesson, name: str) -> None:
    """At home or at the marker's: at home there must not be one for each (`test_leaks`)."""
    item = lesson.marking.exercise(name)
    solution = lesson.solution(item)
    for at, right in enumerate(solution):
        near = {right - 1, right + 1} if right < 10 or right > 3000 else set()
        for number in near:
            told = record(item, [*solution[:at], number, *solution[at + 1 :]]).misconception
            assert told, (at + 1, number)
            assert f"Entry {at + 1}: you say {number:,}." in told.message


def whole_machine(op: str, gas: int, at: int, value: int, cells: list[int]) -> tuple[int, int, int, list[int]]:
    """Do a step on all four cells, without any hash."""
    if gas < PRICES[op] or (op != "NEXT" and at >= len(cells)):
        return 0, at, value, cells
    gas -= PRICES[op]
    if op == "NEXT":
        return gas, at + 1, value, cells
    if op == "LOAD":
        return gas, at, cells[at], cells
    return gas, at, value, [*cells[:at], value, *cells[at + 1 :]]


def sealed(names: dict[str, Any], gas: int, at: int, value: int, cells: list[int]) -> str:
    root = names["hash_of"](names["hash_of"](*cells[:2]), names["hash_of"](*cells[2:]))
    return str(names["seal"](gas, at, value, root))


def touches(op: str, gas: int, at: int) -> bool:
    return op != "NEXT" and gas >= PRICES[op] and at <= 3


def test_the_verifier_agrees_with_the_whole_machine_and_refuses_every_other_witness(lesson: Lesson) -> None:
    after, names = lesson.solution(lesson.exercises["after"]), lesson.names
    for op, gas, at, cells in product(PRICES, range(5), range(7), CELLS):
        true = names["witness"](gas, at, 6, cells)
        before, result = names["seal"](*true[:4]), sealed(names, *whole_machine(op, gas, at, 6, cells))
        assert after(before, op, *true) == result
        for place in range(6):
            other = [
                *true[:place],
                [] if place == 5 else "abcd0123" if place == 3 else true[place] + 1,
                *true[place + 1 :],
            ]
            refused = place < 4 or touches(op, gas, at)
            assert after(before, op, *other) == ("refused" if refused else result), (op, other)


def test_a_case_is_refused_where_its_witness_is_not_that_of_the_only_state_with_this_seal(lesson: Lesson) -> None:
    names = lesson.names
    states = {
        sealed(names, gas, at, value, cells): (gas, at, value, cells)
        for gas, at, value, cells in product(range(31), range(10), (0, 1, 6, 7, 99), CELLS)
    }
    for case in lesson.marking.cases("after"):
        before, op, *witness = case.given["args"]
        gas, at, value, cells = states[before]
        fits = witness[:4] == names["witness"](gas, at, value, cells)[:4]
        if touches(op, gas, at):
            fits = fits and witness == names["witness"](gas, at, value, cells)
        expected = sealed(names, *whole_machine(op, gas, at, value, cells)) if fits else "refused"
        assert case.expect["value"] == expected, case.name


def test_the_bonds_follow_from_the_claims_and_none_is_made_or_lost(lesson: Lesson) -> None:
    for case in lesson.marking.cases("payouts"):
        (claims,) = case.given["args"]

        def winner(number: int, claims: list[Any] = claims) -> str | None:
            """Return who beats a claim, or None if it stands."""
            standing = (name for k, (to, name, _) in enumerate(claims) if to == number and winner(k, claims) is None)
            return next(standing, None)

        returned = [(winner(number) or name, bond) for number, (_, name, bond) in enumerate(claims)]
        names = {name for _, name, _ in claims}
        put_in = {one: sum(bond for _, name, bond in claims if name == one) for one in names}
        won = {one: sum(bond for name, bond in returned if name == one) - put_in[one] for one in names}
        assert case.expect["value"] == won, case.name
        assert sum(won.values()) == 0


def test_the_unseen_lies_change_no_posted_commitment_and_all_others_do(lesson: Lesson) -> None:
    commitments = lesson.names["commitments"]
    for case in lesson.marking.cases("unseen"):
        covers, posted = case.given["args"]

        def is_seen(lies: list[int], covers: list[list[int]] = covers, posted: list[int] = posted) -> bool:
            claimed, true = commitments(covers, lies), commitments(covers, [])
            return any(claimed[k] != true[k] for k in posted)

        unseen = case.expect["value"]
        assert unseen == [k for k in range(1, len(covers)) if not is_seen([k])], case.name
        assert not is_seen(unseen), case.name


def dispute(moves: int, clock: int, delays: dict[str, int]) -> tuple[dict[str, int], int]:
    """Let hours pass: who has made how many moves in time, and in which hour the dispute is over."""
    made, left, hour = {"proposer": 1, "challenger": 0}, {"proposer": clock, "challenger": clock}, 0
    for move in range(1, moves):
        side = "challenger" if move % 2 else "proposer"
        for _ in range(delays[side]):
            left[side], hour = left[side] - 1, hour + 1
            if left[side] == 0:
                return made, hour
        made[side] += 1
    return made, hour


def test_the_nine_numbers_follow_from_the_table_in_the_prompt(lesson: Lesson) -> None:
    item = lesson.exercises["settled"]
    (times,) = rows_of(
        item.prompt, r"time \| .* (\d) days in all \| objections within (\d) days; .* within (\d) more days \| .*"
    )
    clock, objections, proof = (24 * int(days) for days in times)
    bonds = [1 << move for move in range(7)]
    longest = max(
        dispute(99, clock, {"challenger": mine, "proposer": hers})[1] for mine in range(99) for hers in range(99)
    )
    kept_out, _ = dispute(7, clock, {"challenger": 36, "proposer": 0})
    _, silent = dispute(7, clock, {"challenger": 10**6, "proposer": 0})
    wait = Fraction(objections + proof, 24 * 365) * Fraction(5, 100)
    proofs = 12 * 365 * Fraction(2, 10)
    enough = next(ether for ether in range(10_000) if ether * 365 * wait > proofs)
    assert lesson.solution(item) == [
        ceil(longest / 24), silent // 24, sum(bonds[1::2]), kept_out["challenger"], (objections + proof) // 24,
        objections, 1_000 * 365 * wait, proofs, enough,
    ]  # fmt: skip
