"""An atomic swap: two locks under one hash, on two layers, and nothing between them but a secret and two deadlines.

    1. Ann, who made up the secret, locks on the first layer, for Bob, until the later deadline.
    2. Bob locks on the second layer, for Ann, until the earlier deadline.
    3. Ann claims Bob's lock: everybody sees the secret now.
    4. Bob claims Ann's lock with it.

Who does not claim in time is left with a lock that its owner may take back. So there are two ways to lose: Ann, if she
shows the secret too late for her own claim (it is public, whether the claim succeeds or not); Bob, if he has too little
time between the two deadlines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from toyevm.crypto import keccak256
from toyevm.errors import InputError
from toyevm.rollups.interop.cluster import LOCK, LOCK_CONTRACT, Cluster
from toyevm.rollups.interop.messages import TOKEN, TOKEN_CONTRACT
from toyevm.types import Hash32
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import SLOT_SECONDS

FIRST, SECOND = "sidechain", "validium"
ANN_GIVES, BOB_GIVES = 30, 20
SECRET = keccak256(b"a secret")  # of a toy; a real one is random
CLAIM = LOCK_CONTRACT.call_data("claim", bytes(32))[:4]


@dataclass(frozen=True)
class SwapTimes:
    """When what happens, in seconds after both have locked.

    Attributes:
        ann_deadline: from then on Ann may take back what she has locked.
        bob_deadline: and Bob.
        shown: when Ann claims; None if never.
        reaction: how long Bob needs, from seeing the secret to claiming.
    """

    ann_deadline: int = 240
    bob_deadline: int = 120
    shown: int | None = 24
    reaction: int = 12


class SwapOutcome(NamedTuple):
    """How many tokens each has more, or less, on the first layer and on the second."""

    ann: tuple[int, int]
    bob: tuple[int, int]

    @property
    def words(self) -> str:
        """What happened: `swapped`, `taken back`, `Ann has lost` or `Bob has lost`."""
        if sum(self.ann) < BOB_GIVES - ANN_GIVES:
            return "Ann has lost"
        if sum(self.bob) < 0:
            return "Bob has lost"
        return "swapped" if any(self.ann) else "taken back"


class Swap:
    """A swap of Ann's tokens on the first layer for Bob's on the second.

    Raises:
        InputError: one of the locks cannot be made: its hash has been used, or its deadline has passed.
    """

    def __init__(self, cluster: Cluster, times: SwapTimes, secret: Hash32 = SECRET) -> None:
        self.cluster, self.times, self.secret = cluster, times, secret
        self.hash = keccak256(secret)
        self.before = self._holdings()
        self.start = cluster.now + 2 * SLOT_SECONDS
        self._lock("Ann", FIRST, "Bob", ANN_GIVES, self.start + times.ann_deadline)
        self._lock("Bob", SECOND, "Ann", BOB_GIVES, self.start + times.bob_deadline)

    def _lock(self, owner: str, layer: str, receiver: str, amount: int, deadline: int) -> None:
        self.cluster.submit(owner, layer, TOKEN, TOKEN_CONTRACT.call_data("approve", LOCK, amount))
        arguments = self.hash, TOKEN, wallet(receiver).address, amount, deadline
        tx = self.cluster.submit(owner, layer, LOCK, LOCK_CONTRACT.call_data("lock", *arguments))
        self.cluster.tick()
        if reason := self.cluster.reason(layer, tx):
            raise InputError(reason, f"{owner}'s lock")

    def play(self) -> SwapOutcome:
        """Let time pass until nothing is locked, while both do what is best for them; return what came of it."""
        times, waiting = self.times, {"Ann claims", "Bob claims", "Ann takes back", "Bob takes back"}
        seen_at: int | None = None
        while self._elapsed <= max(times.ann_deadline, times.bob_deadline) + 2 * SLOT_SECONDS:
            if seen_at is None and self.hash in map(keccak256, secrets_shown(self.cluster)):
                seen_at = self._elapsed
            due = {
                "Ann claims": times.shown is not None and self._elapsed >= times.shown,
                "Bob claims": seen_at is not None and self._elapsed >= seen_at + times.reaction,
                "Ann takes back": self._elapsed >= times.ann_deadline,
                "Bob takes back": self._elapsed >= times.bob_deadline,
            }
            for what in sorted(waiting):
                if due[what]:
                    waiting.remove(what)
                    self._do(what)
            self.cluster.tick()
        after = self._holdings()
        ann, bob = (
            (after[name][0] - self.before[name][0], after[name][1] - self.before[name][1]) for name in ("Ann", "Bob")
        )
        return SwapOutcome(ann, bob)

    @property
    def _elapsed(self) -> int:
        return self.cluster.now - self.start

    def _do(self, what: str) -> None:
        layer = SECOND if what in ("Ann claims", "Bob takes back") else FIRST
        data = ("claim", self.secret) if what.endswith("claims") else ("refund", self.hash)
        self.cluster.submit(what[:3], layer, LOCK, LOCK_CONTRACT.call_data(*data))

    def _holdings(self) -> dict[str, tuple[int, int]]:
        return {
            name: (self.cluster.balance(name, FIRST), self.cluster.balance(name, SECOND)) for name in ("Ann", "Bob")
        }


def secrets_shown(cluster: Cluster) -> Iterator[Hash32]:
    """Yield what anybody has tried to claim a lock with: a transaction that fails is as public as any."""
    for member in cluster.members.values():
        for entry in member.chain.entries:
            for tx in entry.sealed.transactions:
                if tx.to == LOCK and tx.data[:4] == CLAIM:
                    yield tx.data[4:36]
