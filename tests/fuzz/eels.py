"""toyevm against the executable specification (EELS): whole transactions, judged by what a block would keep of them.

EELS knows nothing of toyevm: it decodes the bytes, recovers the sender and applies the transaction of its own accord.
Compared are the status, the gas used, the hash of the logs and the state root, for both tiers. Read sets and the kinds
of failure are not to be had there.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from tests.fuzz.programs import Program
from tests.fuzz.tiers import NEVER, Difference, Verdict, hot_after
from tests.support.worlds import after
from toyevm import rlp
from toyevm.blocks import Log
from toyevm.crypto import keccak256
from toyevm.errors import InvalidTransaction
from toyevm.transactions import Transaction, decode_transaction, encode_transaction
from toyevm.transition import check_transaction, execute_transaction
from toyevm.vm.frame import BlockEnv

TIERS = {"tier 0": NEVER, "tier 1": 0.0}


class Answer(NamedTuple):
    """What a block keeps of a transaction."""

    rejected: bool
    succeeded: bool
    gas_used: int
    logs_hash: str
    state_root: str


@cache
def specification() -> Any:
    """Return the functions that ask EELS about one transaction (the `bench` extra installs it)."""
    from tests.vectors.vectorsource import oracle

    return oracle


def spec_environment(env: BlockEnv) -> dict[str, Any]:
    """Return the block in the words of the stored state tests."""
    return {
        "currentCoinbase": env.coinbase,
        "currentGasLimit": env.gas_limit,
        "currentNumber": env.number,
        "currentTimestamp": env.timestamp,
        "currentDifficulty": env.randao_or_difficulty,
        "currentRandom": env.randao_or_difficulty.to_bytes(32, "big"),
        "currentBaseFee": env.base_fee_per_gas,
        "currentExcessBlobGas": 0,
    }


def check(program: Program) -> Verdict:
    """Run a program here, in both tiers, and there; return the first difference."""
    tx = program.signed
    raw = encode_transaction(tx)
    said = specification().execute(program.fork.name, spec_environment(program.env), program.accounts, raw)
    root, logs = said.state_root.hex(), said.logs_hash.hex()
    expected = Answer(said.rejection is not None, said.succeeded, said.gas_used, logs, root)
    outcome = outcome_of(said)
    for tier, visits in TIERS.items():
        with hot_after(visits):
            actual = answer(program, decode_transaction(raw))
        if actual != expected:
            return Verdict(outcome, len(TIERS), Difference(f"EELS, {tier}", differences(expected, actual)))
    return Verdict(outcome, len(TIERS), None)


def answer(program: Program, tx: Transaction) -> Any:
    """Return what toyevm makes of a transaction; a Python error is an answer too, and a wrong one."""
    try:
        return _answer(program, tx)
    except Exception as error:  # whatever it is, the machine must not raise it
        return f"{type(error).__name__}: {error}"


def _answer(program: Program, tx: Transaction) -> Answer:
    world, env = program.world, program.env
    try:
        checked = check_transaction(world, env, tx)
    except InvalidTransaction:
        return Answer(True, False, 0, hash_of_logs(()), world.root.hex())
    result = execute_transaction(world, env, checked)
    root = after(world, result, env.coinbase).root
    return Answer(False, result.succeeded, result.gas_used, hash_of_logs(result.logs), root.hex())


def hash_of_logs(logs: tuple[Log, ...]) -> str:
    items = [[log.address, [topic.to_bytes(32, "big") for topic in log.topics], log.data] for log in logs]
    return keccak256(rlp.encode(items)).hex()


def differences(expected: Answer, actual: Any) -> dict[str, tuple[str, str]]:
    """Return the parts that differ, each as EELS and as toyevm have it."""
    if not isinstance(actual, Answer):
        return {"error": ("none", actual)}
    rows = zip(Answer._fields, expected, actual, strict=True)
    return {name: (str(wanted), str(got)) for name, wanted, got in rows if wanted != got}


def outcome_of(said: Any) -> str:
    """Return the row of the histogram; a failure goes by the name EELS has for it."""
    if said.rejection is not None:
        return f"rejected: {said.rejection}"
    if said.succeeded:
        return "success, more than 20 steps" if said.steps > 20 else "success, at most 20 steps"
    return str(said.halt or "failure without a frame")
