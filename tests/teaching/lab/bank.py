"""What the tests of the bank have in common: solutions out of notebooks, wrong answers as data, mutants and their fate.

`python -m tests.teaching.lab.bank` prints the numbers of every lesson.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.cpu_time import cpu_limit
from tests.teaching.lab.mutants import Mutant, function_mutants, program_mutants, value_mutants
from toyevm.deadline import OutOfTime
from toyevm.teaching.lab.items import Case, Exercise, read_items
from toyevm.teaching.lab.judges import call_cases, judge
from toyevm.teaching.lab.marking import Marking, read_marking
from toyevm.teaching.lab.values import Plain, canonical
from toyevm.teaching.lab.variants import Variant
from toyevm.teaching.lab.verdicts import Status, Verdict

REPOSITORY = Path(__file__).resolve().parents[3]
FIXTURE = Path(__file__).parent / "fixture_lesson"
LONGEST_CASE = 0.25  # seconds of the CPU that a mutant gets for a case: eighty times what any solution takes


def lessons(*roots: Path) -> list[Path]:
    """Return the folders with a marking.toml below each root's solutions/."""
    return [path.parent for root in roots for path in sorted((root / "solutions").glob("*/marking.toml"))]


@dataclass
class Lesson:
    """Both sides of a lesson, and the solution's names after its notebook has run."""

    folder: Path
    marking: Marking
    names: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def exercises(self) -> Mapping[str, Exercise]:
        return self.marking.items.exercises

    def solution(self, item: Exercise) -> Any:
        return self.names[item.answer]

    def mark(self, item: Exercise, answer: Any) -> Verdict:
        """Return the verdict that counts."""
        cases = self.marking.cases(item.id)
        return self.marking.mark(item.id, data_of(item, cases, answer))


def read_lesson(folder: Path, variant: Variant | None = None) -> Lesson:
    """Return a lesson by the folder of its marking."""
    course = folder.parents[1] / "course" / folder.name
    items = read_items(course / "items.toml", variant)
    lesson = Lesson(folder, read_marking(folder / "marking.toml", items))
    run_notebook(folder / f"{folder.name}.ipynb", lesson)
    return lesson


def rows_of(prompt: str, pattern: str) -> list[Any]:
    """Return what a pattern finds in each row of the tables of a prompt: a text, or one for each group."""
    return re.findall(rf"^\| {pattern} \|$", prompt, flags=re.MULTILINE)


def run_notebook(path: Path, lesson: Lesson) -> None:
    """Run a solution's cells, but for its checks, and keep the source of each answer."""
    notebook = json.loads(path.read_text())
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        for cell in notebook["cells"]:
            role = cell["metadata"].get("nbgrader", {})
            if cell["cell_type"] != "code" or role.get("grade"):
                continue
            source = "".join(cell["source"])
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(source, str(path), "exec"), lesson.names)
            if role.get("solution"):
                lesson.sources |= dict.fromkeys(assigned(source), source)
    finally:
        os.chdir(before)


def assigned(source: str) -> Iterator[str]:
    """Yield the names that a cell defines at its top."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def data_of(item: Exercise, cases: tuple[Case, ...], answer: Any) -> Plain:
    return call_cases(answer, cases) if item.judge == "function" else canonical(answer)


def define(lesson: Lesson, item: Exercise, source: str) -> Any:
    """Return the function that a wrong answer or mutant defines, in the solution's world."""
    names = dict(lesson.names)
    exec(compile(source, f"<{item.id}>", "exec"), names)
    return names[item.answer]


def wrong_answer(lesson: Lesson, item: Exercise, answer: Any) -> Any:
    """Return an answer of the bank as it would lie in a notebook."""
    return define(lesson, item, answer) if item.judge == "function" else answer


def mutants_of(lesson: Lesson, item: Exercise) -> Iterator[Mutant]:
    """Yield what the tool makes of the solution."""
    solution = lesson.solution(item)
    match item.judge:
        case "program":
            yield from program_mutants(solution)
        case "function":
            tree = ast.parse(lesson.sources[item.answer])
            (function,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == item.answer)
            yield from function_mutants(ast.unparse(_without_docstring(function)))
        case "choice":
            letters = [chr(ord("A") + index) for index in range(len(item.settings["options"]))]
            yield from (Mutant(letter, letter) for letter in letters if letter != solution)
        case _:
            yield from value_mutants(canonical(solution))


def _without_docstring(function: ast.FunctionDef) -> ast.FunctionDef:
    bare = copy.deepcopy(function)
    if ast.get_docstring(bare) and len(bare.body) > 1:
        del bare.body[0]
    return bare


def survives(lesson: Lesson, item: Exercise, mutant: Mutant) -> bool:
    """Return whether a mutant passes every case, one after the other until it fails."""
    for case in lesson.marking.cases(item.id):
        try:
            with cpu_limit(LONGEST_CASE):
                data = data_of(item, (case,), wrong_answer(lesson, item, mutant.answer))
        except (OutOfTime, ValueError, SyntaxError):
            return False
        if judge(item, [case], data).status is not Status.RIGHT:
            return False
    return True


def survivors(lesson: Lesson, item: Exercise) -> tuple[list[str], int]:
    """Return the changes of the mutants that survive, and how many there were in all."""
    made = list(mutants_of(lesson, item))
    return [mutant.change for mutant in made if survives(lesson, item, mutant)], len(made)


def main() -> None:
    """Print for every item: wrong answers, mutants killed of made, survivors."""
    for folder in lessons(REPOSITORY, FIXTURE):
        lesson = read_lesson(folder)
        for item in lesson.exercises.values():
            alive, made = survivors(lesson, item)
            bank = len(lesson.marking.entries[item.id].bank)
            print(f"{folder.name:<32}{item.id:<20} bank {bank:>2}   mutants {made - len(alive):>3} of {made:>3} killed")
            for change in alive:
                print(f"    survives  {change}")


if __name__ == "__main__":
    main()
