"""Before the first instruction: which transactions are valid, what they cost up front, why others are turned away."""

from __future__ import annotations

from dataclasses import replace

from .assembly import arg, asm, deployer, store, words
from .model import (
    CANCUN,
    COINBASE,
    LONDON,
    MAIN,
    NOBODY,
    OSAKA,
    PRAGUE,
    RICH,
    SENDER,
    SHANGHAI,
    Account,
    AuthorizationTuple,
    StateTest,
    Tx,
    keccak,
    private_key,
    since,
)

BLOBS = [b"\x01" + keccak(bytes([i]))[1:] for i in range(12)]
MAX_NONCE = 2**64 - 1
STORE_ONE = {MAIN: Account(asm(store(0, 1)))}


def transactions() -> list[StateTest]:
    """Valid transactions of each type."""
    exact = Account(balance=21_000 * 10 + 5, nonce=0)
    busy = {"currentExcessBlobGas": 10_000_000}
    hot = {"currentCoinbase": SENDER}
    promise = [AuthorizationTuple(private_key("alice"), MAIN)]
    long_list = [(NOBODY, range(5)), (MAIN, ()), (NOBODY, (0,))]
    return [
        StateTest("to_nobody", [LONDON, OSAKA], {}, Tx(to=NOBODY, value=[0, 1], gas=[21_000])),
        StateTest("unprotected", [LONDON, PRAGUE], {}, Tx(to=NOBODY, value=[1], protected=False)),
        StateTest("to_a_precompile", [CANCUN], {}, Tx(to=(4).to_bytes(20, "big"), data=[b"\1\2\3"], value=[1])),
        StateTest("to_oneself", [LONDON], {}, Tx(to=SENDER, value=[7])),
        StateTest("to_the_fee_recipient", [LONDON], {}, Tx(to=COINBASE, value=[7])),
        StateTest("sender_is_the_fee_recipient", [SHANGHAI], STORE_ONE, Tx(), env=hot),
        StateTest("all_it_has", [LONDON, OSAKA], {}, Tx(to=NOBODY, value=[5], gas=[21_000]), sender=exact),
        StateTest("no_tip", [LONDON], STORE_ONE, Tx(gas_price=7)),
        StateTest("out_of_gas", [LONDON, PRAGUE], STORE_ONE, Tx(gas=[43_105]), "failure"),
        StateTest("just_enough_gas", [LONDON], STORE_ONE, Tx(gas=[43_106])),
        StateTest("access_list", [LONDON, CANCUN], STORE_ONE, Tx(access_list=long_list)),
        StateTest("empty_access_list", [LONDON], STORE_ONE, Tx(access_list=[])),
        StateTest("dynamic_fee", [LONDON, SHANGHAI], STORE_ONE, Tx(max_fee=100, priority_fee=100, value=[3])),
        StateTest("blobs", since(CANCUN), STORE_ONE, Tx(max_fee=10, blob_hashes=BLOBS[:6]), env=busy),
        StateTest("nine_blobs", [PRAGUE], STORE_ONE, Tx(max_fee=10, blob_hashes=BLOBS[:9]), env=busy),
        StateTest("set_code", since(PRAGUE), STORE_ONE, Tx(max_fee=10, priority_fee=1, authorizations=promise)),
        StateTest("largest_gas_limit", [OSAKA], STORE_ONE, Tx(gas=[2**24])),
        StateTest(
            "last_nonce", [LONDON], STORE_ONE, Tx(nonce=MAX_NONCE - 1), sender=replace(RICH, nonce=MAX_NONCE - 1)
        ),
    ]


def rejections() -> list[StateTest]:
    """Transactions that may not enter a block; the state stays as it was."""
    return _sender_rejections() + _gas_rejections() + _fee_rejections() + _blob_rejections() + _set_code_rejections()


def _rejected(name: str, reason: str, forks: list[str], tx: Tx, **more: object) -> StateTest:
    return StateTest(name, forks, STORE_ONE, tx, reason, **more)  # type: ignore[arg-type]


def _sender_rejections() -> list[StateTest]:
    used, last = replace(RICH, nonce=5), replace(RICH, nonce=MAX_NONCE)
    contract = replace(RICH, code=asm("STOP"))
    almost = replace(RICH, code=bytes.fromhex("ef0100") + bytes(19))
    return [
        _rejected("nonce_too_low", "NONCE_MISMATCH_TOO_LOW", [LONDON, OSAKA], Tx(nonce=4), sender=used),
        _rejected("nonce_too_high", "NONCE_MISMATCH_TOO_HIGH", [LONDON], Tx(nonce=6, max_fee=10), sender=used),
        _rejected("nonce_at_its_end", "NONCE_IS_MAX", [PRAGUE], Tx(nonce=MAX_NONCE), sender=last),
        _rejected("sender_is_a_contract", "SENDER_NOT_EOA", [PRAGUE], Tx(), sender=contract),
        _rejected("sender_is_almost_delegated", "SENDER_NOT_EOA", [PRAGUE], Tx(), sender=almost),
        _rejected("unknown_sender", "INSUFFICIENT_ACCOUNT_FUNDS", [LONDON], Tx(), sender=None),
        _rejected("for_another_chain", "INVALID_CHAINID|INVALID_SIGNATURE_VRS", [OSAKA], Tx(signed_for=5)),
        _rejected("high_s", "INVALID_SIGNATURE_VRS", [LONDON], Tx(high_s=True)),
        _rejected("high_s_typed", "INVALID_SIGNATURE_VRS", [CANCUN], Tx(high_s=True, max_fee=10)),
    ]


def _gas_rejections() -> list[StateTest]:
    low = "INTRINSIC_GAS_TOO_LOW"
    below = f"{low}|INTRINSIC_GAS_BELOW_FLOOR_GAS_COST"
    listed = [(NOBODY, (1, 2))]
    init = deployer(asm("STOP"))
    init_gas = 53_000 + 16 * sum(b > 0 for b in init) + 4 * init.count(0)
    return [
        _rejected("no_gas_for_itself", low, [SHANGHAI], Tx(gas=[20_999])),
        _rejected("no_gas_for_data", below, [LONDON, PRAGUE], Tx(data=[b"\0\1"], gas=[21_019])),
        _rejected("no_gas_for_access_list", low, [LONDON], Tx(access_list=listed, gas=[27_199])),
        _rejected("no_gas_for_creation", low, [LONDON], Tx(to=None, data=[init], gas=[init_gas - 1])),
        _rejected("no_gas_for_init_code_words", low, [SHANGHAI], Tx(to=None, data=[init], gas=[init_gas + 1])),
        _rejected("init_code_too_large", "INITCODE_SIZE_EXCEEDED", [SHANGHAI], Tx(to=None, data=[bytes(49_153)])),
        _rejected(
            "more_gas_than_the_block", "GAS_ALLOWANCE_EXCEEDED", [LONDON, OSAKA], Tx(gas=[2**24]), env=_SMALL_BLOCK
        ),
        _rejected("more_gas_than_a_transaction_may", "GAS_LIMIT_EXCEEDS_MAXIMUM", [OSAKA], Tx(gas=[2**24 + 1])),
    ]


_SMALL_BLOCK = {"currentGasLimit": 2**24 - 1}


def _fee_rejections() -> list[StateTest]:
    cheap, poor = "INSUFFICIENT_MAX_FEE_PER_GAS", "INSUFFICIENT_ACCOUNT_FUNDS"
    purse = Account(balance=100_000 * 10, nonce=0)
    gas = [100_000]
    return [
        _rejected("below_the_base_fee", cheap, [CANCUN], Tx(gas_price=6)),
        _rejected("below_the_base_fee_with_list", cheap, [LONDON], Tx(gas_price=6, access_list=[])),
        _rejected("max_fee_below_the_base_fee", cheap, [OSAKA], Tx(max_fee=6)),
        _rejected(
            "tip_above_max_fee", "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS", [LONDON], Tx(max_fee=10, priority_fee=11)
        ),
        _rejected("no_funds_for_the_value", poor, [LONDON, OSAKA], Tx(gas=gas, value=[1]), sender=purse),
        _rejected("no_funds_at_the_max_fee", poor, [LONDON], Tx(gas=gas, max_fee=11), sender=purse),
        _rejected("no_funds_for_more_than_there_is", poor, [PRAGUE], Tx(gas_price=2**220), sender=purse),
        _rejected("no_funds_for_blobs", poor, [CANCUN], Tx(gas=gas, max_fee=10, blob_hashes=BLOBS[:1]), sender=purse),
    ]


def _blob_rejections() -> list[StateTest]:
    many = "TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED|TYPE_3_TX_BLOB_COUNT_EXCEEDED"
    busy = {"currentExcessBlobGas": 40_000_000}

    def blobs(hashes: list[bytes], max_blob_fee: int = 100, to: bytes | None = MAIN) -> Tx:
        return Tx(to=to, max_fee=10, blob_hashes=hashes, max_blob_fee=max_blob_fee)

    return [
        _rejected("blobs_before", "TYPE_3_TX_PRE_FORK", [SHANGHAI], blobs(BLOBS[:1])),
        _rejected("no_blobs", "TYPE_3_TX_ZERO_BLOBS", [CANCUN, OSAKA], blobs([])),
        _rejected("seven_blobs", many, [CANCUN, OSAKA], blobs(BLOBS[:7])),
        _rejected("ten_blobs", many, [PRAGUE], blobs(BLOBS[:10])),
        _rejected(
            "blob_version", "TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH", [CANCUN], blobs([BLOBS[0], b"\2" + bytes(31)])
        ),
        _rejected("blob_fee_too_low", "INSUFFICIENT_MAX_FEE_PER_BLOB_GAS", [PRAGUE], blobs(BLOBS[:1], 2), env=busy),
        _rejected("blob_fee_of_nothing", "INSUFFICIENT_MAX_FEE_PER_BLOB_GAS", [CANCUN], blobs(BLOBS[:1], 0)),
        _rejected("blob_creation", "TYPE_3_TX_CONTRACT_CREATION", [CANCUN, PRAGUE], blobs(BLOBS[:1], to=None)),
    ]


def _set_code_rejections() -> list[StateTest]:
    promise = [AuthorizationTuple(private_key("alice"), MAIN)]
    set_code = Tx(max_fee=10, authorizations=promise)
    return [
        _rejected("set_code_before", "TYPE_4_TX_PRE_FORK", [CANCUN], set_code),
        _rejected(
            "no_authorizations",
            "TYPE_4_EMPTY_AUTHORIZATION_LIST",
            [PRAGUE, OSAKA],
            replace(set_code, authorizations=[]),
        ),
        _rejected("set_code_creation", "TYPE_4_TX_CONTRACT_CREATION", [PRAGUE], replace(set_code, to=None)),
        _rejected("no_gas_for_authorizations", "INTRINSIC_GAS_TOO_LOW", [PRAGUE], replace(set_code, gas=[45_999])),
    ]


def calldata_floor() -> list[StateTest]:
    """From Prague, a transaction with much data and little execution pays a floor price for the data."""
    data = [bytes(1000), b"\xff" * 300, bytes(50) + b"\1" * 50]
    clearing = {MAIN: Account(asm([store(i, 0) for i in range(1, 5)]), storage=dict.fromkeys(range(1, 5), 9))}
    working = {MAIN: Account(asm(store(0, arg(0)), [store(i, i) for i in range(1, 4)]))}
    below = "INTRINSIC_GAS_TOO_LOW|INTRINSIC_GAS_BELOW_FLOOR_GAS_COST"
    init = deployer(asm("STOP")) + bytes(3000)
    return [
        StateTest("transfer", [SHANGHAI, PRAGUE], {}, Tx(to=NOBODY, data=data)),
        StateTest("transfer_with_exact_gas", [OSAKA], {}, Tx(to=NOBODY, data=data[:1], gas=[31_000])),
        StateTest("below_the_floor", [PRAGUE, OSAKA], {}, Tx(to=NOBODY, data=data[:1], gas=[30_999]), below),
        StateTest("below_the_floor_before", [CANCUN], {}, Tx(to=NOBODY, data=data[:1], gas=[30_999])),
        StateTest("refund_does_not_pass_the_floor", [CANCUN, PRAGUE], clearing, Tx(data=data[:2])),
        StateTest("execution_above_the_floor", [PRAGUE], working, Tx(data=[words(1, 2)])),
        StateTest("creation", [CANCUN, PRAGUE], {}, Tx(to=None, data=[init])),
        StateTest(
            "failure_takes_all",
            [PRAGUE],
            {MAIN: Account(asm("INVALID"))},
            Tx(data=data[:1], gas=[31_000, 40_000]),
            "failure",
        ),
        StateTest("with_access_list", [PRAGUE], {}, Tx(to=NOBODY, data=data[:1], access_list=[(NOBODY, range(10))])),
    ]
