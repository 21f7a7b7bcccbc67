"""A conversation asks each question once, and does between two questions only what lies between them."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.worlds import CONTRACT, authorize, environment, execute, signed, world
from toyevm.assembler import assemble
from toyevm.journal import Journal
from toyevm.simulation import conversation as module
from toyevm.simulation.conversation import conversation
from toyevm.state import Account, WorldState
from toyevm.transactions import SET_CODE, Transaction
from toyevm.transition import CheckedTransaction, check_form
from toyevm.vm.frame import BlockEnv


def converse(pre: WorldState, tx: Transaction) -> tuple[int, object]:
    """Answer everything from `pre`; return how many questions there were, and the result."""
    talk, questions = conversation(environment(), tx), 0
    try:
        access = next(talk)
        while True:
            questions += 1
            access = talk.send(pre.read(access.location))
    except StopIteration as stop:
        return questions, stop.value.result


def with_authorizations(count: int) -> Transaction:
    keys = [number.to_bytes(32, "big") for number in range(1, count + 1)]
    authorizations = tuple(authorize(key) for key in keys)
    return signed(type=SET_CODE, authorizations=authorizations, gas_limit=100_000 + 25_000 * count)


def touching(count: int) -> WorldState:
    """Return a world where CONTRACT calls so many accounts that do not exist."""
    calls = [f"PUSH0 PUSH0 PUSH0 PUSH0 PUSH0 PUSH {0x1000 + number} GAS CALL POP" for number in range(count)]
    return world({CONTRACT: Account(nonce=1, code=assemble(" ".join(calls)))})


def test_a_conversation_equals_an_execution() -> None:
    for pre, tx in ((world(), with_authorizations(9)), (touching(9), signed(gas_limit=1_000_000))):
        assert converse(pre, tx)[1] == execute(pre, tx)


@pytest.mark.parametrize(
    ("pre", "tx"), [(world(), with_authorizations), (touching, signed)], ids=["authorize", "touch"]
)
def test_a_suspended_transaction_is_resumed_and_not_begun_again(
    pre: object, tx: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: Counter[str] = Counter()
    honest = Journal._field

    def field(self: Journal, address: bytes, which: object) -> object:
        looked["up"] += 1
        return honest(self, address, which)

    monkeypatch.setattr(Journal, "_field", field)
    counts = []
    for size in (20, 40):
        looked.clear()
        world_ = pre(size) if callable(pre) else pre
        transaction = (
            with_authorizations(size) if tx is with_authorizations else signed(gas_limit=200_000 + 3_000 * size)
        )
        questions, result = converse(world_, transaction)
        assert result.succeeded
        assert questions >= size
        counts.append(looked["up"])
    assert counts[1] < 2.5 * counts[0], "looking things up again after every answer would take four times as many"


def test_what_needs_no_state_is_checked_once_an_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three answers are given to the checks of the sender; none of them makes the rest be checked again."""
    checked: list[Transaction] = []

    def check(env: BlockEnv, tx: Transaction) -> CheckedTransaction:
        checked.append(tx)
        return check_form(env, tx)

    monkeypatch.setattr(module, "check_form", check)
    questions, result = converse(world(), signed())
    assert questions > 3
    assert result is not None
    assert checked == [signed()]
