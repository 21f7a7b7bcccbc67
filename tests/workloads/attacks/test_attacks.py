"""Every attack takes something, its defence stops it, and nothing comes from nowhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest

from tests.backends.cases import Case
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.support.whole_backends import WHOLE_BACKENDS
from toyevm.backends import RunConfig
from toyevm.blocks import Block
from toyevm.chain import MAINNET
from toyevm.errors import InputError
from toyevm.simulation.run import Run
from toyevm.state import Account
from toyevm.units import ETHER
from toyevm.workloads.attacks import ATTACKS, AttackScene, BalanceSheet, play
from toyevm.workloads.attacks.base import CallsOfBlock, ether, tokens
from toyevm.workloads.planned_blocks import PlannedCall, address_named
from toyevm.workloads.tokens import TOKEN, token_account, transfer_data
from toyevm.workloads.workload import SLOT_SECONDS, open_header

EACH = pytest.mark.parametrize("name", list(ATTACKS))


def totals(sheet: BalanceSheet) -> Counter[str]:
    changes = Counter[str]()
    for row in sheet.rows:
        changes[row.asset] += row.change
    return changes


@EACH
def test_the_thief_gains_without_the_defence_and_nothing_with_it(name: str) -> None:
    attack = ATTACKS[name]
    assert attack().change(*attack.thief) > 0
    assert attack(defended=True).change(*attack.thief) <= 0


@EACH
@pytest.mark.parametrize("defended", [False, True])
def test_what_one_gains_another_loses(name: str, defended: bool) -> None:
    assert set(totals(ATTACKS[name](defended=defended)).values()) <= {0}


def cases_of(name: str, defended: bool) -> list[Case]:
    """Return the blocks of an attack, each with the state that it found."""
    sheet, scene = ATTACKS[name](defended=defended), ATTACKS[name].scene(defended)
    signed, cases, seconds = iter(sheet.calls), [], 0
    for number, (block, pre) in enumerate(zip(scene.blocks, sheet.worlds, strict=False), 1):
        seconds += block.wait + SLOT_SECONDS
        header = replace(open_header(base_fee=0), number=number, timestamp=seconds)
        calls = list(islice(signed, len(block.calls)))
        case = Case(f"{name} {number}", pre, Block(header, tuple(each.tx for each in calls)), MAINNET)
        run = oracle_of(case)
        assert isinstance(run, Run)
        assert list(run.result.results) == [each.result for each in calls]
        cases.append(case)
    return cases


@EACH
@pytest.mark.parametrize("defended", [False, True])
def test_the_blocks_of_an_attack_on_every_backend_equal_sequential(name: str, defended: bool) -> None:
    for case in cases_of(name, defended):
        for backend in WHOLE_BACKENDS:
            outcome = outcome_of(backend, case, RunConfig(case.chain, cores=4))
            assert differences(case, outcome, oracle_of(case), seal=True) == [], (backend, case)


def test_a_scene_counts_what_changes_hands_and_says_why_a_call_failed() -> None:
    calls = (
        PlannedCall("Ann", address_named("Bob"), value=ETHER),
        PlannedCall("Bob", TOKEN, transfer_data(address_named("Ann"), 5)),
        PlannedCall("Bob", TOKEN, transfer_data(address_named("Ann"), 3)),
    )
    scene = AttackScene(
        blocks=(CallsOfBlock(calls[:1]), CallsOfBlock(calls[1:], wait=100)),
        contracts={"token": (TOKEN, token_account({address_named("Bob"): 7}))},
        assets={"ether": ether, "tokens": tokens(TOKEN)},
        people=("Ann", "Bob", "Cem"),
        savings={"Cem": Account(balance=1)},
    )
    sheet = play(scene)
    assert sheet.change("Ann", "ether") == -ETHER
    assert sheet.change("Bob", "ether") == ETHER
    assert sheet.change("Ann", "tokens") == 5
    assert sheet.change("Cem", "ether") == 0
    assert list(sheet.failures) == [2]
    assert len(sheet.worlds) == 3
    assert set(totals(sheet).values()) == {0}
    with pytest.raises(InputError, match="Dan"):
        sheet.change("Dan", "ether")
