"""A whole zk-rollup: its contract on L1, its operator, its users, behind one object.

    rollup = ZkRollup(["Ann", "Bob"])
    rollup.deposit("Ann", 10 * ETHER)     L1 locks it, in a queue
    rollup.batch()                        proven, and brought before L1: Ann has it on L2
    rollup.pay("Ann", "Bob", 3 * ETHER)   signed, and given to the operator
    rollup.withdraw("Bob", ETHER)         a payment to the bridge
    rollup.batch()
    rollup.collect("Bob")                 paid out on L1

Amounts are in wei. The answers are L1's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.chain import ChainConfig
from toyevm.contracts import Contract
from toyevm.errors import InputError
from toyevm.rollups.bridge import WEEK
from toyevm.rollups.l1 import L1, L1Answer
from toyevm.rollups.zk.payments.tree import AccountTree
from toyevm.rollups.zk.payments.values import BRIDGE, UNIT, ProvenPayment, digest_bytes
from toyevm.rollups.zk_rollup.accounts import paid, tree_of
from toyevm.rollups.zk_rollup.precompiles import ZK_L1_CHAIN
from toyevm.rollups.zk_rollup.proven_batch import ProvenBatch, prove_batch
from toyevm.rollups.zk_rollup.reader import rebuild
from toyevm.rollups.zk_rollup.root_contract import (
    BRIDGE_ADDRESS,
    KEEPER,
    ZK_ROLLUP,
    RollupTerms,
    RootContract,
)
from toyevm.rollups.zk_rollup.signed_batch import SignedPayment, sign_payment
from toyevm.state import WorldState
from toyevm.workloads.wallets import Wallet, wallet

NOTHING = WorldState()


class ZkRollup:
    """A zk-rollup and its L1; with a committee, a validium.

    Args:
        users: who has savings on L1.
        committee: who vouches for payments that stay off L1.
        quorum: how many of them it takes.
        operator: who alone may bring batches; None: anybody.
        delay: in seconds; if somebody waits longer in L1's queue, people leave without a batch.
        l1_chain: the rules of its L1.
        parameters: of the proofs, by number.
        compiled: the contract, for who wants to try another.

    Attributes:
        world: L2, as the operator has it.
        pool: signed payments that are in no batch yet.
    """

    def __init__(
        self,
        users: Sequence[str] = ("Ann", "Bob"),
        committee: Sequence[str] = (),
        quorum: int = 0,
        operator: str | None = None,
        delay: int = WEEK,
        l1_chain: ChainConfig = ZK_L1_CHAIN,
        parameters: int = 1,
        compiled: Contract = ZK_ROLLUP,
    ) -> None:
        self.l1 = L1([KEEPER, *map(wallet, users)], l1_chain)
        self.committee = tuple(map(wallet, committee))
        tree = tree_of(NOTHING, [BRIDGE_ADDRESS])
        alone = wallet(operator).address if operator else None
        terms = RollupTerms(
            digest_bytes(tree.root),
            tree.leaf(BRIDGE).balance,
            parameters=parameters,
            delay=delay,
            operator=alone,
            committee=self.committee,
            quorum=quorum,
        )
        self.contract = RootContract(self.l1, terms, compiled)
        self.contract.register([wallet(name).address for name in users])
        self.world = NOTHING
        self.pool: list[SignedPayment] = []

    # What users do

    def deposit(self, name: str, amount: int) -> L1Answer:
        """Lock `amount` wei on L1; the next batch credits it."""
        return self.contract.deposit(wallet(name), amount)

    def pay(self, payer: str, payee: str, amount: int) -> SignedPayment:
        """Sign a payment of `amount` wei, and give it to the operator.

        Raises:
            InputError: it is not in whole units, or somebody has no account.
        """
        signed = self.sign(wallet(payer), self.number(payee), amount)
        self.pool.append(signed)
        return signed

    def withdraw(self, name: str, amount: int) -> SignedPayment:
        """Sign a payment of `amount` wei to the bridge, and give it to the operator."""
        signed = self.sign(wallet(name), BRIDGE, amount)
        self.pool.append(signed)
        return signed

    def sign(self, payer: Wallet, payee: int, amount: int) -> SignedPayment:
        """Return the next payment of somebody, to an account by its number; `amount` is in wei."""
        units, number = whole_units(amount), self.number(payer.name)
        waiting = sum(payment.payer == number for payment in self.pool)
        nonce = self.world.accounts[payer.address].nonce + waiting if payer.address in self.world.accounts else waiting
        owner, chain_id = self.contract.owners[payee], self.contract.terms.l2_chain
        return sign_payment(payer, chain_id, SignedPayment(number, payee, units, nonce, b""), owner)

    def collect(self, name: str) -> L1Answer:
        """Have what the contract owes somebody paid out."""
        return self.contract.collect(wallet(name).address)

    def ask_to_leave(self, name: str, amount: int) -> L1Answer:
        """Ask L1 for a payment of `amount` wei to the bridge: no operator can leave it out for long."""
        return self.contract.ask_to_leave(wallet(name), whole_units(amount))

    def leave(self, name: str, tree: AccountTree | None = None) -> L1Answer:
        """Leave without a batch, with a leaf of this tree, by default the operator's."""
        return self.contract.leave(self.number(name), *_opening(tree or self.tree, self.number(name)))

    # What the operator does, or anybody who has the accounts

    @property
    def tree(self) -> AccountTree:
        """The proven tree of the operator's accounts."""
        return tree_of(self.world, self.contract.owners)

    def prove(self, queued: Sequence[ProvenPayment] | None = None) -> ProvenBatch:
        """Return a proven batch of the pool, and of all that waits in L1's queue."""
        chosen = self.contract.waiting if queued is None else queued
        return prove_batch(self.tree, self.pool, chosen, self.contract.terms.parameters)

    def batch(self, sender: Wallet = KEEPER) -> L1Answer:
        """Bring the pool and what waits in L1's queue before L1, with the payments.

        Raises:
            InputError: one of the payments cannot be made.
        """
        queued = self.contract.waiting
        answer = self.contract.submit(self.prove(queued), sender)
        self._note(answer, queued)
        return answer

    def dismiss(self) -> L1Answer:
        """Strike out the first request of L1's queue, for which its account has too little."""
        payer = self.contract.waiting[0].payer
        return self.contract.dismiss(*_opening(self.tree, payer))

    def attested_batch(self, members: Sequence[str]) -> L1Answer:
        """Bring the pool before L1 with the word of these members, and without its payments.

        Raises:
            InputError: one of them cannot be made, or is a way out: L1 would not see it, and pay nobody.
        """
        if any(payment.payee == BRIDGE for payment in self.pool):
            raise InputError(
                "a payment to the bridge", "attested_batch", "a batch with its payments: L1 pays out of those"
            )
        answer = self.contract.submit_attested(self.prove(()), map(wallet, members))
        self._note(answer, ())
        return answer

    def _note(self, answer: L1Answer, queued: Sequence[ProvenPayment]) -> None:
        if answer.accepted:
            made = [*(payment.proven for payment in self.pool), *queued]
            self.world = paid(self.world, self.contract.owners, made)
            self.pool.clear()

    # What anybody can look up

    def rebuilt(self) -> WorldState:
        """Return L2 as a reader of L1 finds it.

        Raises:
            InputError: payments are not on L1.
        """
        return rebuild(self.contract, NOTHING)

    def balance(self, name: str) -> int:
        """Return what somebody has on L2, in wei, as the operator has it."""
        account = self.world.accounts.get(wallet(name).address)
        return account.balance if account else 0

    def l1_balance(self, name: str) -> int:
        """Return what somebody has on L1, in wei."""
        return self.l1.account(wallet(name).address).balance

    def number(self, name: str) -> int:
        """Return the number of somebody's account; raise InputError if there is none."""
        number = self.contract.number(wallet(name).address)
        if not number:
            raise InputError(f"{name!r} has no account", "ZkRollup", "one of the users, or who has deposited")
        return number


def whole_units(amount: int) -> int:
    """Return wei as units; raise InputError if they are not whole."""
    if amount % UNIT or amount < 0:
        raise InputError(f"{amount} wei", "amount", f"whole units of {UNIT} wei")
    return amount // UNIT


def _opening(tree: AccountTree, number: int) -> tuple[int, int, bytes]:
    """Return balance and nonce of an account, and the hashes that lead from them to the root."""
    return *tree.leaf(number), b"".join(map(digest_bytes, tree.path(number)))
