"""The answer to "Break it" of sheet 06 is found by playing every list of moves that the task allows."""

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement

from tests.teaching.lab.bank import REPOSITORY, read_lesson

CORE_1 = ("LA", "WA", "LC", "WC")
LOWERED = {"LA": 1, "LC": 3}
WRITER_OF = {1: "WA", 3: "WC"}  # B reads what A.1 writes, D what C.1 writes


def kept_old(moves: Sequence[str]) -> set[int]:
    """Play the moves, then validate until nothing is left; return who keeps an outdated value."""
    index, written = 4, set[str]()
    fresh = set[int]()
    for move in (*moves, "V", "V", "V", "V"):
        if move in LOWERED:
            index = min(index, LOWERED[move])
        elif move in CORE_1:
            written.add(move)
        else:
            executed = [1, 3] + [tx for tx, end in ((0, "WA"), (2, "WC")) if end in written]
            tx = min((tx for tx in executed if tx >= index), default=4)
            if WRITER_OF.get(tx) in written:
                fresh.add(tx)
            index = min(tx + 1, 4)
    return {1, 3} - fresh


def orders(validations: int) -> Iterator[list[str]]:
    for places in combinations_with_replacement(range(5), validations):
        moves = ["V"] * places.count(0)
        for place, move in enumerate(CORE_1, 1):
            moves += [move, *["V"] * places.count(place)]
        yield moves


def test_one_shortest_order_leaves_both_outdated() -> None:
    lesson = read_lesson(REPOSITORY / "solutions" / "06-block-stm")
    assert kept_old(CORE_1) == set()
    shortest = [moves for count in range(3) for moves in orders(count) if kept_old(moves) == {1, 3}]
    assert shortest == [lesson.solution(lesson.exercises["unlucky_order"])]
