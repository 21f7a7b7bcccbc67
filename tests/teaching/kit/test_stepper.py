"""The stepper's view is a pure function of the records: everything about it is tested without a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from itertools import product
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import pretend
from tests.support.pictures import hide_ipywidgets
from toyevm.assembler import assemble
from toyevm.errors import InputError
from toyevm.forks import FORKS, LONDON, OSAKA, PARIS, Fork
from toyevm.state import Account, WorldState
from toyevm.teaching.kit.stepper import Stepper, describe_step, gas_by_opcode, print_step, show_gas, show_step
from toyevm.teaching.kit.stepper.gas_parts import gas_parts
from toyevm.teaching.kit.stepper.glosses import gloss_of, written_gloss
from toyevm.teaching.kit.stepper.scene import Mark, StepScene, scene_of
from toyevm.tracer import StepRecord, record_steps
from toyevm.vm.message import DEFAULT_ADDRESS, begin_message, default_env, world_with_code
from toyevm.vm.opcodes import OPCODES

OTHER = b"\xbb" * 20


def steps_of(source: str, gas: int = 100_000, storage: dict[int, int] | None = None) -> list[StepRecord]:
    return list(record_steps(begin_message(world_with_code(assemble(source), storage=storage), gas=gas)))


def steps_with_callee(caller: str, callee: str) -> list[StepRecord]:
    accounts = {
        DEFAULT_ADDRESS: Account(nonce=1, code=assemble(caller)),
        OTHER: Account(nonce=1, code=assemble(callee)),
    }
    return list(record_steps(begin_message(WorldState(accounts), gas=200_000)))


PUSH_OTHER = f"PUSH20 0x{OTHER.hex()}"
CALL_OTHER = f"PUSH0 PUSH0 PUSH0 PUSH0 PUSH0 {PUSH_OTHER} PUSH2 50000 CALL"


def named(steps: list[StepRecord], name: str) -> StepScene:
    """The scene of the first step with this opcode."""
    return scene_of(steps, next(step.index for step in steps if step.opcode.name == name))


def words_of(picture: str) -> list[str]:
    """All words drawn, a string for each text element."""
    return [
        "".join(element.itertext())
        for element in ElementTree.fromstring(picture).iter()
        if element.tag.endswith("text")
    ]


def marks(cells: Any) -> list[tuple[str, int]]:
    return [(str(cell.mark or cell.name), cell.word) for cell in cells]


# What was taken, what is left


def test_the_operands_of_sub_are_named_in_their_order() -> None:
    steps = steps_of("PUSH1 9 PUSH1 2 PUSH1 3 SUB")
    scene = scene_of(steps, 3)
    assert [(cell.mark, cell.name, cell.word) for cell in scene.before] == [
        (Mark.TAKEN, "a", 3), (Mark.TAKEN, "b", 2), (Mark.NONE, "", 9)]  # fmt: skip
    assert marks(scene.after) == [("left", 1), ("", 9)]
    assert scene.does == "a - b = 3 - 2 = 1"
    drawn = words_of(show_step(steps, 3).svg)
    assert {"taken: a", "taken: b", "left", "SUB"} <= set(drawn)


def test_a_subtraction_below_zero_is_said_to_wrap_around() -> None:
    assert "wraps around at 2**256" in scene_of(steps_of("PUSH1 3 PUSH1 2 SUB"), 2).does
    assert "wraps" not in scene_of(steps_of("PUSH1 2 PUSH1 3 SUB"), 2).does


def test_dup_marks_its_word_as_copied_and_not_as_taken() -> None:
    scene = named(steps_of("PUSH1 10 PUSH1 20 DUP2"), "DUP2")
    assert marks(scene.before) == [("", 20), ("copied", 10)]
    assert marks(scene.after) == [("copy", 10), ("", 20), ("", 10)]
    assert scene.does == "copies the 2nd word onto the top: 10"


def test_swap_says_which_word_came_from_where_even_if_both_are_equal() -> None:
    scene = named(steps_of("PUSH1 5 PUSH1 7 PUSH1 5 SWAP2"), "SWAP2")
    assert [cell.name for cell in scene.before] == ["top", "", "3rd"]
    assert [cell.name for cell in scene.after] == ["was 3rd", "", "was top"]


def test_a_written_slot_and_its_operands_are_marked() -> None:
    steps = steps_of("PUSH1 42 PUSH0 SSTORE")
    scene = named(steps, "SSTORE")
    assert [(cell.name, cell.word) for cell in scene.before] == [("slot", 0), ("value", 42)]
    (slot,) = scene.slots
    assert (slot.before, slot.after, slot.is_written) == (0, 42, True)
    drawn = words_of(show_step(steps, 2).svg)
    assert "0 → 42" in drawn
    assert "slot 0  written" in drawn
    assert describe_step(steps, 2).split("\n") == [
        "step 3 of 4   pc 3   SSTORE   gas 99,995 -> 77,895   (-22,100: cold slot 2,100, zero to non-zero 20,000)",
        "does     writes value 42 to storage slot 0",
        "stack    top first: before  [taken slot 0, taken value 42 (0x2a)]   after  []",
        "memory   (empty)",
        "storage  0xcccc…cccc  slot 0   0 -> 42 (0x2a)   first change in this run",
        "reads    (0xcccc…cccc, slot 0)   <- SSTORE reads too: its price depends on what was there",
    ]


def test_memory_that_is_read_or_written_is_marked_byte_by_byte() -> None:
    steps = steps_of("PUSH1 255 PUSH1 40 MSTORE8 PUSH1 1 MLOAD")
    scene = named(steps, "MSTORE8")
    assert (scene.written, scene.read) == (range(40, 41), range(0))
    assert [row.offset for row in scene.memory] == [0, 32]
    assert named(steps, "MLOAD").read == range(1, 33)
    assert describe_step(steps, 4).count("<- read") == 2
    assert "byte 32" in describe_step(steps, 4)


def test_memory_that_is_overwritten_shows_what_was_there() -> None:
    steps = steps_of("PUSH1 5 PUSH0 MSTORE PUSH1 6 PUSH0 MSTORE")
    first, second = (describe_step(steps, index).split("\n") for index in (2, 5))
    assert "memory   (empty)" in describe_step(steps, 0)
    assert [line[-16:] for line in first if line.startswith("memory")] == ["<- new and written"[-16:]]
    assert [line[-14:] for line in second if line.startswith("memory")] == ["05   <- before", "6   <- written"]
    drawn = words_of(show_step(steps, 5).svg)
    assert {"before", "00" * 31 + "05", "00" * 31 + "06"} <= set(drawn)


def test_a_log_says_what_it_announces() -> None:
    steps = steps_of("PUSH1 8 PUSH0 MSTORE PUSH1 99 PUSH1 32 PUSH0 LOG1")
    line = "from 0xcccc…cccc: 32 bytes of data = 8, topic 99"
    assert f"log      {line}" in describe_step(steps, 6).split("\n")
    assert line in words_of(show_step(steps, 6).svg)
    assert not any("log  " in describe_step(steps, index) for index in range(6))


def test_a_read_is_shown_even_if_an_earlier_step_did_it_first() -> None:
    steps = steps_of("PUSH0 SLOAD PUSH1 1 ADD PUSH0 SSTORE PUSH0 SLOAD")
    assert "reads    (0xcccc…cccc, slot 0)" in describe_step(steps, 1).split("\n")
    why = "read already at step 2; SSTORE reads too: its price depends on what was there"
    assert f"(0xcccc…cccc, slot 0)   <- {why}" in describe_step(steps, 5)
    assert why in words_of(show_step(steps, 5).svg)
    assert describe_step(steps, 7).endswith("<- read already at step 2")
    failing = steps_of("PUSH0 SLOAD PUSH1 1 ADD PUSH0 SSTORE", gas=10_000)
    assert f"(0xcccc…cccc, slot 0)   <- {why}" in describe_step(failing, 5)


def test_a_refund_is_shown_where_it_is_earned() -> None:
    steps = steps_of("PUSH0 PUSH0 SSTORE", storage={0: 5})
    assert "refund   0 -> 4,800   <- this much gas is given back" in describe_step(steps, 2)
    assert any(words.startswith("0 → 4,800") for words in words_of(show_step(steps, 2).svg))


def test_after_a_write_the_value_at_the_start_is_still_shown() -> None:
    steps = steps_of("PUSH1 5 PUSH0 SSTORE PUSH1 6 PUSH0 SSTORE", storage={0: 4})
    assert "slot 0   5   was 4" in describe_step(steps, 3)
    assert "slot 0  was 4" in words_of(show_step(steps, 3).svg)


def test_the_bar_says_how_much_gas_the_call_has_used() -> None:
    steps = steps_of("PUSH1 2 PUSH1 3 SUB")
    so_far = [[words for words in words_of(show_step(steps, at).svg) if "so far" in words] for at in range(4)]
    assert so_far[0] == []
    assert so_far[2] == ["gas of this call so far: 6"]
    assert so_far[3] == [f"gas of this call so far: {sum(step.gas_cost for step in steps)}"]


def test_the_last_step_shows_that_the_call_is_over_and_not_what_it_leaves() -> None:
    steps = steps_of("PUSH1 1 PUSH1 1 PUSH0 MSTORE STOP")
    assert scene_of(steps, 4).frame_ends
    assert "after  (the call is over)" in describe_step(steps, 4)
    said = [*words_of(show_step(steps, 4).svg), describe_step(steps, 4)]
    assert [words for words in said if "gone" in words or "stays" in words] == []
    assert "its changes undone" not in describe_step(steps, 4)


def test_a_step_that_fails_shows_nothing_as_taken_or_written() -> None:
    steps = steps_of("PUSH1 1 PUSH0 SSTORE", gas=10_000)
    scene = scene_of(steps, 2)
    assert [(cell.mark, cell.name) for cell in scene.before] == [(Mark.KEPT, "slot"), (Mark.KEPT, "value")]
    assert "[not taken slot 0, not taken value 1]" in describe_step(steps, 2)
    assert scene.does.startswith("fails (out of gas)")
    assert scene.gas[0].amount == 9_995
    assert "out of gas, lost 9,995" in describe_step(steps, 2)
    assert not any(slot.is_written for slot in scene.slots)


def test_a_failing_step_with_fewer_words_than_operands_is_shown() -> None:
    steps = steps_of("PUSH1 1 ADD")
    assert "stack underflow" in describe_step(steps, 1)
    assert show_step(steps, 1).svg


# Storage over the run


def test_a_slot_shows_the_value_it_had_at_that_moment() -> None:
    steps = steps_of("PUSH1 5 PUSH0 SSTORE PUSH1 6 PUSH0 SSTORE", storage={0: 4})
    seen = [scene_of(steps, index).slots[0] for index in range(len(steps))]
    assert [(slot.before, slot.after) for slot in seen] == [(4, 4), (4, 4), (4, 5), (5, 5), (5, 5), (5, 6), (6, 6)]


def test_what_a_slot_held_before_is_drawn_only_where_it_has_room() -> None:
    long, more = 10**25, 10**25 + 10**18
    steps = steps_of(f"PUSH32 {more} PUSH0 SSTORE PUSH0", storage={0: long})
    assert "was 0x" in describe_step(steps, 3)
    assert "slot 0" in words_of(show_step(steps, 3).svg)  # and no "was 0x…" that the value would be written upon


def test_a_revert_shows_storage_going_back() -> None:
    steps = steps_of("PUSH1 5 PUSH0 SSTORE PUSH0 PUSH0 REVERT", storage={0: 4})
    last = scene_of(steps, len(steps) - 1).slots[0]
    assert (last.before, last.after, last.note) == (5, 4, "undone")


def test_a_failing_call_undoes_what_calls_inside_it_did() -> None:
    inner = f"PUSH1 7 PUSH0 SSTORE {CALL_OTHER.replace(OTHER.hex(), DEFAULT_ADDRESS.hex())} INVALID"
    outer = f"CALLER {PUSH_OTHER} EQ PUSH @back JUMPI {CALL_OTHER} PUSH0 SLOAD STOP "
    outer += "back: JUMPDEST PUSH1 9 PUSH0 SSTORE"
    steps = steps_with_callee(outer, inner)
    final = scene_of(steps, len(steps) - 1)
    assert any(change.after == 9 for step in steps for change in step.storage_changes)
    assert [(slot.before, slot.after) for slot in final.slots] == [(0, 0)]


# Gas


PROGRAMS = {
    "arithmetic": "PUSH1 2 PUSH2 300 EXP PUSH1 3 MULMOD",
    "memory": "PUSH1 1 PUSH2 1000 MSTORE PUSH1 64 PUSH1 1 PUSH2 2000 MCOPY PUSH1 70 PUSH0 KECCAK256",
    "storage": "PUSH1 1 PUSH0 SSTORE PUSH1 2 PUSH0 SSTORE PUSH0 PUSH0 SSTORE PUSH0 PUSH0 SSTORE PUSH1 9 SLOAD",
    "copies": f"PUSH1 33 PUSH0 PUSH0 CODECOPY PUSH0 DUP1 DUP1 CALLDATACOPY PUSH1 40 DUP1 DUP1 {PUSH_OTHER} EXTCODECOPY",
    "accounts": f"{PUSH_OTHER} BALANCE {PUSH_OTHER} EXTCODEHASH ADDRESS EXTCODESIZE",
    "logs": "PUSH1 1 PUSH1 2 PUSH1 33 PUSH1 3 LOG2",
    "call": f"{CALL_OTHER} {CALL_OTHER}",
    "value": f"PUSH0 PUSH0 PUSH0 PUSH0 PUSH1 0 {PUSH_OTHER} GAS CALL PUSH0 PUSH0 PUSH0 PUSH0 PUSH1 4 GAS CALL",
    "create": "PUSH0 PUSH0 PUSH0 CREATE PUSH1 32 PUSH0 PUSH0 CREATE",
    "selfdestruct": f"{PUSH_OTHER} SELFDESTRUCT",
    "out of gas": "PUSH1 1 PUSH32 0x" + "ff" * 32 + " MSTORE",
    "revert": "PUSH1 32 PUSH0 REVERT",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_reasons_add_up_to_the_price_of_each_step(name: str) -> None:
    steps = steps_with_callee(PROGRAMS[name], "PUSH1 3 PUSH1 1 SSTORE")
    for step, following in zip(steps, [*steps[1:], None]):
        parts = gas_parts(step, following)
        assert sum(part.amount for part in parts) == step.gas_cost
        assert all(part.amount > 0 and part.reason for part in parts)


@pytest.mark.parametrize(
    ("program", "storage", "reasons"),
    [
        ("PUSH1 1 PUSH0 SSTORE", {}, ["cold slot", "zero to non-zero"]),
        ("PUSH1 1 PUSH0 SSTORE", {0: 5}, ["cold slot", "non-zero to another value"]),
        ("PUSH0 PUSH0 SSTORE", {0: 5}, ["cold slot", "non-zero to zero"]),
        ("PUSH1 5 PUSH0 SSTORE", {0: 5}, ["cold slot", "same value"]),
        ("PUSH0 SLOAD PUSH1 1 PUSH0 SSTORE", {}, ["zero to non-zero"]),
        ("PUSH1 2 PUSH0 SSTORE PUSH1 1 PUSH0 SSTORE", {}, ["already changed in this transaction"]),
    ],
)
def test_sstore_says_why_it_costs_what_it_costs(program: str, storage: dict[int, int], reasons: list[str]) -> None:
    steps = steps_of(program, storage=storage)
    assert [part.reason for part in gas_parts(steps[-2])] == reasons


def test_gas_that_a_call_takes_along_is_counted_once() -> None:
    steps = steps_with_callee(CALL_OTHER, "PUSH1 3 PUSH1 1 SSTORE")
    totals = gas_by_opcode(steps)
    assert sum(gas for _, gas in totals.values()) == 200_000 - steps[-1].gas_after
    assert totals["CALL"][1] == 2_600
    assert next(iter(totals)) == "SSTORE"


def test_the_bars_show_the_numbers_of_the_table() -> None:
    picture = show_gas(steps_of("PUSH1 1 PUSH0 SSTORE"))
    rows = [line.split() for line in picture.text.split("\n")[1:-1]]
    drawn = " ".join(words_of(picture.svg))
    assert all(f"{gas}  ({share})" in drawn for _, _, gas, share in rows)
    assert "SSTORE: 22,100 gas" in picture.svg


# The picture and its twin


SHOWN = "PUSH1 255 PUSH1 33 MSTORE PUSH1 33 MLOAD DUP1 PUSH1 3 SSTORE PUSH1 3 SLOAD SWAP1 SUB PUSH1 32 PUSH0 RETURN"


@pytest.mark.parametrize("source", [SHOWN, f"{CALL_OTHER} PUSH0 SSTORE", "PUSH1 1 JUMP", "JUMPDEST PUSH0 JUMP"])
def test_the_picture_holds_every_number_of_its_text(source: str) -> None:
    steps = steps_of(source, gas=60_000)[:60]
    for index in range(len(steps)):
        picture = show_step(steps, index)
        drawn = " ".join(words_of(picture.svg)).replace("→", "->").replace("\n", " ")
        told = re.sub(r"\((0x[0-9a-f]+)\)", r"\1", picture.text.split("\nmemory")[0])
        missing = [
            figure
            for figure in re.findall(r"\b(?:0x)?[0-9a-f,]*[0-9][0-9a-f,]*\b", told)
            if figure.strip(",") not in drawn
        ]
        assert missing == [], picture.text
        assert unescape(picture.svg).find(picture.text.replace("\n", "; ")) > 0


@pytest.mark.parametrize(
    "source",
    [
        SHOWN,
        "PUSH0 SLOAD DUP1 PUSH0 MSTORE PUSH1 1 ADD DUP1 PUSH0 SSTORE PUSH0 MSTORE PUSH1 9 PUSH1 32 PUSH0 LOG1",
        "PUSH0 PUSH0 SSTORE",
    ],
)
@pytest.mark.parametrize("gas", [39_000, 1_300])  # enough, and too little
def test_no_words_are_written_over_each_other(source: str, gas: int) -> None:
    steps = steps_of(source, gas=gas, storage={0: 5})
    for index in range(len(steps)):
        places = [
            (float(element.get("y", 0)), *extent(element))
            for element in ElementTree.fromstring(show_step(steps, index).svg).iter()
            if element.tag.endswith("text")
        ]
        for one, (y, left, right, words) in enumerate(places):
            for other_y, other_left, other_right, other_words in places[one + 1 :]:
                is_apart = abs(y - other_y) > 10 or right < other_left or other_right < left
                assert is_apart, f"step {index + 1}: {words!r} and {other_words!r}"


def extent(element: ElementTree.Element) -> tuple[float, float, str]:
    """Where words begin and end, if a letter is about half as wide as it is high."""
    words, x = "".join(element.itertext()), float(element.get("x", 0))
    letter = 0.6 if element.get("font-family") else 0.5
    width = float(element.get("textLength") or letter * len(words) * float(element.get("font-size", 13)))
    left = x - {"start": 0, "middle": width / 2, "end": width}[element.get("text-anchor", "start")]
    return left, left + width, words


def test_all_pictures_of_a_run_have_one_size() -> None:
    steps = steps_of(SHOWN)
    boxes = {re.search(r'viewBox="([^"]*)"', show_step(steps, index).svg).group(1) for index in range(len(steps))}  # type: ignore[union-attr]
    assert len(boxes) == 1


@given(code=st.binary(max_size=40), gas=st.integers(0, 100_000))
def test_any_program_can_be_drawn(code: bytes, gas: int) -> None:
    steps = []
    for step in record_steps(begin_message(world_with_code(code), gas=gas)):
        steps.append(step)
        if len(steps) == 25:
            break
    for index in range(len(steps)):
        ElementTree.fromstring(show_step(steps, index).svg)
        following = steps[index + 1] if index + 1 < len(steps) else None
        if following is not None or steps[index].depth == 1:
            assert sum(part.amount for part in gas_parts(steps[index], following)) == steps[index].gas_cost


def test_markup_in_a_record_does_not_reach_the_page() -> None:
    (step,) = steps_of("STOP")
    bad = replace(step, opcode=step.opcode._replace(name="<script>alert(1)</script>"), error='"><img src=x>')
    svg = show_step([bad], 0).svg
    assert "<script" not in svg
    assert "<img" not in svg
    ElementTree.fromstring(svg)


def test_a_picture_needs_nothing_from_outside() -> None:
    svg = show_step(steps_of(SHOWN), 3).svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in svg
    assert "url(" not in svg
    assert "<style" not in svg
    assert "<script" not in svg


def test_deep_stacks_are_cut_below_every_word_that_is_used() -> None:
    steps = steps_of(" ".join(["PUSH1 1"] * 30) + " DUP16 SWAP16")
    dup = named(steps, "DUP16")
    assert dup.before[-1].mark or any(cell.mark is Mark.COPIED for cell in dup.before)
    assert dup.hidden + len(dup.before) == 30
    assert f"… {dup.hidden} more" in describe_step(steps, dup.record.index)
    assert sum(cell.mark is Mark.SWAPPED for cell in named(steps, "SWAP16").after) == 2


@pytest.mark.parametrize("index", [-1, 4, 100])
def test_a_step_that_does_not_exist_is_refused(index: int) -> None:
    with pytest.raises(IndexError, match="this run has 4"):
        show_step(steps_of("PUSH1 2 PUSH1 3 SUB"), index)


# The table of words


def test_every_opcode_has_words_that_fit_its_row() -> None:
    for opcode, fork in product(OPCODES, FORKS.values()):
        gloss = gloss_of(opcode, fork)
        if not opcode.name.startswith(("DUP", "SWAP")):
            assert len(gloss.operands.split()) == opcode.pops, opcode.name
        fields = set(re.findall(r"{(\w+)}", gloss.does))
        assert fields <= {*gloss.operands.split(), "result", "read", "written"}, opcode.name
        assert ("result" in fields) <= (opcode.pushes > 0), opcode.name
        assert ("read" in fields) <= (gloss.reads is not None), opcode.name
        assert ("written" in fields) <= (gloss.writes is not None), opcode.name
        if opcode.name != "INVALID":
            assert gloss != written_gloss("INVALID"), f"{opcode.name} has the words of what is no instruction"


def test_every_opcode_has_words_that_somebody_wrote() -> None:
    assert [opcode.name for opcode in OPCODES if written_gloss(opcode.name) is None] == []


def test_an_opcode_nobody_wrote_words_for_gets_those_of_its_row() -> None:
    with pretend.registered():
        env = default_env(pretend.PRETEND)
        code = assemble("PUSH 4 PUSH 2 PUSH 0x100 BLEND PUSH 1 PUSH 0 SSTORE", pretend.PRETEND)
        steps = list(record_steps(begin_message(world_with_code(code, storage={0: 1}), env)))
        scene = named(steps, "BLEND")
        assert show_step(steps, scene.record.index).svg
    assert scene.does == "takes 256 and 2 and 4, leaves 262"
    assert [tuple(part) for part in scene.gas] == [(17, "fixed price and what depends on its operands")]
    assert [cell.name for cell in scene.before] == ["operand1", "operand2", "operand3"]
    assert marks(scene.after) == [("left", 262), ("left", 2)]


@pytest.mark.parametrize(("fork", "names"), [(LONDON, ["0x5f", "0x1e"]), (OSAKA, ["PUSH0", "CLZ"])], ids=str)
def test_the_program_is_listed_as_the_fork_of_the_run_has_it(fork: Fork, names: list[str]) -> None:
    code = bytes.fromhex("005f1e")
    steps = list(record_steps(begin_message(world_with_code(code), default_env(fork))))
    drawn = words_of(show_step(steps, 0).svg)
    assert [name for name in ("PUSH0", "CLZ", "0x5f", "0x1e") if name in drawn] == sorted(names, key=len, reverse=True)


def test_words_and_prices_are_those_of_the_fork_of_the_run() -> None:
    for fork, words in ((LONDON, "difficulty"), (PARIS, "random number")):
        steps = list(record_steps(begin_message(world_with_code(assemble("PREVRANDAO")), default_env(fork))))
        assert words in scene_of(steps, 0).does
    dear = replace(OSAKA, name="Dear", gas=replace(OSAKA.gas, cold_slot=2_345, keccak_word=60, copy_word=30))
    code = assemble("PUSH 0 SLOAD PUSH 70 PUSH 0 KECCAK256 PUSH 1 PUSH 1 SSTORE PUSH 70 PUSH 0 PUSH 0 CODECOPY")
    steps = list(record_steps(begin_message(world_with_code(code), default_env(dear))))
    assert {part for step in steps for part in gas_parts(step)} >= {
        (2_345, "cold slot"), (180, "hashes 3 words"), (90, "copies 3 words")}  # fmt: skip


# The widget


def test_a_click_does_what_the_call_does() -> None:
    stepper = Stepper(steps_of("PUSH1 2 PUSH1 3 SUB"))
    assert (stepper.index, stepper._back.disabled, stepper._forward.disabled) == (0, True, False)
    stepper._forward.click()
    stepper.forward()
    assert stepper.index == 2
    assert "a - b" in stepper._screen.value
    assert "a - b" in stepper.text
    stepper._back.click()
    assert stepper.index == 1
    stepper._last.click()
    assert (stepper.index, stepper._forward.disabled) == (3, True)
    assert not stepper.run_to("SUB")
    assert stepper.index == 3
    stepper.go_to(0)
    stepper._stop_at.value = "SUB"
    stepper._run.click()
    assert stepper.index == 2
    stepper.go_to(0)
    assert stepper.run_to(2)
    assert stepper.index == 1
    assert stepper.run_to(lambda step: len(step.stack_after) == 1)
    assert stepper.index == 2
    stepper.to_end()
    stepper.forward()
    assert stepper.index == 3
    stepper.go_to(-2)
    assert stepper.index == 2
    stepper._slider.value = 1
    assert stepper._screen.value == show_step(stepper.steps, 0).svg


def test_the_text_form_is_the_escaped_text_of_the_step() -> None:
    stepper = Stepper(steps_of("PUSH1 2 PUSH1 3 SUB"), start=2)
    stepper._as_text.value = True
    shown = stepper._screen.value
    assert "-&gt;" in shown
    assert unescape(re.sub(r"</?pre[^>]*>", "", shown)) == stepper.text


def test_a_notebook_stores_the_text_of_a_stepper() -> None:
    steps = steps_of("PUSH1 2 PUSH1 3 SUB")
    bundle = Stepper(steps)._repr_mimebundle_()
    assert bundle["text/plain"] == describe_step(steps, 0)
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_stepper_without_steps_is_refused() -> None:
    with pytest.raises(InputError, match="no steps to show"):
        Stepper([])


def test_without_ipywidgets_picture_and_text_still_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hide_ipywidgets(monkeypatch)
    steps = steps_of("PUSH1 2 PUSH1 3 SUB")
    print_step(steps, 2)
    assert "left 1" in capsys.readouterr().out
    assert str(show_step(steps, 2)) == describe_step(steps, 2)
