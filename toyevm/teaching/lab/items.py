"""Items: what a lesson asks is data, in `items.toml` beside the lesson.

This is the public side: it travels to the students, so no field of a graded item says what is right. Expected values
and the bank of wrong answers live in `marking.toml` (see `toyevm.teaching.lab.marking`), or are computed by running the
machine (`derive`). Nor may symptoms say it by what they leave out: where all other values at a place had a message, the
one without would be right; some of those messages are in `marking.toml`. Strings hold Markdown. In an item with
`parameters`, `{a}` and `{a - b}` stand for numbers (`toyevm.teaching.lab.variants`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from toyevm.errors import InputError
from toyevm.teaching.lab.rows import Row, read_toml, unique
from toyevm.teaching.lab.variants import Parameter, Variant, numbers_for

DERIVATION_SETTINGS = {"derive", "program", "invented", "prices", "input", "storage", "gas"}  # tell a right value
JUDGE_SETTINGS: dict[str, set[str]] = {
    "program": {"gas", "max_bytes", "forbid", "require"},
    "value": {"kind", "length", "form", "words", *DERIVATION_SETTINGS},
    "function": {"form"},
    "choice": {"options"},
}
HINT_LEVELS = 3
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose: `reveal` is what is said about it afterwards."""

    text: str
    reveal: str
    right: bool = False
    misconception: str = ""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A bet before the result. Ungraded, so the right option stands in the open."""

    id: str
    prompt: str
    concept: str
    objective: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One run of an answer: what it is `given`, and what is to come out.

    Args:
        part: cases of one part are earned together; the first part of an item is the gate to the others.
        given: `program`: input (words, or 0x-hex), storage, value, gas; or calls, lists of sender and words, instead of
            input. `function`: args. `value`, `choice`: nothing.
        expect: `program`: any of output, storage, error, max_gas, max_chain. Otherwise: value.
        hidden: whether it comes from marking.toml, so that nothing of it may be shown to a student.
        told: whether a message may say what is expected; not where that is the whole solution.
    """

    name: str
    given: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    hidden: bool = False
    told: bool = True


@dataclass(frozen=True, slots=True)
class Symptom:
    """What somebody with a belief gets: these facts, on this case (or, when it is "", in the answer itself)."""

    case: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Misconception:
    """A belief, how to recognise it (all symptoms must hold), and what to say: it ends in a question."""

    id: str
    belief: str
    symptoms: tuple[Symptom, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """A graded item, as far as students may see it.

    Args:
        points: what the whole is worth; how it is divided into parts stands in marking.toml.
        judge: "program" | "value" | "function" | "choice".
        answer: the name of the variable, or function, that holds the student's answer.
        settings: of the judge (`JUDGE_SETTINGS`).
        cases: the worked cases that the prompt states.
        hints: three levels, from a nudge to nearly all.
        parsons: the lines of a solution and a few that mislead, in alphabetical order, which tells nothing.
        numbers: the values of its parameters that were filled in.
    """

    id: str
    title: str
    prompt: str
    objective: str
    concepts: tuple[str, ...]
    points: int
    judge: str
    answer: str
    settings: Mapping[str, Any]
    cases: tuple[Case, ...]
    hints: tuple[str, ...]
    parsons: tuple[str, ...]
    misconceptions: tuple[Misconception, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """A short question on a concept that an earlier lesson taught."""

    id: str
    concept: str
    question: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Reflection:
    """A question to answer in one's own words, and an exemplar to compare with."""

    id: str
    prompt: str
    exemplar: str


@dataclass(frozen=True, slots=True)
class LessonItems:
    """Everything that one lesson asks, by id."""

    lesson: str
    predictions: Mapping[str, Prediction]
    exercises: Mapping[str, Exercise]
    retrievals: Mapping[str, Retrieval]
    reflections: Mapping[str, Reflection]

    @property
    def points(self) -> int:
        return sum(exercise.points for exercise in self.exercises.values())

    def exercise(self, item_id: str) -> Exercise:
        """Return the exercise of this id.

        Raises:
            InputError: there is none; it names those there are.
        """
        return pick(self.exercises, item_id, "exercise")


def pick(items: Mapping[str, T], item_id: str, kind: str) -> T:
    """Return an item by its id; raise InputError, with the ids there are, when there is none."""
    if item_id not in items:
        raise InputError(
            f"no {kind} {item_id!r} in this lesson", expected=" | ".join(items) or f"none: it has no {kind}"
        )
    return items[item_id]


def read_items(path: Path, variant: Variant | None = None) -> LessonItems:
    """Return the items of `NN-name/items.toml`, with the numbers of a variant or the common ones.

    Raises:
        InputError: naming file, item and field.
    """
    top = read_toml(path, ("prediction", "exercise", "retrieval", "reflection"))
    predictions = [_prediction(row) for row in top.rows("prediction")]
    exercises = [_exercise(row, variant) for row in top.rows("exercise")]
    retrievals = [_retrieval(row) for row in top.rows("retrieval")]
    reflections = [_reflection(row) for row in top.rows("reflection")]
    ids = [item.id for items in (predictions, exercises, retrievals, reflections) for item in items]
    unique(ids, path.name)
    return LessonItems(
        path.parent.name,
        {item.id: item for item in predictions},
        {item.id: item for item in exercises},
        {item.id: item for item in retrievals},
        {item.id: item for item in reflections},
    )


def _prediction(row: Row) -> Prediction:
    made = Prediction(row.text("id"), row.text("prompt"), row.text("concept"), row.text("objective"), read_options(row))
    row.done()
    if nameless := [option.text for option in made.options if not (option.right or option.misconception)]:
        raise row.error("options", f"has {nameless[0]!r}, wrong for no reason", "its misconception")
    return made


def _retrieval(row: Row) -> Retrieval:
    made = Retrieval(row.text("id"), row.text("concept"), row.text("question"), read_options(row))
    row.done()
    return made


def _reflection(row: Row) -> Reflection:
    made = Reflection(row.text("id"), row.text("prompt"), row.text("exemplar"))
    row.done()
    return made


def read_options(row: Row) -> tuple[Option, ...]:
    """Return the options of a question: two or more, exactly one of them right."""
    options = []
    for option in row.rows("options", key="text"):
        texts = option.text("text"), option.text("reveal")
        options.append(Option(*texts, option.flag("right"), option.text("misconception", "")))
        option.done()
    if len(options) < 2 or sum(option.right for option in options) != 1:
        raise row.error("options", "must be two or more, one of them right", "")
    return tuple(options)


def _exercise(row: Row, variant: Variant | None) -> Exercise:
    parameters = {name: _parameter(row, name, value) for name, value in row.table("parameters", {}).items()}
    item_id = row.text("id")
    numbers = numbers_for(item_id, parameters, variant)
    row.fill(numbers)
    judge = row.text("judge")
    if judge not in JUDGE_SETTINGS:
        raise row.error("judge", f"is {judge!r}", " | ".join(JUDGE_SETTINGS))
    made = Exercise(
        id=item_id,
        title=row.text("title"),
        prompt=row.text("prompt"),
        objective=row.text("objective"),
        concepts=row.texts("concepts"),
        points=row.number("points"),
        judge=judge,
        answer=row.text("answer"),
        settings=_settings(row, judge),
        cases=read_cases(row, hidden=False),
        hints=row.texts("hints"),
        parsons=row.texts("parsons", ()),
        misconceptions=read_misconceptions(row),
        parameters=parameters,
        numbers=numbers,
    )
    row.done()
    _check_exercise(row, made)
    return made


def _check_exercise(row: Row, made: Exercise) -> None:
    """Refuse what would surprise a student later."""
    if made.points < 1:
        raise row.error("points", f"is {made.points}", "1 or more")
    if not made.answer.isidentifier():
        raise row.error("answer", f"is {made.answer!r}", "the name of a variable")
    if len(made.hints) != HINT_LEVELS:
        raise row.error("hints", f"has {len(made.hints)} levels", f"{HINT_LEVELS}, from a nudge to nearly all")
    if list(made.parsons) != sorted(made.parsons):
        raise row.error("parsons", "is not sorted", "alphabetical order, which tells nothing")
    if made.judge in ("program", "function") and not made.cases:
        raise row.error("case", "is missing", "one worked case or more, as the prompt states them")
    check_symptoms(row, made.misconceptions, made.cases)


def _settings(row: Row, judge: str) -> dict[str, Any]:
    settings = row.table("settings", {})
    if strange := sorted(set(settings) - JUDGE_SETTINGS[judge]):
        allowed = " | ".join(sorted(JUDGE_SETTINGS[judge]))
        raise row.error("settings", f"has {strange[0]!r}, which judge {judge!r} does not know", allowed)
    return settings


def read_cases(row: Row, *, hidden: bool) -> tuple[Case, ...]:
    """Return the cases of an exercise."""
    cases = []
    for case in row.rows("case", key="name"):
        name, part, expect = case.text("name"), case.text("part", ""), case.table("expect")
        told = case.flag("told", True)
        cases.append(Case(name, case.rest(), expect, part, hidden, told))
    unique([case.name for case in cases], row.where)
    return tuple(cases)


def read_misconceptions(row: Row) -> tuple[Misconception, ...]:
    """Return the misconceptions of an exercise, in the order in which they are tried."""
    found = []
    for entry in row.rows("misconception"):
        symptoms = tuple(Symptom(str(facts.pop("case", "")), facts) for facts in map(dict, _symptoms(entry)))
        made = Misconception(entry.text("id"), entry.text("belief"), symptoms, entry.text("message").strip())
        entry.done()
        if not made.message.endswith("?"):
            raise entry.error("message", "does not end in a question", "one that lets the student find the fault")
        found.append(made)
    unique([misconception.id for misconception in found], row.where)
    return tuple(found)


def check_symptoms(row: Row, misconceptions: Sequence[Misconception], cases: Sequence[Case]) -> None:
    """Refuse a symptom on a case that there is not."""
    names = {"", *(case.name for case in cases)}
    for misconception in misconceptions:
        for symptom in misconception.symptoms:
            if symptom.case not in names:
                what = f"of {misconception.id!r} is on a case {symptom.case!r}, which there is not"
                raise row.error("symptom", what, " | ".join(sorted(names - {""})))


def _symptoms(entry: Row) -> list[dict[str, Any]]:
    """Return one symptom or a list of them, none of them empty."""
    given = entry.value("symptom")
    symptoms = given if isinstance(given, list) else [given]
    if not symptoms or not all(isinstance(facts, dict) and set(facts) - {"case"} for facts in symptoms):
        raise entry.error("symptom", f"is {given!r}", "{ case = ..., output = ... }, or a list of such tables")
    return symptoms


def _parameter(row: Row, name: str, value: Any) -> Parameter:
    match value:
        case {"default": int(default), "choices": [int(), *_] as choices, **rest} if not rest and default in choices:
            return Parameter(default, tuple(choices))
    raise row.error("parameters", f"has {name} = {value!r}", "{ default = 7, choices = [5, 7, 9] }, default among them")
