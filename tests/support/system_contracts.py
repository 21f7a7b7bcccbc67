"""The two contracts a block calls before its transactions, as their EIPs publish them, and stand-ins for the queues."""

from __future__ import annotations

from toyevm.assembler import assemble
from toyevm.state import Account
from toyevm.system import BEACON_ROOTS, BLOCK_HASH_HISTORY, CONSOLIDATION_REQUESTS, WITHDRAWAL_REQUESTS
from toyevm.types import Address

BEACON_ROOTS_CODE = bytes.fromhex(  # EIP-4788
    "3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560495762001fff81069081541460"
    "3c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f359062001fff015500"
)
HISTORY_CODE = bytes.fromhex(  # EIP-2935
    "3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff8143031160425761"
    "1fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500"
)
RING = 8191  # slots in either ring buffer


def queue(answer: bytes) -> Account:
    """Return a stand-in for a request queue: it answers `answer` (up to 32 bytes), and counts its calls in slot 0."""
    size = len(answer)
    source = f"""
        PUSH 1 PUSH 0 SLOAD ADD PUSH 0 SSTORE
        PUSH 0x{(answer or bytes(1)).ljust(32, bytes(1)).hex()} PUSH 0 MSTORE
        PUSH {size} PUSH 0 RETURN
    """
    return Account(nonce=1, code=assemble(source))


def system_accounts(withdrawals: bytes = b"", consolidations: bytes = b"") -> dict[Address, Account]:
    """Return all four system contracts; the arguments are what the two queues will answer."""
    return {
        BEACON_ROOTS: Account(nonce=1, code=BEACON_ROOTS_CODE),
        BLOCK_HASH_HISTORY: Account(nonce=1, code=HISTORY_CODE),
        WITHDRAWAL_REQUESTS: queue(withdrawals),
        CONSOLIDATION_REQUESTS: queue(consolidations),
    }
