"""Set-code transactions: an account without code of its own promises to run the code of another."""

from __future__ import annotations

from dataclasses import replace

from .assembly import Part, asm, call, measure, store, word
from .model import (
    CURVE_ORDER,
    ETHER,
    MAIN,
    NOBODY,
    OSAKA,
    OTHER,
    PRAGUE,
    RICH,
    SENDER,
    SENDER_KEY,
    THIRD,
    Account,
    AuthorizationTuple,
    StateTest,
    Tx,
    account_of,
    address,
    private_key,
    since,
)

ALICE_KEY, BOB_KEY, CAROL_KEY = private_key("alice"), private_key("bob"), private_key("carol")
ALICE, BOB, CAROL = account_of(ALICE_KEY), account_of(BOB_KEY), account_of(CAROL_KEY)
ZERO = bytes(20)
IDENTITY = address(4)
RECORDER = Account(asm(*[store(i, ask) for i, ask in enumerate("ADDRESS CALLER CALLVALUE ORIGIN CODESIZE".split())]))
"""Writes down, in the storage of whoever runs it, how the frame looks."""


def delegated(target: bytes, **fields: int) -> Account:
    """Return an account that already delegates to `target`."""
    return replace(Account(b"\xef\x01\x00" + target, balance=ETHER), **fields)  # type: ignore[arg-type]


def _set(*promises: AuthorizationTuple, to: bytes = MAIN, value: int = 0, **more: object) -> Tx:
    return replace(Tx(to=to, max_fee=10, authorizations=promises, value=[value], gas=[2_000_000]), **more)  # type: ignore[arg-type]


def _promise(target: bytes = OTHER, nonce: int = 0, **more: int) -> AuthorizationTuple:
    return AuthorizationTuple(ALICE_KEY, target, nonce, **more)


def delegation() -> list[StateTest]:
    """Authorizations: which take effect, and what a delegated account then is."""
    return _effects() + _ignored() + _life_with_a_delegation()


def _effects() -> list[StateTest]:
    pre = {OTHER: RECORDER, MAIN: Account(_look_at(ALICE))}
    holder = pre | {ALICE: Account(balance=ETHER, nonce=0)}
    written = pre | {ALICE: Account(balance=1, nonce=7, storage={0: 1, 9: 9})}
    two = _promise(OTHER, 0), _promise(THIRD, 1)
    own = AuthorizationTuple(SENDER_KEY, OTHER, 1)
    reset = {ALICE: delegated(OTHER, nonce=3)} | pre
    alice_to_bob = [_promise(BOB), AuthorizationTuple(BOB_KEY, OTHER)]
    many = [AuthorizationTuple(key, OTHER) for key in (ALICE_KEY, BOB_KEY, CAROL_KEY)]
    reverting = {MAIN: Account(asm(store(0, 1), 0, 0, "REVERT")), OTHER: RECORDER}
    bad_target = pre | {OTHER: Account(asm("INVALID"))}
    return [
        StateTest("new_account", since(PRAGUE), pre, _set(_promise())),
        StateTest("called_at_once", since(PRAGUE), pre, _set(_promise(), to=ALICE, value=3)),
        StateTest("existing_account_refund", [PRAGUE, OSAKA], holder, _set(_promise())),
        StateTest("existing_account_with_history", [PRAGUE], written, _set(_promise(nonce=7), to=ALICE)),
        StateTest("any_chain", [PRAGUE], pre, _set(_promise(chain_id=0))),
        StateTest("twice_the_last_counts", [PRAGUE], pre | {THIRD: Account(asm(store(1, 1)))}, _set(*two, to=ALICE)),
        StateTest("same_promise_twice", [PRAGUE], pre, _set(_promise(), _promise())),
        StateTest("three_authorities", [OSAKA], pre | {BOB: Account(nonce=0, balance=1)}, _set(*many)),
        StateTest("sender_for_itself", [PRAGUE, OSAKA], pre, _set(own, to=SENDER)),
        StateTest("chain_of_two", [PRAGUE], pre, _set(*alice_to_bob)),
        StateTest("chain_of_two_called", [PRAGUE], pre, _set(*alice_to_bob, to=ALICE), "failure"),
        StateTest("to_itself", [OSAKA], pre, _set(_promise(ALICE), to=ALICE), "failure"),
        StateTest("to_a_precompile", [PRAGUE], pre, _set(_promise(IDENTITY), to=ALICE, data=[b"\1\2"])),
        StateTest("to_a_precompile_called", [OSAKA], pre, _set(_promise(IDENTITY))),
        StateTest("to_nobody", [PRAGUE], pre, _set(_promise(NOBODY), to=ALICE, value=1)),
        StateTest("reset", [PRAGUE, OSAKA], reset, _set(_promise(ZERO, 3))),
        StateTest("reset_of_nothing", [PRAGUE], pre, _set(_promise(ZERO))),
        StateTest("stays_after_a_revert", [PRAGUE], reverting, _set(_promise()), "failure"),
        StateTest("stays_after_a_halt", [OSAKA], bad_target, _set(_promise(), to=ALICE), "failure"),
    ]


def _ignored() -> list[StateTest]:
    """Promises that do not hold: they cost their gas, and the transaction goes on."""
    pre = {OTHER: RECORDER, MAIN: Account(_look_at(ALICE))}
    contract = pre | {ALICE: Account(asm("STOP"), nonce=0)}
    good = _promise()
    _, _, _, y_parity, r, s = good.signed()
    flipped = replace(good, y_parity=1 - y_parity, r=r, s=CURVE_ORDER - s)
    early = AuthorizationTuple(SENDER_KEY, OTHER, 0)
    faults = {
        "other_chain": _promise(chain_id=2),
        "nonce_too_high": _promise(nonce=1),
        "nonce_at_its_end": _promise(nonce=2**64 - 1),
        "high_s": flipped,
        "strange_parity": replace(good, y_parity=2),
        "r_of_nothing": replace(good, r=0),
        "s_of_nothing": replace(good, s=0),
    }
    return [
        *[StateTest(f"ignored_{name}", [PRAGUE], pre, _set(promise)) for name, promise in faults.items()],
        StateTest("ignored_contract", [PRAGUE], contract, _set(good)),
        StateTest("ignored_sender_forgot_its_nonce", [PRAGUE], pre, _set(early, to=SENDER)),
        StateTest("ignored_then_good", [OSAKA], pre, _set(_promise(nonce=4), good)),
    ]


def _life_with_a_delegation() -> list[StateTest]:
    pre = {ALICE: delegated(OTHER), BOB: delegated(IDENTITY), CAROL: delegated(ALICE), OTHER: RECORDER}
    heir = asm(NOBODY, "SELFDESTRUCT")
    maker = asm(store(0, 0, 0, 1, "CREATE"), store(1, call(NOBODY, value=2)))
    touching = [(OTHER, ())]
    sender = replace(RICH, code=b"\xef\x01\x00" + OTHER)
    return [
        StateTest("calls", since(PRAGUE), pre | {MAIN: Account(_calls_to_delegated(), balance=9)}, Tx(gas=[3_000_000])),
        StateTest(
            "calls_with_warm_target",
            [PRAGUE],
            pre | {MAIN: Account(_calls_to_delegated())},
            Tx(gas=[3_000_000], access_list=touching),
        ),
        StateTest("code_opcodes", since(PRAGUE), pre | {MAIN: Account(_code_opcodes())}, Tx(gas=[2_000_000])),
        StateTest("plain_transaction_to_it", [PRAGUE], pre, Tx(to=ALICE, value=[4])),
        StateTest("plain_transaction_to_it_through_precompile", [OSAKA], pre, Tx(to=BOB, data=[b"\1"], value=[4])),
        StateTest("it_sends", [PRAGUE, OSAKA], pre | {MAIN: Account(asm(store(0, "CALLER")))}, Tx(), sender=sender),
        StateTest("it_sends_to_itself", [PRAGUE], pre, Tx(to=SENDER, value=[1]), sender=sender),
        StateTest("it_creates", [PRAGUE], {ALICE: delegated(OTHER), OTHER: Account(maker)}, Tx(to=ALICE)),
        StateTest("it_destroys_itself", [PRAGUE], {ALICE: delegated(OTHER), OTHER: Account(heir)}, Tx(to=ALICE)),
    ]


def _look_at(who: bytes) -> bytes:
    """Is the authority warm, what is its code, what happens when it is called?"""
    return asm(
        measure(0, who, "BALANCE POP"),
        store(1, who, "EXTCODESIZE"),
        store(2, who, "EXTCODEHASH"),
        measure(3, store(4, call(who, gas=200_000))),
        store(5, "RETURNDATASIZE"),
    )


def _calls_to_delegated() -> bytes:
    """Each kind of call, to accounts that delegate to code, a precompile or a delegated account; cold, then warm."""
    body: list[Part] = []
    for i, kind in enumerate(("STATICCALL", "CALL", "CALLCODE", "DELEGATECALL")):
        for j, who in enumerate((ALICE, BOB, CAROL)):
            value = 1 if kind == "CALL" else 0
            flag = call(who, kind=kind, gas=150_000, value=value, inputs=(0, 32), outputs=(0, 32))
            body.append(measure(100 + 10 * i + j, store(200 + 10 * i + j, flag)))
    return asm(body, measure(300, OTHER, "BALANCE POP"))


def _code_opcodes() -> bytes:
    """EXTCODE* see the marker and the address, not the code behind them, and do not warm it."""
    copy: Part = [40, 0, 0, ALICE, "EXTCODECOPY", 0, "MLOAD"]
    return asm(
        [
            store(i, who, ask)
            for i, (who, ask) in enumerate((w, a) for w in (ALICE, BOB, OTHER) for a in ("EXTCODESIZE", "EXTCODEHASH"))
        ],
        store(10, copy),
        measure(11, THIRD, "BALANCE POP"),
        measure(12, word(int.from_bytes(OTHER, "big")), "EXTCODESIZE POP"),
        store(13, "CODESIZE"),
        [0, 0, "MSTORE", store(14, call(ALICE, kind="DELEGATECALL", gas=150_000))],
    )
