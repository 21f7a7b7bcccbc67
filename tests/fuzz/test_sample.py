"""A sample of what `make fuzz` does for as long as one likes, always the same; and that it would find mistakes."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz import eels, run, tiers, writer
from tests.fuzz.minimise import minimise
from tests.fuzz.mutants import FAULTY_PARTS, MUTANTS, planted
from tests.fuzz.programs import KINDS, Program, program
from tests.fuzz.writer import instructions
from tests.support import pretend
from tests.support.forks import FORKS_WITH_RULES, FORKS_WITH_RULES_IN_EELS
from toyevm.forks import Fork
from toyevm.journal import Journal
from toyevm.vm import compiler
from toyevm.vm.instructions import storage
from toyevm.vm.opcodes import mnemonics_of

OF_EACH_KIND = 20  # programs, for tier against tier; EELS gets half
MUTANT_SEED, MUTANT_PROGRAMS = 2_000, 200

needs_eels = pytest.mark.skipif(
    importlib.util.find_spec("ethereum") is None, reason="EELS is not installed: pip install 'toyevm[bench]'"
)


def disagreements(check: Any, subjects: list[Program]) -> tuple[dict[str, Any], Counter[str]]:
    """Return what differs, by kind and number, and the histogram of outcomes."""
    verdicts = {f"{subject.kind} {i}": check(subject) for i, subject in enumerate(subjects)}
    differences = {name: verdict.difference for name, verdict in verdicts.items() if verdict.difference}
    return differences, Counter(verdict.outcome for verdict in verdicts.values())


def samples(kind: str, count: int = OF_EACH_KIND, forks: Sequence[Fork] = FORKS_WITH_RULES) -> list[Program]:
    return [program(seed, (kind,), forks) for seed in range(count)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_tiers_agree_on_every_program(kind: str) -> None:
    differences, outcomes = disagreements(tiers.check, samples(kind))
    assert differences == {}
    assert outcomes.total() == OF_EACH_KIND


@needs_eels
@pytest.mark.parametrize("kind", KINDS)
def test_toyevm_equals_the_specification_on_every_program(kind: str) -> None:
    differences, _ = disagreements(eels.check, samples(kind, OF_EACH_KIND // 2, FORKS_WITH_RULES_IN_EELS))
    assert differences == {}


def test_many_random_programs_run_long_and_succeed() -> None:
    """At least 30 % run more than 20 steps and succeed; and they fail in many ways."""
    outcomes: Counter[str] = Counter()
    for seed in range(300):
        subject = program(seed)
        steps: list[int] = []
        seen = tiers.observe(subject, subject.gas, lambda machine, steps=steps: steps.append(tiers.steps_of(machine)))
        outcomes[tiers.outcome_of(seen, steps[0])] += 1
    print("\n".join(run.histogram(outcomes)))
    assert outcomes["success, more than 20 steps"] >= 90
    assert len(outcomes) >= 8


def never_written(fork: Fork, count: int = 500) -> list[str]:
    """Return the instructions of a fork that are in no program, of those whose every instruction is meant."""
    meant = tuple(kind for kind in KINDS if kind not in ("noise", "mutated", "stored", "token"))
    subjects = [program(seed, meant, [fork]) for seed in range(count)]
    codes = [account.code for subject in subjects for account in subject.accounts.values()]
    codes += [subject.tx.data for subject in subjects if subject.tx.to is None]
    seen = {part[0] for code in codes for part in instructions(code)}
    return [row.name for row in mnemonics_of(fork).values() if row.code not in seen]


@pytest.mark.parametrize("fork", FORKS_WITH_RULES, ids=str)
def test_every_instruction_of_a_fork_is_written_on_purpose(fork: Fork) -> None:
    assert never_written(fork) == []


def test_an_unknown_instruction_is_written_and_the_tiers_agree_on_it() -> None:
    with pretend.registered():
        assert "BLEND" not in never_written(pretend.PRETEND)
        subjects = [program(seed, ("expressions", "loops"), [pretend.PRETEND]) for seed in range(OF_EACH_KIND)]
        assert disagreements(tiers.check, subjects)[0] == {}


def test_an_instruction_that_the_writer_forgets_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pretend.registered():
        monkeypatch.setattr(writer, "FAMILIAR", writer.FAMILIAR | {"BLEND"})
        assert "BLEND" in never_written(pretend.PRETEND)


def test_a_price_that_tier_1_does_not_know_of_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instruction that charges by its operands must not be taken for one with a fixed price."""
    with pretend.registered():
        monkeypatch.setattr(compiler, "FOLLOWED", compiler.FOLLOWED | {"BLEND"})
        monkeypatch.setitem(compiler._NAMES, "op_blend", pretend.BLEND.run)
        subjects = [program(seed, ("expressions",), [pretend.PRETEND]) for seed in range(OF_EACH_KIND)]
        assert disagreements(tiers.check, subjects)[0]


# What was found and kept must stay mended.


def test_no_program_that_was_kept_fails_again() -> None:
    kept = sorted(run.FAILURES.glob("*.json"))
    assert {path.name: found for path in kept if (found := run.replay(path))} == {}


def test_a_difference_is_kept_small_and_can_be_replayed(tmp_path: Path) -> None:
    with planted("a segment costs one less"):
        seed, found = find_difference(("jumps",))
        path = run.keep("tiers", seed, program(seed, ("jumps",)), found, tmp_path)
        assert run.replay(path)
    assert run.replay(path) is None
    fields = json.loads(path.read_text())
    small = Program.from_json(fields)
    assert sum(len(instructions(account.code)) for account in small.accounts.values()) <= 12
    assert fields["differs"]


def test_the_smallest_program_keeps_what_makes_it_fail() -> None:
    subject = program(0, ("jumps",))

    def fails(candidate: Program) -> bool:
        codes = (instructions(account.code) for account in candidate.accounts.values())
        return any(b"\x5b" in code and b"\x56" in code for code in codes)

    small = minimise(subject, fails)
    assert fails(small)
    assert sum(len(account.code) for account in small.accounts.values()) == 2


# The comparison bites.


def find_difference(kinds: tuple[str, ...]) -> tuple[int, tiers.Difference]:
    for seed in range(MUTANT_SEED, MUTANT_SEED + MUTANT_PROGRAMS):
        found = tiers.check(program(seed, kinds)).difference
        if found:
            return seed, found
    raise AssertionError(f"{MUTANT_PROGRAMS} programs, no difference")


@pytest.mark.parametrize("name", MUTANTS)
def test_every_planted_mistake_of_the_compiler_is_found(name: str) -> None:
    with planted(name) as times_made:
        seed, found = find_difference(MUTANTS[name][1])
        assert times_made() > 0
    print(f"{name}: program {seed - MUTANT_SEED + 1}, {found.setting}: {', '.join(found.fields)}")


@pytest.mark.parametrize("name", FAULTY_PARTS)
def test_every_faulty_part_that_helps_the_compiler_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, attribute, faulty = FAULTY_PARTS[name]
    monkeypatch.setattr(owner, attribute, faulty)
    seed, found = find_difference(("memory", "loops", "calls"))
    print(f"{name}: program {seed - MUTANT_SEED + 1}, {found.setting}: {', '.join(found.fields)}")


def test_there_are_enough_mutants() -> None:
    print(f"{len(MUTANTS)} mutants, {len(FAULTY_PARTS)} faulty parts")
    assert len(MUTANTS) >= 10


@needs_eels
@pytest.mark.parametrize("fault", ["refund", "nobody is empty", "nothing is undone"])
def test_a_mistake_of_both_tiers_is_found_by_the_specification(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    match fault:
        case "refund":
            monkeypatch.setattr(storage, "store_refund", lambda *_: 0)
        case "nobody is empty":
            monkeypatch.setattr(Journal, "is_empty", lambda journal, address: False)
        case _:
            monkeypatch.setattr(Journal, "rollback", lambda journal, mark: None)
    subjects = [program(seed, ("calls", "storage"), FORKS_WITH_RULES_IN_EELS) for seed in range(60)]
    assert any(eels.check(subject).difference for subject in subjects)


# A run can be stopped and goes on.


def test_a_second_run_tries_new_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(run, "STATE", tmp_path)
    monkeypatch.setattr(run, "BATCH", 5)
    for _ in range(2):
        assert run.main(["--programs", "10", "--jobs", "1", "--only", "tiers"]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "10 programs, 0 differences"
    assert json.loads((tmp_path / "state.json").read_text())["seeds"] == {"tiers": [[0, 20]]}


def test_results_of_another_machine_are_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = run.State(tmp_path)
    state.add(run.Batch("tiers", 0, 25, Counter({"revert": 25}), 25, []))
    monkeypatch.setattr(run, "fingerprint", lambda: "another")
    later = run.State(tmp_path)
    assert next(later.unused("tiers", 0)) == (25, 50)
    assert "another" not in later.data["results"]
