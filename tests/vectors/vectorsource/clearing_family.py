"""Touched and empty at the end: such an account is gone, with its storage (EIP-161).

After London the specification knows no empty accounts any more (EIP-7523), so London alone is asked.
"""

from __future__ import annotations

from .assembly import Part, asm, call, store
from .model import COINBASE, LONDON, MAIN, NOBODY, OTHER, THIRD, Account, Address, StateTest, Tx, address

EMPTY = Account(nonce=0, storage={3: 1})
SHA256, RIPEMD160 = address(2), address(3)
NO_TIP = Tx(gas_price=7)


def clearing() -> list[StateTest]:
    """Who is touched, by what, and what takes the touch back."""
    nowhere = {MAIN: Account(asm("STOP")), NOBODY: EMPTY}
    both = {SHA256: EMPTY, RIPEMD160: EMPTY}
    return [
        StateTest("untouched", [LONDON], nowhere, Tx()),
        StateTest("by_the_transaction", [LONDON], nowhere, Tx(to=NOBODY, value=[0, 1])),
        StateTest("by_a_call", [LONDON], _touching(call(NOBODY)), Tx()),
        StateTest("by_a_static_call", [LONDON], _touching(call(NOBODY, kind="STATICCALL")), Tx()),
        StateTest("by_foreign_code", [LONDON], _touching(call(NOBODY, kind="DELEGATECALL")), Tx()),
        StateTest("by_an_inheritance_of_nothing", [LONDON], _touching(NOBODY, "SELFDESTRUCT", balance=0), Tx()),
        StateTest("by_a_call_that_is_undone", [LONDON], _touching(call(NOBODY), "INVALID"), Tx()),
        StateTest("then_paid", [LONDON], _touching(call(NOBODY), "POP", call(NOBODY, value=1)), Tx()),
        StateTest("by_a_fee_of_nothing", [LONDON], nowhere | {COINBASE: EMPTY}, NO_TIP),
        StateTest("by_a_fee", [LONDON], nowhere | {COINBASE: EMPTY}, Tx()),
        StateTest("before_a_fee", [LONDON], _touching(call(COINBASE)) | {COINBASE: EMPTY}, Tx()),
        *(
            StateTest(f"precompile_{name}", [LONDON], both | accounts, Tx(to=to), outcome)
            for name, accounts, to, outcome in _precompiles()
        ),
    ]


def _touching(*parts: Part, balance: int = 5) -> dict[Address, Account]:
    """Let a contract do something to an empty account, in a frame of its own."""
    main = asm(store(0, call(OTHER, gas=300_000)))
    return {MAIN: Account(main), OTHER: Account(asm(*parts), balance=balance), NOBODY: EMPTY}


def _precompiles() -> list[tuple[str, dict[Address, Account], Address, str]]:
    """Touch two precompiles. That of RIPEMD-160 stays touched when a call fails, but not when the transaction does."""
    poor = [call(who, gas=5) for who in (SHA256, RIPEMD160)]
    rich = [call(who, gas=5_000) for who in (SHA256, RIPEMD160)]
    static = [call(who, kind="STATICCALL", gas=5) for who in (SHA256, RIPEMD160)]
    foreign = [call(who, kind="DELEGATECALL", gas=5) for who in (SHA256, RIPEMD160)]
    visit, deep = call(OTHER, gas=200_000), call(THIRD, gas=100_000)
    undo: Part = [0, 0, "REVERT"]
    heir = [RIPEMD160, "SELFDESTRUCT"]
    return [
        ("out_of_gas", {MAIN: Account(asm(poor))}, MAIN, "success"),
        ("called", {MAIN: Account(asm(rich))}, MAIN, "success"),
        ("out_of_gas_static", {MAIN: Account(asm(static))}, MAIN, "success"),
        ("out_of_gas_foreign", {MAIN: Account(asm(foreign))}, MAIN, "success"),
        ("called_and_undone", {MAIN: Account(asm(visit)), OTHER: Account(asm(rich, undo))}, MAIN, "success"),
        (
            "undone_twice",
            {MAIN: Account(asm(visit)), OTHER: Account(asm(deep, undo)), THIRD: Account(asm(poor, "INVALID"))},
            MAIN,
            "success",
        ),
        (
            "inherits_and_undone",
            {MAIN: Account(asm(visit)), OTHER: Account(asm(deep, undo)), THIRD: Account(asm(heir))},
            MAIN,
            "success",
        ),
        ("outermost_fails", {MAIN: Account(asm(poor, "INVALID"))}, MAIN, "failure"),
        ("paid_too_little_gas", {MAIN: Account(asm(call(RIPEMD160, gas=5, value=1)), balance=1)}, MAIN, "success"),
        ("of_the_transaction", {MAIN: Account(asm("STOP"))}, RIPEMD160, "success"),
    ]
