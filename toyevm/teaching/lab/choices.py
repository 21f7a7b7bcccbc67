"""Choosing: options have letters, "I don't know" is always one of them, and what was meant is understood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.items import Option
from toyevm.teaching.lab.panels import as_html, as_label

DONT_KNOW = "I don't know"


def letter(index: int) -> str:
    return chr(ord("A") + index)


def list_options(options: Sequence[Option]) -> str:
    """Return the options as lines of text, "I don't know" last."""
    texts = [*(option.text for option in options), DONT_KNOW]
    return "\n".join(f"- **{letter(index)}**: {text}" for index, text in enumerate(texts))


def name_right(options: Sequence[Option]) -> str:
    """Return the right option with its letter, and in a sentence of its own what is said about it.

    >>> name_right([Option("1", "no"), Option("-1", "yes: it is below zero", right=True)])
    '**B**, -1. Yes: it is below zero'
    """
    index, right = next((index, option) for index, option in enumerate(options) if option.right)
    return f"**{letter(index)}**, {right.text}. {as_sentence(right.reveal)}"


def as_sentence(text: str) -> str:
    """Return a text with its first letter large: option and reveal may hold colons, so a full stop divides them."""
    return text[:1].upper() + text[1:]


def read_choice(options: Sequence[Option], chosen: object) -> int:
    """Return the index of what was chosen, by letter, number from 1, or text; "I don't know" comes after the options.

    Raises:
        InputError: it is none of them.

    >>> options = [Option("1", "yes", right=True), Option("-1", "no")]
    >>> read_choice(options, "b"), read_choice(options, 1), read_choice(options, "I don't know")
    (1, 0, 2)
    """
    texts = [*(option.text for option in options), DONT_KNOW]
    letters = [letter(index) for index in range(len(texts))]
    if type(chosen) is int and 1 <= chosen <= len(texts):
        return chosen - 1
    if isinstance(chosen, str):
        for names in (letters, texts):
            folded = [name.casefold() for name in names]
            if chosen.strip().casefold() in folded:
                return folded.index(chosen.strip().casefold())
    raise InputError(f"{chosen!r} is no option", expected=f"a letter from A to {letters[-1]}")


def choice_widget(
    module: ModuleType, question: str, options: Sequence[Option], chosen: str | None, choose: Callable[[str], str]
) -> Any:
    """Return radio buttons under a question; `choose` gets the letter and returns what to say then."""
    texts = [*(option.text for option in options), DONT_KNOW]
    rows = [(f"{letter(index)}: {as_label(text)}", letter(index)) for index, text in enumerate(texts)]
    wide = module.Layout(width="auto")
    buttons = module.RadioButtons(options=rows, value=chosen, layout=wide)
    said = module.HTML(as_html(choose(chosen)) if chosen else "")

    def changed(change: dict[str, Any]) -> None:
        said.value = as_html(choose(change["new"])) if change["new"] else ""

    buttons.observe(changed, "value")
    return module.VBox([module.HTML(as_html(question)), buttons, said])
