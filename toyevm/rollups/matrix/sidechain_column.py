"""The column of the sidechain: seven attacks on a bridge that believes more than two thirds of the stake.

Ann has 100 ether on the sidechain, has burned ten, and wants to leave with them; Mallory is the thief. In three rows
there is no defence at all: a sidechain has none, and that is what the row says.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from toyevm import rlp
from toyevm.chain import ChainConfig
from toyevm.contracts import mapping_slot
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256
from toyevm.errors import InputError
from toyevm.rollups.l1 import L1_CHAIN
from toyevm.rollups.matrix.scenes import overwrite
from toyevm.rollups.matrix.values import Damage, MatrixCell
from toyevm.rollups.precompiles import HEAD, PROOF_CHECKS, RECEIPT_PROOF, proof_gas, receipt_proof
from toyevm.rollups.sidechain.attacks import (
    LEAVING,
    THIEF,
    VICTIM,
    Scene,
    forge_checkpoint,
    leave,
    set_scene,
    undo_deposit,
)
from toyevm.rollups.sidechain.exits import BurnPlace, forge_block, prove_exit
from toyevm.rollups.sidechain.root_contracts import BRIDGE
from toyevm.rollups.sidechain.sidechain import Sidechain
from toyevm.vm.precompiles import Precompile
from toyevm.workloads.wallets import wallet

SYSTEM = "sidechain"
STAKES = {"Pia": 40, "Quinn": 30, "Ravi": 30}
DEEP = 6  # blocks of L1, deeper than the reorg
REORG = 2


def invent_block(defended: bool) -> Damage:
    """Let 30 % of the stake sign a block in which Mallory burns the whole escrow."""
    scene = set_scene(STAKES, threshold=(2, 3) if defended else (0, 1))
    before = _claims(scene)
    forge_checkpoint(scene.side, ["Ravi"])
    return _afterwards(scene, before)


def withhold_blocks(defended: bool) -> Damage:
    """Let the validators sign a checkpoint over Ann's burn, and show its blocks to nobody."""
    scene = set_scene(STAKES)
    before = _claims(scene)
    scene.side.checkpoint()
    del scene.side.chain.entries[1:]  # L1 has 32 bytes of them
    return _afterwards(scene, before)


def leave_out(defended: bool) -> Damage:
    """Let the validators leave Ann's next burn out of every block."""
    scene = set_scene(STAKES)
    side = scene.side
    leave(side, scene.burn)
    scene = Scene(side, side.burn(VICTIM, LEAVING))
    before = _claims(scene)
    for _ in range(20):
        side.chain.pool.clear()
        side.produce()
        side.checkpoint()
    return _afterwards(scene, before)


def collude(defended: bool) -> Damage:
    """Let 70 % of the stake sign a block in which Mallory burns the whole escrow."""
    scene = set_scene(STAKES)
    before = _claims(scene)
    forge_checkpoint(scene.side, ["Pia", "Quinn"])
    return _afterwards(scene, before)


def take_deposit_back(defended: bool) -> Damage:
    """Let L1 lose Mallory's deposit when the sidechain has credited it, and let her leave with it."""
    scene = set_scene(STAKES, confirmations=DEEP if defended else 0)
    before = _claims(scene)
    undo_deposit(scene.side, REORG)
    return _afterwards(scene, before)


def leave_twice(defended: bool) -> Damage:
    """Let Mallory leave with a burn of her own, and again."""
    scene = set_scene(STAKES)
    side = scene.side
    side.deposit(THIEF, 2 * LEAVING)
    side.produce()
    burn = side.burn(THIEF, LEAVING)
    side.produce()
    side.checkpoint()
    before = _claims(scene, thief=LEAVING)
    for _ in range(3):
        side.exit(burn)
        if not defended:
            _forget_exit(side, side.place_of(burn))
    return _afterwards(scene, before)


def forge_proof(defended: bool) -> Damage:
    """Let Mallory prove a burn that is not under the receipts root of a good block."""
    chain = L1_CHAIN if defended else _gullible()
    scene = set_scene(STAKES, l1_chain=chain)
    side, before = scene.side, _claims(scene)
    side.checkpoint()
    headers = side.posted[-1]
    true = side.chain.entries[headers[-1].number].sealed
    invented = forge_block(headers[-1], [(wallet(THIEF).address, side.escrow)])
    proof = prove_exit(
        len(side.posted), headers, replace(true, receipts=invented.receipts), BurnPlace(true.header.number, 0)
    )
    side.exit(proof)
    return _afterwards(scene, before)


def _claims(scene: Scene, thief: int = 0) -> dict[str, int]:
    """Return what each has on L1 or has burned to leave with, in wei."""
    side = scene.side
    return {VICTIM: side.l1_balance(VICTIM) + LEAVING, THIEF: side.l1_balance(THIEF) + thief}


def _afterwards(scene: Scene, before: dict[str, int]) -> Damage:
    """Let Ann leave if she can, and count."""
    side = scene.side
    with suppress(InputError):  # she may have nothing left to prove it with
        leave(side, scene.burn)
    return Damage(before, {name: side.l1_balance(name) for name in before}, thieves=(THIEF,))


def _forget_exit(side: Sidechain, place: BurnPlace) -> None:
    """Make the bridge forget that it has paid: a bridge without that line."""
    key = keccak256(encode_arguments(place.number, place.tx_index, place.log_index))
    overwrite(side.l1, side.contracts.bridge, mapping_slot(BRIDGE.slots["exited"], key), 0)


def _gullible() -> ChainConfig:
    """Return an L1 whose check of receipts takes whatever root the first node has: one without that comparison."""

    def check(data: bytes) -> bytes:
        nodes = rlp.decode(data[HEAD:])
        assert isinstance(nodes, list)
        assert isinstance(nodes[0], bytes)
        return receipt_proof(keccak256(nodes[0]) + data[32:])

    gullible = Precompile("receipt_proof", proof_gas, check)
    return replace(L1_CHAIN, extra_precompiles={**PROOF_CHECKS, RECEIPT_PROOF: gullible})


CELLS = (
    MatrixCell(
        "invalid root",
        SYSTEM,
        "30 % of the stake signs a block in which Mallory burns the whole escrow",
        "a checkpoint needs more than two thirds of the stake",
        invent_block,
    ),
    MatrixCell("withheld data", SYSTEM, "the validators show nobody the blocks that they sign", None, withhold_blocks),
    MatrixCell("censorship", SYSTEM, "the validators leave Ann's burn out of every block", None, leave_out),
    MatrixCell(
        "2/3 collusion",
        SYSTEM,
        "70 % of the stake signs a block in which Mallory burns the whole escrow",
        None,
        collude,
    ),
    MatrixCell(
        "L1 reorg",
        SYSTEM,
        "L1 loses Mallory's deposit after the sidechain has credited it",
        f"a deposit is credited when {DEEP} blocks of L1 lie on it",
        take_deposit_back,
    ),
    MatrixCell(
        "replay",
        SYSTEM,
        "Mallory leaves three times with one burn",
        "the bridge remembers the place of each burn that it has paid",
        leave_twice,
    ),
    MatrixCell(
        "forged proof",
        SYSTEM,
        "Mallory proves a burn that is in no receipt of the block",
        "the bridge compares the hash of each node with the one above, up to the receipts root",
        forge_proof,
    ),
)
