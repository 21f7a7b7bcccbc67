"""A regulated share: listed holders sell to each other, and now and then the issuer pays a dividend.

`security_token_one_trail` extends one audit trail with every movement; `security_token` those of the two holders.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import load_contract
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application, Ideal
from toyevm.workloads.planned_blocks import (
    PlannedBlock,
    PlannedCall,
    account,
    address_named,
    entries,
    pick,
    pick_other,
    user,
    variables,
)

TOKEN: Address = b"\xd0" * 20
ISSUER = "issuer"
SHARES = 10_000  # of each holder, before the block
PAID = 10**15  # points: a thousandth of a wei for each share, before the block


def transfer_shares(
    random: Random, count: int, users: int, *, contract: str, skew: float = 0.0, dividend_every: int = 0
) -> PlannedBlock:
    """Return sales of shares between listed holders.

    Args:
        skew: Zipf's exponent for who sells and who buys.
        dividend_every: every so many-th call is a dividend instead; 0: none is.
    """
    token = load_contract(contract)
    calls = []
    for turn in range(1, count + 1):
        seller = pick(random, users, skew)
        buyer, amount = pick_other(random, users, seller, skew), random.randint(1, 9)
        if dividend_every and turn % dividend_every == 0:
            call = PlannedCall(ISSUER, TOKEN, token.call_data("declareDividend"), value=ETHER // 100)
        else:
            call = PlannedCall(user(seller), TOKEN, token.call_data("transfer", address_named(user(buyer)), amount))
        calls.append(call)
    everybody: dict[int | bytes, int] = {address_named(user(n)): random.getrandbits(256) for n in range(users)}
    shares = users * SHARES
    storage = variables(token, {"agent": address_named(ISSUER), "most": shares, "totalSupply": shares, "points": PAID})
    for variable, value in (("countryOf", 1), ("balanceOf", SHARES), ("pointsSeen", PAID)):
        storage |= entries(token, variable, dict.fromkeys(everybody, value))
    storage |= (
        {token.slots["trail"]: random.getrandbits(256)}
        if "trail" in token.slots
        else entries(token, "trailOf", everybody)
    )
    contract_account = account(token, storage, balance=PAID * shares // 10**18)
    return PlannedBlock(tuple(calls), {"security": (TOKEN, contract_account)}, tuple(map(user, range(users))))


APPLICATIONS = (
    Application(
        "security-one-trail",
        "Listed holders sell regulated shares; one audit trail has them all.",
        "trail",
        transfer_shares,
        {"contract": "security_token_one_trail"},
    ),
    Application(
        "security",
        "Listed holders sell regulated shares; each holder has an audit trail.",
        "balanceOf, dividendOf and trailOf of a holder who sells or buys twice",
        transfer_shares,
        {"contract": "security_token"},
        Ideal(0.005, 50.0),
    ),
    Application(
        "security-dividend",
        "Listed holders sell regulated shares; every twentieth call pays a dividend to all, by points for a share.",
        "points",
        transfer_shares,
        {"contract": "security_token", "dividend_every": 20},
    ),
)
