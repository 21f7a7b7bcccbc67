"""Where a script is played: a whole optimistic rollup with its L1 and its people, around the contract that is hunted.

The sequencer is honest and reads L1: whatever the portal has logged, a move of the script or a call of a stranger, its
next block takes. Those who lie do so because the script says it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any, NamedTuple, TypeVar

from toyevm.blocks import Withdrawal
from toyevm.contracts import Contract
from toyevm.errors import DecodingError, InputError, InvalidProof
from toyevm.rollups.bridge import WithdrawalMessage
from toyevm.rollups.l1 import DEPLOY_GAS, L1Answer
from toyevm.rollups.l1_data import deposits_in
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.board import GamePlayer
from toyevm.rollups.optimistic.bonds import bond_at
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.dispute_contract import GAME, KEEPER, MOVE_GAS, PORTAL
from toyevm.rollups.optimistic.liars import LIARS, liar_of
from toyevm.rollups.optimistic.rollup import CHALLENGER, PROPOSER, L2Proposal, OptimisticRollup
from toyevm.state import Account, StateDiff, WorldState
from toyevm.transactions import Transaction, decode_transaction, encode_transaction
from toyevm.types import Address, Field, Location
from toyevm.units import GWEI
from toyevm.workloads.wallets import wallet

USERS = ("Ann", "Bob", "Mallory")
PEOPLE = (*USERS, PROPOSER, CHALLENGER)
HOUR = 3_600
LAST = -1
Thing = TypeVar("Thing")
FORCED = PORTAL.event_topic("Forced")


class Done(NamedTuple):
    """What came of a move: whether L1 took it (of a proposal that is settled: whether it stands), and L1's words."""

    accepted: bool = True
    words: str = ""


class OwnProposal(NamedTuple):
    """A proposal, who made it, and what its block truly does."""

    who: str
    proposal: L2Proposal
    truth: BlockTrace


class RollupStage:
    """A rollup that nobody has used yet, and what a script can do on it.

    Ann, Bob and Mallory have 1,000 ether each on L1, and nothing on L2. Messages are numbered from 0, in the order in
    which they were sent; proposals too, in the order in which they were made. Without a number, the last is meant.

    Args:
        game, portal: what stands in place of the rollup's own contracts.
        tail: bytes behind the code of both, that are never run: so nobody knows that code beforehand.
    """

    def __init__(self, game: Contract | None = None, portal: Contract | None = None, tail: bytes = b"") -> None:
        self.rollup = OptimisticRollup(USERS, game=game, portal=portal)
        if tail:
            self._lengthen(tail)
        self.messages: list[WithdrawalMessage] = []
        self.proposed: list[OwnProposal] = []
        self.deployed: dict[str, Address] = {}

    # What a script can do: each method is a move, its parameters are what the move says

    def deposit(self, who: str, gwei: int, to: str = "") -> Done:
        """Lock ether on L1, for oneself or somebody else on L2."""
        return _done(self.rollup.contract.deposit(wallet(who), gwei * GWEI, self._address(to or who)))

    def pay(self, who: str, to: str, gwei: int, forced: bool = False) -> Done:
        """Pay somebody on L2; forced: past the sequencer, through the portal."""
        return self._send(self.rollup.sign(who, self._address(to), b"", gwei * GWEI), forced)

    def withdraw(self, who: str, gwei: int, to: str = "", forced: bool = False) -> Done:
        """Burn ether on L2 for a message to pay it on L1."""
        self.messages.append(self.rollup.withdraw(who, gwei * GWEI, forced, self._address(to or who)))
        return _done(self._last_answer()) if forced else Done()

    def propose(self, who: str = PROPOSER, skips: str = "", lies: bool = False, wei: int = bond_at(0)) -> Done:
        """Bring the next block and propose the state after it.

        Args:
            wei: what is paid as a bond.
            skips: what waits on L1 and is left out of the block: "deposits", "forced" transactions, or "all".
            lies: the state is the one after the block for somebody who had all the ether in the portal besides.
        """
        rollup = self.rollup
        if skips in ("deposits", "all"):
            rollup.waiting = []
        if skips in ("forced", "all"):
            rollup.sent = []
        block, taken = rollup.next_block()
        truth = rollup.run(block)
        told = rollup.run(block, self._richer(who)) if lies else truth
        proposal = rollup.propose_trace(who, block, taken, told, wei)
        self.proposed.append(OwnProposal(who, proposal, truth))
        if proposal.answer.accepted and not lies:
            rollup.adopt(proposal)
        return _done(proposal.answer)

    def settle(self, proposal: int = LAST, watched: bool = True, attack: str = "") -> Done:
        """Play the game about a proposal to its end: those who watch dispute a lie, then all clocks run out.

        Args:
            watched: there is an honest challenger.
            attack: how Mallory disputes the proposal, though it be true: a kind of liar, see `LIARS`.
        """
        who, made, truth = self._proposed(proposal)
        states = BlockStates(truth)
        players: dict[str, GamePlayer] = {who: Challenger(BlockStates(made.trace))}
        if watched:
            players[CHALLENGER] = Challenger(states)
        if attack:
            players["Mallory"] = self._attacker(attack, states)
        stands = self.rollup.dispute(made, players)
        if stands and made not in self.rollup.proposals:
            self.rollup.adopt(made)  # a lie that nobody has stopped: the layer goes on from it
        return Done(stands, "it stands" if stands else "it has fallen")

    def resolve(self, proposal: int = LAST) -> Done:
        """Resolve what can be resolved of a proposal now, without waiting; accepted: its state is final."""
        made = self._proposed(proposal).proposal
        self.rollup.resolve(made)
        return Done(self.rollup.contract.is_accepted(made.game), "its state is not final")

    def wait(self, hours: int) -> Done:
        """Let time pass on L1."""
        self.rollup.l1.wait(max(1, hours * HOUR))
        return Done()

    def prove(
        self, message: int = LAST, proposal: int = LAST, gwei: int | None = None, to: str = "", sender: str = ""
    ) -> Done:
        """Prove that a message was sent, under the state of a proposal.

        Args:
            gwei, to, sender: say that the message is another one; the state is asked about that.
        """
        made = self._proposed(proposal).proposal
        if made not in self.rollup.proposals:
            raise InputError(f"proposal {proposal} has no place among the layer's blocks", "prove")
        claimed = self._changed(self._message(message), gwei, to, sender)
        return _done(self.rollup.prove(claimed, self.rollup.proposals.index(made)))

    def finalize(self, message: int = LAST, gwei: int | None = None, to: str = "", sender: str = "") -> Done:
        """Have a message paid that was proven; `gwei`, `to` and `sender` as in `prove`."""
        return _done(self.rollup.finalize(self._changed(self._message(message), gwei, to, sender)))

    def collect(self, who: str) -> Done:
        """Have the bonds paid out that somebody has won or got back."""
        return _done(self.rollup.contract.collect(wallet(who)))

    def call(self, who: str, contract: str, function: str, arguments: Sequence[int | str] = (), wei: int = 0) -> Done:
        """Call any function of a contract on L1; an argument is a number, a name or "0x…"."""
        standing, address = self._contract(contract)
        data = standing.call_data(function, *map(self._argument, arguments))
        return _done(self.rollup.contract.ask(wallet(who), data, value=wei, to=address))

    def deploy(self, who: str, name: str, code: bytes, wei: int = 0) -> Done:
        """Create a contract on L1 by its init code; its name is good from then on, as a receiver too."""
        if name in (*PEOPLE, "portal", "game", *self.deployed):
            raise InputError(f"a second {name!r}", "deploy", "a name that nobody has")
        answer = self.rollup.l1.ask(wallet(who), None, code, value=wei, gas_limit=DEPLOY_GAS)
        if answer.result.created_address is not None:
            self.deployed[name] = answer.result.created_address
        return _done(answer)

    def poke(self, who: str, name: str, data: bytes = b"", wei: int = 0) -> Done:
        """Send a transaction on L1 to a contract that was deployed, or to anybody."""
        return _done(self.rollup.l1.ask(wallet(who), self._address(name), data, value=wei, gas_limit=MOVE_GAS))

    # What the sequencer does after each move, and what everybody can see

    def read_l1(self) -> None:
        """Let the sequencer look up in L1's logs what its next block has to take."""
        rollup, portal = self.rollup, self.rollup.contract.portal
        logs = [log for number in range(rollup.l1.head.number + 1) for log in rollup.l1.logs(number, portal)]
        deposits = list(deposits_in(logs))[rollup.taken.deposits :]
        rollup.waiting = [Withdrawal(one.nonce, 0, one.to, one.amount) for one in deposits]
        forced = [log.data[64 : 64 + int.from_bytes(log.data[32:64], "big")] for log in logs if log.topics[0] == FORCED]
        rollup.sent = []
        for raw in forced[rollup.taken.forced :]:
            with suppress(DecodingError):  # what is no transaction can be in no block, and nothing behind it
                rollup.sent.append(decode_transaction(raw))

    def books(self) -> dict[str, int]:
        """Return what everybody has, in wei, before fees on L1, and which states L1 takes for final."""
        rollup = self.rollup
        fees: Counter[Address] = Counter()
        for entry in rollup.l1.entries:
            for tx, result in zip(entry.sealed.transactions, entry.results, strict=True):
                fees[tx.sender] += result.gas_used * entry.sealed.header.base_fee_per_gas + result.fee
        places = {name: wallet(name).address for name in PEOPLE} | self.deployed
        contracts = {"the portal": rollup.contract.portal, "the contract of the games": rollup.contract.address}
        money = {
            f"what {name} has on L1, in wei": rollup.l1.account(address).balance + fees[address]
            for name, address in (places | contracts).items()
        }
        money |= {f"what {name} has on L2, in wei": rollup.balance(name) for name in PEOPLE}
        final = {number: rollup.contract.accepted_state(number) for number in range(1, len(self.proposed) + 1)}
        states = {f"L1's final state after block {number}": int.from_bytes(root) for number, root in final.items()}
        return money | states

    # Helpers

    def _lengthen(self, tail: bytes) -> None:
        l1, contract = self.rollup.l1, self.rollup.contract
        code = {Location(at, Field.CODE): l1.account(at).code + tail for at in (contract.portal, contract.address)}
        l1.entries[-1] = replace(l1.entries[-1], world=l1.world.apply(StateDiff(code)))

    def _send(self, tx: Transaction, forced: bool) -> Done:
        if forced:
            return _done(self.rollup.contract.force(KEEPER, encode_transaction(tx)))
        self.rollup.pool.append(tx)
        return Done()

    def _last_answer(self) -> L1Answer:
        entry = self.rollup.l1.entries[-1]
        return L1Answer(entry.sealed.transactions[-1], entry.results[-1])

    def _richer(self, who: str) -> WorldState:
        """Return L2 as it would be if somebody had all that is in the portal besides."""
        accounts = dict(self.rollup.world.accounts)
        account = accounts.get(wallet(who).address, Account())
        accounts[wallet(who).address] = replace(account, balance=account.balance + self.rollup.locked)
        return WorldState(accounts)

    def _attacker(self, kind: str, states: BlockStates) -> GamePlayer:
        if kind not in LIARS:
            raise InputError(f"unknown attack {kind!r}", "settle", " | ".join(LIARS))
        try:
            if not states.items:
                raise InvalidProof("nothing happens in this block")
            return liar_of(kind, states, Random(0)).player
        except InvalidProof as error:
            raise InputError(str(error), f"attack {kind!r}", "a block with such a transaction") from error

    def _changed(self, message: WithdrawalMessage, gwei: int | None, to: str, sender: str) -> WithdrawalMessage:
        changes: dict[str, Any] = {} if gwei is None else {"amount": gwei * GWEI}
        changes |= {name: self._address(given) for name, given in (("to", to), ("sender", sender)) if given}
        return message._replace(**changes)

    def _message(self, number: int) -> WithdrawalMessage:
        return _at(self.messages, number, "message")

    def _proposed(self, number: int) -> OwnProposal:
        return _at(self.proposed, number, "proposal")

    def _contract(self, name: str) -> tuple[Contract, Address]:
        return (PORTAL, self.rollup.contract.portal) if name == "portal" else (GAME, self.rollup.contract.address)

    def _address(self, name: str) -> Address:
        if name in PEOPLE:
            return wallet(name).address
        contracts = {"portal": self.rollup.contract.portal, "game": self.rollup.contract.address}
        known: Mapping[str, Address] = self.deployed | contracts
        if name not in known:
            raise InputError(f"unknown name {name!r}", expected=" | ".join((*PEOPLE, *known)))
        return known[name]

    def _argument(self, value: int | str) -> int | bytes:
        if isinstance(value, int):
            return value
        if value.startswith("0x"):
            return bytes.fromhex(value[2:])
        return self._address(value)


def _at(things: Sequence[Thing], number: int, name: str) -> Thing:
    if not things:
        raise InputError(f"there is no {name} yet")
    if not -len(things) <= number < len(things):
        raise InputError(f"no {name} {number}", expected=f"0 to {len(things) - 1}")
    return things[number]


def _done(answer: L1Answer) -> Done:
    return Done(answer.accepted, answer.reason)


_OWN = RollupStage
MOVES: dict[str, Callable[..., Done]] = {
    each.__name__: each
    for each in (
        *(_OWN.deposit, _OWN.pay, _OWN.withdraw, _OWN.propose, _OWN.settle, _OWN.resolve, _OWN.wait, _OWN.prove),
        *(_OWN.finalize, _OWN.collect, _OWN.call, _OWN.deploy, _OWN.poke),
    )
}
