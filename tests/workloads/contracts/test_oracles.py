"""An average price is the integral of what was recorded; a flash loan is paid back with its fee, or was never made."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract
from toyevm.state import Account
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.vm.message import execute_message
from toyevm.workloads.planned_blocks import account
from toyevm.workloads.tokens import ERC20, token_account

POOL: Address = b"\x80" * 20
seconds = st.sampled_from([0, 12, 24, 600, 1_788, 1_800, 5_000])
price_steps = st.lists(st.tuples(seconds, st.integers(0, 10**6)), max_size=10)


def set_price(stage: Stage, price: int) -> None:
    """Fill the pool so that 10**18 of token 1 cost so much of token 0."""
    amm = load_contract("amm")
    reserves = {amm.slots["reserve0"]: price, amm.slots["reserve1"]: ETHER}
    stage.world = replace(stage.world, accounts={**stage.world.accounts, POOL: account(amm, reserves)})


def check_average(contract: Contract, story: Story) -> list[int]:
    """Hold the price to the integral of what was recorded, after each step: seconds, new price; return the prices."""
    stage, prices = Stage(), [1_000]
    set_price(stage, 1_000)
    oracle = stage.create(contract, POOL)
    now, began, recorded = 0, 0, [(0, 1_000)]  # since when a price is known
    for passed, price in story:
        now += passed
        stage.at_second(now)
        set_price(stage, price)
        assert stage.ask(oracle, "price") == prices[-1]  # what nobody has recorded counts for nothing
        assert stage.call(person(0), oracle, "record")
        recorded.append((now, price))
        prices.append(prices[-1])
        if now - began >= 1_800:
            ends = [*(since for since, _ in recorded[1:]), now]
            spans = zip(recorded, ends, strict=True)
            prices[-1] = floor(Fraction(sum(p * (end - max(since, began)) for (since, p), end in spans), now - began))
            recorded, began = [(now, price)], now
        assert stage.ask(oracle, "price") == prices[-1]
    return prices


@stories
@given(price_steps)
def test_the_price_is_the_average_over_a_period(story: Story) -> None:
    check_average(load_contract("average_price"), story)


def test_a_false_price_weighs_as_much_as_it_lasts() -> None:
    """One block of 12 seconds among 1,800, at 50,000 for 1,000: a 150th of the difference. None: nothing."""
    held = check_average(load_contract("average_price"), [(900, 50_000), (12, 1_000), (888, 1_000)])
    assert held[-1] == floor(1_000 + Fraction(12, 1_800) * 49_000) == 1_326
    moment = check_average(load_contract("average_price"), [(900, 50_000), (0, 1_000), (900, 1_000)])
    assert moment[-1] == 1_000


# Flash loans


def check_flash_lender(contract: Contract, story: Story) -> None:
    """A loan goes through if the lender gets the fee. A step: what is lent, and what the borrower keeps of it."""
    for amount, kept in story:
        stage = Stage()
        token, borrower = Place(ERC20, b"\x72" * 20), b"\x73" * 20
        lender = stage.create(contract, token.address)
        fee = -(-amount * 5 // 10_000)
        paid = max(0, amount + fee - kept)  # a loan of nothing costs nothing, and nothing of it can be kept
        balances = {lender.address: 10_000, borrower: fee}
        stage.world = replace(
            stage.world,
            accounts={
                **stage.world.accounts,
                token.address: token_account(balances),
                borrower: Account(nonce=1, code=payer(token.address, lender.address, paid)),
            },
        )
        done = execute_message(
            stage.world, stage.env, sender=borrower, address=lender.address, input=contract.call_data("lend", amount)
        )
        assert (done.error is None) == (amount <= 10_000 and paid == amount + fee)


def payer(token: Address, lender: Address, amount: int) -> bytes:
    """Return code that transfers so many tokens to the lender, whatever it is called for."""
    data = ERC20.call_data("transfer", lender, amount)
    words = [data[at : at + 32].ljust(32, b"\0") for at in range(0, len(data), 32)]
    stores = b"".join(b"\x7f" + word + b"\x60" + bytes([32 * place]) + b"\x52" for place, word in enumerate(words))
    return stores + bytes.fromhex("5f5f6044 5f5f") + b"\x73" + token + bytes.fromhex("5af1 00")


loans = st.lists(st.tuples(st.integers(0, 12_000), st.integers(0, 3)), max_size=3)


@stories
@given(loans)
def test_a_flash_loan_is_paid_back_with_its_fee_or_was_never_made(story: Story) -> None:
    check_flash_lender(load_contract("flash_lender"), story)


RECORDS: Story = [(0, 7), (900, 50_000), (12, 1_000), (888, 3_000), (1_799, 4_000), (5, 5_000), (1_800, 1)]


@mistakes(
    ("average_price", "self.spot * (block.timestamp", "self._spot() * (block.timestamp", check_average, RECORDS),
    ("average_price", "self.recordedAt = block.timestamp\n    passed", "passed", check_average, RECORDS),
    ("average_price", "passed >= PERIOD", "passed > 0", check_average, RECORDS),
    ("average_price", "self.sum // passed", "self.sum // PERIOD", check_average, RECORDS),
    ("average_price", "        self.sum = 0\n", "", check_average, RECORDS),
    ("average_price", "        self.beganAt = block.timestamp\n\n\n@internal", "\n\n@internal", check_average, RECORDS),
    ("flash_lender", "before + fee", "before", check_flash_lender, [(5_000, 1)]),
    ("flash_lender", "+ PARTS - 1", "", check_flash_lender, [(10, 1)]),
    ("flash_lender", 'assert staticcall IERC20(self.token).balanceOf(self) >= before + fee, "not paid back"', "pass",
     check_flash_lender, [(0, 0), (5_000, 3)]),
    ("flash_lender", "transfer(msg.sender, amount)", "transfer(msg.sender, 0)", check_flash_lender, [(5_000, 0)]),
)  # fmt: skip
def test_the_check_finds(mistake: Mistake) -> None:
    find(mistake)
