"""Lesson 17's studies: waiting and repeated work are told apart, and what is odd is refused in a line."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import take_turn
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.energy_and_claims import EnergyPlayer, look, show_energy
from toyevm.teaching.lessons.energy_and_claims.predictions import kinds, later_blocks
from toyevm.teaching.lessons.energy_and_claims.settings import BLOCKS, CORES, WAITING, energy_in, in_order

numpy = pytest.importorskip("numpy")


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("cores", CORES)
def test_in_order_one_core_works_and_the_others_wait(block: str, cores: int) -> None:
    run = energy_in(block, "in order", cores)
    assert (run.busy, run.idle) == (pytest.approx(1), pytest.approx((cores - 1) * WAITING))


def test_only_conflicts_make_work_of_the_same_block() -> None:
    assert energy_in("strangers", "optimistic", 16).busy < 1.05
    assert energy_in("one counter", "optimistic", 16).busy > 10


NAN = float("nan")
ODD: list[dict[str, Any]] = [
    {"cores": "many"}, {"cores": NAN}, {"cores": -1}, {"cores": 3}, {"cores": 4.0}, {"cores": True}, {"cores": None},
    {"cores": [4]}, {"cores": {}}, {"cores": 10**400}, {"cores": numpy.array([[4, 8], [1, 2]])}, {"block": 3},
    {"block": "Strangers"}, {"block": ""}, {"block": "x" * 5_000}, {"way": b"in order"}, {"way": ("in order",)},
]  # fmt: skip


@pytest.mark.parametrize(
    "odd", ODD, ids=lambda odd: " ".join(f"{name}-{type(value).__name__}" for name, value in odd.items())
)
def test_an_odd_value_is_refused_in_one_line_and_changes_nothing(odd: dict[str, Any]) -> None:
    player = EnergyPlayer()
    before = player.text
    with pytest.raises(InputError, match="expected") as refused:
        player.set(**odd)
    assert player.text == before
    (line,) = refused.value._render_traceback_()
    assert "\n" not in line
    assert len(line) < 160
    with pytest.raises(InputError, match="expected"):
        show_energy(**{"block": "strangers", "way": "in order", "cores": 1} | odd)


@pytest.mark.parametrize(
    ("named", "words"), [({"core": 4}, "no switch 'core'"), ({"block": "one counter", "x": 1}, "'x'")]
)
def test_an_unknown_name_is_refused_and_changes_nothing(named: dict[str, Any], words: str) -> None:
    player = EnergyPlayer()
    with pytest.raises(InputError, match=words):
        player.set(**named)
    assert player.chosen == ("strangers", "in order", 1)


def test_one_core_may_be_named_by_the_word_on_its_button() -> None:
    player = EnergyPlayer()
    player.set(cores="16")
    assert player.chosen[2] == 16


def test_the_missed_kinds_of_pairs_are_counted_whole() -> None:
    met = {example.name: set(example.pairs) for example in later_blocks()}
    lines = kinds(met)
    assert sum(int(line.split(":")[0]) for line in lines) == sum(map(len, met.values()))
    assert kinds({name: set() for name in met}) == []


def test_what_goes_wrong_in_a_students_rule_names_the_transactions() -> None:
    reply = take_turn("17-energy-and-claims", "meet", lambda one, other: one.payee == other.payee)
    assert "`meet` of transactions 0 and 1: it ended in AttributeError" in reply.text
    assert "given ," not in reply.text


def test_on_the_same_cores_energy_falls_with_speed_but_for_the_one_counter() -> None:
    """What the lesson says: Gil is right of most blocks, and refuted by the counter on a few cores."""
    for block in BLOCKS:
        for way, cores in product(("optimistic", "Block-STM"), CORES[1:]):
            run, more = energy_in(block, way, cores), energy_in(block, way, cores).total > in_order(block, cores).total
            assert more == (block == "one counter"), (block, way, cores)
            right = take_turn("17-energy-and-claims", "wasteful", (block, way, cores)).status is Status.RIGHT
            assert right == (more and run.speedup >= 1.1)


def test_the_longest_chain_is_told_of_lies() -> None:
    for pairs, longest in (([(0, 1)], 2), ([(2, 3), (0, 2), (1, 2), (3, 9)], 4), ([(0, at) for at in range(1, 9)], 2)):
        assert f"has {longest} transactions" in take_turn("17-energy-and-claims", "lie", pairs).text
    assert take_turn("17-energy-and-claims", "lie", [(at, at + 1) for at in range(25)]).status is Status.WRONG


def test_a_student_may_look_at_what_a_message_names() -> None:
    first, second = look(11, 19, 20).splitlines()
    assert first.startswith("19: sender …")
    assert "to …7777" in first
    assert "to …7777" in second
    for odd in ((10, 1), (11, 40), (11, -1), ([], 1), (11, "x")):
        with pytest.raises(InputError, match="look"):
            look(*odd)
