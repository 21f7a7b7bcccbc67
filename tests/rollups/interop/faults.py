"""The guards of messages between layers, each taken away: what is stolen then, and contracts that lack one."""

from __future__ import annotations

from functools import lru_cache

from tests.rollups.planted import changed
from toyevm.contracts import Contract
from toyevm.rollups.interop.messages import MESSENGER_CONTRACT, TOKEN_CONTRACT
from toyevm.rollups.interop.validity import BlockRefusal

MESSENGER_FAULTS = {
    "a log of anybody is taken for the messenger's": ('    assert origin == self, "fake origin"\n', ""),
    "a log is not claimed": (
        (
            "    extcall Inbox(INBOX).validate_message("
            "origin, block_number, log_index, timestamp, chain_id, keccak256(payload))\n"
        ),
        "",
    ),
    "delivered on every chain": (
        '    assert convert(slice(payload, 32, 32), uint256) == chain.id, "for another chain"\n',
        "",
    ),
    "delivered as often as one asks": (
        '    assert not self.relayed[message_hash], "relayed already"\n    self.relayed',
        "    self.relayed",
    ),
    "two equal messages are one": ("    self.nonce += 1\n", ""),
    "the messenger speaks for anybody": ('    assert target != self, "to a messenger"\n', ""),
    "anybody says that a message has expired": (
        "assert msg.sender == self and self.cross_domain_sender == self",
        "assert True",
    ),
    "what was never sent expires": ('    assert self.sent_at[message_hash] != 0, "never sent"\n', ""),
    "a message expires while it can be delivered": (
        '    assert undelivered_at > self.sent_at[message_hash] + EXPIRY_PERIOD, "not expired yet"\n',
        "",
    ),
    "what was delivered is reported as not": (
        '    assert not self.relayed[message_hash], "relayed already"\n    report',
        "    report",
    ),
}
TOKEN_FAULTS = {
    "anybody mints": (
        (
            '    assert msg.sender == MESSENGER, "not the messenger"\n'
            '    assert staticcall Messenger(MESSENGER).cross_domain_sender() == self, "not from this token"\n'
        ),
        "",
    ),
    "anybody's message mints": (
        '    assert staticcall Messenger(MESSENGER).cross_domain_sender() == self, "not from this token"\n',
        "",
    ),
    "refunded without having expired": (
        '    assert staticcall Messenger(MESSENGER).expired(message_hash), "not expired"\n',
        "",
    ),
    "refunded as often as one asks": ('    assert not self.refunded[message_hash], "refunded already"\n', ""),
    "sent without being burned": ("    self.balanceOf[msg.sender] -= amount\n    self.totalSupply -= amount\n", ""),
}
# What a chain has to check of a message so that nothing is stolen. Circles are not among them: within one second they
# have tokens that nobody had, and at its end all is as it was (see test_validity.py).
THEFTS = tuple(
    refusal
    for refusal in BlockRefusal
    if refusal not in (BlockRefusal.CIRCLE, BlockRefusal.INVALID_PARENT)
)  # fmt: skip


@lru_cache
def messenger_with(fault: str) -> tuple[Contract, Contract]:
    """Return messenger and token, the messenger with a fault."""
    return changed("cross_domain_messenger", (MESSENGER_FAULTS[fault],)), TOKEN_CONTRACT


@lru_cache
def token_with(fault: str) -> tuple[Contract, Contract]:
    """Return messenger and token, the token with a fault."""
    return MESSENGER_CONTRACT, changed("cross_chain_token", (TOKEN_FAULTS[fault],))
