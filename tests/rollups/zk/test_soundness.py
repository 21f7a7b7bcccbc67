"""What a sound verifier needs beside its checks: what the conversation begins with, its order, whose sizes count."""

import dataclasses
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pytest

from tests.rollups.zk.hostile import Target, attacks, damaged, reads
from toyevm.rollups.zk import fibonacci, stark
from toyevm.rollups.zk.air import Air, BoundaryConstraint, Columns
from toyevm.rollups.zk.stark import StarkParameters
from toyevm.rollups.zk.transcript import Transcript

ROWS = 64
PARAMETERS = StarkParameters(blowup=4, queries=3, grinding=8, arity=4, final=4)
SQUARES = fibonacci.fibonacci_square(ROWS, 3)
TARGET = Target(SQUARES, fibonacci.fibonacci_trace(ROWS, 3), PARAMETERS)

Event = tuple[str, Any]


@contextmanager
def overheard() -> Iterator[list[Event]]:
    """Write down what is absorbed and drawn, by whoever speaks."""
    events: list[Event] = []

    class Listening(Transcript):
        def absorb(self, label: bytes, message: bytes) -> None:
            events.append((label.decode(), message))
            super().absorb(label, message)

        def challenges(self, count: int) -> Any:
            events.append(("drawn", count))
            return super().challenges(count)

        def indices(self, count: int, size: int) -> list[int]:
            events.append(("queries", count))
            return super().indices(count, size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stark, "Transcript", Listening)
        yield events


def test_each_challenge_is_drawn_right_after_all_that_it_depends_on() -> None:
    with overheard() as by_prover:
        proof = TARGET.proven()
    with overheard() as by_verifier:
        assert TARGET.answer(proof).valid
    assert by_prover == by_verifier
    drawn = [count if label == "drawn" else None for label, count in by_verifier]
    labels = [label for label, _ in by_verifier]
    fold = ["fri root", "drawn"]
    assert labels == [
        *("protocol", "air", "shape", "boundary", "parameters", "drawn", "constraints"),
        *("trace root", "drawn", "quotient root", "drawn", "values", "drawn"),
        *fold * len(TARGET.fri.folds),
        *("fri final", "nonce", "queries"),
    ]
    factors, opened = 2 + 3, 2 + 5 + 2  # of constraints and cells; of trace, quotient and next row: none is a power
    assert [count for count in drawn if count is not None] == [4, factors, 1, opened, 1, 1]


def test_all_of_a_proof_before_the_queries_is_absorbed_as_it_stands() -> None:
    proof, sections = TARGET.proof, TARGET.sections
    with overheard() as events:
        TARGET.answer(proof)
    begun = [label for label, _ in events].index("trace root")
    said = b"".join(message for _, message in events[begun:] if isinstance(message, bytes))
    assert said == proof[: next(section.start for section in sections if section.what == "trace rows")]


def first_challenge(air: Air = SQUARES, rows: int = ROWS, parameters: StarkParameters = PARAMETERS) -> list[int]:
    found: list[int] = stark._Shape(air, rows, parameters).transcript().challenges(1)[0].tolist()
    return found


def other_sum(now: Columns, following: Columns, _: Columns) -> list[Columns]:
    """As many constraints of as many columns and the same degree: but a * b for a * a."""
    return [following[0] - now[1], following[1] - now[0] * now[1] - now[1] * now[1]]


CHANGES: dict[str, Callable[[], list[int]]] = {
    "name": lambda: first_challenge(dataclasses.replace(SQUARES, name="fibonacci squarf")),
    "width": lambda: first_challenge(dataclasses.replace(SQUARES, width=3)),
    "degree": lambda: first_challenge(dataclasses.replace(SQUARES, degree=3)),
    "constraints": lambda: first_challenge(dataclasses.replace(SQUARES, transitions=other_sum)),
    "what looks ahead": lambda: first_challenge(dataclasses.replace(SQUARES, looks_ahead=(1, 0))),
    "periodic": lambda: first_challenge(dataclasses.replace(SQUARES, periodic=((1, 2),))),
    "periodic value": lambda: first_challenge(dataclasses.replace(SQUARES, periodic=((1, 3),))),
    "periodic columns": lambda: first_challenge(dataclasses.replace(SQUARES, periodic=((1,), (2,)))),
    "fewer cells": lambda: first_challenge(dataclasses.replace(SQUARES, boundary=SQUARES.boundary[:2])),
    "rows": lambda: first_challenge(rows=2 * ROWS),
    **{
        f"cell's {name}": lambda name=name: first_challenge(
            dataclasses.replace(
                SQUARES,
                boundary=(
                    dataclasses.replace(SQUARES.boundary[0], **{name: getattr(SQUARES.boundary[0], name) + 1}),
                    *SQUARES.boundary[1:],
                ),
            )
        )
        for name in ("row", "column", "value")
    },
    **{
        name: lambda name=name: first_challenge(
            parameters=dataclasses.replace(PARAMETERS, **{name: 2 * getattr(PARAMETERS, name)})
        )
        for name in ("blowup", "queries", "grinding", "arity", "final")
    },
}


def test_the_conversation_begins_with_all_that_both_sides_know() -> None:
    challenges = [first_challenge(), *(change() for change in CHANGES.values())]
    assert len({str(one) for one in challenges}) == 1 + len(CHANGES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stark, "PROTOCOL", b"toyevm stark 0")
        assert first_challenge() not in challenges
    known = {field.name for field in dataclasses.fields(Air)} | {
        field.name for field in dataclasses.fields(StarkParameters)
    }
    assert known == {
        *("name", "width", "degree", "transition_count", "transitions", "boundary", "looks_ahead", "periodic"),
        *("blowup", "queries", "grinding", "arity", "final"),
    }
    assert [field.name for field in dataclasses.fields(BoundaryConstraint)] == ["row", "column", "value"]


def test_what_is_read_does_not_depend_on_the_proof_until_the_queries_are_drawn() -> None:
    before = [section.what for section in TARGET.sections].index("trace rows")
    honest = TARGET.sections[:before]
    hostile = [*islice(damaged(TARGET, range(0, 396, 40), random.Random(3)), 60), *attacks(TARGET)]
    for name, proof in [*hostile, ("noise", random.Random(4).randbytes(5000))]:
        asked = reads(TARGET, proof)[:before]
        assert asked == honest[: len(asked)], name


@pytest.mark.parametrize(
    ("name", "weaker"), [("blowup", 2), ("queries", 2), ("queries", 1), ("grinding", 0), ("final", 64), ("arity", 2)]
)
def test_a_prover_who_announces_the_parameters_and_keeps_to_weaker_ones_is_refused(name: str, weaker: int) -> None:
    honest = stark._Shape.transcript
    announced = stark._Shape(SQUARES, ROWS, PARAMETERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stark._Shape, "transcript", lambda _: honest(announced))
        proof = stark.prove(SQUARES, TARGET.trace, dataclasses.replace(PARAMETERS, **{name: weaker}))
        kept = stark.prove(SQUARES, TARGET.trace, PARAMETERS)
    assert kept == TARGET.proof
    assert TARGET.answer(proof).reason is not None


def test_nothing_is_asked_of_the_step_from_the_last_row_to_the_first() -> None:
    last, first = TARGET.trace[-1], TARGET.trace[0]
    assert last[1] != first[0]
    assert TARGET.answer(TARGET.proof).valid
