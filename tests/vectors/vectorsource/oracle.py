"""The executable specification, asked about one transaction at a time.

EELS has one module per fork; nothing here knows a rule of any fork. The transaction enters as the bytes of a block
body, so that decoding and signature recovery are the specification's too. A state test is only the transaction: no
system calls, no withdrawals, no reward.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from ethereum.crypto.hash import keccak256
from ethereum.exceptions import EthereumException
from ethereum.trace import OpStart, TransactionEnd, set_evm_trace
from ethereum_rlp import rlp
from ethereum_rlp.exceptions import RLPException
from ethereum_types.bytes import Bytes32
from ethereum_types.numeric import U64, U256, Uint

FORKS = ("London", "Paris", "Shanghai", "Cancun", "Prague", "Osaka")

REJECTIONS = {
    "bad v": "INVALID_CHAINID",
    "nonce too low": "NONCE_MISMATCH_TOO_LOW",
    "nonce too high": "NONCE_MISMATCH_TOO_HIGH",
    "NonceOverflowError": "NONCE_IS_MAX",
    "InsufficientBalanceError": "INSUFFICIENT_ACCOUNT_FUNDS",
    "InsufficientTransactionGasError": "INTRINSIC_GAS_TOO_LOW",
    "GasUsedExceedsLimitError": "GAS_ALLOWANCE_EXCEEDED",
    "TransactionGasLimitExceededError": "GAS_LIMIT_EXCEEDS_MAXIMUM",
    "InvalidSenderError": "SENDER_NOT_EOA",
    "InvalidSignatureError": "INVALID_SIGNATURE_VRS",
    "InitCodeTooLargeError": "INITCODE_SIZE_EXCEEDED",
    "PriorityFeeGreaterThanMaxFeeError": "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS",
    "InsufficientMaxFeePerGasError": "INSUFFICIENT_MAX_FEE_PER_GAS",
    "InvalidBlock": "INSUFFICIENT_MAX_FEE_PER_GAS",
    "InsufficientMaxFeePerBlobGasError": "INSUFFICIENT_MAX_FEE_PER_BLOB_GAS",
    "InvalidBlobVersionedHashError": "TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH",
    "NoBlobDataError": "TYPE_3_TX_ZERO_BLOBS",
    "BlobGasLimitExceededError": "TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED",
    "BlobCountExceededError": "TYPE_3_TX_BLOB_COUNT_EXCEEDED",
    "EmptyAuthorizationListError": "TYPE_4_EMPTY_AUTHORIZATION_LIST",
}
"""What EELS raises (a message where the class is shared) -> the name in the public fixtures."""


class AccountLike(Protocol):
    """What the oracle needs to know of an account."""

    @property
    def code(self) -> bytes: ...
    @property
    def balance(self) -> int: ...
    @property
    def nonce(self) -> int: ...
    @property
    def storage(self) -> dict[int, int]: ...


@dataclass(frozen=True)
class Outcome:
    """What the specification says about one transaction.

    Args:
        rejection: why the transaction may not enter a block, or None.
        succeeded: the status of the receipt.
        halt: the error of the outermost frame, or None (a top-level address collision has no frame).
    """

    state_root: bytes
    logs_hash: bytes
    rejection: str | None
    succeeded: bool
    halt: str | None
    gas_used: int
    steps: int

    @property
    def verdict(self) -> str:
        """Return "success", "failure" or the reason of a rejection."""
        return self.rejection or ("success" if self.succeeded else "failure")


class Watcher:
    """Counts the instructions and keeps the error of the outermost frame."""

    def __init__(self) -> None:
        self.steps = 0
        self.halt: str | None = None

    def __call__(self, evm: Any, event: Any) -> None:
        if isinstance(event, OpStart):
            self.steps += 1
        elif isinstance(event, TransactionEnd):
            self.halt = type(event.error).__name__ if event.error else None


@cache
def fork_module(fork: str, name: str) -> Any:
    """Return module `name` of the specification of `fork`."""
    return importlib.import_module(f"ethereum.forks.{fork.lower()}{name}")


def execute(
    fork: str, env: Mapping[str, Any], pre: Mapping[bytes, AccountLike], raw: bytes, chain_id: int = 1
) -> Outcome:
    """Apply the signed transaction `raw` to `pre` under the rules of `fork`."""
    state = make_state(fork, pre)
    block_env = make_block_env(fork, env, state, chain_id)
    block_output = fork_module(fork, ".vm").BlockOutput()
    watcher, rejection = Watcher(), None
    previous = set_evm_trace(watcher)
    try:
        fork_module(fork, ".fork").process_transaction(block_env, block_output, decode(fork, raw), Uint(0))
    except (EthereumException, RLPException) as error:
        rejection = rejection_name(error, raw)
        block_env.state = state = make_state(fork, pre)
    finally:
        set_evm_trace(previous)
    logs_hash = keccak256(rlp.encode(block_output.block_logs))
    return Outcome(
        state_root=bytes(fork_module(fork, ".state").state_root(state)),
        logs_hash=bytes(logs_hash),
        rejection=rejection,
        succeeded=rejection is None and receipt_status(fork, block_output),
        halt=watcher.halt,
        gas_used=int(block_output.block_gas_used),
        steps=watcher.steps,
    )


def receipt_status(fork: str, block_output: Any) -> bool:
    """Return whether the only transaction of the block succeeded."""
    receipt = fork_module(fork, ".trie").trie_get(block_output.receipts_trie, rlp.encode(Uint(0)))
    return bool(fork_module(fork, ".blocks").decode_receipt(receipt).succeeded)


def make_state(fork: str, pre: Mapping[bytes, AccountLike]) -> Any:
    """Return a fresh EELS state with the accounts of `pre`."""
    module, types = fork_module(fork, ".state"), fork_module(fork, ".fork_types")
    state = module.State()
    for raw_address, account in pre.items():
        who = types.Address(raw_address)
        values = {"nonce": Uint(account.nonce), "balance": U256(account.balance), "code": account.code}
        module.set_account(state, who, types.Account(**values))
        for slot, value in account.storage.items():
            module.set_storage(state, who, Bytes32(slot.to_bytes(32, "big")), U256(value))
    return state


def make_block_env(fork: str, env: Mapping[str, Any], state: Any, chain_id: int) -> Any:
    """Return the block environment; the hash of block n is keccak of its decimal number, as in the public tests."""
    number = env["currentNumber"]
    fields = {
        "chain_id": U64(chain_id),
        "state": state,
        "block_gas_limit": Uint(env["currentGasLimit"]),
        "block_hashes": [keccak256(str(n).encode()) for n in range(max(0, number - 256), number)],
        "coinbase": fork_module(fork, ".fork_types").Address(env["currentCoinbase"]),
        "number": Uint(number),
        "base_fee_per_gas": Uint(env["currentBaseFee"]),
        "time": U256(env["currentTimestamp"]),
    }
    if fork == "London":
        fields["difficulty"] = Uint(env["currentDifficulty"])
    else:
        fields["prev_randao"] = Bytes32(env["currentRandom"])
    if FORKS.index(fork) >= FORKS.index("Cancun"):
        fields |= {
            "excess_blob_gas": U64(env["currentExcessBlobGas"]),
            "parent_beacon_block_root": Bytes32(bytes(32)),
        }
    return fork_module(fork, ".vm").BlockEnvironment(**fields)


def decode(fork: str, raw: bytes) -> Any:
    """Return the transaction object of the fork; the fork's own decoder refuses types it does not know."""
    module = fork_module(fork, ".transactions")
    if raw[0] >= 0xC0:
        return rlp.decode_to(module.LegacyTransaction, raw)
    return module.decode_transaction(raw)


def rejection_name(error: Exception, raw: bytes) -> str:
    """Return the public fixtures' name for a rejection of the transaction `raw`."""
    kind, tx_type = type(error).__name__, raw[0]
    if kind == "TransactionTypeError":
        return f"TYPE_{tx_type}_TX_PRE_FORK"
    if kind in ("DecodingError", "TransactionTypeContractCreationError"):
        return f"TYPE_{tx_type}_TX_CONTRACT_CREATION"
    return REJECTIONS.get(str(error)) or REJECTIONS[kind]
