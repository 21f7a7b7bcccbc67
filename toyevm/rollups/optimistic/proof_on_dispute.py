"""A rollup whose roots are proven only when somebody asks: the door to its contract.

It covers what the payments prover does: signed payments of accounts that have a number. Their registry is the contract
of a zk-rollup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toyevm.contracts import load_contract
from toyevm.contracts.abi import revert_reason
from toyevm.results import TxResult
from toyevm.types import Hash32
from toyevm.units import ETHER
from toyevm.workloads.wallets import Wallet, wallet

if TYPE_CHECKING:
    from toyevm.rollups.zk_rollup.proven_batch import ProvenBatch
    from toyevm.rollups.zk_rollup.rollup import ZkRollup

DOUBT = load_contract("proof_on_dispute")
DAY = 86_400
PROOF_GAS = 16_000_000
WINDOW, PROVING = 7 * DAY // 2, DAY


class ProofOnDispute:
    """Proposals about the accounts of a zk-rollup, from the root on that it has now.

    Args:
        window: in seconds, to ask for a proof.
        proving: in seconds, to bring it.
        bond: in wei, of each side.
    """

    def __init__(self, rollup: ZkRollup, window: int = WINDOW, proving: int = PROVING, bond: int = ETHER // 2) -> None:
        self.l1, self.bond = rollup.l1, bond
        terms = rollup.contract.terms
        arguments = rollup.contract.root, terms.l2_chain, terms.parameters, window, proving, bond
        self.window, self.proving = window, proving
        self.address = self.l1.deploy(wallet("keeper"), DOUBT, rollup.contract.address, *arguments)

    def propose(self, who: Wallet, batch: ProvenBatch) -> TxResult:
        """Propose the root after a batch; its proof stays at home."""
        return self._ask(who, DOUBT.call_data("propose", batch.new_root, batch.data), self.bond)

    def challenge(self, who: Wallet) -> TxResult:
        """Ask for a proof."""
        return self._ask(who, DOUBT.call_data("challenge"), self.bond)

    def prove(self, who: Wallet, batch: ProvenBatch) -> TxResult:
        """Bring the proof."""
        return self._ask(who, DOUBT.call_data("prove", batch.proof))

    def settle(self, who: Wallet) -> TxResult:
        """Close a proposal whose time is up."""
        return self._ask(who, DOUBT.call_data("settle"))

    @property
    def root(self) -> Hash32:
        """The root that L1 believes."""
        return self.l1.call(self.address, DOUBT.call_data("root")).output

    def credit(self, who: Wallet) -> int:
        """Return what somebody can collect, in wei."""
        return int.from_bytes(self.l1.call(self.address, DOUBT.call_data("credits", who.address)).output)

    def _ask(self, who: Wallet, data: bytes, value: int = 0) -> TxResult:
        tx = self.l1.submit(who, self.address, data, gas_limit=PROOF_GAS, value=value)
        self.l1.mine()
        return self.l1.result(tx)


def refusal(result: TxResult) -> str:
    """Return why a call failed; empty if it did not."""
    return "" if result.succeeded else revert_reason(result.output) or str(result.error)
