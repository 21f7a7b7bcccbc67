"""A witness is taken in one form only, and nothing in it can hurt who checks it."""

from __future__ import annotations

from time import process_time

import pytest

from tests.rollups.one_step.mutated_witnesses import main, pool, try_case
from toyevm import rlp
from toyevm.assembler import assemble
from toyevm.crypto import keccak256
from toyevm.forks import PRAGUE
from toyevm.rollups.one_step.byte_strings import code_of, whole
from toyevm.rollups.one_step.commitment import commit, world_node
from toyevm.rollups.one_step.context import Context
from toyevm.rollups.one_step.journal_tree import JournalTree
from toyevm.rollups.one_step.layout import RUNNING, state_node
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.nodes import Malformed, Node, WatchedNode, link
from toyevm.rollups.one_step.witness import (
    MAX_DEPTH,
    MAX_WITNESS,
    NotCanonical,
    StepRefused,
    check_step,
    decode_witness,
    encode_witness,
    make_witness,
)
from toyevm.rollups.one_step.work import Desk, Kind, Work
from toyevm.state import WorldState
from toyevm.types import Hash32
from toyevm.vm.frame import Machine
from toyevm.vm.message import begin_message, default_env, world_with_code


def test_changed_witnesses_are_refused_and_nothing_is_raised() -> None:
    results = [text for number in range(1_000) for text in try_case(number)]
    assert [result for result in results if result[0].isupper()] == []
    assert {"missing-node", "not-canonical", "not-minimal", "wrong-root"} <= set(results)
    assert "claimed: malformed-state" in results


def test_the_command_says_what_became_of_the_cases(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "20"]) == 0
    assert '"faults": {}' in capsys.readouterr().out


def test_a_witness_decodes_to_the_state_it_was_made_of() -> None:
    for sample, witness in pool():
        state = decode_witness(witness)
        assert state.hash == sample.state.hash
        assert check_step(state.hash, witness, sample.context) == sample.after


def started(code: str, gas: int = 100_000) -> tuple[Machine, Context, JournalTree]:
    world = world_with_code(assemble(code, PRAGUE))
    machine = begin_message(world, default_env(PRAGUE), gas=gas)
    return machine, Context(machine.env, machine.tx), JournalTree(world_node(world))


def claimed(state: Node, context: Context) -> Hash32 | StepRefused:
    """Check a state that somebody made up, with all of it as the witness."""
    seen: set[Hash32] = set()
    try:
        micro_step(WatchedNode(state, seen), context)
    except Exception:
        seen.add(state.hash)
    witness = encode_witness(state, seen)
    before = process_time()
    answer = check_step(state.hash, witness, context)
    assert process_time() - before < 1
    return answer


@pytest.mark.parametrize(
    ("code", "numbers"),
    [
        ("PUSH 1 PUSH 0 MSTORE", [0, 2**63, 0, 0]),  # pc, gas, stack height, memory words
        ("STOP", [0, 100, 2**70, 0]),
        ("MSIZE", [0, 100, 0, 2**200]),
        ("MSIZE", [2**256, 100, 0, 0]),
        ("CALLDATASIZE", [0, 100, 2**64, 2**64]),
    ],
)
def test_a_frame_that_claims_too_much_is_refused_or_led_on_at_once(code: str, numbers: list[int]) -> None:
    machine, context, start = started(code)
    state = commit(machine, start)
    frame, journal, _ = state.children
    assert frame is not None
    claimed(state_node(RUNNING, Node(rlp.encode(numbers), frame.children), journal, None), context)


def test_gas_above_the_cap_is_refused() -> None:
    machine, context, start = started("PUSH 1", gas=10**9 + 1)
    answer = claimed(commit(machine, start), context)
    assert isinstance(answer, StepRefused)
    assert answer.reason == "malformed-state"


@pytest.mark.parametrize("size", [2**20, 2**40, 2**63, 2**255])
def test_out_of_gas_is_found_before_memory_is_touched(size: int) -> None:
    for code in (f"PUSH {size} PUSH 0 KECCAK256", f"PUSH {size} PUSH 0 PUSH 0 CODECOPY", f"PUSH {size} PUSH 0 RETURN"):
        machine, context, start = started(code)
        state = commit(machine, start)
        while (after := micro_step(state, context)).hash != state.hash:
            before = process_time()
            assert check_step(state.hash, make_witness(state, context), context) == after.hash
            assert process_time() - before < 0.5
            state = after


def test_endless_work_does_not_hang_the_check() -> None:
    machine, context, start = started("STOP")
    frame, journal, _ = commit(machine, start).children
    for kind in Kind:
        work = Work(kind, whole(code_of(b"\1" * 40), is_code=True).source, 0, 2**200, 2**255, capacity=2**100)  # type: ignore[union-attr]
        claimed(state_node(RUNNING, frame, journal, Node(b"", (None, work.node()))), context)


@pytest.mark.parametrize("witness", [b"", b"\0", bytes(40), b"\xff" * 100, b"\x0a" * 5000, b"\x01\x02" * 8000])
def test_noise_is_refused(witness: bytes) -> None:
    _, context, _ = started("STOP")
    answer = check_step(keccak256(witness), witness, context)
    assert isinstance(answer, StepRefused)


def test_a_witness_that_is_too_long_or_too_deep_is_refused() -> None:
    _, context, _ = started("STOP")
    chain: Node | None = None
    for _ in range(2_000):
        chain = link(b"", chain)
    assert chain is not None
    deep = bytes([1, 2]) * 1_000 + bytes([1, 0])
    for witness, why in ((bytes(MAX_WITNESS + 1), "more than"), (deep, "deep")):
        answer = check_step(chain.hash, witness, context)
        assert isinstance(answer, StepRefused)
        assert (answer.reason, why in answer.detail) == ("not-canonical", True)


@pytest.mark.parametrize("children", range(8))
def test_a_node_with_so_many_children_is_decoded_to_what_it_was(children: int) -> None:
    leaves = [Node(bytes([number + 1])) for number in range(children)]
    node = Node(b"value", tuple(leaves))
    for opened in ({node.hash}, {node.hash, *(leaf.hash for leaf in leaves)}):
        witness = encode_witness(node, opened)
        assert decode_witness(witness).hash == node.hash
        assert len(witness) == 1 + -(-children // 4) + 5 + children * (32 if opened == {node.hash} else 2)


def test_a_witness_may_be_as_deep_as_is_said_and_no_deeper() -> None:
    deepest = bytes([1, 2]) * MAX_DEPTH + bytes([0])
    assert decode_witness(deepest).value == b""
    with pytest.raises(NotCanonical, match="too deep"):
        decode_witness(bytes([1, 2]) + deepest)


def test_a_witness_cut_short_is_refused_wherever_it_ends() -> None:
    sample, witness = pool()[0]
    for end in range(len(witness)):
        answer = check_step(sample.state.hash, witness[:end], sample.context)
        assert isinstance(answer, StepRefused)
        assert (answer.reason, answer.detail) == ("not-canonical", "the witness ends too early")
    answer = check_step(sample.state.hash, bytes(MAX_WITNESS), sample.context)
    assert isinstance(answer, StepRefused)
    assert answer.detail == f"{MAX_WITNESS - 1} bytes left over"  # as long as that it may be


@pytest.mark.parametrize("size", [0, 1, 135, 136, 137, 271, 272, 1000])
def test_blocks_of_the_sponge_end_in_the_hash(size: int) -> None:
    data = bytes(range(251)) * 4
    window = whole(code_of(data[:size] or b"\0"), is_code=True)
    assert not isinstance(window, bytes)
    work = Work(Kind.HASH, window.source, 0, size, size)
    while not work.is_done:
        work = Work.of(work.advanced().node())
        assert work.result is not None
        assert len(work.result.value) == 200
    assert work.answer.value == keccak256(data[:size])
    assert Desk([]).ask(work) if size < 136 else True


@pytest.mark.parametrize(("place", "value"), [(0, 0), (0, 5), (1, 2), (8, 33)])
def test_work_with_a_number_that_none_has_is_malformed(place: int, value: int) -> None:
    numbers = [Kind.CHUNKS, 1, 0, 0, 0, 0, 0, 0, 32]
    assert Work.of(Node(rlp.encode([int(each) for each in numbers]), (None, None))).carry == 32
    wrong = [int(each) for each in numbers[:place]] + [value] + numbers[place + 1 :]
    with pytest.raises(Malformed, match="not work"):
        Work.of(Node(rlp.encode(list(wrong)), (None, None)))


def test_an_empty_world_is_nothing() -> None:
    assert world_node(WorldState()) is None
