"""The instructor's report on an assignment: how the class did, which items to look at, what failed and why.

Each picture has its words beside it, and its numbers in a table below. Faults of the marker are no wrong answers, and
stand apart.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toyevm.charts import BLUE, GREY, ORANGE, WHITE, Chart, bar_axes
from toyevm.errors import InputError
from toyevm.teaching.desk.item_statistics import ItemStatistics, item_statistics
from toyevm.teaching.desk.marks import WHOLE, MarkRow, by_student, points_of
from toyevm.teaching.desk.pages import element, page, table
from toyevm.teaching.desk.questions import answer_cells, answer_text
from toyevm.teaching.desk.register import ABSENT, Register
from toyevm.teaching.desk.similarity import COMMON, GRAM, HONEST, LEAST_SHARE, Similarity, similar_pairs
from toyevm.teaching.grading.mark import Assignment
from toyevm.teaching.grading.submission import read_release

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HARD, WEAK = 0.3, 0.2  # an item to look at: most have it wrong, or it does not tell who knows
MOST_NAMED, MOST_PAIRS, MOST_REASONS = 12, 50, 60
BARS = 11  # of the distribution: from none of the points to all


@dataclass(frozen=True, slots=True)
class ClassReport:
    """What the report is about; `names` says how students are called in it, and `has_names` that these are theirs."""

    register: Register
    rows: Sequence[MarkRow]
    names: Mapping[str, str]
    similarity: Similarity
    has_names: bool = True

    @property
    def counted(self) -> list[MarkRow]:
        """The rows of those who handed in a notebook and are marked on all of it: of them the statistics are."""
        problems = {(each.student, each.attempt) for each in self.register.attempts if each.problem}
        left = {row.student for row in self.rows if row.attempt == 0 or (row.student, row.attempt) in problems}
        left |= {row.student for row in self.rows if row.is_open}
        return [row for row in self.rows if row.student not in left]

    def called(self, students: Sequence[str]) -> str:
        """Return students in a few words."""
        shown = sorted(self.names.get(each, each) for each in set(students))
        more = f" and {len(shown) - MOST_NAMED} more" if len(shown) > MOST_NAMED else ""
        return ", ".join(shown[:MOST_NAMED]) + more


def report_page(report: ClassReport) -> bytes:
    """Return the report as a page."""
    items = item_statistics(report.counted)
    body = [*_class(report), *_items(items), *_misconceptions(report), *_reasons(report), *_faults(report)]
    return page(f"{report.register.assignment}: how the class did", [*body, *_similar(report), *_files(report)])


def similarity_of(what: Assignment, root: Path, desk: Path, register: Register, rows: Sequence[MarkRow]) -> Similarity:
    """Return which submissions that count are alike, beyond the release's own text and our solution's."""
    cells = answer_cells(what)
    notebooks = register.notebooks
    counted = {row.student: notebooks.get((row.student, row.attempt), "") for row in rows}
    names = {names[0]: names for names in cells.values() if names}  # an answer to two items is one text
    answers = {
        student: {first: answer_text(desk, notebook, own) for first, own in names.items()}
        for student, notebook in counted.items()
        if notebook
    }
    texts = [what.release, _solution(what.name, root)]
    given = "\n".join(cell.source for cell in what.release)
    ours = {
        first: [given, *("\n\n".join(cell.source for cell in cells if cell.name in own) for cells in texts)]
        for first, own in names.items()
    }
    return similar_pairs(answers, ours)


def _solution(name: str, root: Path) -> tuple:  # type: ignore[type-arg]
    try:
        return read_release(root / "solutions" / name / f"{name}.ipynb")
    except InputError:
        return ()


# --- the class --------------------------------------------------------------------------------------------------------


def _class(report: ClassReport) -> Iterator[str]:
    register, counted = report.register, report.counted
    students = len(register.students)
    absent = len({row.student for row in report.rows if row.attempt == 0})
    sums = [float(points_of(own)) for own in by_student(counted).values()]
    most = sum(register.items.values())
    yield element("h2", "The class")
    yield element(
        "p", f"{students} students: {students - absent} handed in, {absent} did not; {len(sums)} are marked on all of "
        f"it. Answers ran in isolation by {register.isolation}.",
    )  # fmt: skip
    if not sums:
        return
    middle = f"mean {statistics.fmean(sums):.2f}, median {statistics.median(sums):g}"
    yield element("p", f"Of {most} points: {middle}, from {min(sums):g} to {max(sums):g}. Late penalties are in it.")
    chart = _distribution(sums, most, middle)
    yield _drawn(chart)
    yield table("Students by points", ("points", "students"), [(name, many) for name, many in _bars(sums, most)])


def _bars(sums: Sequence[float], most: float) -> list[tuple[str, int]]:
    """Return how many have how much, in bars of the same width; where points are few, each number has its own.

    >>> _bars([0, 1, 1, 2], 2)
    [('0', 1), ('1', 2), ('2', 1)]
    """
    if most < BARS:
        counts = Counter(min(int(most), max(0, int(each))) for each in sums)
        word = "" if all(each == int(each) for each in sums) else "from "
        return [(f"{word}{points}", counts[points]) for points in range(int(most) + 1)]
    width = most / (BARS - 1)
    counts = Counter(min(BARS - 1, max(0, int(each / width))) for each in sums)
    return [(f"from {place * width:g}", counts[place]) for place in range(BARS)]


def _distribution(sums: Sequence[float], most: float, middle: str) -> Chart:
    bars = _bars(sums, most)

    def draw(figure: Figure) -> None:
        from matplotlib.ticker import MaxNLocator

        axes = figure.add_subplot()
        axes.bar([name for name, _ in bars], [many for _, many in bars], color=BLUE)
        axes.set(xlabel=f"points, of {most:g}", ylabel="students")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))

    highest = max(bars, key=lambda bar: bar[1])
    most_have = f"most students, {highest[1]}, have {highest[0]}"
    alt = f"Bars: how many students have how many of {most:g} points; {middle}; {most_have}."
    return Chart(draw, "Students by points", alt, "", 3.2)


def _drawn(chart: Chart) -> str:
    """Return a picture with its words; without matplotlib, what is missing."""
    if chart.svg is None:
        return element("p", "No picture: matplotlib is not installed (pip install 'toyevm[course]').")
    return f"<figure>{chart.svg}{element('figcaption', chart.alt)}</figure>"


# --- items ------------------------------------------------------------------------------------------------------------


def _items(items: Sequence[ItemStatistics]) -> Iterator[str]:
    yield element("h2", "Items")
    if not items:
        yield element("p", "Nobody is marked yet.")
        return
    yield element(
        "p", "Difficulty is the mean share of the points: 1 is easy. Discrimination is the correlation of an item's "
        "points with those of all other items (corrected item-total, Pearson's r), where not all earn the same. "
        f"Below {WEAK:g}, or with a difficulty below {HARD:g}, an item, or how it was taught, is worth a look.",
    )  # fmt: skip
    yield _drawn(_item_chart(items))
    yield table(
        "Items",
        ("item", "points", "students", "difficulty", "discrimination", "all points", "look"),
        [(each.item, each.max, each.students, round(each.difficulty, 2), _rounded(each.discrimination),
          f"{each.all_points:.0%}", _look(each)) for each in items],
    )  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _look(each: ItemStatistics) -> str:
    hard = ["hard"] if each.difficulty < HARD else []
    weak = ["does not tell"] if each.discrimination is not None and each.discrimination < WEAK else []
    return ", ".join(hard + weak)


def _item_chart(items: Sequence[ItemStatistics]) -> Chart:
    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        names = [each.item for each in items]
        axes.barh(names, [each.difficulty for each in items], color=BLUE, label="difficulty")
        told = [each for each in items if each.discrimination is not None]
        axes.plot(
            [each.discrimination or 0 for each in told], [each.item for each in told], "D", color=ORANGE,
            markeredgecolor=WHITE, markersize=8, label="discrimination",
        )  # fmt: skip
        bar_axes(axes)
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set(xlim=(min(0.0, *(each.discrimination or 0 for each in items), 0.0) - 0.05, 1.05))
        figure.legend(loc="outside lower center", ncols=2)

    hardest = min(items, key=lambda each: each.difficulty)
    alt = (
        "Bars: the difficulty of each item; diamonds: its discrimination. "
        f"Hardest: {hardest.item}, {hardest.difficulty:.2f}; the numbers are in the table below."
    )
    return Chart(draw, "Items", alt, "", 1.4 + 0.35 * len(items))


# --- what was wrong ---------------------------------------------------------------------------------------------------


def _misconceptions(report: ClassReport) -> Iterator[str]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in report.counted:
        if row.misconception and row.points < row.max:
            found.setdefault((row.item, row.misconception), []).append(row.student)
    yield element("h2", "Wrong answers with a name")
    if not found:
        yield element("p", "No wrong answer shows a misconception that we know.")
        return
    ordered = sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))
    yield table(
        "Misconceptions, by their ids in items.toml and marking.toml",
        ("item", "misconception", "students", "who"),
        [(item, name, len(set(who)), report.called(who)) for (item, name), who in ordered],
    )


def _reasons(report: ClassReport) -> Iterator[str]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in report.rows:
        missing = row.points < row.max or row.item == WHOLE
        if missing and row.message and row.message != ABSENT and not row.fault and not row.misconception:
            found.setdefault((row.item, row.message), []).append(row.student)
    yield element("h2", "Other reasons why points are missing")
    if not found:
        yield element("p", "There are none.")
        return
    ordered = sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))
    if len(ordered) > MOST_REASONS:
        yield element("p", f"The {MOST_REASONS} most frequent of {len(ordered)}; the others are in marks.csv.")
    yield table(
        "As the student is told; a submission's own words are in quotes",
        ("item", "reason", "students", "who"),
        [(item, why, len(who), report.called(who)) for (item, why), who in ordered[:MOST_REASONS]],
    )


def _faults(report: ClassReport) -> Iterator[str]:
    """Yield what is our fault and not the student's: no submission can write here."""
    found: dict[str, list[str]] = {}
    for row in report.rows:
        if row.fault:
            found.setdefault(row.fault, []).append(row.student)
    yield element("h2", "Faults of the marker")
    if not found:
        yield element("p", "There are none: everybody who handed in a notebook is marked.")
        return
    yield element("p", "These are no wrong answers. The same command as before tries them again.", "look")
    yield table(
        "What failed", ("fault", "students", "who"),
        [(why, len(set(who)), report.called(who)) for why, who in sorted(found.items())],
    )  # fmt: skip


# --- likeness, files --------------------------------------------------------------------------------------------------


def _similar(report: ClassReport) -> Iterator[str]:
    found = report.similarity
    yield element("h2", "Submissions that are alike")
    yield element(
        "p", f"A pair is a reason to read both, and proof of nothing. {found.compared:,} pairs were compared."
    )
    yield element(
        "p", f"What is compared: runs of {GRAM} tokens, without comments and names of one's own, and without the text "
        f"of the release and of our solution. What few write weighs more, what one in {COMMON} writes nothing: an "
        f"answer that most of a class shares is not listed. In an item, at least {LEAST_SHARE:.0%} of the shorter "
        f"answer is shared; from {found.threshold:.1f} bits on a pair is listed.",
    )  # fmt: skip
    yield element(
        "p", f"How often that is wrong: of {HONEST[0]:,} pairs of made-up honest short answers, {HONEST[1]} were "
        f"listed ({HONEST[1] / HONEST[0]:.3%}). Where there is only one way to write it, there are more.",
    )  # fmt: skip
    yield table(
        "Where an answer can tell: long enough, beyond the release's and our own text",
        ("answer cell", "answers long enough"),
        [(item, f"{share:.0%}") for item, share in found.can_tell.items()],
    )
    if copies := _identical(report):
        yield table("The same file, byte for byte", ("students",), copies)
    if not found.pairs:
        yield element("p", "No other pair is listed." if copies else "No pair is listed.")
        return
    if len(found.pairs) > MOST_PAIRS:
        yield element("p", f"The strongest {MOST_PAIRS} of {len(found.pairs)} pairs.")
    yield table(
        "Pairs, the strongest first",
        ("one", "other", "bits", "what is shared of the shorter answer"),
        [
            (*sorted(report.names.get(each, each) for each in pair.students), round(pair.bits, 1),
             ", ".join(f"{item} {share:.0%}" for item, share in pair.items.items()))
            for pair in found.pairs[:MOST_PAIRS]
        ],
    )  # fmt: skip


def _identical(report: ClassReport) -> list[tuple[str]]:
    """Return the students whose notebooks are one file; the release itself, handed in untouched, is no copy."""
    students: defaultdict[str, set[str]] = defaultdict(set)
    earned = {row.student for row in report.rows if row.points}
    for each in report.register.attempts:
        if each.notebook and each.student in earned:
            students[each.notebook].add(report.names.get(each.student, each.student))
    return sorted((", ".join(sorted(names)),) for names in students.values() if len(names) > 1)


def _files(report: ClassReport) -> Iterator[str]:
    register = report.register
    problems = [
        (report.names.get(each.student, each.student), each.problem) for each in register.attempts if each.problem
    ]
    absent = [row.student for row in report.rows if row.attempt == 0]
    yield element("h2", "What came in")
    yield element("p", f"Nothing came from: {report.called(absent) or 'nobody'}.")
    if problems:
        yield table("Handed in, and no notebook to mark", ("student", "why"), sorted(problems))
    count = f"{len(register.unmatched)} files were matched to nobody, {len(register.ignored)} are nobody's answers"
    yield element("p", f"{count}; intake.csv names all of them.")
    if register.unmatched and report.has_names:
        yield table("Matched to nobody", ("file", "why"), register.unmatched[:MOST_REASONS])
