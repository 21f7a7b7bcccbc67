"""Payments: a voucher is paid once, to whom it was signed."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import address_of, keccak256, sign

people = st.integers(0, 3)
KEYS = [bytes([number]) * 32 for number in (1, 2)]
payment_steps = st.lists(
    st.one_of(
        st.tuples(st.just("lock"), st.integers(0, 1), people, st.integers(1, 100)),
        st.tuples(st.just("claim"), st.integers(0, 1), people, st.integers(0, 150), st.sampled_from([0, 0, 1])),
        st.tuples(st.just("withdraw"), people),
    ),
    max_size=12,
)


def check_payments(contract: Contract, story: Story) -> None:
    """A payee gets what was signed to it, once, as far as it is locked; ether is somebody's at every moment."""
    stage = Stage()
    channels = stage.create(contract)
    locked, claimed, earned, paid = Counter[Any](), Counter[Any](), Counter[int](), Counter[int]()
    for function, who, *arguments in story:
        if function == "lock":
            payee, amount = arguments
            assert stage.call(address_of(KEYS[who]), channels, "lock", person(payee), value=amount)
            locked[who, payee] += amount
        elif function == "claim":
            payee, total, other_key = arguments
            voucher = keccak256(encode_arguments(channels.address, person(payee), total))
            y_parity, r, s = sign(voucher, KEYS[(who + other_key) % 2])
            done = stage.call(person(payee), channels, "claim", address_of(KEYS[who]), total, 27 + y_parity, r, s)
            assert done == (not other_key and claimed[who, payee] <= total <= locked[who, payee])
            if done:
                earned[payee] += total - claimed[who, payee]
                claimed[who, payee] = total
        else:
            assert stage.call(person(who), channels, "withdraw")
            paid[who] += earned.pop(who, 0)
        assert [stage.ask(channels, "earned", person(n)) for n in range(4)] == [earned[n] for n in range(4)]
        assert stage.balance(channels) == sum(locked.values()) - sum(paid.values())
    found = {n: stage.balance(person(n)) for n in range(4)}
    assert found == {n: paid[n] for n in range(4)}


@stories
@given(payment_steps)
def test_a_voucher_is_paid_once_to_whom_it_was_signed(story: Story) -> None:
    check_payments(load_contract("payments"), story)


VOUCHERS: Story = [("lock", 0, 1, 50), ("claim", 0, 1, 20, 0), ("claim", 0, 1, 20, 0), ("claim", 0, 1, 30, 1),
                   ("claim", 0, 1, 60, 0), ("withdraw", 1), ("claim", 0, 1, 50, 0)]  # fmt: skip


@mistakes(
    ("payments", " and signer == payer", "", check_payments, VOUCHERS),
    ("payments", "self.claimed[payer][msg.sender] = total", "pass", check_payments, VOUCHERS),
    ("payments", 'assert total <= self.locked[payer][msg.sender], "more than is locked"', "pass", check_payments,
     VOUCHERS),
    ("payments", "self.earned[msg.sender] = 0", "pass", check_payments, VOUCHERS),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
