"""What was learned is fetched back: two short questions on concepts of earlier lessons that this lesson needs.

Which two follows from the concept graph: first those that this lesson uses, and of these the ones taught longest ago,
for that is what fades. Questions once answered rightly come last. They may be skipped; nothing depends on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any

from toyevm.teaching.lab.choices import as_sentence, choice_widget, list_options, name_right, read_choice
from toyevm.teaching.lab.concepts import ConceptGraph
from toyevm.teaching.lab.items import Retrieval
from toyevm.teaching.lab.panels import Panel
from toyevm.teaching.lab.progress import Entry, Progress

HOW_MANY = 2


def choose_questions(
    pool: Iterable[Retrieval], graph: ConceptGraph, lesson: str, progress: Progress | None = None, skip: int = 0
) -> list[Retrieval]:
    """Return the two questions to ask in a lesson, no two on one concept.

    Args:
        skip: how many to leave out, because the lesson asked them and its exercises should ask others.
    """

    def known(item: Retrieval) -> bool:
        return bool(progress and progress.entry("retrievals", item.id).get("right"))

    def rank(item: Retrieval) -> tuple[bool, str, bool, str]:
        concept = graph.concept(item.concept)
        return lesson not in concept.used_in, concept.taught_in, known(item), item.id

    earlier = [item for item in pool if graph.concept(item.concept).taught_in < lesson]
    chosen: dict[str, Retrieval] = {}
    for item in sorted(earlier, key=rank):
        chosen.setdefault(item.concept, item)
    return sorted(list(chosen.values())[skip:], key=known)[:HOW_MANY]


def ask(items: Sequence[Retrieval], progress: Progress) -> Panel:
    """Show the questions, each with its options."""
    if not items:
        return Panel("Nothing to look back on yet.")
    blocks = [f"{number}. {item.question}\n\n{list_options(item.options)}" for number, item in enumerate(items, 1)]
    call = f'`lab.retrieve("{items[0].id}", choose="…")`'
    names = ", ".join(f"`{item.id}`" for item in items)
    text = "\n\n".join(["Two questions on what you know already. Skip them if you like.", *blocks])
    return Panel(f"{text}\n\nAnswer with {call}; the questions are {names}.", lambda m: _widget(m, items, progress))


def answer(item: Retrieval, choose: object, progress: Progress) -> str:
    """Return what is to be said about a choice, and note whether it was right."""
    index = read_choice(item.options, choose)

    def note(entry: Entry) -> Entry:
        is_right = index < len(item.options) and item.options[index].right
        return {"tries": entry.get("tries", 0) + 1, "right": entry.get("right", 0) + is_right}

    progress.record("retrievals", item.id, note)
    if index == len(item.options):
        return name_right(item.options)
    chosen = item.options[index]
    said = as_sentence(chosen.reveal)
    return f"Right. {said}" if chosen.right else f"Not quite. {said}\n\n{name_right(item.options)}"


def _widget(module: ModuleType, items: Sequence[Retrieval], progress: Progress) -> Any:
    def one(item: Retrieval) -> Any:
        return choice_widget(module, item.question, item.options, None, lambda new: answer(item, new, progress))

    return module.VBox([one(item) for item in items])
