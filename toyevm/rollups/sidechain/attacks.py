"""Attacks on a sidechain, really run; what came of each is read off balances on L1 before and after.

In each scene Ann has money on the sidechain, has burned a part of it, and wants to leave with that; Mallory is the
thief. *Stolen*: Mallory has more than was hers. *Halted*: nothing was taken, and Ann cannot leave. *Safe*: she leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from toyevm.errors import InputError
from toyevm.rollups.sidechain.exits import BurnPlace, forge_block, prove_exit
from toyevm.rollups.sidechain.sidechain import Sidechain
from toyevm.rollups.sidechain.validators import Conduct
from toyevm.rollups.sidechain.votes import SignedVote, sign_vote, vote_on
from toyevm.rollups.sidechain.watchers import slash_liars
from toyevm.transactions import Transaction
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

SideOutcome = Literal["stolen", "halted", "safe"]
VICTIM, THIEF = "Ann", "Mallory"
LOCKED, LEAVING = 100 * ETHER, 10 * ETHER


@dataclass(frozen=True)
class AttackReport:
    """What an attack has done, in wei.

    Attributes:
        words: what L1 said to the decisive step.
        escrow: on L1, before and after.
        loot: what the thief has on L1 beyond what was theirs.
        paid: what the victim got out afterwards.
        burned: the stake that the attackers lost to watchers.
    """

    attack: str
    words: str
    escrow: tuple[int, int]
    loot: int
    paid: int
    burned: int = 0

    @property
    def outcome(self) -> SideOutcome:
        if self.loot > 0:
            return "stolen"
        return "safe" if self.paid else "halted"

    @property
    def profit(self) -> int:
        """What the attackers are better off by, in wei: a loss is negative."""
        return self.loot - self.burned


@dataclass
class Scene:
    """A sidechain under attack: Ann's burn is in its newest block, under no checkpoint yet."""

    side: Sidechain
    burn: Transaction


def set_scene(
    stakes: Mapping[str, int], conducts: Mapping[str, Conduct] | None = None, confirmations: int = 0, **rules: Any
) -> Scene:
    """Return a sidechain with 100 ether of Ann's in its escrow, of which she has burned ten.

    So far all was quiet: who is not silent has signed a milestone on the newest block, colluding or not.

    Args:
        rules: others of `Sidechain`.
    """
    side = Sidechain(stakes, conducts, users=(VICTIM, THIEF), confirmations=confirmations, **rules)
    side.deposit(VICTIM, LOCKED)
    for _ in range(confirmations):
        side.l1.mine()
    side.produce()
    side.milestone(stakes)
    side.checkpoint(stakes)
    burn = side.burn(VICTIM, LEAVING)
    side.produce()
    side.milestone()
    return Scene(side, burn)


def run_attack(name: str, scene: Scene, attack: Callable[[Sidechain], str], slashing: bool = False) -> AttackReport:
    """Run an attack, then let watchers show what they have, then let Ann try to leave; return what came of it."""
    side = scene.side
    escrow, thief, victim = side.escrow, side.l1_balance(THIEF), side.l1_balance(VICTIM)
    words = attack(side)
    loot, after = side.l1_balance(THIEF) - thief, side.escrow
    burned = slash_liars(side) if slashing else 0
    leave(side, scene.burn)
    return AttackReport(name, words, (escrow, after), loot, side.l1_balance(VICTIM) - victim, burned)


def leave(side: Sidechain, burn: Transaction) -> None:
    """Let Ann leave, with the checkpoint that honest validators can make, if she can."""
    if side.next_start <= side.chain.head.number:
        side.checkpoint([member.name for member in side.validators.acting("honest")])
    try:
        side.exit(burn)
    except InputError:
        return  # no checkpoint has her block under it


# The attacks: each does its worst with a sidechain, and returns the words of L1 that decided


def forge_checkpoint(side: Sidechain, signers: Iterable[str], instead: bool = False) -> str:
    """Sign a block that nobody executed, in which the thief burns the whole escrow, and leave with it.

    Args:
        instead: the block stands in the place of the newest one, about which its signers may have signed the truth;
            if not, it comes after it, where nobody has signed anything.
    """
    true = side.headers(side.next_start)
    kept = true[:-1] if instead else true
    parent = side.chain.entries[true[-1].number - instead].sealed.header
    forged = forge_block(parent, [(wallet(THIEF).address, side.escrow)])
    headers = (*kept, forged.header)
    answer = side.post(headers, signers)
    if not answer.accepted:
        return answer.reason
    place = BurnPlace(forged.header.number, 0)
    return side.exit(prove_exit(len(side.posted), headers, forged, place)).reason or "paid"


def withhold(side: Sidechain) -> str:
    """Sign nothing: the honest validators are left with a checkpoint of their own."""
    return side.checkpoint([member.name for member in side.validators.acting("honest")]).reason


def replay_exit(side: Sidechain, burn: Transaction) -> str:
    """Leave again with a burn that was paid out, with the same proof and with nodes that it does not need."""
    proof = side.prove(burn)
    nodes = proof.receipt_nodes
    again = [proof, *(replace(proof, receipt_nodes=(*nodes, node)) for node in nodes)]
    return "; ".join(dict.fromkeys(side.exit(each).reason or "paid" for each in again))


def leave_gap(side: Sidechain) -> str:
    """Let all sign a checkpoint that leaves out the victim's block."""
    side.produce()
    return side.post(side.headers(side.next_start + 1), [member.name for member in side.validators.members]).reason


def reuse_signatures(side: Sidechain) -> str:
    """Bring the next checkpoint before L1 with the signatures of the last one: everybody's, but about other blocks."""
    vote = vote_on("checkpoint", side.headers(side.next_start))
    return side.contracts.submit_checkpoint(SignedVote(vote, side.signed[-1].signatures)).reason


def repeat_signature(side: Sidechain, signer: str) -> str:
    """Bring a checkpoint with one validator's signature, again and again until the stake would be enough."""
    named = {member.name: member for member in side.validators.members}
    signed = sign_vote(vote_on("checkpoint", side.headers(side.next_start)), side.contracts.domain, [named[signer]])
    times = side.contracts.needed // named[signer].stake + 1
    return side.contracts.submit_checkpoint(SignedVote(signed.vote, signed.signatures * times)).reason


def undo_deposit(side: Sidechain, depth: int) -> str:
    """Deposit, burn what the sidechain credits, and have a reorg of L1 take the deposit back; leave with the burn.

    Args:
        depth: blocks of L1 that the reorg takes back, the deposit's among them.
    """
    side.deposit(THIEF, LEAVING)
    for _ in range(depth - 1):
        side.l1.mine()
    side.produce()
    if not side.balance(THIEF):
        side.l1.reorg(depth, keep=False)
        return "not credited in time"
    burn = side.burn(THIEF, LEAVING - ETHER)  # the rest pays for the gas
    side.produce()
    side.l1.reorg(depth, keep=False)
    side.checkpoint()
    return side.exit(burn).reason or "paid"
