"""`lab = lesson("01-the-machine")`: one object with everything a notebook asks of the laboratory."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab import hints, parsons, predict, reflection, retrieval
from toyevm.teaching.lab.check import Feedback, check, is_marking, note_try, points
from toyevm.teaching.lab.concepts import read_concepts
from toyevm.teaching.lab.course import ROOT
from toyevm.teaching.lab.items import LessonItems, Retrieval, pick, read_items
from toyevm.teaching.lab.marking import Marking, read_marking
from toyevm.teaching.lab.panels import Panel
from toyevm.teaching.lab.progress import FILE, Progress
from toyevm.teaching.lab.turns import Reply, in_words, take_turn, turns_of, unreadable
from toyevm.teaching.lab.variants import VARIANT, Variant, read_variant
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lab.workspace import MANIFEST

LESSON = re.compile(r"[0-9][0-9]-[a-z0-9-]+")


class Lesson:
    """The questions of one lesson. Every call works without a display and returns something to show.

    Args:
        folder: `course/NN-name`.
        progress: by default in the student's copy of the course, if this is one, else in memory.
        marking: with it, and TOYEVM_MODE=mark, `check` counts hidden cases too.
    """

    def __init__(
        self,
        folder: Path,
        progress: Progress | None = None,
        marking: Marking | None = None,
        variant: Variant | None = None,
    ) -> None:
        self.items: LessonItems = read_items(folder / "items.toml", variant)
        self._folder = folder
        self._progress = progress or Progress(folder.name, progress_path(folder))
        self._marking = marking

    def __repr__(self) -> str:
        items = self.items
        counts = f"{len(items.predictions)} predictions, {len(items.exercises)} exercises, {items.points} points"
        return f"<lesson {items.lesson}: {counts}>"

    def task(self, item_id: str) -> Panel:
        """Show what an exercise asks for."""
        item = self.items.exercise(item_id)
        plural = "s" if item.points != 1 else ""
        return Panel(f"**{item.title}** ({item.points} point{plural})\n\n{item.prompt}")

    def predict(self, item_id: str, choose: object = None, sure: int | None = None) -> Panel:
        """Ask for a bet, or note it: `choose` a letter, a number from 1, or the words; `sure` 1 to 3."""
        item = pick(self.items.predictions, item_id, "prediction")
        return _or_why_not(lambda: predict.predict(item, self._progress, choose, sure))

    def reveal(self, item_id: str, run: Any = None, record: str | None = None) -> Panel:
        """Show the bet beside the result of your own run, or of one that was recorded, and what each of them means."""
        return predict.reveal(pick(self.items.predictions, item_id, "prediction"), self._progress, run, record)

    def turn(self, name: str, answer: object = None) -> TurnFeedback:
        """Say what an answer inside the lesson did and what to ask next; it is remembered, and never graded."""
        reply = take_turn(self.items.lesson, name, answer)
        if reply.status is not Status.MISSING:
            note_try(self._progress, "turns", name, reply.status)
        return TurnFeedback(reply)

    def check(self, item_id: str, answer: object) -> Feedback | int:
        """Say what an answer did and what to ask next; for a marker (TOYEVM_MODE=mark), return its points."""
        item = self.items.exercise(item_id)
        if is_marking():
            return points(item, answer, self._marking)
        return check(item, answer, self._progress)

    def hint(self, item_id: str, level: int | None = None) -> Panel:
        """Show the next hint, or that of a level from 1 to 3. A turn has none, but an exercise may share its name."""
        if item_id in turns_of(self.items.lesson) and item_id not in self.items.exercises:
            return Panel(f"`{item_id}` is a turn: it has no hints, and its messages ask what to look at next.")
        return _or_why_not(lambda: hints.hint(self.items.exercise(item_id), self._progress, level))

    def parsons(self, item_id: str, order: Sequence[int] | None = None) -> Panel:
        """Show the solution in pieces, or run the pieces in an order."""
        item = self.items.exercise(item_id)
        return _or_why_not(lambda: parsons.parsons(item, order))

    def retrieve(self, item_id: str | None = None, choose: object = None, *, skip: int = 0) -> Panel:
        """Show two questions on earlier lessons, or answer one; `skip` those that were shown before."""
        pool = {item.id: item for item in self._retrieval_pool()}
        if item_id is not None:
            item = pick(pool, item_id, "question")
            return _or_why_not(lambda: Panel(retrieval.answer(item, choose, self._progress)))
        graph = read_concepts(self._folder.parent / "concepts.toml")
        chosen = retrieval.choose_questions(pool.values(), graph, self.items.lesson[:2], self._progress, skip)
        return retrieval.ask(chosen, self._progress)

    def reflect(self, item_id: str, words: str | None = None) -> Panel:
        """Ask for a few sentences, or note them and show another's."""
        item = pick(self.items.reflections, item_id, "reflection")
        return _or_why_not(lambda: reflection.reflect(item, self._progress, words))

    def progress(self) -> Panel:
        """Show what is remembered of this lesson, and where."""
        return Panel(_summary(self.items, self._progress))

    def forget(self, everything: bool = False) -> Panel:
        """Forget what is remembered of this lesson, or of all."""
        self._progress.forget(everything)
        return Panel(
            self._progress.trouble or ("Everything is forgotten." if everything else "This lesson is forgotten.")
        )

    def _retrieval_pool(self) -> Iterator[Retrieval]:
        """Yield the questions of this lesson and the earlier ones."""
        for folder in sorted(self._folder.parent.glob("[0-9][0-9]-*")):
            if folder.name < self._folder.name and (folder / "items.toml").is_file():
                yield from read_items(folder / "items.toml").retrievals.values()
        yield from self.items.retrievals.values()


class TurnFeedback(Panel):
    """What a turn shows; `reply` is the value behind the words."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(in_words(reply))
        self.reply = reply


def _or_why_not(show: Callable[[], Panel]) -> Panel:
    """Return what there is to show; a value of the student's that is refused gets a sentence, never a traceback."""
    try:
        return show()
    except InputError as error:
        return Panel(unreadable(error))


def lesson(name: str) -> Lesson:
    """Return the laboratory of a lesson, such as "01-the-machine".

    Raises:
        InputError: there is no such lesson here, or its items are not as they should be.
    """
    folder = find_lesson(name)
    variant = read_variant(folder / VARIANT)
    return Lesson(folder, marking=_find_marking(folder, variant) if is_marking() else None, variant=variant)


def find_lesson(name: str) -> Path:
    """Return the folder with the items of a lesson: in or above the current folder, else where the course lies."""
    here = Path.cwd()
    folders = (here, *here.parents) if LESSON.fullmatch(name) else ()
    for folder in folders:
        if folder.name == name and (folder / "items.toml").is_file():
            return folder
        if (folder / "course" / name / "items.toml").is_file():
            return folder / "course" / name
    if folders and (ROOT / "course" / name / "items.toml").is_file():
        return ROOT / "course" / name
    raise InputError(f"no lesson {name!r} here", expected="a notebook in the course folder, and the lesson's full name")


def progress_path(folder: Path) -> Path | None:
    """Return where progress is kept: in a working copy of the course, or nowhere."""
    root = folder.resolve().parents[1]
    return root / FILE if (root / MANIFEST).exists() else None


def _find_marking(folder: Path, variant: Variant | None) -> Marking | None:
    """Return the private side of a lesson: the marker has it beside the course, or where TOYEVM_SOLUTIONS says."""
    solutions = os.environ.get("TOYEVM_SOLUTIONS") or folder.parents[1] / "solutions"
    path = Path(solutions) / folder.name / "marking.toml"
    return read_marking(path, read_items(folder / "items.toml", variant)) if path.is_file() else None


def _summary(items: LessonItems, progress: Progress) -> str:
    record = progress.of(items.lesson)
    bets, checks, seen = record.get("predictions", {}), record.get("checks", {}), record.get("hints", {})
    turns = turns_of(items.lesson)
    solved = sum(bool(record.get("turns", {}).get(name, {}).get("solved")) for name in turns)
    done = [f"{len(bets)} of {len(items.predictions)} bets made"] if bets else []  # in the lesson, not its exercises
    done += [f"{solved} of {len(turns)} turns solved"] if solved else []
    lines = [f"**{items.lesson}**{': ' if done else ''}{', '.join(done)}.", ""]
    for item in items.exercises.values():
        entry = checks.get(item.id, {})
        best = Status.RIGHT if entry.get("solved") else entry.get("status")  # who tries on has not lost it
        status = f"{best}, tries: {entry.get('tries')}" if entry else "not tried"
        level = f", hints seen: {seen[item.id].get('level')}" if item.id in seen else ""
        lines.append(f"- {item.title}: {status}{level}")
    kept = f"Kept in {progress.path.name}, and nowhere else." if progress.path else "Kept until this notebook ends."
    return "\n".join([*lines, "", progress.trouble or f"{kept} `lab.forget()` deletes it."])
