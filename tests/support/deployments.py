"""How the four system contracts came to be: by transactions that nobody signed.

Each EIP fixes a signature (r is 0x539) and takes the account that such a signature recovers to as the sender. So the
address of the contract is a hash of its code: code that is not the published one would not be at the published address.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.system_contracts import BEACON_ROOTS_CODE, HISTORY_CODE
from toyevm.state import Account
from toyevm.system import BEACON_ROOTS, BLOCK_HASH_HISTORY, CONSOLIDATION_REQUESTS, WITHDRAWAL_REQUESTS
from toyevm.transactions import Transaction
from toyevm.types import WORD_MASK, Address

WITHDRAWAL_REQUESTS_CODE = bytes.fromhex(  # EIP-7002
    "3373fffffffffffffffffffffffffffffffffffffffe1460cb5760115f54807fffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffff146101f457600182026001905f5b5f82111560685781019083028483029004916001019190604d565b909390049250"
    "505036603814608857366101f457346101f4575f5260205ff35b34106101f457600154600101600155600354806003026004013381556001"
    "015f35815560010160203590553360601b5f5260385f601437604c5fa0600101600355005b6003546002548082038060101160df57506010"
    "5b5f5b8181146101835782810160030260040181604c02815460601b8152601401816001015481526020019060020154807fffffffffffff"
    "ffffffffffffffffffff00000000000000000000000000000000168252906010019060401c908160381c81600701538160301c8160060153"
    "8160281c81600501538160201c81600401538160181c81600301538160101c81600201538160081c81600101535360010160e1565b910180"
    "921461019557906002556101a0565b90505f6002555f6003555b5f54807fffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffff14156101cd57505f5b6001546002828201116101e25750505f6101e8565b01600290035b5f555f600155604c025ff35b5f5f"
    "fd"
)
CONSOLIDATION_REQUESTS_CODE = bytes.fromhex(  # EIP-7251
    "3373fffffffffffffffffffffffffffffffffffffffe1460d35760115f54807fffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffff1461019a57600182026001905f5b5f82111560685781019083028483029004916001019190604d565b909390049250"
    "5050366060146088573661019a573461019a575f5260205ff35b341061019a57600154600101600155600354806004026004013381556001"
    "015f358155600101602035815560010160403590553360601b5f5260605f60143760745fa0600101600355005b6003546002548082038060"
    "021160e7575060025b5f5b8181146101295782810160040260040181607402815460601b8152601401816001015481526020018160020154"
    "81526020019060030154905260010160e9565b910180921461013b5790600255610146565b90505f6002555f6003555b5f54807fffffffff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff141561017357505f5b6001546001828201116101885750505f61018e"
    "565b01600190035b5f555f6001556074025ff35b5f5ffd"
)
RUNTIME: Mapping[Address, bytes] = {
    BEACON_ROOTS: BEACON_ROOTS_CODE,
    BLOCK_HASH_HISTORY: HISTORY_CODE,
    WITHDRAWAL_REQUESTS: WITHDRAWAL_REQUESTS_CODE,
    CONSOLIDATION_REQUESTS: CONSOLIDATION_REQUESTS_CODE,
}
INHIBITED: Mapping[int, int] = {0: WORD_MASK}  # what a queue's constructor stores: closed until its first system call

_PLAIN = "60{size:02x}8060095f395ff3"  # copy the runtime code, return it
_CLOSED = "7f" + "ff" * 32 + "5f5561{size:04x}80602d5f395ff3"  # the same after storing INHIBITED
_SIGNED: Mapping[Address, tuple[str, int]] = {  # constructor and s, from EIP-4788, 2935, 7002 and 7251
    BEACON_ROOTS: (_PLAIN, 0x1B9B6EB1F0),
    BLOCK_HASH_HISTORY: (_PLAIN, 0xAA12693182426612186309F02CFE8A80A0000),
    WITHDRAWAL_REQUESTS: (_CLOSED, 0x5FEEB084551E4E03A3581E269BC2EA2F8D0008),
    CONSOLIDATION_REQUESTS: (_CLOSED, 0xC0730F92DC275B663D377A7CBB141B6600052),
}
GAS_LIMIT, GAS_PRICE = 250_000, 10**12


def deployment(address: Address) -> Transaction:
    """Return the transaction that puts a system contract at its address, and would put any other elsewhere."""
    constructor, s = _SIGNED[address]
    code = RUNTIME[address]
    return Transaction(
        gas_limit=GAS_LIMIT, max_fee_per_gas=GAS_PRICE, data=bytes.fromhex(constructor.format(size=len(code))) + code,
        r=0x539, s=s,
    )  # fmt: skip


def deployed() -> dict[Address, Account]:
    """Return the four contracts as their deployments leave them."""
    closed = (WITHDRAWAL_REQUESTS, CONSOLIDATION_REQUESTS)
    return {
        address: Account(nonce=1, code=code, storage=dict(INHIBITED) if address in closed else {})
        for address, code in RUNTIME.items()
    }
