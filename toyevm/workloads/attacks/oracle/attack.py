"""Oracle manipulation in one transaction: a flash loan makes ether dear in a pool, and a lending pool believes it.

The defence is a price that is averaged over half an hour: what lasts no time has no weight.
"""

from __future__ import annotations

from toyevm.contracts import Contract, load_contract
from toyevm.state import Account
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.amm.workload import DAI, FIRST_POOL, WETH
from toyevm.workloads.applications.lending.workload import FEED, LENDING
from toyevm.workloads.attacks.base import Attack, AttackScene, CallsOfBlock, ether, tokens
from toyevm.workloads.planned_blocks import PlannedCall, account, address_named, entries, variables
from toyevm.workloads.tokens import token_account

POOL: Address = bytes([FIRST_POOL]) * 20
FLASH_LENDER: Address = b"\xb6" * 20
MANIPULATOR: Address = b"\xb7" * 20
POOL_DAI, POOL_WETH = 2_000_000 * ETHER, 1_000 * ETHER  # ether costs 2,000 DAI
FLASH_LOAN = 8_000_000 * ETHER  # with it in the pool, ether costs 50,000 DAI
LENT = 1_000_000 * ETHER  # what lenders have supplied: all of it is there
PLEDGED = 30 * ETHER  # worth 60,000 DAI, which allow for a debt of 45,000
PERIOD = 1_800  # seconds: what average_price takes the average over
ATTACK_GAS = 1_000_000


def scene(defended: bool) -> AttackScene:
    """Return the attack on a lending pool, whose oracle gives an average or the price of the moment."""
    return attack_oracle(load_contract("average_price" if defended else "spot_price"))


def attack_oracle(oracle: Contract) -> AttackScene:
    """Return the attack on a lending pool with this oracle; if it records prices, a keeper sees to it."""
    attack = PlannedCall(
        "attacker", MANIPULATOR, load_contract("price_manipulator").call_data("attack", FLASH_LOAN), PLEDGED, ATTACK_GAS
    )
    attack_block = CallsOfBlock((attack,))
    blocks: tuple[CallsOfBlock, ...] = (attack_block,)
    if "recordedAt" in oracle.slots:
        record = CallsOfBlock((PlannedCall("keeper", FEED, oracle.call_data("record")),), wait=PERIOD // 2)
        blocks = (record, record, attack_block)
    return AttackScene(
        blocks=blocks,
        contracts=_contracts(oracle),
        assets={"DAI": tokens(DAI), "WETH": tokens(WETH), "ether": ether},
        people=("attacker", "lender", "keeper"),
    )


def _contracts(oracle: Contract) -> dict[str, tuple[Address, Account]]:
    dai = {POOL: POOL_DAI, LENDING: LENT, FLASH_LENDER: FLASH_LOAN}
    price = POOL_DAI * ETHER // POOL_WETH
    return {
        "DAI": (DAI, token_account(dai)),
        "WETH": (WETH, token_account({POOL: POOL_WETH})),
        "pool": (POOL, _account("amm", token0=DAI, token1=WETH, reserve0=POOL_DAI, reserve1=POOL_WETH)),
        "oracle": (FEED, account(oracle, _prices(oracle, price))),
        "lending pool": (LENDING, _lending_pool()),
        "flash lender": (FLASH_LENDER, _account("flash_lender", token=DAI)),
        "attacker's contract": (MANIPULATOR, _manipulator()),
    }


def _lending_pool() -> Account:
    lending = load_contract("lending")
    storage = variables(lending, {"token": DAI, "oracle": FEED, "cash": LENT, "index": ETHER, "totalShares": LENT})
    return account(lending, storage | entries(lending, "sharesOf", {address_named("lender"): LENT}))


def _manipulator() -> Account:
    places = {"pool": POOL, "lender": FLASH_LENDER, "lending": LENDING, "oracle": FEED}
    return _account("price_manipulator", owner=address_named("attacker"), token0=DAI, token1=WETH, **places)


def _account(contract: str, **values: int | Address) -> Account:
    return account(load_contract(contract), variables(load_contract(contract), values))


def _prices(oracle: Contract, price: int) -> dict[int, int]:
    """Return the slots of an oracle that asks the pool, and of the price if it keeps one."""
    kept = {name: price for name in ("spot", "price") if name in oracle.slots}
    return variables(oracle, {"pool": POOL, **kept})


ATTACK = Attack(
    "oracle",
    "A flash loan makes ether dear in a pool for a moment; a lending pool that believes it lends all against little.",
    "A price that is averaged over half an hour.",
    scene,
    ("attacker", "DAI"),
)
