"""What each move of a script does, and what is compared after it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.teaching.hunt.test_hunt import LIFE, code_of, script
from toyevm.errors import InputError
from toyevm.teaching.hunt import judge
from toyevm.teaching.hunt.judge import SeenMove
from toyevm.teaching.hunt.scripts import READERS
from toyevm.teaching.hunt.stage import PEOPLE, Done, RollupStage
from toyevm.units import ETHER, GWEI

GIVES = [{"do": "deposit", "who": "Ann", "gwei": 50}, {"do": "propose"}]
SENT = [*GIVES, {"do": "settle"}, {"do": "withdraw", "who": "Ann", "gwei": 20}, {"do": "propose"}, {"do": "settle"}]
PAID = [{"do": "prove"}, {"do": "wait", "hours": 84}, {"do": "finalize"}]
TAKES = "STOP"


def played(*moves: dict[str, Any]) -> tuple[RollupStage, list[SeenMove]]:
    stage = RollupStage()
    return stage, [judge._play(stage, move) for move in script(*moves).moves]


def has(seen: SeenMove, name: str, layer: str) -> int:
    return seen.books[f"what {name} has on {layer}, in wei"]


def test_a_deposit_is_credited_to_whom_it_names() -> None:
    _, seen = played({"do": "deposit", "who": "Ann", "gwei": 50, "to": "Bob"}, {"do": "propose"})
    assert (has(seen[1], "Ann", "L2"), has(seen[1], "Bob", "L2")) == (0, 50 * GWEI)
    assert has(seen[1], "Ann", "L1") == 1_000 * ETHER - 50 * GWEI
    assert has(seen[1], "the portal", "L1") == 50 * GWEI


@pytest.mark.parametrize("forced", [False, True])
def test_a_payment_arrives_past_the_sequencer_too(forced: bool) -> None:
    stage, seen = played(*GIVES, {"do": "pay", "who": "Ann", "to": "Bob", "gwei": 7, "forced": forced})
    assert (len(stage.rollup.sent), len(stage.rollup.pool)) == (forced, not forced)
    _, seen = played(*GIVES, {"do": "pay", "who": "Ann", "to": "Bob", "gwei": 7, "forced": forced}, {"do": "propose"})
    assert (has(seen[-1], "Ann", "L2"), has(seen[-1], "Bob", "L2")) == (43 * GWEI, 7 * GWEI)


def test_a_withdrawal_is_paid_to_whom_it_names() -> None:
    moves = [*SENT, *PAID]
    moves[3] = moves[3] | {"to": "Bob"}
    _, seen = played(*moves)
    assert has(seen[-1], "Bob", "L1") == 1_000 * ETHER + 20 * GWEI
    assert has(seen[-1], "the portal", "L1") == 30 * GWEI


@pytest.mark.parametrize(
    ("skips", "deposits", "forced"), [("", 2, 1), ("deposits", 1, 1), ("forced", 2, 0), ("all", 1, 0)]
)
def test_a_block_skips_what_it_is_told_to(skips: str, deposits: int, forced: int) -> None:
    more = [GIVES[0], {"do": "pay", "who": "Ann", "to": "Bob", "gwei": 1, "forced": True}]
    stage, _ = played(*GIVES, *more, {"do": "propose", "skips": skips})
    assert stage.rollup.taken == (deposits, forced)
    assert len(stage.rollup.waiting) == 2 - deposits  # what was skipped waits still, and what was taken does not
    assert len(stage.rollup.sent) == 1 - forced


def test_another_amount_receiver_or_sender_is_another_message() -> None:
    for other in ({"gwei": 21}, {"to": "Bob"}, {"sender": "Bob"}):
        _, seen = played(*SENT, {"do": "prove", **other})
        assert seen[-1].done == Done(False, "not sent on L2"), other
        _, seen = played(*SENT, *PAID[:2], {"do": "finalize", **other})
        assert seen[-1].done == Done(False, "not proven"), other


def test_a_lie_that_nobody_has_stopped_is_built_upon() -> None:
    lie = {"do": "propose", "who": "Mallory", "lies": True}
    takes_all = {"do": "withdraw", "who": "Mallory", "gwei": 50}
    _, seen = played(*GIVES, {"do": "settle"}, takes_all, lie, {"do": "settle", "watched": False}, *PAID)
    assert has(seen[-1], "the portal", "L1") == 0
    assert has(seen[-1], "Mallory", "L1") > 1_000 * ETHER - 8 * 10**16  # without the bond, which she has not collected
    stage, seen = played(*GIVES, {"do": "settle"}, takes_all, lie, {"do": "settle"})
    assert (seen[-1].done.accepted, len(stage.rollup.proposals)) == (False, 1)
    with pytest.raises(InputError, match="has no place among the layer's blocks"):
        judge._play(stage, script({"do": "prove"}).moves[0])


def test_what_is_not_final_is_not_resolved() -> None:
    _, seen = played(*GIVES, {"do": "resolve"}, {"do": "wait", "hours": 85}, {"do": "resolve"})
    assert [each.done.accepted for each in seen[2:]] == [False, True, True]
    assert seen[2].books["L1's final state after block 1"] == 0 != seen[4].books["L1's final state after block 1"]


def test_no_time_is_a_second() -> None:
    stage, _ = played({"do": "wait", "hours": 0})
    assert stage.rollup.l1.now == played()[0].rollup.l1.now + 1


def test_ether_goes_with_a_call_a_creation_and_a_poke() -> None:
    pays = {"do": "call", "who": "Bob", "contract": "portal", "function": "deposit", "arguments": ["Ann"], "wei": GWEI}
    _, seen = played(
        pays,
        {"do": "deploy", "who": "Bob", "name": "box", "code": code_of(TAKES), "wei": 5},
        {"do": "poke", "who": "Bob", "name": "box", "wei": 7},
        {"do": "propose"},
    )
    assert has(seen[-1], "Ann", "L2") == GWEI
    assert has(seen[-1], "box", "L1") == 12
    assert has(seen[-1], "Bob", "L1") == 1_000 * ETHER - GWEI - 12


def test_a_creation_that_fails_gives_no_name() -> None:
    stage, seen = played({"do": "deploy", "who": "Bob", "name": "box", "code": b"\xfe"})
    assert not seen[0].done.accepted
    with pytest.raises(InputError, match="unknown name 'box'"):
        judge._play(stage, script({"do": "poke", "who": "Bob", "name": "box"}).moves[0])


def test_everybody_and_everything_is_in_the_books() -> None:
    _, seen = played(*GIVES, {"do": "deploy", "who": "Bob", "name": "box", "code": code_of(TAKES)})
    people = {f"what {name} has on {layer}, in wei" for name in PEOPLE for layer in ("L1", "L2")}
    things = {f"what {name} has on L1, in wei" for name in ("the portal", "the contract of the games", "box")}
    assert set(seen[-1].books) == people | things | {"L1's final state after block 1"}


@pytest.mark.parametrize(
    "name", ["what Ann has on L1, in wei", "what Bob has on L2, in wei", "L1's final state after block 1"]
)
def test_a_difference_in_any_book_is_a_difference(name: str) -> None:
    _, seen = played(*GIVES)
    other = SeenMove(seen[-1].done, {**seen[-1].books, name: seen[-1].books[name] + 1})
    assert judge._difference(other, seen[-1]).startswith(f"{name}: ")
    assert judge._difference(seen[-1], seen[-1]) == ""
    missing = SeenMove(seen[-1].done, {key: value for key, value in seen[-1].books.items() if key != name})
    assert judge._difference(missing, seen[-1]).startswith(f"{name}: nothing, and ")


def test_what_has_no_end_is_ended_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "SECONDS", 0.4)
    stage, seen = played(*LIFE)
    slow = script(*LIFE, *[{"do": "propose"}] * 3)
    monkeypatch.setitem(judge.MOVES, "propose", lambda stage: [None for _ in iter(int, 1)])
    assert judge._play_alone(slow, b"").void == "move 1, propose: no end in 0 seconds"
    assert judge._compare(script({"do": "propose"}), seen[:1], stage) == (0, "propose: no end in 1 seconds")


BAD_FIELDS: list[tuple[str, Any]] = [
    ("gwei", 10**12 + 1), ("wei", 10**21 + 1), ("hours", 10_001), ("message", 41), ("proposal", 1.0), ("gwei", "5"),
    ("arguments", [0] * 11), ("arguments", [1.5]), ("arguments", [True]), ("arguments", "Ann"), ("name", "x" * 41),
    ("name", ""), ("name", "a\nb"), ("contract", "token"), ("attack", "rage"), ("who", None), ("forced", 1),
    ("code", "0x0"), ("data", 7),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD_FIELDS, ids=range(len(BAD_FIELDS)))
def test_a_field_that_cannot_be_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InputError, match="here"):
        READERS[name](value, "here")
