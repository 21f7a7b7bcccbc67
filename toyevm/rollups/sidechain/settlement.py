"""The sidechain as a settlement: a block is final when L1 has a checkpoint over it.

Each honest validator executes the block again and signs only what they find themselves. L1 gets one hash over number,
time, transactions and receipts; no state, so a block whose world is known in part alone (as of the real blocks in the
test data) settles like any other. That the state root follows from the block, the signers vouch for: L1 never has it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from toyevm.backends import BACKENDS, RunConfig
from toyevm.backends.base import compare_results
from toyevm.blocks import Header
from toyevm.errors import InvalidBlock, NotProvable
from toyevm.results import BlockResult
from toyevm.rollups.base import ExecutedBlock
from toyevm.rollups.l1 import L1, L1Answer
from toyevm.rollups.sidechain.merkle import header_leaf
from toyevm.rollups.sidechain.root_contracts import KEEPER, RootContracts
from toyevm.rollups.sidechain.validators import ValidatorSet, validator_set
from toyevm.rollups.sidechain.votes import sign_vote, vote_on
from toyevm.sealing import header_after, receipts_of
from toyevm.types import Hash32
from toyevm.units import ETHER

FIVE = validator_set({f"validator {number}": 20 * ETHER for number in range(1, 6)})
ORACLE = BACKENDS.named("sequential")


@dataclass(frozen=True)
class PostedBlock:
    """A checkpoint over one block, what L1 said to it, and the block's header as its signers have it."""

    contracts: RootContracts
    answer: L1Answer
    header: Header


class SidechainSettlement:
    """A sidechain whose first block under a checkpoint is the one that is submitted.

    Args:
        validators: with their stakes and what they do; five honest ones, with 20 ether each, if left out.
    """

    name = "sidechain"
    summary = "validators with stake execute the block again and sign it: L1 believes more than two thirds"

    def __init__(self, validators: ValidatorSet = FIVE) -> None:
        self.validators = validators

    def submit(self, executed: ExecutedBlock) -> PostedBlock:
        """Let the validators check and sign the block, and bring the checkpoint before L1.

        Raises:
            NotProvable: the honest find another result than the producer's, the block is too large for its fork,
                or it is block 0, which no checkpoint is over.
        """
        right = ORACLE.execute_block(executed.pre, executed.block, RunConfig(executed.chain)).result
        signers = self.validators.acting("honest", "colluding")
        if compare_results(executed.result, right):
            signers = self.validators.acting("colluding")
        header = _header(executed)
        if header.number == 0:
            raise NotProvable(None, "no checkpoint is over block 0")
        l1 = L1([KEEPER, *(member.wallet for member in self.validators.members)])
        contracts = RootContracts(l1, self.validators, first=header.number)
        answer = contracts.submit_checkpoint(sign_vote(vote_on("checkpoint", [header]), contracts.domain, signers))
        if not answer.accepted:
            raise NotProvable(_first_difference(executed.result, right), answer.reason)
        return PostedBlock(contracts, answer, header)

    def finalize(self, submission: PostedBlock) -> Hash32:
        """Return the state root that the signers vouch for, if L1 has the hash of their block.

        Raises:
            NotProvable: L1 believes another block.
        """
        if submission.contracts.root(submission.contracts.count) != header_leaf(submission.header):
            raise NotProvable(None, "another block is under the checkpoint")
        return submission.header.state_root


def _header(executed: ExecutedBlock) -> Header:
    receipts = receipts_of(executed.block, executed.result)
    try:
        header = header_after(executed.chain, executed.block, executed.result, receipts)
    except InvalidBlock as error:
        raise NotProvable(error.tx_index, error.reason) from error
    return replace(header, state_root=executed.post.root)


def _first_difference(result: BlockResult, right: BlockResult) -> int | None:
    """Return the first transaction that does not do what the producer says, if it is one transaction's doing."""
    pairs = enumerate(zip(result.results, right.results, strict=False))
    return next((at for at, (one, other) in pairs if replace(one, read_set={}) != replace(other, read_set={})), None)
