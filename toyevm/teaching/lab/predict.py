"""A prediction is a bet before the result. It can be changed, is never graded, and is taken up again by name.

Each wrong option stands for a misconception. The reveal puts the bet beside what the student's own run said, or what
was recorded. It says neither that nor the answer before there is a bet: "I don't know" is one.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.choices import DONT_KNOW, choice_widget, letter, list_options, name_right, read_choice
from toyevm.teaching.lab.items import Prediction
from toyevm.teaching.lab.panels import Panel
from toyevm.teaching.lab.progress import Entry, Progress

SURE = {1: "a guess", 2: "fairly sure", 3: "certain"}


def predict(item: Prediction, progress: Progress, choose: object = None, sure: int | None = None) -> Panel:
    """Ask, or note the bet `choose` and how `sure` it is (1 a guess, 2 fairly sure, 3 certain).

    Raises:
        InputError: `choose` is no option, or `sure` no such number.
    """
    call = f'lab.predict("{item.id}", choose="…")'
    if choose is None and sure is None:
        text = (
            f"{item.prompt}\n\n{list_options(item.options)}\n\n{_now(item, progress)}Choose with `{call}`, then go on."
        )
        return Panel(text, lambda module: _widget(module, item, progress))
    if sure not in (None, *SURE):
        raise InputError(f"sure={sure!r}", expected=", ".join(f"{number} {words}" for number, words in SURE.items()))
    return Panel(_bet(item, progress, letter(read_choice(item.options, choose)), sure))


def reveal(item: Prediction, progress: Progress, run: Any = None, record: str | None = None) -> Panel:
    """Take the bet up again, beside the student's own `run` (a value, or a function to call) or a `record` of one."""
    bet = progress.entry("predictions", item.id).get("last")
    if bet is None:
        call = f'lab.predict("{item.id}", choose="…")'
        return Panel(f"Bet first: `{call}`. Then run this cell again. *{DONT_KNOW}* is a bet, too.")
    lines = [] if run is None else [_says("Your run", str(run() if callable(run) else run))]
    lines += [] if record is None else [_says("The record", record)]
    if read_choice(item.options, bet) == len(item.options):
        lines.append("You did not know yet.")
    else:
        chosen = item.options[read_choice(item.options, bet)]
        if chosen.right:
            lines.append(f"You bet **{bet}**.")
        else:
            lines.append(f"You bet **{bet}**, {chosen.text}.")
            lines += [f"*{chosen.misconception.replace('-', ' ')}*: {chosen.reveal}"]
    return Panel("\n\n".join([*lines, name_right(item.options)]))


def _says(who: str, said: str) -> str:
    """Return what a run or a record says as Markdown; a table keeps its columns."""
    return f"{who} says:\n\n```text\n{said}\n```" if "\n" in said else f"{who} says: **{said}**."


def _bet(item: Prediction, progress: Progress, bet: str, sure: int | None) -> str:
    def note(entry: Entry) -> Entry:
        return {"first": bet, **entry, "last": bet, "sure": sure}

    progress.record("predictions", item.id, note)
    return _now(item, progress) + "You can change it at any time."


def _now(item: Prediction, progress: Progress) -> str:
    entry = progress.entry("predictions", item.id)
    if "last" not in entry:
        return ""
    sure = f" ({SURE[entry['sure']]})" if entry.get("sure") in SURE else ""
    return f"Your bet: {entry['last']}{sure}. "


def _widget(module: ModuleType, item: Prediction, progress: Progress) -> Any:
    bet = progress.entry("predictions", item.id).get("last")
    sure = module.ToggleButtons(options=[(words, number) for number, words in SURE.items()], value=None)
    choice = choice_widget(module, item.prompt, item.options, bet, lambda new: _bet(item, progress, new, sure.value))
    buttons = choice.children[1]
    sure.observe(lambda _: buttons.value and _bet(item, progress, buttons.value, sure.value), "value")
    return module.VBox([choice, module.HBox([module.Label("How sure?"), sure])])
