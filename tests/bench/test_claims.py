"""The claims: verdicts follow from cases that were run; another system, another verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from toyevm.bench.claims import CLAIMS, ClaimCase, ClaimEvidence, PopularClaim, Ruled, audit, claim_named
from toyevm.bench.compare.figures import TaggedFigure, assumed, measured, simulated
from toyevm.bench.energy.inputs import INPUTS
from toyevm.errors import InputError
from toyevm.rollups.costs import SCENARIOS
from toyevm.rollups.matrix import chosen_cells
from toyevm.rollups.matrix.values import Damage
from toyevm.workloads.applications import APPLICATIONS

pytest.importorskip("numpy")

VERDICTS = {
    "l2-inherits": "true if it is an optimistic rollup with one honest watcher, or it is a zk-rollup with its payments "
    "on L1; not if it is a validium, or it is a sidechain",
    "sidechain-is-rollup": "false",
    "proof-needs-no-data": "true if the payments are on L1 beside the proof; not if only a committee has the payments",
    "zk-hides": "false",
    "cannot-censor": "true if what is sent through L1 must be taken in time, or anybody may bring a batch; not if "
    "there is no way in through L1",
    "simply-reverted": "true if somebody disputes it in time; not if the time is over before anybody does",
    "bridges-move": "false",
    "two-confirmations": "true if a reorg takes back 2 blocks; not if a reorg takes back 3 blocks",
    "hundredfold": "true if its transactions are payments between strangers; not if it is a mixed block, or all mint "
    "from one counter, or all swap in one pool",
    "cores-help": "true if its transactions are payments between strangers, or it is a mixed block; not if all mint "
    "from one counter, or all swap in one pool",
    "one-number": "false",
    "hints-help": "true if blocks to come are like those of the past; not if a contract has changed",
    "hash-anonymous": "true if a secret salt is hashed with it; not if it is hashed as it is",
    "lowers-energy": "untested",
    "average-is-marginal": "false",
}  # what comes out today; `blobs-cheaper` names its prices, and is below


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.whole if name == "hundredfold" else ())
                                  for name in VERDICTS])  # fmt: skip
def test_an_experiment_gives_the_verdict(name: str) -> None:
    found = audit(CLAIMS[name])
    assert found.verdict == VERDICTS[name]
    assert all(isinstance(figure, TaggedFigure) for case in found.cases for figure in case.figures.values())
    assert all(case.figures for case in found.cases)


def test_blobs_are_cheaper_but_on_the_day_of_the_rush() -> None:
    cases = audit(CLAIMS["blobs-cheaper"]).cases
    assert [case.holds for case in cases] == [name != "rush" for name in SCENARIOS]


def test_there_are_twelve_claims_or_more_each_with_a_lesson() -> None:
    assert len(CLAIMS) >= 12
    assert set(CLAIMS) == {*VERDICTS, "blobs-cheaper"}
    assert all(claim.lesson.isdigit() and claim.confusion and claim.sentence.endswith(".") for claim in CLAIMS.values())


RUN, ASSUMED = {"x": simulated(1, "s")}, {"x": assumed(1, "s", "a choice, 2026")}


@pytest.mark.parametrize(
    ("holds", "ruled", "words"),
    [
        ((True, True), Ruled.TRUE, "true"),
        ((False, False), Ruled.FALSE, "false"),
        ((False, True), Ruled.TRUE_IF, "true if case 1; not if case 0"),
    ],
)
def test_the_cases_give_the_verdict(holds: tuple[bool, ...], ruled: Ruled, words: str) -> None:
    found = ClaimEvidence(tuple(ClaimCase(f"case {number}", each, RUN) for number, each in enumerate(holds)))
    assert (found.ruled, found.verdict) == (ruled, words)
    beside = (*found.cases, ClaimCase("case x", True, ASSUMED), ClaimCase("case y", False, ASSUMED))
    assert (ClaimEvidence(beside).ruled, ClaimEvidence(beside).verdict) == (ruled, words)


@pytest.mark.parametrize("cases", [(), (ClaimCase("a", True, ASSUMED),), (ClaimCase("a", False, ASSUMED),)])
def test_what_was_not_run_is_untested(cases: tuple[ClaimCase, ...]) -> None:
    assert ClaimEvidence(cases).ruled is Ruled.UNTESTED
    assert ClaimEvidence(cases).verdict == "untested"


def test_one_figure_that_was_measured_makes_a_case_count() -> None:
    assert ClaimCase("a", True, {**ASSUMED, "here": measured(1, "s")}).was_run


@pytest.mark.parametrize("name", CLAIMS)
def test_the_conditions_of_a_claim_differ(name: str) -> None:
    """So no condition holds and fails at once; "hundredfold" has those of "cores-help"."""
    conditions = [case.condition for case in audit(CLAIMS["cores-help" if name == "hundredfold" else name]).cases]
    assert len(set(conditions)) == len(conditions)


# --- another system, another verdict --------------------------------------------------------------------------------


def without_defences(patch: pytest.MonkeyPatch) -> None:
    def run(attack: str, system: str, defended: bool = True) -> Damage:
        (cell,) = chosen_cells(attack, system)
        return cell.run(False)

    patch.setattr("toyevm.bench.claims.layers.run_cell", run)


def shallow_reorgs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("toyevm.rollups.l1.L1.reorg", lambda l1, depth, keep=True: ())


def one_hot_counter(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("toyevm.bench.claims.execution.BLOCKS", {"all mint from one counter": "nft-counter"})


def same_design(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(APPLICATIONS, "nft", APPLICATIONS["mixed"])


def without_users(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(INPUTS, "layer's transactions", replace(INPUTS["layer's transactions"], low=1e-6, high=1e-6))


def nodes_by_the_million(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(INPUTS, "nodes", replace(INPUTS["nodes"], low=1e9, high=1e9))


def one_price(patch: pytest.MonkeyPatch) -> None:
    for name, each in SCENARIOS.items():
        patch.setitem(SCENARIOS, name, replace(each, blob_fee=each.base_fee * 10**6))


MUTATIONS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str, Ruled]] = {
    "undisputed": (without_defences, "simply-reverted", Ruled.FALSE),
    "closed": (without_defences, "cannot-censor", Ruled.FALSE),
    "no reorgs": (shallow_reorgs, "two-confirmations", Ruled.TRUE),
    "one counter": (one_hot_counter, "cores-help", Ruled.FALSE),
    "one application": (one_hot_counter, "one-number", Ruled.TRUE),
    "contracts stay": (same_design, "hints-help", Ruled.TRUE),
    "many nodes": (nodes_by_the_million, "average-is-marginal", Ruled.TRUE_IF),
    "dear blobs": (one_price, "blobs-cheaper", Ruled.FALSE),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_is_under_test_decides(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    change, claim, ruled = MUTATIONS[name]
    assert audit(CLAIMS[claim]).ruled is not ruled
    change(monkeypatch)
    assert audit(CLAIMS[claim]).ruled is ruled


@pytest.mark.parametrize(("change", "holds"), [(without_users, [False, False]), (nodes_by_the_million, [True, True])])
def test_what_is_assumed_decides_what_follows(
    change: Callable[[pytest.MonkeyPatch], None], holds: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [case.holds for case in audit(CLAIMS["lowers-energy"]).cases] == [True, False]
    change(monkeypatch)
    assert [case.holds for case in audit(CLAIMS["lowers-energy"]).cases] == holds


def test_what_is_no_claim_is_refused() -> None:
    with pytest.raises(InputError, match="l2-inherits"):
        claim_named("moon")
    assert isinstance(claim_named("zk-hides"), PopularClaim)
