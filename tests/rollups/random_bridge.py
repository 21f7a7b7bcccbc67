"""Random operations on a bridge: after every block of L1, locked = supply + in flight + burnt.

    python -m tests.rollups.random_bridge --operations 100000 --jobs 2
    python -m tests.rollups.random_bridge --seed 13 --operations 500      one life again

A life is a layer of its own and 500 operations: deposits, payments, withdrawals, proofs, payments on L1, honest and
hostile ones, blocks, long waits, and reorgs of L1 of up to 10 blocks that lose their transactions or not. Its number
decides everything. Prints what the operations came to, because operations that are all refused prove little. Ends with
1 at the first life whose books are wrong.
"""

from __future__ import annotations

import sys
from functools import partial

from tests.rollups.random_lives import Lived, RandomLife, main, run_lives
from toyevm.contracts import Contract
from toyevm.contracts.abi import reason_of
from toyevm.rollups.bridge import GATEWAY, WithdrawalMessage, messages_in
from toyevm.rollups.roles import L1_END, Layer, User
from toyevm.state import Account
from toyevm.transactions import Transaction
from toyevm.units import ETHER, GWEI
from toyevm.workloads.wallets import wallet

PEOPLE = [wallet(name) for name in ("Ann", "Bob", "Cleo", "Dan", "Mallory")]
DELAY, MAX_REORG = 300, 10
WEIGHTS = {
    "deposit": 16, "pay": 12, "withdraw": 16, "propose": 8, "prove": 14, "finalize": 14, "prove something else": 4,
    "finalize something else": 4, "block": 20, "wait": 3, "reorg": 1,
}  # fmt: skip


class Life(RandomLife):
    """A layer, and what has been done to it."""

    weights = WEIGHTS

    def __init__(self, seed: int, contract: Contract = L1_END) -> None:
        super().__init__(seed)
        self.layer = Layer(PEOPLE, DELAY, contract, sequencing_window=6, max_reorg=MAX_REORG)
        self.l1, self.bridge, self.first = self.layer.l1, self.layer.bridge, self.layer.l1.head.number
        self.sent: list[WithdrawalMessage] = []  # every message there ever was, on branches that are gone, too
        self.mined = self.first

    # What people do

    def _deposit(self) -> None:
        amount = self.random.choice((GWEI, ETHER, self.random.randrange(1, 10**9) * GWEI, GWEI + 1, 0))
        self._somebody().deposit(amount, self.random.choice((None, None, None, GATEWAY, bytes(20), self._address())))

    def _pay(self) -> None:
        user = self._somebody()
        user.pay(self.random.choice((self._address(), GATEWAY)), self._share(user))

    def _withdraw(self) -> None:
        user = self._somebody()
        user.withdraw(self._share(user), self.random.choice((None, None, self._address(), self.bridge.address)))

    def _propose(self) -> None:
        self.layer.proposer.propose()

    def _prove(self) -> None:
        self._try_to_prove(self._message())

    def _finalize(self) -> None:
        proven = [message for message in self.sent if self.bridge.is_proven(message)]
        ripe = self.random.choice(proven) if proven and self.random.random() < 0.7 else self._message()
        self.bridge.finalize(self._somebody().wallet, ripe)

    def _prove_something_else(self) -> None:
        self._try_to_prove(self._changed(self._message()))

    def _finalize_something_else(self) -> None:
        self.bridge.finalize(self._somebody().wallet, self._changed(self._message()))

    def _block(self, seconds: int = 12) -> None:
        idle = self.random.random() < 0.2
        if idle:  # sequencer and batcher do nothing
            self.l1.mine(seconds)
            self.layer.node.follow()
        else:
            self.layer.turn(seconds)
        self._look()

    def _wait(self) -> None:
        self._block(self.random.choice((DELAY, 2 * DELAY)))

    def _reorg(self) -> None:
        most = min(MAX_REORG, self.l1.head.number - self.first)
        if most < 1:
            return
        self.l1.reorg(self.random.randint(1, most), keep=self.random.random() < 0.5)
        self.mined = min(self.mined, self.l1.head.number)
        self._block()

    # With what

    def _somebody(self) -> User:
        return self.random.choice(self.layer.users)

    def _address(self) -> bytes:
        return self.random.choice(PEOPLE).address

    def _share(self, user: User) -> int:
        return max(1, user.balance // self.random.choice((2, 3, 10, 10**6)))

    def _message(self) -> WithdrawalMessage:
        """Return one that was sent, old or new, sometimes on a branch that is gone; or one that never was."""
        usual = self.sent[-12:] if self.random.random() < 0.8 else self.sent
        return self.random.choice(usual or [WithdrawalMessage(0, self._address(), self._address(), ETHER)])

    def _changed(self, message: WithdrawalMessage) -> WithdrawalMessage:
        return self.random.choice(
            (
                message._replace(nonce=message.nonce + 1000),
                message._replace(to=b"\x66" * 20),
                message._replace(sender=b"\x66" * 20),
                message._replace(amount=2 * message.amount),
            )
        )

    def _try_to_prove(self, message: WithdrawalMessage) -> Transaction:
        """Prove it under a root that is accepted, or, at times, under one that is not."""
        chain = self.layer.chain
        newest = [block.number for block in chain.blocks[-12:]]
        accepted = [number for number in newest if any(self.layer.proposer.accepted_root(number))]
        number = self.random.choice(accepted if accepted and self.random.random() < 0.8 else newest)
        return self.bridge.prove(self._somebody().wallet, message, chain, number)

    # What came of it

    def _look(self) -> None:
        """Look at what is new on L1 and L2, and at the books."""
        for number in range(self.mined + 1, self.l1.head.number + 1):
            self._look_at_block(number)
        self.mined = self.l1.head.number
        known = set(self.sent)
        new = [message for block in self.layer.chain.blocks[-30:] for message in messages_in(block)]
        self.sent += [message for message in dict.fromkeys(new) if message not in known]
        books = self.layer.books()
        if not books.is_balanced:
            self.wrong.append(f"L1 block {self.mined}: {books}")
        if books.locked > self._account(self.bridge.address).balance:
            self.wrong.append(f"L1 block {self.mined}: {books.locked} locked, and less is there")
        self.counts["books"] += 1
        self.counts["books with something in flight both ways"] += bool(
            books.deposits_in_flight and books.withdrawals_in_flight
        )

    def _look_at_block(self, number: int) -> None:
        entry = self.l1.entries[number]
        for tx, result in zip(entry.sealed.transactions, entry.results, strict=True):
            if tx.to == self.bridge.address:
                self.counts["bridge: " + (reason_of(result) or "done")] += 1

    def _account(self, address: bytes) -> Account:
        return self.l1.account(address)


def run(operations: int, seed: int = 0, jobs: int = 1, contract: Contract = L1_END) -> Lived:
    """Live as many lives as the operations need; return what they came to, and what was wrong."""
    return run_lives(partial(Life, contract=contract), operations, seed, jobs)


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
