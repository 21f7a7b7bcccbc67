"""Run the attacks here, as the marker would, and compare with the marks they must earn."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from toyevm.teaching.grading.attacks.answers import ANSWERS
from toyevm.teaching.grading.attacks.base import Forgery
from toyevm.teaching.grading.attacks.hidden import HIDDEN_ATTACKS
from toyevm.teaching.grading.attacks.machine import MACHINE
from toyevm.teaching.grading.attacks.reading import READING
from toyevm.teaching.grading.attacks.sample import CANARIES, HIDDEN, HONEST, NAME, fill, released, write_course
from toyevm.teaching.grading.mark import Assignment, ItemMark, mark_notebook, read_assignment
from toyevm.teaching.grading.sandbox import Limits, Sandbox

ATTACKS: dict[str, Forgery] = {**ANSWERS, **READING, **MACHINE, **HIDDEN_ATTACKS}
NEIGHBOURS = 6
# Short, so that what never ends does not take long; of the processor, so ample for honest answers on a busy machine. A
# program gets what is left of the second in which its process starts: an honest one needs a hundredth.
SHORT = Limits(cell_seconds=1.5, cell_wall_seconds=6, seconds=5, wall_seconds=12, memory=512 << 20, program_seconds=0)


@dataclass(frozen=True, slots=True)
class AttackOutcome:
    """What one attack came to: points by item, and whatever else was seen that must not be."""

    attack: str
    isolation: str
    expected: str
    got: str
    marks: tuple[ItemMark, ...]

    @property
    def holds(self) -> bool:
        return self.got == self.expected


def check_isolation(
    sandbox: Sandbox,
    names: Iterable[str] = ATTACKS,
    jobs: int = 2,
    progress: Callable[[str], None] = lambda name: None,
) -> list[AttackOutcome]:
    """Hand in attacks, mark them in this sandbox, and say what came of each.

    Args:
        names: of `ATTACKS`; those that they need are run as well.
        jobs: how many at a time; those with an accomplice or with neighbours come last, one by one.
        progress: is told each attack's name when it is over.
    """
    chosen = set(names)
    chosen |= {ATTACKS[name].needs for name in chosen} - {""}
    short = replace(sandbox, limits=SHORT)
    with TemporaryDirectory(prefix="toyevm-attacks-") as folder, closing(socket.create_server(("127.0.0.1", 0))) as ear:
        Path(folder).chmod(0o755)  # what is there is to be read by whoever gets so far
        stage = _Stage(short, write_course(Path(folder)), ear.getsockname()[1], progress)
        alone = [name for name in ATTACKS if name in chosen and (ATTACKS[name].needs or ATTACKS[name].beside)]
        with ThreadPoolExecutor(max(1, jobs)) as pool:
            outcomes = list(pool.map(stage.play, [name for name in ATTACKS if name in chosen and name not in alone]))
        return outcomes + [stage.play(name) for name in alone]


@dataclass(frozen=True)
class _Stage:
    """Where attacks are played: the sandbox, the course, and a port at which somebody listens."""

    sandbox: Sandbox
    root: Path
    port: int
    progress: Callable[[str], None]

    @cached_property
    def assignments(self) -> dict[str, Assignment]:
        return {name: read_assignment(name, self.root) for name in (NAME, HIDDEN)}

    def play(self, name: str) -> AttackOutcome:
        """Mark an attack, with its neighbours at work where it has some."""
        attack = ATTACKS[name]
        if attack.beside:
            with ThreadPoolExecutor(NEIGHBOURS) as pool:
                neighbours = [pool.submit(self._mark, ATTACKS[attack.beside]) for _ in range(NEIGHBOURS)]
                marks = self._mark(attack)
                for neighbour in neighbours:
                    neighbour.result()
        else:
            marks = self._mark(attack)
        self.progress(name)
        return AttackOutcome(name, self.sandbox.isolation, shown(attack.marks), _seen(attack, marks), marks)

    def _mark(self, attack: Forgery) -> tuple[ItemMark, ...]:
        notebook = notebook_of(attack, str(self.root), self.port)
        return mark_notebook(self.assignments[attack.assignment], self.sandbox, notebook)


def notebook_of(attack: Forgery, root: str, port: int = 1) -> bytes:
    """Return an attack as it is handed in, for a course in `root` and a marker who listens at `port`."""
    return fill(released(attack.assignment), HONEST | cells_of(attack, root, port), attack.after)


def cells_of(attack: Forgery, root: str, port: int = 1) -> dict[str, str]:
    """Return an attack's cells for a checkout in `root`."""
    return {
        cell: source.replace("ROOT", repr(root)).replace("NAME", NAME).replace("MARKER_PORT", str(port))
        for cell, source in attack.cells.items()
    }


def shown(points: Iterable[int]) -> str:
    """Return points for a reader.

    >>> shown((2, 0, 3))
    '2, 0, 3'
    """
    return ", ".join(map(str, points))


def _seen(attack: Forgery, marks: Sequence[ItemMark]) -> str:
    """Return the points that were earned, and what else is wrong with the marks."""
    parts = [shown(mark.points for mark in marks)]
    text = " ".join(f"{mark.misconception} {mark.message} {mark.fault}" for mark in marks)
    if leaked(text):
        parts.append("says what is hidden")
    if not text.isprintable():
        parts.append("says what does not print")
    lost = [mark for mark in marks if mark.points < mark.max]
    if attack.says and (not lost or attack.says not in lost[0].message):
        parts.append(f"does not say {attack.says!r}")
    return "; ".join([*parts, *{mark.fault for mark in marks if mark.fault}])


def leaked(text: str, canaries: Sequence[int] = CANARIES) -> list[int]:
    """Return the canaries that stand in a text: in decimal, hexadecimal or reversed, and half of one is enough.

    >>> leaked("a 5821190734 b"), leaked(f"{CANARIES[0]:,}") == leaked(hex(CANARIES[0])) == [CANARIES[0]]
    ([58211907340982651147], True)
    """
    bare = text.lower().replace(",", "").replace("_", "")
    forms = {one: (str(one)[:10], str(one)[::-1][-10:], f"{one:x}"[:10], f"{one:x}"[::-1][-10:]) for one in canaries}
    return [one for one, spelt in forms.items() if any(form in bare for form in spelt)]
