"""A town with two chains: an L1 with the manager's contract, and a sidechain; what people do, and what L1 answers.

Everything that L1 says is said by the contract, in a real transaction. Nothing here stops: a refusal is an answer, too.
Amounts are whole ether. The keeper pays the fees of L1, so that nobody's balance changes by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from functools import cache
from itertools import pairwise

from toyevm.blocks import Block
from toyevm.errors import InputError
from toyevm.results import SealedBlock
from toyevm.rollups.l1 import L1, L1Answer
from toyevm.rollups.sidechain.exits import BurnPlace, prove_exit
from toyevm.rollups.sidechain.root_contracts import KEEPER, RootContracts
from toyevm.rollups.sidechain.validators import Validator, validator_set
from toyevm.rollups.sidechain.votes import SignedVote, Vote, sign_vote, vote_on
from toyevm.teaching.lessons.sidechain.blocks import PEOPLE, invented, side_blocks
from toyevm.teaching.lessons.sidechain.stakes import SIGNERS, UNEQUAL
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

DAY = 86_400
LOCKED = 100  # ether of Ann's, in the escrow


class Town:
    """The two chains, and everything that a student does with them.

    Attributes:
        blocks: the sidechain, from block 0.
        said: what L1 has answered so far, line by line.
    """

    def __init__(self, stakes: Mapping[str, int] = UNEQUAL, delay: int = 0) -> None:
        self.blocks, self.said = side_blocks(), list[str]()
        self._people: set[str] = {*PEOPLE, *stakes}
        self._signers = validator_set({name: stake * ETHER for name, stake in stakes.items()})
        self._l1 = L1([KEEPER, *(wallet(name) for name in (*stakes, "Ann"))])
        self._contracts = RootContracts(self._l1, self._signers, delay=DAY * delay)
        self._contracts.deposit(wallet("Ann"), LOCKED * ETHER)
        self._l1.mine()
        self._posted: list[tuple[SealedBlock, ...]] = []
        self._votes: list[tuple[set[str], SignedVote]] = []
        self.milestone(self.blocks[1:4], stakes)
        self.checkpoint(self.blocks[1:4], stakes)
        self.said.clear()

    def copy(self) -> Town:
        """Return a town in the same state, which goes its own way."""
        twin = copy(self)
        twin.said, twin._posted, twin._votes = [], list(self._posted), list(self._votes)
        twin._people = set(self._people)
        twin._l1, twin._contracts = copy(self._l1), copy(self._contracts)
        twin._l1.entries, twin._l1.pool, twin._contracts.l1 = list(self._l1.entries), list(self._l1.pool), twin._l1
        return twin

    def __repr__(self) -> str:
        return "a town"

    # What anybody can see on L1

    @property
    def escrow(self) -> int:
        """The ether that the contract on L1 keeps for all who have money on the sidechain."""
        return self._contracts.escrow // ETHER

    @property
    def next_block(self) -> int:
        """The number with which the next checkpoint must begin."""
        return self._contracts.end(self._contracts.count) + 1

    def balance(self, name: str) -> int:
        """Return the whole ether that somebody has on L1."""
        return self._l1.account(wallet(name).address).balance // ETHER

    def stake(self, name: str) -> int:
        """Return the ether that a signer has at stake."""
        return self._contracts.stake(wallet(name).address) // ETHER

    # What signers do

    def checkpoint(self, blocks: Iterable[SealedBlock], signers: Iterable[str] = SIGNERS) -> str:
        """Post one hash for these blocks on L1, signed by these signers, and return the answer."""
        posted = _blocks(blocks)
        signed = self._signed(posted, "checkpoint", signers)
        answer = self._contracts.submit_checkpoint(signed)
        if answer.accepted:
            self._posted.append(posted)
        return self._say(answer, f"accepts the checkpoint of {_range(signed.vote)}")

    def milestone(self, blocks: Iterable[SealedBlock], signers: Iterable[str] = SIGNERS) -> str:
        """Let signers sign blocks on the sidechain only, where more than two thirds of the stake make them final."""
        vote = self._signed(_blocks(blocks), "milestone", signers).vote
        return f"signed on the sidechain: {_range(vote)}"

    def _signed(self, blocks: tuple[SealedBlock, ...], kind: str, signers: Iterable[str]) -> SignedVote:
        chosen = [self._signer(name) for name in ([signers] if isinstance(signers, str) else signers)]
        vote = vote_on("milestone" if kind == "milestone" else "checkpoint", [block.header for block in blocks])
        signed = sign_vote(vote, self._contracts.domain, {each.name: each for each in chosen}.values())
        self._votes.append(({each.name for each in chosen}, signed))
        return signed

    @property
    def liars(self) -> set[str]:
        """Who has signed something else than the true blocks, whether or not L1 took it."""
        return {name for names, signed in self._votes if not self._is_true(signed.vote) for name in names}

    def _is_true(self, vote: Vote) -> bool:
        headers = [block.header for block in self.blocks[vote.start : vote.end + 1]]
        return vote.end < len(self.blocks) and vote == vote_on(vote.kind, headers)

    def _signer(self, name: object) -> Validator:
        found = [each for each in self._signers.members if each.name == name]
        if not found:
            raise InputError(
                f"{name!r:.40} signs nothing", expected=" | ".join(each.name for each in self._signers.members)
            )
        return found[0]

    def invent(self, burns: Mapping[str, int], number: int | None = None) -> SealedBlock:
        """Return a block that nobody executed, in which these people burn so many ether, a transaction each.

        Args:
            burns: such as {"Zoe": 3}.
            number: of the block; the next one that L1 expects, if left out.
        """
        if not isinstance(burns, Mapping) or not all(
            isinstance(name, str) and type(ether) is int and 0 < ether < 2**60 for name, ether in burns.items()
        ):
            raise InputError(f"{burns!r:.60}", expected='names and whole ether, such as {"Zoe": 3}')
        self._people |= set(burns)
        at = self.next_block if number is None else number
        if type(at) is not int or not 0 < at < 1_000:
            raise InputError(f"block {at!r:.20}", expected="a number from 1 to 999")
        return invented(at, dict(burns))

    # What users do

    def exit(self, block: SealedBlock, tx: int, log: int = 0) -> str:
        """Prove on L1 that a log of this block burned ether, and return the answer."""
        header = _blocks([block])[0].header
        for name, number in (("tx", tx), ("log", log)):
            if type(number) is not int or not 0 <= number < 10_000:
                raise InputError(f"{name} {number!r:.20}", expected="a number, counted from 0")
        if tx >= len(block.receipts):
            return self._note(f"no proof can be made: block {header.number} has {len(block.receipts)} transactions")
        at = self._checkpoint_of(header.number)
        posted = self._posted[at]
        headers = [each.header for each in posted]
        if header.number not in [each.number for each in headers]:
            headers = [header]  # in no checkpoint: L1 is to say so
        answer = self._contracts.exit(prove_exit(at + 1, headers, block, BurnPlace(header.number, tx, log)))
        names = {int.from_bytes(wallet(name).address, "big"): name for name in self._people}
        logs = [(names.get(each.topics[1], "somebody"), int.from_bytes(each.data[:32])) for each in answer.result.logs]
        return self._say(answer, "".join(f"pays {name} {wei // ETHER} ether" for name, wei in logs))

    def _checkpoint_of(self, number: int) -> int:
        for at, posted in enumerate(self._posted):
            if posted[0].header.number <= number <= posted[-1].header.number:
                return at
        return len(self._posted) - 1

    def post(self, blocks: Iterable[SealedBlock]) -> str:
        """Put all bytes of these blocks on L1, for everybody to read, and return how many there are."""
        data = b"".join(Block(each.header, each.transactions).encode() for each in _blocks(blocks))
        data += b"".join(receipt.encode() for each in _blocks(blocks) for receipt in each.receipts)
        self._l1.submit(KEEPER, KEEPER.address, data)
        self._l1.mine()
        return self._note(f"on L1 now: {len(data):,} bytes")

    def wait(self, days: int) -> None:
        """Let days pass on L1."""
        self._l1.wait(DAY * days)

    def slash(self) -> list[str]:
        """Show L1 who has signed two roots for the same blocks, and return its answers."""
        answers = []
        for signer in self._signers.members:
            for one, other in self._conflicts(signer):
                before = self.stake(signer.name)
                evidence = (sign_vote(each.vote, self._contracts.domain, [signer]) for each in (one, other))
                answer = self._contracts.slash(*evidence)
                answers.append(self._say(answer, f"destroys the stake of {signer.name}: {before} ether"))
        return answers or [self._note("nobody has signed two roots for the same blocks")]

    def _conflicts(self, signer: Validator) -> list[tuple[SignedVote, SignedVote]]:
        mine = [vote for signers, vote in self._votes if signer.name in signers]
        found = [(a, b) for at, a in enumerate(mine) for b in mine[at + 1 :] if a.vote.conflicts_with(b.vote)]
        return found[:1]

    def _say(self, answer: L1Answer, words: str) -> str:
        return self._note(f"L1 {words}" if answer.accepted else f"L1 refuses: {answer.reason}")

    def _note(self, words: str) -> str:
        self.said.append(words)
        return words


@cache
def _first_town(stakes: tuple[tuple[str, int], ...], delay: int) -> Town:
    return Town(dict(stakes), delay)


def open_town(stakes: Mapping[str, int] = UNEQUAL, delay: int = 0) -> Town:
    """Return a town in which blocks 1 to 3 are in a checkpoint, and Ann has 100 ether in the escrow.

    Args:
        delay: in days, from a checkpoint to the first exit with it.
    """
    return _first_town(tuple(stakes.items()), delay).copy()


def ready_town(stakes: Mapping[str, int] = UNEQUAL, delay: int = 0) -> Town:
    """Return a town in which blocks 1 to 7 are in checkpoints, and all signers have made block 8 final."""
    town = open_town(stakes, delay)
    town.checkpoint(town.blocks[4:8], stakes)
    town.milestone(town.blocks[8:9], stakes)
    town.said.clear()
    return town


def _blocks(blocks: object) -> tuple[SealedBlock, ...]:
    found = tuple(blocks) if isinstance(blocks, (list, tuple)) else (blocks,)
    if not found or not all(isinstance(each, SealedBlock) for each in found):
        raise InputError(f"{blocks!r:.60}", expected="blocks, such as town.blocks[4:8]")
    if any(b.header.number != a.header.number + 1 for a, b in pairwise(found)):
        raise InputError(f"blocks {[each.header.number for each in found]}", expected="numbers that follow each other")
    return found


def _range(vote: Vote) -> str:
    return f"block {vote.start}" if vote.start == vote.end else f"blocks {vote.start} to {vote.end}"
