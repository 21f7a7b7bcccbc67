"""A whole sidechain: its blocks, its contracts on L1, its validators and its users, behind one object.

    side = Sidechain({"Pia": 40, "Quinn": 30, "Ravi": 30}, users=["Ann", "Bob"])
    side.deposit("Ann", 10 * ETHER)     L1 locks it, and tells
    side.produce()                      a block of the sidechain credits it
    burn = side.burn("Ann", ETHER)
    side.produce()
    side.checkpoint()                   signed, and brought before L1
    side.exit(burn)                     paid out on L1

Amounts and stakes are in wei. The answers are L1's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from toyevm.blocks import Header
from toyevm.chain import ChainConfig
from toyevm.contracts import Contract
from toyevm.errors import InputError
from toyevm.results import SealedBlock
from toyevm.rollups.l1 import L1, L1_CHAIN, L1Answer
from toyevm.rollups.sidechain.books import SideBooks, keep_books
from toyevm.rollups.sidechain.chain import BLOCK_SECONDS, GATEWAY, GATEWAY_CONTRACT, ChildChain
from toyevm.rollups.sidechain.exits import BurnPlace, ExitProof, prove_exit
from toyevm.rollups.sidechain.root_contracts import BRIDGE, KEEPER, MANAGER, RootContracts
from toyevm.rollups.sidechain.validators import Conduct, Validator, validator_set
from toyevm.rollups.sidechain.votes import SignedVote, Vote, VoteRefused, check_vote, sign_vote, vote_on
from toyevm.rollups.values import Deposit
from toyevm.state import Account
from toyevm.transactions import Transaction
from toyevm.types import Address, Hash32
from toyevm.workloads.wallets import wallet


class Sidechain:
    """A sidechain and its L1.

    Args:
        stakes: in wei, by name.
        conducts: who is "colluding" or "silent"; the others are "honest".
        users: who has savings on L1.
        confirmations: how many blocks of L1 have to lie on a deposit before the sidechain credits it.
        delay: seconds from a checkpoint to the first exit.
        threshold: numerator and denominator of the share of the stake that a checkpoint has to exceed.
        backend: the name of the backend that executes the sidechain's blocks.
        others: what is there on the sidechain from its first block on.
        l1_chain: the rules of its L1.
        compiled: manager and bridge, for who wants to try others.

    Raises:
        InputError: one of them is not what it should be.

    Attributes:
        signed: all votes so far, with their signatures: what a watcher has seen.
        final: the last block with a milestone: the sidechain itself takes it for final.
    """

    def __init__(
        self,
        stakes: Mapping[str, int],
        conducts: Mapping[str, Conduct] | None = None,
        users: Sequence[str] = ("Ann", "Bob"),
        confirmations: int = 0,
        delay: int = 0,
        threshold: tuple[int, int] = (2, 3),
        backend: str = "sequential",
        others: Mapping[Address, Account] = MappingProxyType({}),
        l1_chain: ChainConfig = L1_CHAIN,
        compiled: tuple[Contract, Contract] = (MANAGER, BRIDGE),
    ) -> None:
        if not isinstance(confirmations, int) or confirmations < 0:
            raise InputError(f"{confirmations!r:.80}", "confirmations", "a whole number of blocks, at least 0")
        self.validators = validator_set(stakes, conducts)
        people = [wallet(name) for name in users]
        self.l1 = L1([KEEPER, *people, *(member.wallet for member in self.validators.members)], l1_chain)
        self.contracts = RootContracts(self.l1, self.validators, 1, threshold, delay, compiled)
        self.chain = ChildChain(backend, others=others)
        self.confirmations = confirmations
        self._under: dict[Hash32, tuple[Header, ...]] = {}  # a Merkle root
        self.signed: list[SignedVote] = []
        self.final = 0
        self._credited = 0  # the next deposit's nonce
        self._seen: list[Hash32] = []  # the blocks of L1 whose deposits were looked at, from the first on

    # What users do

    def deposit(self, name: str, amount: int, to: str | None = None) -> Transaction:
        """Lock `amount` in the bridge, in a block of L1; the sidechain credits it when that block is deep enough."""
        tx = self.contracts.deposit(wallet(name), amount, wallet(to or name).address)
        self.l1.mine()
        return tx

    def transfer(self, name: str, to: str, amount: int) -> Transaction:
        """Pay somebody on the sidechain, in its next block."""
        return self.chain.submit(wallet(name), wallet(to).address, value=amount, gas_limit=21_000)

    def burn(self, name: str, amount: int, to: str | None = None) -> Transaction:
        """Send `amount` to the gateway, in the sidechain's next block, to be paid out on L1."""
        data = GATEWAY_CONTRACT.call_data("burn", wallet(to or name).address)
        return self.chain.submit(wallet(name), GATEWAY, data, value=amount, gas_limit=100_000)

    def exit(self, burn: Transaction | ExitProof) -> L1Answer:
        """Ask the bridge on L1 to pay out a burn.

        Raises:
            InputError: it is in no block, or its block is under no checkpoint.
        """
        return self.contracts.exit(burn if isinstance(burn, ExitProof) else self.prove(burn))

    def prove(self, burn: Transaction) -> ExitProof:
        """Return the proof with which a burn leaves."""
        place = self.place_of(burn)
        for checkpoint, headers in enumerate(self.posted, start=1):
            if headers[0].number <= place.number <= headers[-1].number:
                return prove_exit(checkpoint, headers, self.chain.entries[place.number].sealed, place)
        raise InputError(f"block {place.number} is under no checkpoint yet", "exit", "a burn whose block is")

    def place_of(self, burn: Transaction) -> BurnPlace:
        """Return where a burn is on the sidechain."""
        for entry in self.chain.entries:
            if burn in entry.sealed.transactions:
                return BurnPlace(entry.sealed.header.number, entry.sealed.transactions.index(burn))
        raise InputError(f"transaction 0x{burn.hash.hex()} is in no block of the sidechain", "exit")

    # What validators do

    def produce(self, seconds: int = BLOCK_SECONDS) -> SealedBlock:
        """Seal the sidechain's next block, with the deposits that are deep enough on L1."""
        return self.chain.produce(self._new_deposits(), seconds)

    def _new_deposits(self) -> list[Deposit]:
        """Return what is new on L1. A nonce counts once, whatever a reorg of L1 has made of its deposit since."""
        blocks = self._new_l1_blocks()
        found = [each for at in blocks for each in self.contracts.deposits(at) if each.nonce >= self._credited]
        self._credited += len(found)
        return found

    def _new_l1_blocks(self) -> range:
        """Return the blocks of L1 that are deep enough by now; those in the place of others count as new."""
        while self._seen and not self.l1.has(len(self._seen) - 1, self._seen[-1]):
            self._seen.pop()
        new = range(len(self._seen), len(self.l1.entries) - self.confirmations)
        self._seen += [self.l1.entries[at].sealed.hash for at in new]
        return new

    @property
    def synced(self) -> int:
        """The last block of L1 whose deposits were looked at; -1 if none was."""
        return len(self._seen) - 1

    def milestone(self, signers: Iterable[str] | None = None, end: int | None = None) -> bool:
        """Let validators sign the blocks since the last milestone; with two thirds of the stake, they are final.

        Args:
            end: the last block that they sign; the newest one, if left out.
        """
        headers = self.headers(self.final + 1)
        upto = headers if end is None else headers[: end - self.final]
        vote = self.sign(vote_on("milestone", upto), signers)
        try:
            check_vote(vote, self.contracts.domain, self._stakes())
        except VoteRefused:
            return False
        self.final = vote.vote.end
        return True

    def checkpoint(self, signers: Iterable[str] | None = None) -> L1Answer:
        """Let validators sign the blocks since the last checkpoint, and bring it before L1.

        Args:
            signers: their names; all who are not silent, if left out.
        """
        return self.post(self.headers(self.next_start), signers)

    def post(self, headers: Sequence[Header], signers: Iterable[str] | None = None) -> L1Answer:
        """Let validators sign these headers, whatever they are, and bring the checkpoint before L1."""
        signed = self.sign(vote_on("checkpoint", headers), signers)
        self._under[signed.vote.root] = tuple(headers)
        return self.contracts.submit_checkpoint(signed)

    def sign(self, vote: Vote, signers: Iterable[str] | None = None) -> SignedVote:
        """Return a vote with the signatures of these validators; of all who are not silent, if left out."""
        named = {member.name: member for member in self.validators.members}
        usual = [member.name for member in self.validators.acting("honest", "colluding")]
        chosen = usual if signers is None else signers
        signed = sign_vote(vote, self.contracts.domain, [_named(named, each) for each in chosen])
        self.signed.append(signed)
        return signed

    def _stakes(self) -> dict[Address, int]:
        return {each.address: self.contracts.stake(each.address) for each in self.validators.members}

    # What anybody can look up

    @property
    def posted(self) -> list[tuple[Header, ...]]:
        """The headers under each checkpoint that L1 has now, as their signers had them.

        Raises:
            InputError: a checkpoint came to L1 by another way, and only its signers know what is under it.
        """
        return [self._headers_under(checkpoint) for checkpoint in range(1, self.contracts.count + 1)]

    def _headers_under(self, checkpoint: int) -> tuple[Header, ...]:
        root = self.contracts.root(checkpoint)
        if root not in self._under:
            raise InputError(f"nobody here knows the blocks under checkpoint {checkpoint}", "sidechain")
        return self._under[root]

    @property
    def next_start(self) -> int:
        """The block with which the next checkpoint has to begin."""
        return self.contracts.end(self.contracts.count) + 1

    def headers(self, start: int) -> tuple[Header, ...]:
        """Return the sidechain's headers from one number on.

        Raises:
            InputError: there is no such block yet.
        """
        if start not in range(len(self.chain.entries)):
            raise InputError(f"there is no block {start} yet", "sidechain", f"0 to {self.chain.head.number}")
        return tuple(entry.sealed.header for entry in self.chain.entries[start:])

    @property
    def escrow(self) -> int:
        """What the bridge on L1 holds, in wei."""
        return self.contracts.escrow

    @property
    def supply(self) -> int:
        """What circulates on the sidechain, in wei."""
        return self.chain.supply

    @property
    def books(self) -> SideBooks:
        """What the bridge holds, and who has a claim to it."""
        return keep_books(self.contracts, self.chain, self._credited)

    def balance(self, name: str) -> int:
        """Return what somebody has on the sidechain, in wei."""
        return self.chain.account(wallet(name).address).balance

    def l1_balance(self, name: str) -> int:
        """Return what somebody has on L1, in wei, without what they have at stake."""
        return self.l1.account(wallet(name).address).balance


def _named(validators: Mapping[str, Validator], name: str) -> Validator:
    if name not in validators:
        raise InputError(f"{name!r} is no validator", "signers", f"one of {', '.join(validators)}")
    return validators[name]
