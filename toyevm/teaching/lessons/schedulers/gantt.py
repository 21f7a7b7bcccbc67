"""A schedule to move about in: push a transaction to another core, or before its neighbour, and see when all ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import ModuleType
from typing import Any

from toyevm.errors import InputError
from toyevm.simulation.run import TaskSpan
from toyevm.simulation.schedule import PRIORITIES, makespan
from toyevm.teaching.kit.lanes import Job
from toyevm.teaching.kit.player import import_ipywidgets, in_text
from toyevm.teaching.lessons.schedulers.gantt_view import picture_of, plan, write_plan


class GanttPlayer:
    """Move the transactions of a small block between cores.

    Everything the widget can do, a call does too: `play("A:1 B:2")` or `play("longest first")`, `move`, `shift`; `plan`
    is the text form, for somebody else to replay, and `text` what is shown.

    Raises:
        InputError: ipywidgets is not installed.
    """

    def __init__(self, job: Job, cores: int = 2, by: str = "block order") -> None:
        self.job, self.cores = job, cores
        self.spans = _by_start(plan(job, cores, by))
        self._build(import_ipywidgets("the player", "show_plan works without it"))

    @property
    def plan(self) -> str:
        return write_plan(self.job, self.spans)

    @property
    def makespan(self) -> int:
        return makespan(self.spans)

    @property
    def text(self) -> str:
        """The text twin of what is shown."""
        return picture_of(self.job, self.cores, self.spans).text

    def play(self, by: str) -> None:
        """Show the plan of this text form, or the schedule by a priority of this name.

        Raises:
            InputError: it cannot be read; what was shown stays.
        """
        self.spans = _by_start(plan(self.job, self.cores, by))
        self._message.value = ""
        self._show()

    def move(self, name: str, core: int) -> None:
        """Give a transaction to another core, from 1, where it stands in the row as before."""
        words = self._words(name)
        self.play(" ".join(f"{name}:{core}" if word.split(":")[0] == name else word for word in words))

    def shift(self, name: str, by: int) -> None:
        """Let a transaction change places with the one before it (-1) or behind it (1) on its core."""
        words = self._words(name)
        at = next(i for i, word in enumerate(words) if word.split(":")[0] == name)
        core = words[at].split(":")[1]
        beside = [i for i in range(len(words)) if words[i].split(":")[1] == core and (i - at) * by > 0]
        if beside:
            words.insert(min(beside, key=lambda i: abs(i - at)), words.pop(at))
            self.play(" ".join(self._serial(words)))

    def _serial(self, words: list[str]) -> Iterator[str]:
        """Yield the words such that everybody comes after those he waits for, if the order on each core allows it."""
        left, placed = list(words), set[str]()
        while left:
            heads = list({word.split(":")[1]: word for word in reversed(left)}.values())[::-1]
            chosen = next((word for word in heads if self._waits_for(word) <= placed), heads[0])
            left.remove(chosen)
            placed.add(chosen.split(":")[0])
            yield chosen

    def _waits_for(self, word: str) -> set[str]:
        tx_index = self.job.labels.index(word.split(":")[0])
        return set(map(self.job.label, self.job.graph.predecessors[tx_index]))

    def _words(self, name: str) -> list[str]:
        words = self.plan.split()
        if name not in [word.split(":")[0] for word in words]:
            raise InputError(f"{name!r} is not in the plan", expected=" ".join(self.job.labels))
        return words

    def _build(self, widgets: ModuleType) -> None:
        def button(words: str, meaning: str, action: Callable[[], None]) -> Any:
            made = widgets.Button(description=words, tooltip=meaning, layout=widgets.Layout(width="auto"))
            made.on_click(lambda _: self._try(action))
            return made

        narrow, wide = widgets.Layout(width="150px"), widgets.Layout(width="520px")
        rules = [(f"by rule: {name}", name) for name in PRIORITIES]
        self._rule = widgets.Dropdown(options=[("choose a rule", ""), *rules], layout=widgets.Layout(width="220px"))
        self._name = widgets.Dropdown(options=self.job.labels, description="move", layout=narrow)
        self._to = [
            button(f"to core {core}", "give it to this core", partial(self._give_to, core))
            for core in range(1, self.cores + 1)
        ]
        self._shift = [
            button(words, meaning, partial(self._shift_by, by))
            for words, meaning, by in (("earlier", "before its neighbour", -1), ("later", "behind its neighbour", 1))
        ]
        self._field = widgets.Text(description="plan", placeholder="A:1 B:2", continuous_update=False, layout=wide)
        self._as_text = widgets.Checkbox(
            value=False, description="as text", indent=False, layout=widgets.Layout(width="90px")
        )
        self._screen, self._message = widgets.HTML(), widgets.HTML()
        flow = widgets.Layout(flex_flow="row wrap")
        moves = widgets.HBox([self._name, *self._to, *self._shift, self._rule], layout=flow)
        self.widget = widgets.VBox(
            [moves, widgets.HBox([self._field, self._as_text], layout=flow), self._message, self._screen]
        )
        self._show()
        self._field.observe(lambda change: self._try(partial(self.play, change["new"])), "value")
        self._rule.observe(lambda change: self._try(partial(self.play, change["new"] or self.plan)), "value")
        self._as_text.observe(lambda _: self._show(), "value")

    def _give_to(self, core: int) -> None:
        self.move(str(self._name.value), core)

    def _shift_by(self, places: int) -> None:
        self.shift(str(self._name.value), places)

    def _try(self, action: Callable[[], None]) -> None:
        """Do what somebody pressed or typed; what is wrong with it is shown, not raised."""
        try:
            action()
        except InputError as error:
            self._message.value = in_text(str(error))

    def _show(self) -> None:
        picture = picture_of(self.job, self.cores, self.spans)
        self._field.value = self.plan
        self._screen.value = in_text(picture.text) if self._as_text.value else picture.svg

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**self.widget._repr_mimebundle_(**options), "text/plain": self.text}


def _by_start(spans: Sequence[TaskSpan]) -> tuple[TaskSpan, ...]:
    return tuple(sorted(spans, key=lambda span: (span.start, span.core)))


def lengths_of(job: Job, cores: int, rules: Sequence[str]) -> dict[str, int]:
    """Return how long a block takes by each of these rules."""
    return {rule: makespan(plan(job, cores, rule)) for rule in rules}
