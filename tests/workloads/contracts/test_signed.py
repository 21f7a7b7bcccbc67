"""The stories once more, by signed transactions: every contract is created and called, and all backends agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.backends.cases import Case
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.support.signed_stage import Performed, SignedStage, blocks_of
from tests.support.whole_backends import WHOLE_BACKENDS
from tests.workloads.contracts.stories import TOLD
from toyevm.backends import Backend, RunConfig
from toyevm.contracts import load_contract
from toyevm.contracts.recompile import APPLICATIONS
from toyevm.crypto import keccak256
from toyevm.simulation.run import Run
from toyevm.types import Address
from toyevm.workloads.applications.proxy.workload import IMPLEMENTATION_SLOT

CONTRACTS = sorted(path.stem for path in APPLICATIONS.rglob("*.vy"))
# a DAO calls these itself when members have voted for it, and a proxy these when it is created
BY_CONTRACTS = {name: {"setDelay", "setQuorum"} for name in ("dao", "dao_sharded")} | {
    name: {"initialize"} for name in ("bank", "bank_guarded")
}


@cache
def performed() -> dict[str, list[Performed]]:
    """Return the transactions of all stories that a planted mistake is found with, by contract."""
    found: dict[str, list[Performed]] = defaultdict(list)
    here = Path(__file__)
    modules = [
        import_module(f"tests.workloads.contracts.{path.stem}") for path in sorted(here.parent.glob("test_*.py"))
    ]
    with pytest.MonkeyPatch.context() as patch:
        for module in modules:
            patch.setattr(module, "Stage", SignedStage, raising=False)
        for name, _, _, check, story in TOLD.values():
            patch.setattr(SignedStage, "performed", found[name])
            check(load_contract(name), story)
    return dict(found)


def codes_of(one: Performed, address: Address) -> list[bytes]:
    """Return the codes that a call runs: behind a proxy's, that of the implementation."""
    account = one.before.accounts[address]
    behind = account.storage.get(IMPLEMENTATION_SLOT, 0).to_bytes(20)
    return [account.code] + ([one.before.accounts[behind].code] if any(behind) else [])


def selector(entry: Mapping[str, Any]) -> bytes:
    types = ",".join(one["type"] for one in entry["inputs"])
    return keccak256(f"{entry['name']}({types})".encode())[:4]


def missing(name: str, transactions: Iterable[Performed]) -> set[str]:
    """Return which functions that may change something no transaction called with success, "create" among them."""
    contract, called, created = load_contract(name), set[bytes](), False
    for one in transactions:
        if one.result.created_address is not None:
            created |= one.after.accounts[one.result.created_address].code == contract.code
        elif one.result.succeeded and one.tx.to in one.before.accounts and contract.code in codes_of(one, one.tx.to):
            called.add(one.tx.data[:4])
    writing = [
        each for each in contract.abi if each["type"] == "function" and each["stateMutability"] not in ("view", "pure")
    ]
    wanted = {each["name"] for each in writing if selector(each) not in called} | (set() if created else {"create"})
    return wanted - BY_CONTRACTS.get(name, set())


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_is_created_and_each_function_called_by_signed_transactions(name: str) -> None:
    assert missing(name, [one for many in performed().values() for one in many]) == set()


def test_a_function_that_nobody_calls_is_found() -> None:
    stories = performed()["game"]
    assert missing("game", []) >= {"create", "work", "spend", "safeBatchTransferFrom"}
    work = load_contract("game").call_data("work", 0, 0)[:4]
    assert missing("game", [one for one in stories if one.tx.data[:4] != work]) == {"work"}
    assert missing("bank", [one for one in performed()["bank"] if one.tx.to is None]) >= {"deposit", "pay"}


@cache
def cases_of(name: str) -> list[tuple[Case, Run]]:
    """Return the stories of a contract as blocks in which happens what happened, the longest first."""
    cases = []
    for number, (workload, results) in enumerate(blocks_of(performed()[name])):
        case = Case(f"{name} {number}", workload.pre, workload.block, workload.chain)
        run = oracle_of(case)
        assert isinstance(run, Run)
        assert [one.succeeded for one in run.result.results] == [one.succeeded for one in results]
        cases.append((case, run))
    return sorted(cases, key=lambda pair: -len(pair[0].block.transactions))


def compare(backend: Backend, cases: Iterable[tuple[Case, Run]]) -> None:
    for case, run in cases:
        outcome = outcome_of(backend, case, RunConfig(case.chain, cores=4))
        assert differences(case, outcome, run, seal=True) == [], case


@pytest.mark.parametrize("place", range(len(WHOLE_BACKENDS)), ids=lambda place: WHOLE_BACKENDS[place].name)
def test_the_longest_block_of_each_contract_on_one_or_another_backend_equals_sequential(place: int) -> None:
    compare(WHOLE_BACKENDS[place], [cases_of(name)[0] for name in list(performed())[place :: len(WHOLE_BACKENDS)]])


@pytest.mark.whole
@pytest.mark.parametrize("backend", WHOLE_BACKENDS, ids=lambda backend: backend.name)
def test_every_block_of_every_story_on_every_backend_equals_sequential(backend: Backend) -> None:
    compare(backend, [case for name in performed() for case in cases_of(name)])
