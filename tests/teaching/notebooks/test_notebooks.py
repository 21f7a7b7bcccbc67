"""Every lesson in course/ keeps its promises on paper: complete, accessible, within its budgets, and true as stored.

Whether its outputs are still what the code prints is the business of nbval (`make notebooks`).
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from toyevm.teaching.lab.items import read_items

COURSE = Path(__file__).resolve().parents[3] / "course"
LESSONS = sorted(COURSE.glob("*/*.ipynb"))
MOST_CELLS, MOST_WORDS = 55, 1_600
LONGEST_IMPORT, LONGEST_RUN = 5, 20  # seconds
LONGEST_CORE = 60  # minutes
NOT_TIMED = ("Sources", "Limits of this lesson")

Notebook = dict[str, Any]
Check = Callable[[Notebook, Path], Iterator[str]]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def cells_of(notebook: Notebook, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def outputs_of(notebook: Notebook) -> Iterator[tuple[str, dict[str, Any]]]:
    for cell in cells_of(notebook, "code"):
        for output in cell["outputs"]:
            yield cell["id"], output


def shown(output: dict[str, Any], mime: str) -> str:
    return "".join(output.get("data", {}).get(mime, ""))


def prose(notebook: Notebook) -> str:
    """All Markdown, without code blocks: no heading or word is counted in there."""
    text = "\n\n".join(source(cell) for cell in cells_of(notebook, "markdown"))
    return re.sub(r"^(?: {4}|\t).*$", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL), flags=re.MULTILINE)


def words_of(output: Any) -> str:
    return "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", ""))


def shown_in(notebook: Any) -> dict[str, str]:
    """Return the words below each cell of code, by the cell's id."""
    return {cell["id"]: "".join(map(words_of, cell["outputs"])) for cell in cells_of(notebook, "code")}


def cells_above(notebook: Notebook, name: str) -> list[dict[str, Any]]:
    (at,) = (i for i, cell in enumerate(notebook["cells"]) if cell["id"] == name)
    return list(notebook["cells"][:at])


def given_away(notebook: Notebook, bet: str, clues: Sequence[str]) -> list[str]:
    """Return which clues to a bet can be read above it, in the first cells or on its screen, or in the cell below."""
    cells = notebook["cells"]
    (at,) = (i for i, cell in enumerate(cells) if f'lab.predict("{bet}")' in source(cell))
    near = cells[:at] if at < 5 else cells[at - 1 : at]
    above = [source(cell) + "".join(map(words_of, cell.get("outputs", []))) for cell in near]
    text = "\n".join([*above, *map(source, cells[at : at + 2])]).casefold()
    return [clue for clue in clues if clue.casefold() in text]


def executed(notebook: Notebook, folder: Path) -> Iterator[str]:
    counts = [cell["execution_count"] for cell in cells_of(notebook, "code")]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are not 1, 2, 3, …: {counts}"


def without_errors(notebook: Notebook, folder: Path) -> Iterator[str]:
    for name, output in outputs_of(notebook):
        if output["output_type"] == "error" or output.get("name") == "stderr":
            yield f"{name}: an error or stderr among the outputs"


def headings(notebook: Notebook, folder: Path) -> Iterator[str]:
    levels = [len(marks) for marks in re.findall(r"^(#{1,6})\s", prose(notebook), flags=re.MULTILINE)]
    if levels.count(1) != 1 or levels[:1] != [1]:
        yield f"not one H1 at the start: {levels}"
    if any(after > before + 1 for before, after in itertools.pairwise(levels)):
        yield f"a heading level is skipped: {levels}"


def alternatives(notebook: Notebook, folder: Path) -> Iterator[str]:
    pages = [(cell["id"], source(cell)) for cell in cells_of(notebook, "markdown")]
    pages += [(name, shown(output, "text/html")) for name, output in outputs_of(notebook)]
    for name, page in pages:
        if re.search(r"!\[\s*\]", page):
            yield f"{name}: an image without alternative text"
        for tag in re.findall(r"<(?:img|svg)\b[^>]*>", page):
            words = re.search(r'(?:alt|aria-label)="([^"]*)"', tag)
            if words is None or len(words.group(1).split()) < 3:
                yield f"{name}: a figure without alternative text"
            if tag.startswith("<svg") and 'role="img"' not in tag:
                yield f"{name}: a figure that is not announced as one"
    for name, output in outputs_of(notebook):
        for mime in output.get("data", {}):
            if mime.startswith("image/") and not output["metadata"].get(mime, {}).get("alt"):
                yield f"{name}: a figure without alternative text"


def twins(notebook: Notebook, folder: Path) -> Iterator[str]:
    for name, output in outputs_of(notebook):
        data, twin = output.get("data", {}), shown(output, "text/plain")
        if any(mime.startswith("image/") for mime in data) or "<svg" in shown(output, "text/html"):
            numbers = re.findall(r"\d[\d,]*", twin)
            if len(numbers) < 3:
                yield f"{name}: a figure without a text twin"
        if re.search(r" at 0x[0-9a-f]{6,}|^<.*>$", twin):
            yield f"{name}: stores an object's address: {twin[:60]}"


def budgets(notebook: Notebook, folder: Path) -> Iterator[str]:
    words = len(re.findall(r"\w[\w'’.,-]*", "\n".join(source(cell) for cell in cells_of(notebook, "markdown"))))
    if len(notebook["cells"]) > MOST_CELLS:
        yield f"{len(notebook['cells'])} cells"
    if words > MOST_WORDS:
        yield f"{words} words"


def minutes(notebook: Notebook, folder: Path) -> Iterator[str]:
    """A section states its minutes, `## Title (N minutes)`, and the first cell the sums: core path, and extensions."""
    sections = re.findall(r"^## (.*)$", prose(notebook), flags=re.MULTILINE)
    timed = [re.fullmatch(r"(.*) \((\d+) minutes\)", section) for section in sections]
    without = [section for section, found in zip(sections, timed) if not found and section not in NOT_TIMED]
    if without:
        yield f"sections without minutes: {without}"
    core, more = 0, 0
    for title, length in (found.groups() for found in timed if found):
        core, more = (core, more + int(length)) if title.startswith("Extension") else (core + int(length), more)
    stated = f"**Core path: {core} minutes.** Extensions: {more} minutes."
    if stated.replace("*", "") not in source(notebook["cells"][0]).replace("*", ""):
        yield f"the first cell does not say {stated!r}, the sums of its sections"
    if core > LONGEST_CORE:
        yield f"a core path of {core} minutes"


def metadata(notebook: Notebook, folder: Path) -> Iterator[str]:
    if "widgets" in notebook["metadata"]:
        yield "metadata.widgets is stored"
    if notebook["metadata"]["kernelspec"]["name"] != "python3":
        yield "the kernel is not python3"
    if any("execution" in cell["metadata"] for cell in notebook["cells"]):
        yield "times of day are stored"
    if any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for _, output in outputs_of(notebook)):
        yield "a widget without its state is stored"


def identities(notebook: Notebook, folder: Path) -> Iterator[str]:
    names = [cell.get("id", "") for cell in notebook["cells"]]
    if "" in names or len(set(names)) < len(names):
        yield "cell ids are missing or not unique"


def links(notebook: Notebook, folder: Path) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)[^)]*\)|(?:src|href)=\"([^\"]+)\"", prose(notebook)):
        place = "".join(target)
        if place.startswith("https://"):
            continue
        if ":" in place or not (folder / place.partition("#")[0]).exists():
            yield f"leads nowhere: {place}"


def portability(notebook: Notebook, folder: Path) -> Iterator[str]:
    text = json.dumps(notebook)
    if re.search(r"/(?:home|tmp|root|Users|work)/|\.venv", text):
        yield "a path of the machine it ran on is stored"


CHECKS: tuple[Check, ...] = (
    executed, without_errors, headings, alternatives, twins, budgets, minutes, metadata, identities, links, portability,
)  # fmt: skip


def read(path: Path) -> Notebook:
    notebook: Notebook = json.loads(path.read_bytes())
    return notebook


def problems(notebook: Notebook, folder: Path) -> list[str]:
    return [problem for check in CHECKS for problem in check(notebook, folder)]


def test_every_lesson_lies_in_its_own_folder() -> None:
    assert [path.parent.name for path in LESSONS] == [path.stem for path in LESSONS]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_keeps_its_promises(path: Path) -> None:
    assert problems(read(path), path.parent) == []


def markdown(text: str, name: str = "new") -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def with_output(notebook: Notebook, output: dict[str, Any]) -> None:
    cells_of(notebook, "code")[0]["outputs"] = [output]


def figure(html: str, twin: str = "picture") -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": html, "text/plain": twin}}


BREAKAGES: dict[str, tuple[Callable[[Notebook], Any], str]] = {
    "not run": (lambda n: cells_of(n, "code")[0].update(execution_count=None), "execution counts"),
    "run twice": (lambda n: cells_of(n, "code")[0].update(execution_count=99), "execution counts"),
    "error": (lambda n: with_output(n, {"output_type": "error"}), "an error or stderr"),
    "warning": (
        lambda n: with_output(n, {"output_type": "stream", "name": "stderr", "text": "!"}),
        "an error or stderr",
    ),
    "second title": (lambda n: n["cells"].append(markdown("# Again")), "not one H1"),
    "level skipped": (lambda n: n["cells"].append(markdown("#### Deep")), "level is skipped"),
    "bare image": (lambda n: n["cells"].append(markdown("![](block.json)")), "without alternative text"),
    "bare tag": (lambda n: n["cells"].append(markdown('<img src="block.json">')), "without alternative text"),
    "short label": (
        lambda n: with_output(n, figure('<svg role="img" aria-label="x">')),
        "without alternative text",
    ),
    "png": (
        lambda n: with_output(n, {"output_type": "display_data", "metadata": {}, "data": {"image/png": "AA"}}),
        "without alternative text",
    ),
    "no twin": (lambda n: with_output(n, figure("<svg>")), "without a text twin"),
    "address": (
        lambda n: with_output(n, {"output_type": "execute_result", "data": {"text/plain": "<Thing at 0x7f00aa11>"}}),
        "an object's address",
    ),
    "wordy": (lambda n: n["cells"].append(markdown("word " * 2_000)), "words"),
    "long": (lambda n: n["cells"].extend(markdown("x", f"new{i}") for i in range(70)), "cells"),
    "no minutes": (lambda n: n["cells"].append(markdown("## More")), "'More']"),
    "more minutes": (lambda n: n["cells"].append(markdown("## More (7 minutes)")), "the sums of its sections"),
    "extended": (lambda n: n["cells"].append(markdown("## Extension: more (7 minutes)")), "the sums of its sections"),
    "too long": (lambda n: n["cells"].append(markdown("## More (61 minutes)")), "a core path of"),
    "widget state": (lambda n: n["metadata"].update(widgets={}), "metadata.widgets"),
    "kernel": (lambda n: n["metadata"]["kernelspec"].update(name="mine"), "kernel is not python3"),
    "same id": (lambda n: n["cells"].append(markdown("x", n["cells"][0]["id"])), "not unique"),
    "dead link": (lambda n: n["cells"].append(markdown("[there](../99-nowhere/x.ipynb)")), "leads nowhere"),
    "local link": (lambda n: n["cells"].append(markdown("[there](file:///etc/passwd)")), "leads nowhere"),
    "own path": (lambda n: n["cells"].append(markdown("see /home/me/notes")), "path of the machine"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_every_check_of_a_lesson_bites(name: str) -> None:
    path = LESSONS[0]
    notebook = deepcopy(read(path))
    breakage, message = BREAKAGES[name]
    breakage(notebook)
    assert any(message in problem for problem in problems(notebook, path.parent))


# What they ask is answered or taken up


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_bet_is_taken_up_again_after_it_was_asked(path: Path) -> None:
    text = "\n".join(source(cell) for cell in cells_of(read(path), "code"))
    asked = re.findall(r'lab\.predict\("([\w-]+)"\)', text)
    assert asked == list(read_items(path.parent / "items.toml").predictions)
    assert [name for name in asked if text.count(f'lab.reveal("{name}"') != 1] == []
    assert all(text.index(f'lab.predict("{name}"') < text.index(f'lab.reveal("{name}"') for name in asked)


@pytest.mark.parametrize(
    "path", [path for path in LESSONS if path.stem[:2] not in ("00", "06")], ids=lambda path: path.stem
)
def test_a_lesson_begins_with_a_bet_and_takes_it_up_at_once(path: Path) -> None:
    assert [cell["id"] for cell in read(path)["cells"][:3]] == ["title", "bet", "imports"]


@pytest.mark.parametrize("name", ["08-real-cores", "11-optimistic-rollup", "12-polynomials", "13-zk-rollup"])
def test_each_item_serves_an_objective_of_its_lesson(name: str) -> None:
    title = source(read(COURSE / name / f"{name}.ipynb")["cells"][0])
    listed = re.findall(r"^\d\. (.*)[;.]$", title, flags=re.MULTILINE)
    items = read_items(COURSE / name / "items.toml")
    named = {item.objective for item in (*items.predictions.values(), *items.exercises.values())}
    assert named <= set(listed)
    assert len(set(listed) - named) <= 1  # a turn of the lesson may be enough


# Running them


def execute(path: Path, changes: dict[str, str]) -> Notebook:
    """Run a lesson with some of its lines changed; a cell that raises stops it, as Run All would."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    notebook = nbformat.read(path, as_version=4)
    for before, after in changes.items():
        (cell,) = (cell for cell in notebook.cells if before in cell.source)
        cell.source = cell.source.replace(before, after)
    resources = {"metadata": {"path": str(path.parent)}}
    client = nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3", resources=resources)
    done: Notebook = client.execute()
    return done


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_lesson_keeps_students_waiting(path: Path) -> None:
    """Measured in CPU seconds of the kernel, which do not depend on what else the machine is doing."""
    first = source(next(cell for cell in cells_of(read(path), "code") if cell["id"] == "imports"))
    clock = "__import__('time').process_time()"
    last = source(cells_of(read(path), "code")[-1])
    marked = f"began = {clock}\n{first}\nprint({clock} - began)"
    done = execute(path, {first: marked, last: f"{last}\nprint({clock})"})
    assert float(printed(done, "imports").split()[-1]) < LONGEST_IMPORT
    assert float(printed(done, cells_of(done, "code")[-1]["id"]).split()[-1]) < LONGEST_RUN


def printed(notebook: Notebook, name: str) -> str:
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == name)
    return "".join(output.get("text", "") for output in cell["outputs"])


def revealed(notebook: Notebook, name: str) -> str:
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == name)
    return "".join(shown(output, "text/plain") for output in cell["outputs"])
