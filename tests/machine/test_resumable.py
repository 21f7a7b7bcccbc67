"""A view may refuse any read; the machine then stands as it stood, and ends as if it had never been refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.support.drivers import ReluctantView, drive, replace_instruction
from tests.support.programs import Scene, scenes
from tests.support.vectors import FILES, outcomes, vectors
from tests.support.worlds import CONTRACT, environment, execute, signed, world
from toyevm.errors import InvalidTransaction, Suspend
from toyevm.results import TxResult
from toyevm.vm import interpreter
from toyevm.vm.frame import Frame, Machine


def snapshot(machine: Machine) -> Any:
    """Return all that a refused step might have changed."""
    journal, frame = machine.journal, machine.frames[-1]
    registers = (frame.pc, frame.gas_left, tuple(frame.stack), bytes(frame.memory), frame.return_data, frame.failure)
    warm = len(journal.warm_slots[frame.address]), len(journal.warm_addresses)
    return registers, len(machine.frames), journal.mark, journal.refund, len(journal.logs), warm


def run_step_by_step(machine: Machine) -> None:
    """Do what `run` does with `step`, and check that a refused step was not half done."""
    while machine.frames:
        before = snapshot(machine)
        try:
            interpreter.step(machine)
        except Suspend:
            assert snapshot(machine) == before
            raise


def assert_refusals_change_nothing(
    scene: Any, expected: TxResult | None = None, advance: Callable[[Machine], Any] = interpreter.run
) -> None:
    expected = expected or execute(scene.pre, scene.tx, scene.env)
    view = ReluctantView(scene.pre)
    result = drive(view, scene.env, scene.tx, advance)
    assert result == expected
    assert list(result.read_set) == list(expected.read_set)
    assert view.asked == set(expected.read_set)


both_ways = pytest.mark.parametrize("advance", [interpreter.run, run_step_by_step], ids=["run", "step"])


@both_ways
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_refused_read_does_not_change_the_outcome_of_a_stored_case(path: Path, advance: Any) -> None:
    for vector, expected in zip(vectors(path), outcomes(path), strict=True):
        assert_refusals_change_nothing(vector, expected, advance)


@given(scenes())
@settings(max_examples=150)
def test_a_refused_read_does_not_change_the_outcome_of_a_program(scene: Scene) -> None:
    try:
        expected = execute(scene.pre, scene.tx, scene.env)
    except InvalidTransaction:  # too little gas for the data
        return
    assert_refusals_change_nothing(scene, expected)
    assert_refusals_change_nothing(scene, expected, run_step_by_step)


def test_the_reluctant_view_refuses_every_slot_once() -> None:
    scene = Scene(world(source="PUSH 1 SLOAD PUSH 2 SLOAD ADD PUSH 3 SSTORE"), environment(), signed())
    view = ReluctantView(scene.pre)
    drive(view, scene.env, scene.tx, interpreter.run)
    assert sum(location.is_slot for location in view.asked) == 3


# The rule is broken on purpose: look at the stack, charge, read, and only then change anything.


def hasty_sload(frame: Frame) -> None:
    """Take the slot off the stack before it is known whether the view answers."""
    slot = frame.stack.pop()
    frame.stack.append(frame.journal.slot(frame.address, slot))


def eager_sload(frame: Frame) -> None:
    """Pay for the slot, as a warm one, before it is known whether the view answers."""
    slot = frame.stack[-1]
    frame.gas_left -= 100 if slot in frame.journal.warm_slots[frame.address] else 2_100
    frame.journal.warm_slot(frame.address, slot)
    frame.stack[-1] = frame.journal.slot(frame.address, slot)


@pytest.mark.parametrize("faulty", [hasty_sload, eager_sload])
def test_an_instruction_that_changes_before_it_reads_is_found(monkeypatch: pytest.MonkeyPatch, faulty: Any) -> None:
    scene = Scene(world(source="PUSH 1 PUSH 2 SLOAD ADD PUSH 1 SSTORE"), environment(), signed())
    assert_refusals_change_nothing(scene)
    replace_instruction(monkeypatch, "SLOAD", faulty)
    with pytest.raises(AssertionError):
        assert_refusals_change_nothing(scene)
    with pytest.raises(AssertionError):
        assert_refusals_change_nothing(scene, advance=run_step_by_step)


def test_a_suspend_reaches_the_driver_with_its_location() -> None:
    class Closed:
        """A world in which one location is never to be had."""

        def __init__(self) -> None:
            self.base = world(source="PUSH 5 SLOAD")

        def read(self, location: Any) -> Any:
            if location.is_slot:
                raise Suspend(location)
            return self.base.read(location)

    with pytest.raises(Suspend) as refusal:
        execute(Closed(), signed())
    assert refusal.value.location == (CONTRACT, 5)
