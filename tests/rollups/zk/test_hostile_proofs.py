"""Every byte of a proof is bound: whatever is changed, cut or added, the verifier says no and which check did."""

import ast
import random
import re
import subprocess
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rollups.zk.hostile import Target, attacks, checks, damaged, first_refusals
from toyevm.rollups.zk import encoding, fibonacci, fri, stark

PARAMETERS = stark.StarkParameters(blowup=4, queries=3, grinding=8, arity=4, final=4)
TARGET = Target(fibonacci.fibonacci_square(64, 3), fibonacci.fibonacci_trace(64, 3), PARAMETERS)
SOURCES = [Path(str(module.__file__)) for module in (stark, fri, encoding)]


PLACES = range(0, len(TARGET.proof), 8)  # of the bytes that are changed; `make whole` changes all
CHECKS = checks(TARGET)


def refusals(places: Iterable[int]) -> dict[str, str]:
    return first_refusals(TARGET, chain(damaged(TARGET, places, random.Random(1)), attacks(TARGET)))


def test_sampled_bytes_are_bound_and_nearly_all_checks_are_the_first_to_say_no_somewhere() -> None:
    assert TARGET.answer(TARGET.proof).valid
    found = refusals(PLACES)
    assert len(found.keys() & CHECKS) >= 0.95 * len(CHECKS), sorted(CHECKS - found.keys())
    assert found.keys() <= CHECKS


@pytest.mark.whole
def test_every_byte_is_bound() -> None:
    assert refusals(range(len(TARGET.proof))).keys() <= CHECKS


def test_the_sections_of_a_proof_are_all_of_it() -> None:
    place = 0
    for section in TARGET.sections:
        assert section.start == place
        place += section.size
    assert place == len(TARGET.proof)


@pytest.mark.parametrize("size", range(0, len(TARGET.proof), 29))
def test_a_proof_that_is_cut_off_is_refused_for_that(size: int) -> None:
    assert str(TARGET.answer(TARGET.proof[:size]).reason).endswith("the proof ends too early")


def test_each_forger_is_found_where_they_cheat() -> None:
    reasons = {name: str(TARGET.answer(proof).reason).partition(":")[0] for name, proof in attacks(TARGET)}
    assert reasons == {
        "no work": "grinding",
        "another word": "fri layer 0",
        "another fold 0": "fri layer 1",
        "another fold 1": "fri final polynomial",
        "false trace": "constraints",
        "false claims": "fri final polynomial",
    }


def test_the_list_of_checks_is_complete() -> None:
    """As many kinds of refusal stand in the source as there are kinds in the list."""
    written = {kind for source in SOURCES for kind in re.findall(r'Rejected\(f?"[^"]*: ([^"]*)"', source.read_text())}
    kinds = {re.sub(r"^bytes", "{len(self._data) - self._place} bytes", one.partition(": ")[2]) for one in CHECKS}
    assert written == kinds


def test_no_module_of_the_engine_asserts_or_unpickles() -> None:
    for source in Path(str(stark.__file__)).parent.glob("**/*.py"):
        tree = ast.parse(source.read_text())
        names = {ast.unparse(node).split(".")[0].split(" ")[-1] for node in ast.walk(tree) if is_import(node)}
        assert not names & {"pickle", "marshal", "shelve", "importlib"}, source
        kinds = {type(node) for node in ast.walk(tree)}
        assert ast.Assert not in kinds, source
        assert not {"eval", "exec", "load"} & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}, source


def is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, len(TARGET.proof)))
def test_arbitrary_bytes_are_refused_and_nothing_is_raised(noise: bytes, place: int) -> None:
    assert not TARGET.answer(noise).valid
    assert not TARGET.answer(TARGET.proof[:place] + noise + b"\1" + TARGET.proof[place:]).valid


def test_nothing_changes_when_python_drops_assertions() -> None:
    program = (
        "from random import Random\n"
        "from tests.rollups.zk import test_hostile_proofs as t\n"
        "hostile = t.chain(t.damaged(t.TARGET, t.PLACES[::9], Random(2)), t.attacks(t.TARGET))\n"
        "print(__debug__, t.TARGET.answer(t.TARGET.proof))\n"
        "print(*sorted(t.first_refusals(t.TARGET, hostile).items()), sep='\\n')"
    )
    root = Path(__file__).parents[3]
    said = [
        subprocess.run([sys.executable, *flags, "-c", program], cwd=root, capture_output=True, text=True, check=True)
        for flags in ([], ["-O"])
    ]
    with_, without = (run.stdout.splitlines() for run in said)
    assert (with_[0], without[0]) == tuple(f"{debug} ProofCheck(valid=True, reason=None)" for debug in (True, False))
    assert with_[1:] == without[1:]
    assert len(with_) > 0.9 * len(CHECKS)
    assert "None" not in without[1:]
