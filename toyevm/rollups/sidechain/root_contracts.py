"""What a sidechain has on L1: its manager and its bridge, and what L1 answers when somebody calls them.

All of it is public: a checkpoint, an exit or evidence may be brought by anybody. Here the *keeper* brings them and
pays for the gas, so that other people's balances tell what they have won or lost, to the wei.
"""

from __future__ import annotations

from toyevm.contracts import Contract, load_contract
from toyevm.errors import InputError, InvalidTransaction
from toyevm.rollups.l1 import L1, L1Answer
from toyevm.rollups.sidechain.chain import GATEWAY
from toyevm.rollups.sidechain.exits import ExitProof
from toyevm.rollups.sidechain.validators import Validator, ValidatorSet
from toyevm.rollups.sidechain.votes import KIND_NUMBERS, SignedVote, VoteDomain
from toyevm.rollups.values import Deposit
from toyevm.transactions import Transaction
from toyevm.types import Address, Hash32, to_address
from toyevm.workloads.wallets import Wallet, wallet

MANAGER, BRIDGE = load_contract("checkpoint_manager"), load_contract("sidechain_bridge")
KEEPER = wallet("keeper")


class RootContracts:
    """The manager and the bridge of one sidechain, on its L1, with the validators' stake in place.

    Args:
        first: the first block that a checkpoint is about.
        threshold: numerator and denominator of the share of the stake that a checkpoint has to exceed.
        delay: seconds from a checkpoint to the first exit.

    Raises:
        InputError: a contract refuses what it is made with, or somebody has not got the stake they promise.
    """

    def __init__(
        self,
        l1: L1,
        validators: ValidatorSet,
        first: int = 1,
        threshold: tuple[int, int] = (2, 3),
        delay: int = 0,
        compiled: tuple[Contract, Contract] = (MANAGER, BRIDGE),
    ) -> None:
        self.l1 = l1
        self.compiled = self._manager, self._bridge = compiled
        self.manager = l1.deploy(KEEPER, self._manager, first, *threshold)
        self.bridge = l1.deploy(KEEPER, self._bridge, self.manager, GATEWAY, delay)
        self.domain = VoteDomain(l1.chain.chain_id, self.manager)
        for member in validators.members:
            self._put_at_stake(member)
        l1.mine()

    def _put_at_stake(self, member: Validator) -> None:
        try:
            self.l1.submit(member.wallet, self.manager, self._manager.call_data("stake"), value=member.stake)
        except InvalidTransaction as error:
            raise InputError(f"{member.name} has not got {member.stake} wei: {error.reason}", "stakes") from error

    # What anybody may bring

    def submit_checkpoint(self, signed: SignedVote) -> L1Answer:
        """Bring a checkpoint before the manager."""
        vote = signed.vote
        arguments = (vote.start, vote.end, vote.root, b"".join(signed.signatures))
        return self._ask(self.manager, self._manager.call_data("submit_checkpoint", *arguments))

    def slash(self, one: SignedVote, other: SignedVote) -> L1Answer:
        """Bring evidence: two votes about one range, each with the same signer's signature alone."""
        kinds = ((KIND_NUMBERS[each.vote.kind], each.vote.root) for each in (one, other))
        numbers = (one.vote.start, one.vote.end, *(part for pair in kinds for part in pair))
        data = self._manager.call_data("slash", *numbers, b"".join(one.signatures + other.signatures))
        return self._ask(self.manager, data)

    def exit(self, exit_proof: ExitProof) -> L1Answer:
        """Ask the bridge to pay out a burn."""
        return self._ask(self.bridge, self._bridge.call_data("exit", *exit_proof.arguments))

    def deposit(self, sender: Wallet, amount: int, to: Address | None = None) -> Transaction:
        """Put a deposit into the mempool; `amount` in wei, a whole number of gwei."""
        data = self._bridge.call_data("deposit", to or sender.address)
        return self.l1.submit(sender, self.bridge, data, value=amount)

    def _ask(self, to: Address, data: bytes) -> L1Answer:
        return self.l1.ask(KEEPER, to, data)

    # What anybody can look up

    def deposits(self, number: int) -> list[Deposit]:
        """Return the deposits in one block of L1."""
        logs = [log for log in self.l1.logs(number, self.bridge) if log.topics[0] == DEPOSITED]
        return [Deposit(log.topics[1], log.topics[2].to_bytes(20, "big"), int.from_bytes(log.data)) for log in logs]

    def payments(self, number: int) -> list[tuple[Address, int]]:
        """Return whom the bridge has paid in one block of L1, and how much, in wei."""
        logs = [log for log in self.l1.logs(number, self.bridge) if log.topics[0] == EXITED]
        return [(to_address(log.topics[1]), int.from_bytes(log.data[:32])) for log in logs]

    @property
    def escrow(self) -> int:
        """What the bridge holds, in wei."""
        return self.l1.account(self.bridge).balance

    @property
    def total(self) -> int:
        """The stake of all validators, in wei, without what was burned."""
        return self._read("total")

    @property
    def needed(self) -> int:
        """The least stake of a checkpoint, in wei."""
        return self._read("needed")

    @property
    def count(self) -> int:
        """How many checkpoints there are."""
        return self._read("count")

    def end(self, checkpoint: int) -> int:
        """Return the last block under a checkpoint."""
        return self._read("ends", checkpoint)

    def root(self, checkpoint: int) -> Hash32:
        """Return the Merkle root that L1 believes."""
        return self._read("roots", checkpoint).to_bytes(32, "big")

    def stake(self, validator: Address) -> int:
        """Return what somebody has at stake now, in wei."""
        return self._read("stakes", validator)

    def _read(self, function: str, *arguments: int | bytes) -> int:
        return int.from_bytes(self.l1.call(self.manager, self._manager.call_data(function, *arguments)).output)


DEPOSITED, EXITED = BRIDGE.event_topic("Deposited"), BRIDGE.event_topic("Exited")
