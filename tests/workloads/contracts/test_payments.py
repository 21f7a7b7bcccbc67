"""Payments: a voucher is paid once, to whom it was signed; what nobody claims goes back after a day's notice."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import STRANGERS, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import address_of, keccak256, sign

people = st.integers(0, 3)
KEYS = STRANGERS
PAYER = 4  # this and the next are who the keys belong to
DAY = 86_400
seconds = st.sampled_from([0, 1, DAY - 1, DAY])
payment_steps = st.lists(
    st.one_of(
        st.tuples(st.just("lock"), st.integers(0, 1), people, st.integers(1, 100)),
        st.tuples(st.just("claim"), st.integers(0, 1), people, st.integers(0, 150), st.sampled_from([0, 0, 1])),
        st.tuples(st.just("withdraw"), st.integers(0, PAYER + 1)),
        st.tuples(st.just("announceRefund"), st.integers(0, 1), people, seconds),
        st.tuples(st.just("refund"), st.integers(0, 1), people, seconds),
    ),
    max_size=12,
)


def home(number: int) -> bytes:
    return address_of(KEYS[number - PAYER]) if number >= PAYER else person(number)


class Paper:
    """What the channels owe, on paper: a channel is a pair of payer and payee."""

    def __init__(self) -> None:
        self.locked, self.claimed, self.refund_at = Counter[Any](), Counter[Any](), Counter[Any]()
        self.earned, self.paid, self.now = Counter[int](), Counter[int](), 1

    def lock(self, who: int, payee: int, amount: int) -> bool:
        self.locked[who, payee] += amount
        self.refund_at[who, payee] = 0
        return True

    def claim(self, who: int, payee: int, total: int, other_key: int) -> bool:
        if other_key or not self.claimed[who, payee] <= total <= self.locked[who, payee]:
            return False
        self.earned[payee] += total - self.claimed[who, payee]
        self.claimed[who, payee] = total
        return True

    def announceRefund(self, who: int, payee: int, passed: int) -> bool:
        self.refund_at[who, payee] = self.now + DAY
        return True

    def refund(self, who: int, payee: int, passed: int) -> bool:
        if not 0 < self.refund_at[who, payee] <= self.now:
            return False
        self.refund_at[who, payee] = 0
        self.earned[PAYER + who] += self.locked[who, payee] - self.claimed[who, payee]
        self.locked[who, payee] = self.claimed[who, payee]
        return True

    def withdraw(self, who: int) -> bool:
        self.paid[who] += self.earned.pop(who, 0)
        return True


def play(stage: Stage, channels: Place, function: str, who: int, arguments: tuple[int, ...]) -> bool:
    """Call what a step says, with a voucher where one is needed; return whether it went through."""
    if function == "withdraw":
        return stage.call(home(who), channels, "withdraw")
    payee, *more = arguments
    if function == "lock":
        return stage.call(home(PAYER + who), channels, "lock", person(payee), value=more[0])
    if function == "claim":
        total, other_key = more
        voucher = keccak256(encode_arguments(channels.address, person(payee), total))
        y_parity, r, s = sign(voucher, KEYS[(who + other_key) % 2])
        return stage.call(person(payee), channels, "claim", home(PAYER + who), total, 27 + y_parity, r, s)
    return stage.call(home(PAYER + who), channels, function, person(payee))


def check_payments(contract: Contract, story: Story) -> None:
    """A payee gets what was signed to it, once, as far as it is locked; ether is somebody's at every moment."""
    stage, paper = Stage(), Paper()
    channels = stage.create(contract)
    for function, who, *arguments in story:
        if "efund" in function:
            paper.now += arguments[1]
        stage.at_second(paper.now)
        assert play(stage, channels, function, who, tuple(arguments)) == getattr(paper, function)(who, *arguments)
        everybody = range(PAYER + 2)
        assert [stage.ask(channels, "earned", home(n)) for n in everybody] == [paper.earned[n] for n in everybody]
        owed = sum(paper.locked.values()) - sum(paper.claimed.values()) + sum(paper.earned.values())
        assert stage.balance(channels) == owed
        assert [stage.balance(home(n)) for n in everybody] == [paper.paid[n] for n in everybody]


@stories
@given(payment_steps)
def test_a_voucher_is_paid_once_to_whom_it_was_signed(story: Story) -> None:
    check_payments(load_contract("payments"), story)


def test_a_payee_has_a_day_to_cash_in_and_new_ether_needs_a_new_notice() -> None:
    check_payments(load_contract("payments"), REFUNDS)


VOUCHERS: Story = [("lock", 0, 1, 50), ("claim", 0, 1, 20, 0), ("claim", 0, 1, 20, 0), ("claim", 0, 1, 30, 1),
                   ("claim", 0, 1, 60, 0), ("withdraw", 1), ("claim", 0, 1, 50, 0)]  # fmt: skip
REFUNDS: Story = [("lock", 0, 1, 50), ("refund", 0, 1, 0), ("announceRefund", 0, 1, 0), ("refund", 0, 1, DAY - 1),
                  ("claim", 0, 1, 20, 0), ("refund", 0, 1, 1), ("refund", 0, 1, 0), ("claim", 0, 1, 50, 0),
                  ("withdraw", PAYER), ("lock", 0, 1, 50), ("refund", 0, 1, DAY), ("announceRefund", 0, 1, 0),
                  ("lock", 0, 1, 1), ("refund", 0, 1, DAY), ("announceRefund", 0, 1, 0), ("refund", 1, 1, DAY),
                  ("claim", 0, 1, 70, 0), ("refund", 0, 1, 0), ("withdraw", 1), ("withdraw", PAYER)]  # fmt: skip


@mistakes(
    ("payments", " and signer == payer", "", check_payments, VOUCHERS),
    ("payments", "self.claimed[payer][msg.sender] = total", "pass", check_payments, VOUCHERS),
    ("payments", 'assert total <= self.locked[payer][msg.sender], "more than is locked"', "pass", check_payments,
     VOUCHERS),
    ("payments", "self.earned[msg.sender] = 0", "pass", check_payments, VOUCHERS),
    ("payments", "refundAt != 0 and ", "", check_payments, REFUNDS),
    ("payments", " and block.timestamp >= refundAt", "", check_payments, REFUNDS),
    ("payments", "block.timestamp >= refundAt", "block.timestamp > refundAt", check_payments, REFUNDS),
    ("payments", "block.timestamp + NOTICE", "block.timestamp + NOTICE // 2", check_payments, REFUNDS),
    ("payments", "self.refundAt[msg.sender][payee] = 0  #", "pass  #", check_payments, REFUNDS),
    ("payments", "self.refundAt[msg.sender][payee] = 0\n", "pass\n", check_payments, REFUNDS),
    ("payments", " - self.claimed[msg.sender][payee]", "", check_payments, REFUNDS),
    ("payments", "self.locked[msg.sender][payee] -= rest", "pass", check_payments, REFUNDS),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
