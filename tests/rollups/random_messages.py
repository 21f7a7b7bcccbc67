"""Random messages between three layers: after every block, a token's supplies and what is in flight are as at first.

    python -m tests.rollups.random_messages --operations 100000 --jobs 2
    python -m tests.rollups.random_messages --seed 13 --operations 500      one life again

A life is a cluster of its own and 500 operations: tokens sent from layer to layer, relayed, expired, refunded; relayed
twice, elsewhere, too late, with every field changed; forged logs, a chain outside the dependency set; reorgs of each
layer and of L1, and layers that lag behind. Its number decides everything. Prints what the operations came to, because
operations that are all refused prove little. Ends with 1 at the first life in which something is wrong: the books, the
balances, a rollup that is not what L1 says, or a block that was final and is gone.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from functools import partial

from tests.rollups.random_lives import Lived, RandomLife, main, run_lives
from toyevm.contracts import Contract
from toyevm.contracts.abi import reason_of
from toyevm.errors import InvalidTransaction
from toyevm.rollups.interop.cluster import PURSE, Cluster, SentMessage
from toyevm.rollups.interop.forgery import FORGER, FORGER_CODE, RogueChain, exchange, forged_call
from toyevm.rollups.interop.messages import (
    MESSENGER,
    MESSENGER_CONTRACT,
    TOKEN,
    TOKEN_CONTRACT,
    InitiatingMessage,
    MessageIdentifier,
    SentCall,
    sent_messages,
    sent_payload,
    transfer_in,
)
from toyevm.rollups.interop.validity import BlockRefusal
from toyevm.state import Account
from toyevm.types import Hash32
from toyevm.workloads.wallets import wallet

PEOPLE = ("Ann", "Bob", "Cleo", "Mallory")
LAYERS = ("rollup", "sidechain", "validium")
OWN_CHAINS = ("sidechain", "validium")
RIGHT_CONTRACTS = MESSENGER_CONTRACT, TOKEN_CONTRACT
PERIOD = 8 * 86_400
DEEPEST = 5  # blocks of a reorg of a layer of its own
WEIGHTS = {
    "send": 26, "pay": 6, "relay": 26, "block": 20, "report": 7, "refund": 7, "wait": 1, "let expire": 1,
    "reorg": 2, "lag": 1, "relay again": 3, "relay elsewhere": 4, "relay late": 6, "relay changed": 6,
    "relay forged log": 2, "relay rogue": 1, "speak for the token": 6, "pass on": 1, "exchange": 1,
}  # fmt: skip


class ClusterLife(RandomLife):
    """A cluster, and what has been done to it.

    Attributes:
        known: every message there ever was, on branches that are gone, too.
    """

    weights = WEIGHTS

    def __init__(
        self,
        seed: int,
        ignoring: Collection[BlockRefusal] = (),
        contracts: tuple[Contract, Contract] = RIGHT_CONTRACTS,
    ) -> None:
        super().__init__(seed)
        self.cluster = Cluster(PEOPLE, ignoring, contracts, {FORGER: Account(nonce=1, code=FORGER_CODE)})
        self.rogue = RogueChain([wallet("Mallory")], self.cluster.now)
        self.cluster.outsiders[self.rogue.chain.chain_id] = []
        self.known: dict[MessageIdentifier, SentMessage] = {}
        self.final: dict[tuple[str, int], Hash32] = {}
        self.checks_finality = not ignoring and contracts == RIGHT_CONTRACTS
        self.seen: set[Hash32] = set()
        self.lies: list[SentCall] = []  # never sent, and reported as undelivered

    def do(self, name: str) -> None:
        try:
            super().do(name)
        except InvalidTransaction as error:  # the mempool knows already
            self.counts[f"not taken: {error.reason}"] += 1

    # What people do

    def _send(self) -> None:
        source, destination = self.random.choices(LAYERS, k=2)
        amount = self.random.choice((1, 10, self.random.randrange(PURSE), PURSE * 10))
        self.cluster.send_tokens(self._name(), source, destination, amount, self._name())

    def _pay(self) -> None:
        data = TOKEN_CONTRACT.call_data("transfer", wallet(self._name()).address, self.random.randrange(PURSE))
        self.cluster.submit(self._name(), self.random.choice(LAYERS), TOKEN, data)

    def _relay(self) -> None:
        """Relay a message that is waiting, as somebody honest does: not without looking."""
        waiting = self._recent()
        self.random.shuffle(waiting)
        for sent in waiting:
            if not self.cluster.is_relayed(sent.call) and self.cluster.why_not(sent) is None:
                self.cluster.relay(self._name(), sent)
                return

    def _report(self) -> None:
        """Report a message as undelivered: mostly an old one, at times one that was never sent."""
        old = [each.call for each in self.known.values() if each.log.identifier.timestamp + PERIOD < self.cluster.now]
        calls = old if old and self.random.random() < 0.7 else [each.call for each in self._recent()]
        if self.random.random() < 0.2 or not calls:
            calls = [self._forged()]
            self.lies += calls
        self.cluster.report_undelivered(self._name(), self.random.choice(calls))

    def _refund(self) -> None:
        calls = [each.call for each in self.known.values() if transfer_in(each.call)]
        expired = [call for call in calls if self._has_expired(call)]
        lies = self.lies or [self._forged()]
        some = expired if expired and self.random.random() < 0.6 else self.random.choice((calls or lies, lies))
        self.cluster.refund(self._name(), self.random.choice(some))

    # What Mallory does: relaying, unlike all others, without looking

    def _relay_again(self) -> None:
        self._relay_any([each for each in self._recent() if self.cluster.is_relayed(each.call)])

    def _relay_elsewhere(self) -> None:
        for sent in self._recent()[-1:]:
            self.cluster.relay("Mallory", sent, self.random.choice(LAYERS))

    def _relay_late(self) -> None:
        """Relay what has expired, sometimes as if it were new; best of all what was refunded."""
        old = [each for each in self.known.values() if each.log.identifier.timestamp + PERIOD < self.cluster.now]
        expired = [each for each in old if self._is_refunded(each.call)]
        if self.random.random() < 0.5:
            now = self.cluster.now - 1
            old, expired = ([_changed(each, timestamp=now) for each in some] for some in (old, expired))
        self._relay_any(expired if expired and self.random.random() < 0.7 else old)

    def _relay_changed(self) -> None:
        """Relay a message with something else in a field of its identifier, or with another content."""
        recent = self._recent()
        if not recent:
            return
        sent = self.random.choice(recent)
        forged = self._forged(sent.call.source, sent.call.destination)
        made_up = SentMessage(InitiatingMessage(sent.log.identifier, sent_payload(forged)), forged)
        what = {
            "block_number": 10**6, "log_index": 99, "timestamp": self.cluster.now + 50, "origin": FORGER,
        }  # fmt: skip
        field = self.random.choice(list(what))
        self._relay_any([made_up, _changed(sent, **{field: what[field]}), _changed(made_up, **{field: what[field]})])

    def _relay_forged_log(self) -> None:
        """Have a contract log a message of the messenger, and relay it once it is there."""
        source, destination = self.random.sample(LAYERS, 2)
        call = self._forged(self.cluster.chain_id(source), self.cluster.chain_id(destination))
        tx = self.cluster.submit("Mallory", source, FORGER, sent_payload(call))
        self._block()
        for entry in self.cluster.members[source].chain.entries[-3:]:
            if tx in entry.sealed.transactions:
                index = sum(len(r.logs) for r in entry.sealed.receipts[: entry.sealed.transactions.index(tx)])
                header, id_ = entry.sealed.header, self.cluster.chain_id(source)
                origin = self.random.choice((FORGER, MESSENGER))
                place = MessageIdentifier(origin, header.number, index, header.timestamp, id_)
                self._relay_any([SentMessage(InitiatingMessage(place, sent_payload(call)), call)])

    def _relay_rogue(self) -> None:
        call = self._forged(self.rogue.chain.chain_id, self.cluster.chain_id(self.random.choice(LAYERS)))
        log = self.rogue.forge(wallet("Mallory"), call)
        self.cluster.outsiders[self.rogue.chain.chain_id] = [each.sealed for each in self.rogue.entries]
        self._relay_any([SentMessage(log, call)])

    def _speak_for_the_token(self) -> None:
        """Call the token, or send it a message, or have the messenger send one, or expire one, in its own name."""
        source, destination = self.random.sample(LAYERS, 2)
        mint = self._forged(self.cluster.chain_id(source), self.cluster.chain_id(destination))
        to = mint.destination, TOKEN, mint.message
        call = self.random.choice([each.call for each in self._recent()] or [mint])
        expire = MESSENGER_CONTRACT.call_data("expire_message", call.hash, 2**40)
        back = MESSENGER_CONTRACT.call_data("send_message", call.source, MESSENGER, expire)
        what = self.random.choice(
            (
                (source, TOKEN, mint.message),
                (source, MESSENGER, MESSENGER_CONTRACT.call_data("send_message", *to)),
                (self.cluster.names[call.source], MESSENGER, expire),
                (
                    self.cluster.names[call.source],
                    MESSENGER,
                    MESSENGER_CONTRACT.call_data("send_message", call.destination, MESSENGER, back),
                ),
            )
        )
        layer, contract, data = what
        self.cluster.submit("Mallory", layer, contract, data)

    def _pass_on(self) -> None:
        """Have an invalid block send tokens, and another layer mint them in the same second."""
        one, other = self.random.sample(OWN_CHAINS, 2)
        recent = [each for each in self._recent() if self.cluster.is_relayed(each.call)]
        self.cluster.tick(12, [])
        self._look()
        if recent:
            self._relay_any([_changed(self.random.choice(recent), log_index=99)], one)
        self.cluster.send_tokens("Mallory", one, other, 10)
        self.cluster.build(one)
        newest = self.cluster.members[one].chain.entries[-1].sealed
        for found in sent_messages(self.cluster.chain_id(one), newest):
            if found[1].destination == self.cluster.chain_id(other):
                self.cluster.relay("Mallory", SentMessage(*found))
        self.cluster.build(other)
        self.cluster.settle()
        self._look()

    def _exchange(self) -> None:
        """Have two layers execute messages of each other in one second: in an order that there can be, or in none."""
        exchange(self.cluster, "Mallory", 10, relay_first=OWN_CHAINS if self.random.random() < 0.5 else ())
        self.cluster.settle()
        self._look()

    # What time does

    def _block(self, seconds: int = 12) -> None:
        builders = [name for name in OWN_CHAINS if self.random.random() < 0.9]
        self.random.shuffle(builders)
        self.cluster.tick(seconds, builders)
        if self.random.random() < 0.3:
            self.cluster.milestone()
        self._look()

    def _wait(self) -> None:
        self._block(self.random.choice((PERIOD + 100, PERIOD // 2)))

    def _let_expire(self) -> None:
        """Have a message expire and be refunded, as it should be, if nothing comes between."""
        waiting = [each for each in self._recent() if transfer_in(each.call)]
        if not waiting:
            return
        call = self.random.choice(waiting).call
        self._block(PERIOD + 100)
        self.cluster.report_undelivered(self._name(), call)
        self._block()
        self._relay()
        self._block()
        self.cluster.refund(self._name(), call)

    def _lag(self) -> None:
        """Have a layer fall behind, and then execute what was sent after the time of its block."""
        name = self.random.choice(OWN_CHAINS)
        self.cluster.send_tokens(self._name(), "rollup", name, 1)
        self.cluster.tick(60, [])
        self._look()
        target = self.cluster.chain_id(name)
        self._relay_any([each for each in self._recent()[-2:] if each.call.destination == target])
        self.cluster.build(name, lag=30)
        self.cluster.settle()
        self._look()

    def _reorg(self) -> None:
        """Take back blocks of L1, or of a layer that are not final, with their transactions or not."""
        keep, name = self.random.random() < 0.5, self.random.choice(("L1", *OWN_CHAINS))
        if name == "L1":
            most = self.cluster.final_l1.deepest_reorg
            if most < 1:
                return
            self.cluster.reorg(name, self.random.randint(1, most), keep)
        else:
            member = self.cluster.members[name]
            head = len(member.chain.entries) - 1
            first = max(head - self.random.randrange(DEEPEST), member.locally_final + 1)
            if first > head:
                return
            self.cluster.reorg(name, head - first + 1, keep)
        self.counts[f"reorg of {name}"] += 1
        self._block()

    # With what

    def _name(self) -> str:
        return self.random.choice(PEOPLE)

    def _recent(self) -> list[SentMessage]:
        return list(self.known.values())[-25:]

    def _has_expired(self, call: SentCall) -> bool:
        return self.cluster.slot(self.cluster.names[call.source], MESSENGER, "expired", call.hash) != 0

    def _is_refunded(self, call: SentCall) -> bool:
        return self.cluster.slot(self.cluster.names[call.source], TOKEN, "refunded", call.hash) != 0

    def _forged(self, source: int | None = None, destination: int | None = None) -> SentCall:
        """Return a call that was never sent: the thief's tokens on some layer, of which none were burned."""
        one, other = (self.cluster.chain_id(name) for name in self.random.sample(LAYERS, 2))
        ids = one if source is None else source, other if destination is None else destination
        return forged_call(*ids, wallet("Mallory").address, 77, nonce=10**6 + self.random.randrange(1000))

    def _relay_any(self, messages: list[SentMessage], layer: str | None = None) -> None:
        if messages:
            self.cluster.relay("Mallory", self.random.choice(messages), layer)

    # What came of it

    def _look(self) -> None:
        """Look at what is new on all layers, and at the books."""
        cluster = self.cluster
        for name, member in cluster.members.items():
            for entry in member.chain.entries[-DEEPEST * 2 :]:
                if entry.sealed.hash not in self.seen:
                    self.seen.add(entry.sealed.hash)
                    for log, call in sent_messages(member.chain.chain.chain_id, entry.sealed):
                        self.known[log.identifier] = SentMessage(log, call)
                    for tx, result in zip(entry.sealed.transactions, entry.results, strict=True):
                        if tx.to in (MESSENGER, TOKEN):
                            self.counts[f"said: {reason_of(result) or 'done'}"] += 1
            balances = sum(cluster.balance(each, name) for each in PEOPLE)
            if balances != cluster.supply(name):
                self.wrong.append(f"{name}: {balances} tokens in {cluster.supply(name)}")
        books = cluster.books()
        if not books.is_balanced:
            self.wrong.append(f"{books.missing} missing: {books}")
        for _, refusal in cluster.refused:
            self.counts[f"refused: {refusal}"] += 1
        if cluster.refused and cluster.graph().refusals:
            self.wrong.append("a block is not valid after those that were not have been replaced")
        cluster.refused.clear()
        self.counts["books"] += 1
        self.counts["books with something in flight"] += books.in_flight > 0
        self._look_at_the_rollup()
        if self.checks_finality and self.random.random() < 0.2:
            self._look_at_what_is_final()

    def _look_at_the_rollup(self) -> None:
        rollup = self.cluster.members["rollup"]
        derived, promised = rollup.node.chain.hashes, rollup.chain.hashes  # type: ignore[attr-defined]
        if derived != promised[: len(derived)]:
            self.wrong.append("the rollup's sequencer has another chain than L1")

    def _look_at_what_is_final(self) -> None:
        for name, number in self.cluster.final().items():
            chain = self.cluster.members[name].chain
            self.counts["final blocks"] += 1
            for place in range(number + 1):
                hash_ = chain.entries[place].sealed.hash
                if self.final.setdefault((name, place), hash_) != hash_:
                    self.wrong.append(f"{name}: block {place} was final, and is another")


def _changed(sent: SentMessage, **fields: int | bytes) -> SentMessage:
    """Return a message with other values in its identifier."""
    identifier = sent.log.identifier._replace(**fields)  # type: ignore[arg-type]
    return SentMessage(InitiatingMessage(identifier, sent.log.payload), sent.call)


def run(
    operations: int,
    seed: int = 0,
    jobs: int = 1,
    ignoring: Collection[BlockRefusal] = (),
    contracts: tuple[Contract, Contract] = RIGHT_CONTRACTS,
) -> Lived:
    """Live as many lives as the operations need; return what they came to, and what was wrong."""
    return run_lives(partial(ClusterLife, ignoring=ignoring, contracts=contracts), operations, seed, jobs)


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
