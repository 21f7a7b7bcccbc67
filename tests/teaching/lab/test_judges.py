"""Judges: what is right gets its points, what is wrong does not, and nothing a student writes makes a judge raise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.teaching.lab.bank import FIXTURE, REPOSITORY, define, read_lesson
from toyevm.errors import InputError
from toyevm.teaching.lab.items import Case, Exercise, LessonItems, Misconception, Symptom, read_items
from toyevm.teaching.lab.judge_functions import _function_symptom
from toyevm.teaching.lab.judges import call_cases, judge, public_cases
from toyevm.teaching.lab.marking import Marking, read_marking
from toyevm.teaching.lab.messages import message
from toyevm.teaching.lab.values import canonical, from_text, kind_of, same, show_apart, show_plain, to_text
from toyevm.teaching.lab.verdicts import Status

SHOP = FIXTURE / "course" / "03-shop" / "items.toml"
PLUS = "PUSH0 CALLDATALOAD PUSH1 7 ADD PUSH0 MSTORE PUSH1 32 PUSH0 RETURN"
ECHO = "PUSH0 CALLDATALOAD PUSH0 MSTORE PUSH1 32 PUSH0 RETURN"
COUNT, OWN = "PUSH0 SLOAD PUSH1 1 ADD PUSH0 SSTORE", "PUSH1 1 CALLER SSTORE"
FAIL = "PUSH0 CALLDATALOAD ISZERO PUSH @end JUMPI PUSH0 PUSH0 REVERT end: JUMPDEST"


@pytest.fixture(scope="module")
def items() -> LessonItems:
    return read_items(SHOP)


@pytest.fixture(scope="module")
def marking(items: LessonItems) -> Marking:
    return read_marking(FIXTURE / "solutions" / "03-shop" / "marking.toml", items)


def program(expect: dict[str, Any], settings: dict[str, Any] | None = None, **given_: Any) -> Exercise:
    """An exercise of one case."""
    case = Case("one", given_, expect)
    return Exercise(
        "x", "X", "", "", (), 1, "program", "x", settings or {}, (case,), ("a", "b", "c"), (), ()
    )  # fmt: skip


def status(item: Exercise, answer: Any) -> Status:
    return judge(item, public_cases(item), answer).status


@pytest.mark.parametrize(
    ("expect", "given_", "source", "right"),
    [
        ({"output": 3}, {}, "PUSH1 3 PUSH0 MSTORE PUSH1 32 PUSH0 RETURN", True),
        ({"output": 3}, {}, "PUSH1 3 PUSH0 MSTORE PUSH1 31 PUSH0 RETURN", False),
        ({"output": "0x03"}, {}, "PUSH1 3 PUSH0 MSTORE PUSH1 1 PUSH1 31 RETURN", True),
        ({"output": []}, {}, "PUSH1 3", True),
        ({"storage": {"1": 2}}, {}, "PUSH1 2 PUSH1 1 SSTORE", True),
        ({"storage": {"1": 2}}, {}, "PUSH1 2 PUSH1 1 SSTORE PUSH1 9 PUSH1 8 SSTORE", False),
        ({"storage": {}}, {"storage": {"1": 2}}, "PUSH0 PUSH1 1 SSTORE", True),
        ({"storage": {}}, {"storage": {"1": 2}}, "PUSH0", False),
        ({"error": "revert"}, {}, "PUSH0 PUSH0 REVERT", True),
        ({"error": "revert"}, {}, "STOP", False),
        ({"error": "out of gas"}, {"gas": 3}, "PUSH1 1 PUSH1 1", True),
        ({"storage": {}}, {}, "PUSH1 2 PUSH1 1 SSTORE POP", False),  # it fails, and a failure is not silence
        ({"max_gas": 5}, {}, "PUSH1 1 PUSH0", True),
        ({"max_gas": 4}, {}, "PUSH1 1 PUSH0", False),
        ({"output": 5}, {"input": [5]}, "PUSH0 CALLDATALOAD PUSH0 MSTORE PUSH1 32 PUSH0 RETURN", True),
        ({"output": 5}, {"value": 5}, "CALLVALUE PUSH0 MSTORE PUSH1 32 PUSH0 RETURN", True),
        ({"storage": {"0": 3}}, {"calls": [[1], [2], [3]]}, COUNT, True),  # each on what those before left
        ({"storage": {"0": 3}, "max_chain": 2}, {"calls": [[1], [2], [3]]}, COUNT, False),
        ({"max_chain": 3}, {"calls": [[1], [2], [3]]}, COUNT, True),
        ({"max_chain": 1}, {"calls": [[1], [2], [3]]}, OWN, True),  # a slot for each sender
        ({"max_chain": 1}, {"calls": [[1], [2], [1]]}, OWN, False),
        ({"output": 7}, {"calls": [[1, 5], ["0xff", 7]]}, ECHO, True),  # the last one's
        ({"max_chain": 1}, {"calls": [[1], [2]]}, "PUSH0 SLOAD", True),  # who only read the same do not meet
        ({"error": "revert"}, {"calls": [[1, 0], [2, 1], [3, 0]]}, FAIL, True),  # the first that fails is the last
        ({"max_chain": 9}, {"calls": [[1, 1], [2, 0]]}, FAIL, False),
    ],
)
def test_a_program_is_judged_by_what_it_leaves(
    expect: dict[str, Any], given_: dict[str, Any], source: str, right: bool
) -> None:
    item = program(expect, **given_)
    assert status(item, source) is (Status.RIGHT if right else Status.WRONG)


@pytest.mark.parametrize(
    ("settings", "source"),
    [
        ({"forbid": ["MUL"]}, "PUSH1 1 PUSH1 1 MUL"),
        ({"require": ["JUMPI"]}, "PUSH1 1"),
        ({"max_bytes": 2}, "PUSH1 1 PUSH0"),
        ({}, "PUSH1 1 NONSENSE"),
        ({}, "PUSH1 0x1234"),
        ({}, "PUSH1 1 " * 10_000),
        ({}, 7),
        ({}, ["PUSH1 1"]),
    ],
)
def test_a_program_that_breaks_a_rule_is_malformed(settings: dict[str, Any], source: Any) -> None:
    verdict = judge(item := program({"output": []}, settings), public_cases(item), source)
    assert (verdict.status, verdict.points, verdict.what != "") == (Status.MALFORMED, 0, True)


def test_the_data_of_a_push_is_no_forbidden_opcode() -> None:
    """0x02 is MUL, but here it is a number."""
    assert status(program({"output": []}, {"forbid": ["MUL"]}), "PUSH1 0x02") is Status.RIGHT


def test_an_endless_loop_ends_out_of_gas() -> None:
    verdict = judge(item := program({"output": 1}), public_cases(item), "l: JUMPDEST PUSH @l JUMP")
    assert verdict.divergence is not None
    assert verdict.divergence.error == "out of gas"


def test_many_calls_that_loop_share_one_patience() -> None:
    loop = {"calls": [[i] for i in range(1, 200)], "gas": 10**7}
    verdict = judge(item := program({"output": 1}, **loop), public_cases(item), "l: JUMPDEST PUSH @l JUMP")
    assert verdict.divergence is not None
    assert (verdict.divergence.error, verdict.divergence.steps) == ("too many steps", 100_000)


def test_bytecode_in_hexadecimal_is_accepted() -> None:
    assert status(program({"output": []}), "0x6001") is Status.RIGHT


@pytest.mark.parametrize("answer", [None, ..., "", "   ", "; only a comment\n# and one more\n", NotImplemented, b""])
def test_an_untouched_program_is_called_missing(answer: Any) -> None:
    verdict = judge(item := program({"output": []}), public_cases(item), answer)
    assert (verdict.status, verdict.points) == (Status.MISSING, 0)
    assert "`x`" in verdict.what


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (3, Status.RIGHT), (4, Status.WRONG), (None, Status.MISSING), (True, Status.MALFORMED), (3.0, Status.MALFORMED),
        ("3", Status.MALFORMED), ([3], Status.MALFORMED), ([None], Status.MISSING), ({"a": 3}, Status.MALFORMED),
    ],
)  # fmt: skip
def test_a_value_of_another_type_does_not_pass(marking: Marking, answer: Any, expected: Status) -> None:
    assert marking.mark("units", answer).status is expected


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([15, 7.0], "Entry 2 is 7.0, a float; expected: two numbers."),
        ([True, 7], "Entry 1 is True, true or false; expected: two numbers."),
        ((15, "7"), "Entry 2 is '7', text; expected: two numbers."),
        ([15, None], "`x` still lacks entry 2; expected: two numbers."),
        ([15], "`x` has 1 entries; expected: two numbers."),
        (15, "`x` is a number; expected: two numbers."),
        ({15, 7}, "`x` is a set; expected: two numbers."),
    ],
)
def test_the_entry_of_another_type_is_named(answer: Any, words: str) -> None:
    settings = {"kind": "ints", "length": 2, "form": "two numbers"}
    item = Exercise("x", "X", "", "", (), 1, "value", "x", settings, (), ("a", "b", "c"), (), ())
    assert judge(item, (), canonical(answer)).what == words


def test_a_value_that_only_the_marker_knows_is_recorded(items: LessonItems) -> None:
    item = items.exercise("units")
    verdict = judge(item, public_cases(item), 3)
    assert (verdict.status, verdict.points, verdict.divergence) == (Status.RECORDED, 0, None)
    assert judge(item, public_cases(item), 6).misconception is not None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("B", Status.RIGHT), (" b", Status.RIGHT), (2, Status.RIGHT), ("one balance", Status.RIGHT), ("A", Status.WRONG),
     ("E", Status.MALFORMED), (0, Status.MALFORMED), (9, Status.MALFORMED), (None, Status.MISSING)],
)  # fmt: skip
def test_a_choice_is_read_however_it_is_spelled(marking: Marking, answer: Any, expected: Status) -> None:
    assert marking.mark("why", answer).status is expected


def mark_function(marking: Marking, function: Any) -> Any:
    return marking.mark("meet", call_cases(function, marking.cases("meet")))


class AlwaysEqual:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class CleverInt(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


@pytest.mark.parametrize(
    ("function", "points"),
    [
        (lambda one, other: bool(set(one) & set(other)), 3),
        (lambda one, other: one[0] == other[0] or one[1] == other[1], 2),  # the gate passes, the second part does not
        (lambda one, other: one[1] == other[0], 0),  # passes "pays on", but not the gate
        (lambda one, other: len(set(one) & set(other)), 0),  # 1 is not True
        (lambda one, other: AlwaysEqual(), 0),
        (lambda one, other: CleverInt(1), 0),
        (lambda one, other: 1 / 0, 0),
        (lambda one: True, 0),
        (lambda one, other: None, 0),
        (lambda one, other: one.clear() or other.clear(), 0),
        (None, 0),
        (..., 0),
        ("meet", 0),
    ],
)
def test_a_function_earns_only_its_own_points(marking: Marking, function: Any, points: int) -> None:
    assert mark_function(marking, function).points == points


@pytest.mark.parametrize(
    "data", [[], [1, 2, 3, 4], [{}] * 4, [{"value": True}], {"value": True}, "x", [{"error": []}] * 4]
)
def test_forged_outcomes_earn_nothing(marking: Marking, data: Any) -> None:
    assert marking.mark("meet", data).points == 0


def not_done(one: object, other: object) -> bool:
    raise NotImplementedError


@pytest.mark.parametrize("function", [not_done, lambda one, other: None, lambda one, other: ..., ..., None])
def test_an_untouched_function_is_called_missing(marking: Marking, function: Any) -> None:
    assert mark_function(marking, function).status is Status.MISSING


def test_a_function_cannot_spoil_the_cases_of_the_next(marking: Marking) -> None:
    mark_function(marking, lambda one, other: (one.append("X"), other.append("X")))
    assert mark_function(marking, lambda one, other: bool(set(one) & set(other))).points == 3


def test_no_misconception_is_found_in_a_right_answer(marking: Marking) -> None:
    assert marking.mark("units", 3).misconception is None


def test_what_is_expected_is_not_said_where_it_is_the_whole_solution() -> None:
    cases = (Case("one", {"args": [2]}, {"value": 5}),)
    told = Exercise("x", "X", "", "", (), 1, "function", "x", {}, cases, ("a", "b", "c"), (), ())
    untold = replace(told, cases=(replace(told.cases[0], told=False),))
    words = [message(judge(item, item.cases, call_cases(lambda n: n, item.cases))) for item in (told, untold)]
    assert "Given 2: yours returns 2; expected: returns 5." in words[0]
    assert "Given 2: yours returns 2." in words[1]


def test_the_public_cases_are_shown_and_the_others_hidden(marking: Marking) -> None:
    assert all(case.hidden for case in marking.cases("meet")[2:])
    assert not any(case.hidden for case in marking.cases("meet")[:2])


@pytest.mark.parametrize("settings", [{"derive": "oracle"}, {"derive": "failing_step", "program": ["PUSH1 1"]}])
def test_an_item_that_cannot_be_derived_is_refused(settings: dict[str, Any]) -> None:
    item = Exercise("x", "X", "", "", (), 1, "value", "x", settings, (), ("a", "b", "c"), (), ())
    with pytest.raises(InputError):
        public_cases(item)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**256), 2**256)
    | st.text()
    | st.binary()
    | st.floats(allow_nan=False).map(lambda x: x + 0.0),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_data_comes_from_the_child_unchanged(value: Any) -> None:
    assert same(from_text(to_text(canonical(value))), canonical(value))


@given(PLAIN, PLAIN)
def test_two_values_are_the_same_exactly_if_their_texts_are(left: Any, right: Any) -> None:
    left, right = canonical(left), canonical(right)
    assert same(left, right) == (to_text(left) == to_text(right))


@given(PLAIN | st.text(alphabet="PUSH01 @l:MJDEST;#\n", max_size=60))
def test_nothing_a_student_writes_makes_a_judge_raise(value: Any) -> None:
    items = read_items(SHOP)
    for item in items.exercises.values():
        judge(item, public_cases(item), canonical(value))


def test_a_message_speaks_of_the_case_that_is_shown() -> None:
    lesson = read_lesson(REPOSITORY / "solutions" / "05-speculation")
    not_the_first = 0
    for item in lesson.exercises.values():
        for wrong in lesson.marking.entries[item.id].bank if item.judge == "function" else ():
            cases = public_cases(item)
            outcomes = call_cases(define(lesson, item, wrong.answer), cases)
            verdict = judge(item, cases, outcomes)
            assert verdict.divergence
            assert verdict.misconception
            assert f"The case '{verdict.divergence.case.name}'" in verdict.misconception.message, wrong.belief
            failed = (case for case, one in zip(cases, outcomes, strict=True) if one != {"value": case.expect["value"]})
            not_the_first += next(failed) is not verdict.divergence.case
    assert not_the_first


@given(st.integers(), st.integers(), st.integers(0, 60))
def test_two_different_answers_of_any_length_are_shown_differently(left: int, right: int, before: int) -> None:
    if left != right:
        for mine, theirs in (([7] * before + [left], [7] * before + [right]), ({before: 1, "x": left}, {"x": right})):
            assert len(set(show_apart(mine, theirs))) == 2


def test_long_answers_are_shown_from_where_they_differ() -> None:
    left = {"statuses": ["success"] * 20, "root": "0xaa"}
    assert show_apart(left, {**left, "root": "0xbb"}) == ("{…, 'root': '0xaa'}", "{…, 'root': '0xbb'}")
    assert show_apart(list(range(100)), [*range(99), 7]) == ("[…, 99]", "[…, 7]")
    assert show_apart(list(range(100)), list(range(99))) == ("[…, 99]", "[…, no more]")
    assert show_apart([1, 2], [1, 3]) == ("[1, 2]", "[1, 3]")


def test_a_symptom_may_name_some_entries_of_what_was_returned() -> None:
    symptom = Symptom("one", {"has": {"a": 1, "b": [2]}})
    outcome: dict[str, Any] = {"value": {"a": 1, "b": [2], "c": 3}}
    assert _function_symptom(symptom, {"one": outcome})
    assert not _function_symptom(symptom, {"one": {"value": {"a": 1, "c": 3}}})
    assert not _function_symptom(symptom, {"one": {"value": 7}})
    assert not _function_symptom(symptom, {"one": {"error": "ValueError", "says": ""}})


def test_a_set_is_called_a_set() -> None:
    assert (kind_of(canonical({1})), show_plain(canonical({2, 1})), show_plain(canonical(set()))) == (
        "a set", "{1, 2}", "set()",
    )  # fmt: skip


def test_a_symptom_of_the_first_difference_does_not_hold_of_a_later_entry() -> None:
    """Who errs at entry 1 is told of entry 1, whatever follows from it."""
    rows = [("early", {"differs_at": 1}), ("six", {"differs_at": 2, "value": 6}), ("late", {"differs_at": 2})]
    beliefs = tuple(Misconception(name, name, (Symptom("", facts),), f"{name}?") for name, facts in rows)
    case, settings = Case("", expect={"value": [1, 2, 3]}), {"kind": "ints"}
    item = Exercise("x", "X", "", "", (), 1, "value", "x", settings, (case,), ("a", "b", "c"), (), beliefs)

    def named(*answer: int) -> str:
        found = judge(item, [case], list(answer)).misconception
        return found.id if found else ""

    assert [named(1, 5, 6), named(1, 2, 6), named(1, 2, 7), named(0, 5, 6)] == ["early", "six", "late", ""]
