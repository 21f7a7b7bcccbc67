"""A reflection is written first, compared afterwards: the exemplar unfolds once there are words to compare it with."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.items import Reflection
from toyevm.teaching.lab.panels import Panel, as_html
from toyevm.teaching.lab.progress import Progress

FEWEST_WORDS = 8


def reflect(item: Reflection, progress: Progress, words: str | None = None) -> Panel:
    """Ask, or note the student's `words` and show the exemplar beside them. Nobody reads or grades them.

    Raises:
        InputError: the words are no text.
    """
    if not isinstance(words, str | None):
        raise InputError(f"{words!r:.60}", expected="a text: your own words")
    words = words or progress.entry("reflections", item.id).get("words", "")
    if words:
        return Panel(_answer(item, progress, words))
    call = f'lab.reflect("{item.id}", "your own words")'
    return Panel(f"{item.prompt}\n\nWrite two or three sentences: `{call}`.", lambda m: _widget(m, item, progress))


def _answer(item: Reflection, progress: Progress, words: str) -> str:
    if len(words.split()) < FEWEST_WORDS:
        return f"Say a little more, in a whole sentence. Then you see what another wrote. So far: {words}"
    progress.record("reflections", item.id, lambda _: {"words": words})
    question = "What do they say that you did not, and you that they did not?"
    return f"You wrote: {words}\n\nSomebody else wrote: {item.exemplar}\n\n{question}"


def _widget(module: ModuleType, item: Reflection, progress: Progress) -> Any:
    area = module.Textarea(placeholder="in your own words", layout=module.Layout(width="44em", height="6em"))
    button = module.Button(description="compare", tooltip="show what another wrote")
    said = module.HTML()

    def compare(_: Any) -> None:
        said.value = as_html(_answer(item, progress, area.value.strip()))

    button.on_click(compare)
    return module.VBox([module.HTML(as_html(item.prompt)), area, button, said])
