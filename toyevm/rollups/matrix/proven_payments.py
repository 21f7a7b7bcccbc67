"""Attacks on layers whose roots are proven: the zk-rollup and, where payments may stay off L1, the validium.

Ann has 100 ether on L2, and Mallory, the thief, ten. Oscar operates. Each attack ends with both getting out with what
is theirs, if they can: whoever has the accounts can prove a batch, and anybody may bring it. A stranger pays for the
gas.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from toyevm.chain import ChainConfig
from toyevm.contracts import mapping_slot
from toyevm.errors import InputError, PrecompileFailure
from toyevm.rollups.bridge import WEEK
from toyevm.rollups.matrix.scenes import LOCKED, OWN, THIEF, VICTIM, afterwards, overwrite, wealth
from toyevm.rollups.matrix.values import Damage
from toyevm.rollups.zk_rollup.needs import need_numpy
from toyevm.rollups.zk_rollup.precompiles import STARK_CHECKS, STARK_PROOF, ZK_L1_CHAIN, proof_gas
from toyevm.units import ETHER
from toyevm.vm.precompiles import Precompile
from toyevm.workloads.wallets import wallet

if TYPE_CHECKING:
    from collections.abc import Callable

    from toyevm.rollups.zk_rollup.proven_batch import ProvenBatch
    from toyevm.rollups.zk_rollup.rollup import ZkRollup

OPERATOR = "Oscar"
ROUNDS = 2  # of batches in which somebody is left out
FOR_EVER = 2**40  # seconds


def set_scene(committee: Sequence[str], **rules: Any) -> ZkRollup:
    """Return a layer on which Ann and Mallory have what they locked; two of a committee, if there is one, vouch."""
    need_numpy("matrix")
    from toyevm.rollups.zk_rollup.rollup import ZkRollup

    quorum = min(2, len(committee))
    rollup = ZkRollup([VICTIM, THIEF, OPERATOR], committee, quorum, **rules)
    rollup.deposit(VICTIM, LOCKED)
    rollup.deposit(THIEF, OWN)
    rollup.batch(wallet(OPERATOR))
    return rollup


def invent_root(committee: Sequence[str], defended: bool) -> Damage:
    """Let Oscar bring a root under which all is Mallory's, with the proof of an honest batch."""
    from toyevm.rollups.zk.payments.tree import AccountTree
    from toyevm.rollups.zk.payments.values import UNIT, AccountLeaf, digest_bytes

    rollup = set_scene(committee, l1_chain=ZK_L1_CHAIN if defended else checked_by(say_yes))
    before = wealth(rollup)
    rich = AccountTree({rollup.number(THIEF): AccountLeaf((LOCKED + OWN) // UNIT)})
    rollup.pay(THIEF, THIEF, 0)
    if _bring(rollup, replace(rollup.prove(), new_root=digest_bytes(rich.root))):
        _wait_in_vain(rollup)
        rollup.leave(THIEF, rich)
        rollup.collect(THIEF)
    return afterwards(rollup, before, _get_out)


def lose_payments(committee: Sequence[str], on_l1: bool) -> Damage:
    """Let everything that the operator has burn, after a batch: its payments are on L1, or a committee had them."""
    rollup = set_scene(committee)
    rollup.pay(VICTIM, THIEF, 3 * ETHER)
    rollup.pay(THIEF, VICTIM, ETHER)
    answer = rollup.batch() if on_l1 else rollup.attested_batch(committee)
    assert answer.accepted, answer.reason
    before = wealth(rollup)
    _forget(rollup)
    return afterwards(rollup, before, _get_out)


def leave_out(committee: Sequence[str], defended: bool) -> Damage:
    """Let Oscar leave Ann's way out out of every batch, and bring one before a week is over, again and again.

    Without its defences, nobody else may bring a batch, and a request in L1's queue may wait for ever.
    """
    rollup = set_scene(committee, **({} if defended else {"operator": OPERATOR, "delay": FOR_EVER}))
    before = wealth(rollup)
    for _ in range(ROUNDS):
        rollup.withdraw(VICTIM, LOCKED)
        rollup.pool.clear()
        rollup.pay(THIEF, THIEF, 0)
        rollup.batch(wallet(OPERATOR))
        rollup.l1.wait(WEEK // 2)
    return afterwards(rollup, before, _get_out)


def take_deposit_back(committee: Sequence[str], defended: bool) -> Damage:
    """Let L1 lose Mallory's deposit and the batch that credits it, and bring the batch again."""
    rollup = set_scene(committee)
    before, l1, contract = wealth(rollup), rollup.l1, rollup.contract
    rollup.deposit(THIEF, LOCKED)
    batch, credited = rollup.prove(), contract.waiting
    rollup.batch()
    l1.reorg(2, keep=False)
    if not defended:  # a contract that believes somebody else about deposits: they do not go back with L1
        _overwrite(rollup, "queued", None, 3)
        _overwrite(rollup, "queue", 2, credited[0].payee << 32 | credited[0].amount)
    if not contract.submit(batch).accepted:
        rollup.world = rollup.rebuilt()
    _get_out(rollup, THIEF)
    return afterwards(rollup, before, _get_out)


def leave_twice(committee: Sequence[str], defended: bool) -> Damage:
    """Let Mallory leave three times with one leaf, when nobody has served the queue for a week."""
    rollup = set_scene(committee)
    before = wealth(rollup)
    _wait_in_vain(rollup)
    for _ in range(3):
        rollup.leave(THIEF)
        rollup.collect(THIEF)
        if not defended:
            _overwrite(rollup, "left", rollup.number(THIEF), 0)
    return afterwards(rollup, before, _get_out)


def prove_elsewhere(committee: Sequence[str], defended: bool) -> Damage:
    """Let Mallory prove, truly, a payment on accounts of her own making, in which all is hers."""
    from toyevm.rollups.zk.payments.tree import AccountTree
    from toyevm.rollups.zk.payments.values import BRIDGE, UNIT, AccountLeaf, digest_bytes
    from toyevm.rollups.zk_rollup.proven_batch import prove_batch

    rollup = set_scene(committee, l1_chain=ZK_L1_CHAIN if defended else checked_by(_about_any_root))
    before = wealth(rollup)
    rich = AccountTree({rollup.number(THIEF): AccountLeaf((LOCKED + OWN) // UNIT)})
    batch = prove_batch(rich, [rollup.sign(wallet(THIEF), BRIDGE, LOCKED + OWN)])
    root = b"" if defended else digest_bytes(rich.root)
    if rollup.contract.submit(replace(batch, proof=batch.proof + root)).accepted:
        rollup.collect(THIEF)
    return afterwards(rollup, before, _get_out)


def pay_unsigned(committee: Sequence[str], on_l1: bool) -> Damage:
    """Let a batch pay all that Ann has to Mallory, unsigned by Ann: it is on L1, or two of a committee vouch for it."""
    from toyevm.rollups.zk.payments.values import UNIT
    from toyevm.rollups.zk_rollup.signed_batch import SignedPayment

    rollup = set_scene(committee)
    before = wealth(rollup)
    rollup.pool.append(SignedPayment(rollup.number(VICTIM), rollup.number(THIEF), LOCKED // UNIT, 0, bytes(65)))
    if on_l1:
        rollup.batch(wallet(OPERATOR))
    else:
        rollup.attested_batch(committee[:2])
    _get_out(rollup, THIEF)
    return afterwards(rollup, before, _get_out)


def _get_out(rollup: ZkRollup, name: str) -> None:
    """Let somebody prove their own way out; if L1 does not take it, leave by the leaf, when the queue is not served."""
    rollup.pool.clear()
    with suppress(InputError):  # nobody can prove with accounts that are not known
        if rollup.balance(name):
            rollup.withdraw(name, rollup.balance(name))
            if not rollup.batch().accepted:
                rollup.pool.clear()
                _wait_in_vain(rollup)
                rollup.leave(name)
        rollup.collect(name)


def _wait_in_vain(rollup: ZkRollup) -> None:
    """Let a stranger put a unit into L1's queue, and nobody serve it for a week. Ann's own request would do as well."""
    from toyevm.rollups.zk.payments.values import UNIT
    from toyevm.rollups.zk_rollup.root_contract import KEEPER

    rollup.contract.deposit(KEEPER, UNIT)
    rollup.l1.wait(WEEK)


def _bring(rollup: ZkRollup, batch: ProvenBatch) -> bool:
    """Bring a batch with the word of the whole committee, or with its payments where there is none."""
    if rollup.committee:
        return rollup.contract.submit_attested(batch, rollup.committee).accepted
    return rollup.contract.submit(batch).accepted


def _forget(rollup: ZkRollup) -> None:
    """Let nobody have the accounts any more, but for what is on L1."""
    rollup.world = type(rollup.world)()
    with suppress(InputError):
        rollup.world = rollup.rebuilt()


def _overwrite(rollup: ZkRollup, name: str, key: int | None, value: int) -> None:
    """Set a variable of the contract, by its name."""
    slot = rollup.contract.slots[name]
    overwrite(rollup.l1, rollup.contract.address, slot if key is None else mapping_slot(slot, key), value)


def checked_by(check: Callable[[bytes], bytes]) -> ChainConfig:
    """Return an L1 with another verifier."""
    verifier = Precompile("stark_proof", proof_gas, check)
    return replace(ZK_L1_CHAIN, extra_precompiles={**STARK_CHECKS, STARK_PROOF: verifier})


def say_yes(data: bytes) -> bytes:
    """Say yes: a verifier that has not looked."""
    return (1).to_bytes(32, "big")


def _about_any_root(data: bytes) -> bytes:
    """Check a proof about whatever old root its last 32 bytes name: a verifier that is told what to compare with."""
    from toyevm.rollups.zk_rollup.statements import check_proof

    with suppress(PrecompileFailure):
        return check_proof(data[-32:] + data[32:-32])
    return check_proof(data)
