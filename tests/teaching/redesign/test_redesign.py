"""Redesigns: the starter, a good one, many that are wrong, some that are hostile, and what becomes of each."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.teaching.redesign.wrong import KEPT, LANES, ROOT, SOLUTION, STARTER, WRONG, compiled
from toyevm.contracts import Contract, mapping_slot
from toyevm.contracts.compile import compile_vyper
from toyevm.contracts.recompile import compile_source
from toyevm.errors import InputError
from toyevm.teaching.lab.course import student_files
from toyevm.teaching.redesign import (
    SUITE,
    RedesignRow,
    TicketBout,
    TicketCall,
    TicketOffice,
    TicketPlan,
    contract_of,
    difference,
    judge,
    judging,
    read_bouts,
    starter,
)
from toyevm.teaching.redesign.suite import OWNER
from toyevm.teaching.redesign.trial import Trial
from toyevm.types import Field, Location

HIDDEN = ROOT / "solutions" / "capstone" / "redesign" / "suite.json"
GOOD = SOLUTION.with_suffix(".json")
SMALL = TicketBout(calls=90, capacity=25, refunds=12, gifts=8, users=60, closes=1, seed=1)
ROOMY, PLAIN = replace(SMALL, capacity=5_000), TicketBout(calls=80, users=90)


def with_code(code: str) -> Contract:
    return replace(starter(), creation_code=bytes.fromhex(code.removeprefix("0x")), slots={})


def one(contract: Contract, bout: TicketBout = SMALL) -> RedesignRow:
    (row,) = judge(contract, [bout])
    return row


def mean(rows: list[RedesignRow]) -> float:
    return float(prod(row.score for row in rows) ** (1 / len(rows)))


def test_the_starter_is_right_and_scores_one() -> None:
    row = one(contract_of(STARTER.with_suffix(".json")))
    assert (row.verdict, row.score, row.block_stm) == ("right", 1, 1)


def test_students_hold_the_starter_of_the_judge() -> None:
    assert contract_of(STARTER.with_suffix(".json")).creation_code == starter().creation_code


def test_times_are_compared_with_those_of_another_redesign() -> None:
    good = contract_of(GOOD)
    (row,), (beside,) = judge(good, [SMALL]), judge(good, [SMALL], against=good)
    assert (beside.score, beside.block_stm, beside.baseline) == (1, 1, row.times)
    (other,) = judge(starter(), [SMALL], against=good)
    assert other.score == pytest.approx(1 / row.score)
    with pytest.raises(InputError, match=r"on calls 90, .*: call 0 of the first block, .*it was done"):
        judge(good, [SMALL], against=with_code(""))


@pytest.mark.parametrize("source", [STARTER, SOLUTION], ids=lambda path: path.name)
def test_artefact_comes_from_its_source(source: Path) -> None:
    pytest.importorskip("vyper")
    assert json.loads(source.with_suffix(".json").read_text()) == compile_source(source)


def test_a_good_redesign_wins() -> None:
    row = one(contract_of(GOOD))
    assert row.verdict == "right"
    assert 1 < row.block_stm < row.score
    assert row == one(contract_of(GOOD))
    assert row.times is not None
    assert row.times.hot.startswith("free[")


@pytest.mark.whole
@pytest.mark.parametrize(("suite", "least"), [(SUITE, 11), (read_bouts(HIDDEN), 9)], ids=["open", "hidden"])
def test_the_scores_on_the_suites(suite: tuple[TicketBout, ...], least: float) -> None:
    rows = judge(contract_of(GOOD), suite)
    assert {row.verdict for row in rows} == {"right"}
    assert min(min(row.score, row.block_stm) for row in rows) > 1
    assert mean(rows) > least
    assert [row.score for row in judge(starter(), suite)] == [1] * len(suite)


def test_who_burns_gas_in_parallel_wins_nothing() -> None:
    """As parallel as the good one, and several times the gas: the speedup is the same, and the score is not."""
    pytest.importorskip("vyper")
    burn = "    x: uint256 = 0\n    for i: uint256 in range(2000):\n        x = unsafe_add(x, i)\n"
    source = SOLUTION.read_text().replace("def buy():\n", f"def buy():\n{burn}")
    burner = judging.times_of(compile_vyper(source), PLAIN.plan())
    good = judging.times_of(contract_of(GOOD), PLAIN.plan())
    assert burner.gas / burner.planned > 0.9 * good.gas / good.planned
    assert burner.gas > 4 * good.gas
    assert burner.planned > 4 * good.planned


# What is wrong


@pytest.fixture(scope="module")
def kept() -> dict[str, str]:
    read: dict[str, str] = json.loads(KEPT.read_text())
    return read


@pytest.mark.parametrize("names", [list(WRONG)[2:20:9], pytest.param(list(WRONG), marks=pytest.mark.whole)], ids=len)
def test_what_is_kept_is_what_is_wrong(kept: dict[str, str], names: list[str]) -> None:
    pytest.importorskip("vyper")
    assert list(kept) == [*WRONG, "lanes"]
    assert {name: kept[name] for name in names} == compiled(names)
    assert kept["lanes"] == compile_source(LANES)["bytecode"]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_redesign_is_caught(name: str, kept: dict[str, str]) -> None:
    lost = [row for row in judge(with_code(kept[name]), [SMALL, ROOMY]) if row.verdict != "right"]
    assert any(WRONG[name].caught in row.verdict for row in lost), [row.verdict for row in lost]
    for row in lost:
        assert (row.times, row.score, row.block_stm) == (None, 0, 0)
        assert len(row.verdict) < 300


FIRST = (TicketCall(OWNER, "grant", OWNER, 5), TicketCall(OWNER, "grant", "Ann", 20), TicketCall("Ann", "buy"))


@pytest.mark.parametrize(
    ("name", "calls", "words"),
    [
        ("takes a fee from the owner", FIRST,
         "at the end of the timed block: credit_of(owner) is 4; the specification says 5"),
        ("gives to nobody", [*FIRST, TicketCall("Ann", "give", "Bob")],
         "after call 3 of the timed block, give(Bob) by Ann: ticket_of(Bob) is 0; the specification says 1"),
        ("keeps 16 bits of credit", [TicketCall(OWNER, "grant", "A", 65537)],
         "after call 0 of the timed block, grant(A, 65537) by owner: credit_of(A) is 1; the specification says 65537"),
        ("grants nothing when closed", [*FIRST, TicketCall(OWNER, "close"), *FIRST[:1]],
         "call 4 of the timed block, grant(owner, 5) by owner: it was refused, “closed”; the specification does it"),
        ("counts too few tickets", FIRST, ""),
    ],
)  # fmt: skip
def test_whom_a_fault_concerns_is_asked_at_once_and_all_others_at_the_end(
    name: str, calls: Sequence[TicketCall], words: str, kept: dict[str, str]
) -> None:
    assert difference(with_code(kept[name]), calls) == words
    assert difference(starter(), calls) == ""


@pytest.mark.whole
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_redesign_loses_on_both_suites(name: str, kept: dict[str, str]) -> None:
    contract = with_code(kept[name])
    assert mean(judge(contract, SUITE)) == mean(judge(contract, read_bouts(HIDDEN))) == 0


@pytest.mark.parametrize("name", ["starter", "boards", "lanes"])
def test_what_is_right_is_right_where_wrong_ones_are_caught(name: str, kept: dict[str, str]) -> None:
    right = {"starter": starter(), "boards": contract_of(GOOD), "lanes": with_code(kept["lanes"])}[name]
    assert {row.verdict for row in judge(right, [SMALL, ROOMY])} == {"right"}


ESCAPE = b"\x1b[31m\xe2\x80\x9d right"
DONE = "call 0 of the first block, grant(user 0, 10) by user 0: it was done"
HOSTILE = {
    "no code": ("", DONE),
    "does whatever is asked": ("60015ff3", DONE),
    "says 1 to everything": ("67" + "60015f5260205ff3" + "5f5260086018f3", DONE),
    "ends itself": ("33ff", DONE),
    "cannot be created": ("5f5ffd", "it cannot be created: “revert”"),
    "is no code": ("fe", "it cannot be created: “invalid opcode”"),
    "loops for ever": ("5b5f56", "it cannot be created: “out of gas” with a limit of 16,777,216"),
    "is too long": ("6170005ff3", "it cannot be created: “"),
    "speaks to the terminal": (
        "6064600a5f3960645ffd" + "08c379a0" + f"{32:064x}{len(ESCAPE):064x}" + ESCAPE.hex().ljust(64, "0"),
        'it cannot be created: “?[31m" right”',
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_contract_wins_nothing(name: str) -> None:
    code, why = HOSTILE[name]
    row = one(with_code(code))
    assert why in row.verdict
    assert row.score == 0
    assert row.verdict.isprintable()


def test_what_takes_too_long_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    one(starter())  # its time is not the team's
    monkeypatch.setattr(judging, "MOST_SECONDS", 0.001)
    assert one(contract_of(GOOD)).verdict == "it takes more than 0.001 seconds to execute"


LATE = "62061a80" + "5b" + "6001900380600457" + "00"  # 400,000 turns of 26 gas


def test_creation_has_all_gas_that_a_transaction_may_have() -> None:
    assert DONE in one(with_code(LATE)).verdict  # more than 2^23 gas, and no code: any call of it is done


def test_places_have_names() -> None:
    trial = Trial(starter(), TicketPlan(3, FIRST))
    credits = mapping_slot(starter().slots["credits"], trial.people["Ann"].address)
    names = [trial.name_of(Location(trial.address, key)) for key in (starter().slots["sold"], credits, 2**255)]
    assert names == ["sold", "credits[Ann]", "slot 0x8000…"]
    assert trial.name_of(Location(trial.people["Ann"].address, Field.BALANCE)) == "Ann's balance"


def test_with_another_seed_everybody_has_another_address() -> None:
    one, two = Trial(starter(), TicketPlan(3, FIRST)), Trial(starter(), TicketPlan(3, FIRST, seed=1))
    assert one.people["Ann"].address != two.people["Ann"].address


# The specification


PEOPLE = (OWNER, "Ann", "Bob", "Cid", "Dora")
NOBODY, NOTHING = st.just(""), st.just(0)
ASKS = st.one_of(
    st.builds(
        TicketCall,
        st.sampled_from((OWNER, OWNER, "Ann")),
        st.just("grant"),
        st.sampled_from(PEOPLE),
        st.integers(0, 35),
    ),
    st.builds(TicketCall, st.sampled_from(PEOPLE), st.sampled_from(("buy", "buy", "buy", "refund")), NOBODY, NOTHING),
    st.builds(TicketCall, st.sampled_from(PEOPLE), st.just("give"), st.sampled_from(PEOPLE), NOTHING),
)
CLOSING = st.sampled_from([(), (TicketCall("Ann", "close"),), (TicketCall(OWNER, "close"), TicketCall(OWNER, "close"))])


@settings(max_examples=40)
@given(
    asks=st.lists(ASKS, min_size=4, max_size=40), closing=CLOSING, place=st.integers(0, 40), capacity=st.integers(1, 4)
)
@pytest.mark.parametrize("contract", [starter(), contract_of(GOOD)], ids=lambda contract: contract.name)
def test_any_calls_give_what_the_specification_says(
    contract: Contract, asks: list[TicketCall], closing: tuple[TicketCall, ...], place: int, capacity: int
) -> None:
    asks[place:place] = closing
    assert difference(contract, asks, capacity) == ""


@given(asks=st.lists(ASKS, max_size=60), closing=CLOSING)
def test_the_specification_makes_and_loses_no_money(asks: list[TicketCall], closing: tuple[TicketCall, ...]) -> None:
    office, granted = TicketOffice(OWNER, 3), 0
    for ask in (*asks, *closing):
        is_done = not office.answer(ask)
        granted += ask.amount if is_done and ask.function == "grant" else 0
        assert sum(office.credit.values()) + office.revenue == granted
        assert office.revenue == (0 if office.is_closed else 10 * office.sold)
        assert office.sold <= 3


def refusals(bout: TicketBout) -> list[str]:
    office, plan = TicketOffice(OWNER, bout.capacity), bout.plan()
    for ask in plan.first:
        office.answer(ask)
    return [office.answer(ask) for ask in plan.timed]


def test_the_bouts_are_about_what_they_say() -> None:
    plain, scarce, refunds, gifts, closing, large, full = map(refusals, SUITE)
    assert "sold out" not in plain
    assert {"has one", "too little credit"} <= set(plain)
    assert scarce.index("sold out") > 50
    assert refunds.count("") > 150
    assert gifts.count("the other has one") > 20
    assert {"closed", "sold out", "has one", "not the owner"} <= set(closing)
    assert "closed" in large
    assert full.index("sold out") < len(full) - 50
    assert all(len(bout.plan().timed) == bout.calls for bout in (*SUITE, *read_bouts(HIDDEN)))
    assert SUITE[0].plan() == TicketBout().plan() != TicketBout(seed=9).plan()


def test_the_hidden_mix_is_as_the_readme_says() -> None:
    hidden = read_bouts(HIDDEN)
    assert [bout.capacity for bout in hidden if "sold out" in refusals(bout)] == [60, 20, 1]
    assert [sum(getattr(bout, name) > 0 for bout in hidden) for name in ("closes", "refunds", "gifts")] == [2, 5, 4]
    assert (len(hidden), [bout.capacity for bout in hidden].count(5_000)) == (10, 1)


def test_the_example_of_a_test_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall("```python\n(.*?)```", (STARTER.parent / "README.md").read_text(), re.DOTALL)
    shutil.copy(STARTER.with_suffix(".json"), tmp_path / "mine.json")
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "test_mine.py", "exec"), {})


def test_the_grants_of_a_bout_are_as_small_as_is_promised() -> None:
    for bout in (*SUITE, *read_bouts(HIDDEN)):
        plan = bout.plan()
        assert sum(call.amount for call in (*plan.first, *plan.timed, *plan.last)) < 2**64


# What is handed in


def changed(path: Path, **fields: Any) -> Path:
    path.write_text(json.dumps(json.loads(GOOD.read_text()) | fields))
    return path


def without(name: str) -> list[dict[str, Any]]:
    return [entry for entry in json.loads(GOOD.read_text())["abi"] if entry.get("name") != name]


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"abi": without("give")}, r"no function give \(expected give\(address\)\)"),
        ({"abi": without("sold")}, r"no function sold \(expected sold\(\) -> uint256\)"),
        ({"abi": [*without("buy"), {"type": "function", "name": "buy", "inputs": [{"type": "bool"}], "outputs": []}]},
         "function buy is another"),
        ({"abi": [entry for entry in without("x") if entry["type"] != "constructor"]}, "the constructor is another"),
        ({"abi": 3}, "not a list"), ({"abi": [3, None, {"inputs": 3}]}, "the constructor is another"),
        ({"bytecode": "0xzz"}, "not hexadecimal"), ({"bytecode": 3}, "not hexadecimal"),
        ({"bytecode": "0x" + "00" * 49_200}, "creation code of 49,200 bytes"),
    ],
)  # fmt: skip
def test_what_is_no_redesign_is_one_line(tmp_path: Path, fields: dict[str, Any], what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        contract_of(changed(tmp_path / "mine.json", **fields))
    assert "mine.json" in str(caught.value)


@pytest.mark.parametrize(("text", "what"), [("", "not JSON"), ("[]", "not an object"), ("{}", "no 'bytecode'")])
def test_what_is_no_artefact_is_one_line(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(text)
    with pytest.raises(InputError, match=what):
        contract_of(path)


@pytest.mark.parametrize("slots", [None, 3, {"a": 2**255}, {"a": -1}, {"\x1b[31m": 3}, {"a": True}])
def test_strange_names_of_slots_do_no_harm(tmp_path: Path, slots: Any) -> None:
    contract = contract_of(changed(tmp_path / "mine.json", slots=slots))
    assert contract.slots == {}
    assert re.fullmatch("slot 0x[0-9a-f]{1,2}", judging.times_of(contract, PLAIN.plan()).hot)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "suite.json"), ("[]", "no list of bouts"), ("{}", "no list of bouts"), ("[3]", "no bout"),
        ('[{"x": 1}]', "no bout"), ('[{"calls": 0}]', "calls 0"), ('[{"calls": true}]', "calls True"),
        ('[{"capacity": 10.0}]', "capacity 10.0"), ('[{"closes": 2}]', "closes 2"), ('[{"seed": "1"}]', "seed '1'"),
        ('[{"calls": 10, "refunds": 6, "gifts": 5}]', "than calls"), ('[{"capacity": 3, "gifts": 4}]', "than tickets"),
        ("[" + ",".join(["{}"] * 51) + "]", "at most 50"),
    ],
)  # fmt: skip
def test_what_is_no_suite_is_one_line(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "suite.json"
    path.write_text(text)
    with pytest.raises(InputError, match=what):
        read_bouts(path)


def test_students_get_the_starter_and_no_solution() -> None:
    assert len(read_bouts(HIDDEN)) >= 8
    names = [name for name, _ in student_files(ROOT / "course")]
    for name in ("README.md", "tickets.vy", "tickets.json"):
        assert f"course/capstone/redesign/{name}" in names
    assert not any("boards" in name or "suite" in name for name in names if "capstone" in name)
