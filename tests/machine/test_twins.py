"""`run` is `step` in a tight loop, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.support.drivers import drive, replace_instruction, run_by_steps
from tests.support.programs import Scene, scenes
from tests.support.vectors import FILES, outcomes, vectors
from tests.support.worlds import environment, execute, signed, world
from toyevm.errors import InvalidTransaction
from toyevm.results import TxResult
from toyevm.vm import interpreter


def assert_twins_agree(scene: Any, ran: TxResult | None = None) -> None:
    ran = ran or drive(scene.pre, scene.env, scene.tx, interpreter.run)
    stepped = drive(scene.pre, scene.env, scene.tx, run_by_steps)
    assert stepped == ran  # read set, write set, gas, refund, logs, output, error
    assert list(stepped.read_set) == list(ran.read_set)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_step_and_run_agree_on_the_stored_cases(path: Path) -> None:
    for vector, ran in zip(vectors(path), outcomes(path), strict=True):
        assert_twins_agree(vector, ran)


@given(scenes())
@settings(max_examples=150)
def test_step_and_run_agree_on_random_programs(scene: Scene) -> None:
    try:
        ran = execute(scene.pre, scene.tx, scene.env)
    except InvalidTransaction:  # too little gas for the data
        return
    assert_twins_agree(scene, ran)


@pytest.mark.parametrize("fault", ["price", "read"])
def test_a_twin_that_differs_is_found(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    scene = Scene(world(source="PUSH 1 PUSH 2 ADD SLOAD"), environment(), signed())
    assert_twins_agree(scene)

    honest_step = interpreter.step

    def faulty_step(machine: Any) -> None:
        with pytest.MonkeyPatch.context() as patch:
            if fault == "price":
                replace_instruction(patch, "ADD", None, gas=1)
            else:
                replace_instruction(patch, "SLOAD", lambda frame: None, gas=2_100)
            honest_step(machine)

    monkeypatch.setattr(interpreter, "step", faulty_step)
    with pytest.raises(AssertionError):
        assert_twins_agree(scene)


def test_a_step_runs_exactly_one_instruction() -> None:
    from toyevm.vm.message import begin_message, world_with_code

    machine = begin_message(world_with_code(bytes.fromhex("6001600201")))
    heights = []
    while machine.frames:
        heights.append((machine.frames[-1].pc, len(machine.frames[-1].stack)))
        interpreter.step(machine)
    assert heights == [(0, 0), (2, 1), (4, 2), (5, 1)]
    assert execute(world(source=""), signed()).gas_used == 21_000
