"""Set-code transactions against EELS, and the mistakes that such a comparison must find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.fuzz import set_code
from tests.fuzz.eels import Answer
from tests.fuzz.tiers import NEVER, hot_after
from tests.support.oracles import specification
from toyevm import journal as journals
from toyevm import transition
from toyevm.crypto import recover_address
from toyevm.forks import PRAGUE
from toyevm.journal import Journal
from toyevm.transactions import Authorization
from toyevm.types import ZERO_ADDRESS
from toyevm.vm.instructions import calls

SEEDS = range(100)


@pytest.fixture(autouse=True)
def needs_eels() -> None:
    specification()


@pytest.mark.parametrize("visits", [NEVER, 0], ids=["interpreted", "compiled"])
def test_toyevm_equals_the_specification_on_every_authorization(visits: float) -> None:
    with hot_after(visits):
        assert {seed: wrong for seed in SEEDS if (wrong := set_code.differs(seed))} == {}


def test_the_transactions_are_varied() -> None:
    """Some fail, most do not; delegations appear, change, vanish and are followed, and many promises are void."""
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        program, said = set_code.scene(seed), set_code.said(seed)
        seen["rejected" if said.rejected else "succeeded" if said.succeeded else "failed"] += 1
        for one in program.tx.authorizations:
            seen["cleared" if one.address == ZERO_ADDRESS else "delegated"] += 1
            seen["bad signature"] += one.s > 2**255 or one.y_parity > 1 or 0 in (one.r, one.s)
            seen["to itself"] += one.address in set_code.AUTHORITIES
            seen[f"chain {min(one.chain_id, 3)}"] += 1
        seen["delegated before"] += any(a.code.startswith(set_code.PREFIX) for a in program.accounts.values())
    assert seen["succeeded"] > 40
    assert seen["failed"] > 8
    assert seen["rejected"] == 0
    assert all(seen[f"chain {n}"] > 5 for n in range(4))
    assert seen["cleared"] > 10 < seen["bad signature"]
    assert seen["to itself"] > 30 < seen["delegated before"]


# Mistakes


def on_any_chain(patch: pytest.MonkeyPatch) -> None:
    honest = transition.delegate
    patch.setattr(
        transition, "delegate", lambda j, env, one: honest(j, replace(env, chain_id=one.chain_id or env.chain_id), one)
    )


def with_any_nonce(patch: pytest.MonkeyPatch) -> None:
    honest = transition.delegate

    def careless(journal: Journal, env: Any, one: Authorization) -> None:
        try:
            right = replace(one, nonce=journal.nonce(one.authority))
        except Exception:
            return
        right.__dict__["authority"] = one.authority
        honest(journal, env, right)

    patch.setattr(transition, "delegate", careless)


def with_either_s(patch: pytest.MonkeyPatch) -> None:
    def signer(hash_: bytes, *signature: int) -> bytes:
        return recover_address(hash_, *signature)

    patch.setattr("toyevm.transactions._signer", signer)


def twice_followed(patch: pytest.MonkeyPatch) -> None:
    honest = Journal.code

    def code(journal: Journal, address: bytes) -> bytes:
        found = honest(journal, address)
        target = calls.delegate_of(found)
        second = honest(journal, target) if target else b""
        return second if calls.delegate_of(second) else found

    patch.setattr(Journal, "code", code)


def never_cleared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transition, "ZERO_ADDRESS", b"\x01" * 20)


def not_warmed(patch: pytest.MonkeyPatch) -> None:
    honest = transition.delegate

    def forgetful(journal: Journal, env: Any, one: Authorization) -> None:
        warm = dict(journal.warm_addresses)
        honest(journal, env, one)
        journal.warm_addresses.clear()
        journal.warm_addresses.update(warm)

    patch.setattr(transition, "delegate", forgetful)


def refund_for_all(patch: pytest.MonkeyPatch) -> None:
    honest = transition.delegate

    def generous(journal: Journal, env: Any, one: Authorization) -> None:
        journal.add_refund(12_500)
        honest(journal, env, one)

    patch.setattr(transition, "delegate", generous)


def refund_for_none(patch: pytest.MonkeyPatch) -> None:
    honest = Journal.add_refund
    patch.setattr(Journal, "add_refund", lambda j, amount: None if amount == 12_500 else honest(j, amount))


def nonce_kept(patch: pytest.MonkeyPatch) -> None:
    honest = transition.delegate

    def keeping(journal: Journal, env: Any, one: Authorization) -> None:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(Journal, "increment_nonce", lambda j, address: None)
            honest(journal, env, one)

    patch.setattr(transition, "delegate", keeping)


def undone_by_failure(patch: pytest.MonkeyPatch) -> None:
    honest = transition.finish_transaction

    def finish(execution: Any) -> Any:
        if execution.machine.outcome.failure:
            execution.machine.journal.rollback(2)  # the sender's balance and nonce
        return honest(execution)

    patch.setattr(transition, "finish_transaction", finish)


def contracts_too(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transition, "delegate_of", lambda code: calls.delegate_of(code) or (bytes(20) if code else None))


def any_length(patch: pytest.MonkeyPatch) -> None:
    def delegate_of(code: bytes) -> bytes | None:
        return code[3:23].ljust(20, b"\0") if code.startswith(set_code.PREFIX) else None

    patch.setattr(transition, "delegate_of", delegate_of)
    patch.setattr(calls, "delegate_of", delegate_of)


def seen_through(patch: pytest.MonkeyPatch) -> None:
    """EXTCODEHASH does not see whom an account delegates to."""
    honest = journals.keccak256
    patch.setattr(journals, "keccak256", lambda data: honest(data[:3] if data.startswith(set_code.PREFIX) else data))


PLANTED: tuple[Callable[[pytest.MonkeyPatch], None], ...] = (
    on_any_chain, with_any_nonce, with_either_s, twice_followed, never_cleared, not_warmed, refund_for_all,
    refund_for_none, nonce_kept, undone_by_failure, contracts_too, any_length, seen_through,
)  # fmt: skip


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_every_planted_mistake_is_found(
    monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    assert any(isinstance(set_code.differs(seed), Answer) for seed in SEEDS)  # and not because it broke


def test_every_authorization_is_paid_for() -> None:
    """EIP-7702: each is paid for, whether it holds or not."""
    program = set_code.scene(0)
    void = Authorization(2, ZERO_ADDRESS, 0, 0, 1, 1)
    costs = [set_code.with_authorizations(program, *[void] * n).gas_limit - program.gas for n in (1, 2, 200)]
    assert costs[1] - costs[0] == PRAGUE.gas.authorization == 25_000
    assert costs[2] - costs[0] == 199 * 25_000
