"""A player for schedules: you say which move of which transaction comes next, and see what becomes of the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from toyevm.blocks import Block
from toyevm.chain import MAINNET, ChainConfig
from toyevm.errors import InputError
from toyevm.simulation.interleaver import NO_RULES, Play, Rules, play
from toyevm.simulation.notation import Move, letter
from toyevm.state import WorldState
from toyevm.teaching.kit.interleaving.view import InterleavingScene, describe_interleaving, show_interleaving
from toyevm.teaching.kit.player import import_ipywidgets, in_text
from toyevm.types import Location


class InterleavingPlayer:
    """Run the transactions of a small block in halves or single steps, in the order you type or press.

    Everything the widget can do, a call does too: `play("A1 B1 A2 B2")`; `text` is what it shows, in words. The
    schedule is all that somebody else needs to see the same.

    Args:
        titles: what the transactions do, in block order.
        watched: the locations to follow, with their names; `interleaving_view.balances` makes a common choice. Single
            steps stop at these.
        rules: what the executor insists on; by default, on nothing.
        single_steps: whether there are buttons for them.

    Raises:
        InputError: a block with no or too many transactions, or ipywidgets is not installed.
    """

    def __init__(
        self,
        pre: WorldState,
        block: Block,
        titles: Sequence[str],
        watched: Mapping[Location, str],
        schedule: str = "",
        chain: ChainConfig = MAINNET,
        rules: Rules = NO_RULES,
        single_steps: bool = False,
    ) -> None:
        self.pre, self.block, self.chain, self.rules, self.single_steps = pre, block, chain, rules, single_steps
        self.titles, self.watched = tuple(titles), dict(watched)
        self.result: Play = play(pre, block, schedule, chain, rules, self.watched)
        self._problem = ""
        self._build(import_ipywidgets("the player", "show_interleaving works without it"), schedule)

    @property
    def schedule(self) -> str:
        """The moves that were played, in order."""
        return self.result.schedule

    @property
    def text(self) -> str:
        """The text twin of what is shown."""
        return describe_interleaving(self._scene)

    def play(self, schedule: str) -> Play:
        """Play a schedule, or the beginning of one, and show it.

        Raises:
            InputError: a schedule that cannot be read or played; what was shown stays.
        """
        self.result = play(self.pre, self.block, schedule, self.chain, self.rules, self.watched)
        self._problem = ""
        self._field.value = self.schedule
        self._show()
        return self.result

    def play_as_far(self, schedule: str) -> str:
        """Play as much of a schedule as can be played, show it, and return what is wrong with the rest, or ""."""
        words, problem = schedule.replace(",", " ").split(), ""
        while True:
            try:
                self.play(" ".join(words))
                return problem
            except InputError as error:
                if not words:
                    raise
                problem = problem or str(error)
                words.pop()

    @property
    def _scene(self) -> InterleavingScene:
        return InterleavingScene(self.result, self.titles, self.watched)

    def _build(self, widgets: ModuleType, schedule: str) -> None:
        def button(words: str, meaning: str, action: Any) -> Any:
            made = widgets.Button(description=words, tooltip=meaning, layout=widgets.Layout(width="auto"))
            made.on_click(lambda _: action())
            return made

        self._field = widgets.Text(
            value=schedule, description="schedule", placeholder="A1 B1 A2 B2", continuous_update=False,
            layout=widgets.Layout(width="320px"),
        )  # fmt: skip
        wanted = ["half"] + ["step"] * self.single_steps
        self._next = {
            (tx_index, kind): button(
                f"next {kind} of {letter(tx_index)}",
                f"let {letter(tx_index)} do what it does next",
                lambda tx_index=tx_index, kind=kind: self._advance(tx_index, kind),
            )
            for tx_index in range(len(self.titles))
            for kind in wanted
        }
        self._undo = button("take back", "take the last move back", lambda: self._try(self.schedule[:-2].strip()))
        self._as_text = widgets.Checkbox(
            value=False, description="as text", indent=False, layout=widgets.Layout(width="90px")
        )
        self._screen, self._message = widgets.HTML(), widgets.HTML()
        row = widgets.HBox(
            [self._field, *self._next.values(), self._undo, self._as_text], layout=widgets.Layout(flex_flow="row wrap")
        )
        self.widget = widgets.VBox([row, self._message, self._screen])
        self._field.observe(lambda change: self._try(change["new"]), "value")
        self._as_text.observe(lambda _: self._show(), "value")
        self._show()

    def _advance(self, tx_index: int, kind: str) -> None:
        move = self._next_move(tx_index, kind)
        if move is not None:
            self._try(f"{self.schedule} {move}")

    def _next_move(self, tx_index: int, kind: str) -> Move | None:
        moves = self.result.missing if kind == "half" else self.result.next_steps
        return next((move for move in moves if move.tx_index == tx_index), None)

    def _try(self, schedule: str) -> None:
        """Play what somebody typed; what is wrong with it is shown, not raised."""
        try:
            self.play(schedule)
        except InputError as error:
            self._problem = str(error)
            self._show()

    def _show(self) -> None:
        for which, pressed in self._next.items():
            pressed.disabled = self._next_move(*which) is None
        self._message.value = in_text(self._problem) if self._problem else ""
        scene = self._scene
        self._screen.value = in_text(self.text) if self._as_text.value else show_interleaving(scene).svg

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**self.widget._repr_mimebundle_(**options), "text/plain": self.text}
