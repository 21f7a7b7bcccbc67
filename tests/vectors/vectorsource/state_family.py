"""What outlives a frame: storage and its price, transient storage, warm and cold, and the end of an account."""

from __future__ import annotations

from .assembly import Part, arg, asm, call, call_data_to_memory, deployer, measure, memory_bytes, store, word, words
from .model import (
    CANCUN,
    COINBASE,
    LONDON,
    MAIN,
    NOBODY,
    OSAKA,
    OTHER,
    PARIS,
    PRAGUE,
    SENDER,
    SHANGHAI,
    THIRD,
    Account,
    StateTest,
    Tx,
    address,
    create2_address,
    since,
)
from .oracle import FORKS


def storage() -> list[StateTest]:
    """SSTORE: every kind of transition, the gas guard, and refunds."""
    from_zero = [(0, 0, 1), (1, 0, 1), (1, 2, 0), (1, 1, 2)]
    from_one = [(0, 1, 0), (0, 2, 1), (2, 1, 2), (2, 0, 1), (2, 3, 0), (1, 0, 0), (2, 2, 3)]
    rows = [words(0, *values) for values in from_zero] + [words(1, *values) for values in from_one]
    transitions = {MAIN: Account(_transitions(), storage={1: 1})}
    guard = {
        MAIN: Account(_call_with_gas_of_call_data(), balance=5),
        OTHER: Account(_touch_then_store(), storage={0: 5}),
    }
    clearing = {MAIN: Account(_clear_many(), storage={n: n for n in range(1, 33)})}
    undone = asm([call(OTHER, inputs=(0, 0)), call(OTHER, kind="DELEGATECALL")], store(9, 9))
    clear_and_revert = asm(store(1, 0), store(2, 7), 0, 0, "REVERT")
    return [
        StateTest("transitions", [OSAKA], transitions, Tx(data=rows)),
        StateTest("transitions_early", [LONDON], transitions, Tx(data=rows[2:9:2])),
        StateTest("gas_guard", [LONDON, OSAKA], guard, Tx(data=[words(4411), words(4412), words(0)])),
        StateTest("refund_cap", [LONDON, OSAKA], clearing, Tx(data=[words(1), words(3), words(32)])),
        StateTest(
            "refund_undone",
            [LONDON],
            {MAIN: Account(undone, storage={1: 1}), OTHER: Account(clear_and_revert, storage={1: 1})},
            Tx(),
        ),
        StateTest("original_value_in_a_nested_call", [LONDON, PRAGUE], _nested_original(), Tx()),
    ]


def _transitions() -> bytes:
    """Write three values to one slot; keep what each write cost and the value read back."""
    writes: list[Part] = [measure(16 + i, arg(1 + i), arg(0), "SSTORE") for i in range(3)]
    return asm(writes, measure(20, arg(0), "SLOAD POP"))


def _call_with_gas_of_call_data() -> bytes:
    """Call OTHER with exactly the gas asked for; with 0, send 1 wei so that the stipend is all it has."""
    value: Part = [arg(0), "ISZERO"]
    return asm(store(0, call(OTHER, gas=arg(0), value=value)), measure(1, call(OTHER), "POP"))


def _touch_then_store() -> bytes:
    """Warm slot 0 (2,111 gas with the pushes), then write it what it holds; with 2,300 gas left, SSTORE halts."""
    return asm(0, "SLOAD POP", 5, 0, "SSTORE")


def _clear_many() -> bytes:
    """Clear slots 1 to n; n is in the call data."""
    return asm(arg(0), ":next", 0, "DUP2 SSTORE", 1, "SWAP1 SUB DUP1", "@next", "JUMPI")


def _nested_original() -> dict[bytes, Account]:
    """A frame finds a slot dirty that its caller wrote; the original value is that of the transaction's start."""
    writer = asm(measure(32, arg(0), 1, "SSTORE"), measure(33, 0, 1, "SSTORE"), measure(34, 7, 1, "SSTORE"))
    main = asm(
        3, 1, "SSTORE", 8, 0, "MSTORE", call(OTHER, kind="DELEGATECALL", inputs=(0, 32)), measure(40, 7, 1, "SSTORE")
    )
    return {MAIN: Account(main, storage={1: 7}), OTHER: Account(writer)}


def transient() -> list[StateTest]:
    """TSTORE and TLOAD: per address, per transaction, undone with the frame, forbidden in a static call."""
    basics = asm(
        store(0, 1, "TLOAD"),
        7,
        1,
        "TSTORE",
        store(1, 1, "TLOAD"),
        measure(2, 1, "TLOAD POP"),
        measure(3, 9, 2, "TSTORE"),
    )
    return [
        StateTest("basics", since(CANCUN), {MAIN: Account(basics)}, Tx()),
        StateTest("before", [SHANGHAI], {MAIN: Account(basics)}, Tx(), "failure"),
        StateTest("across_calls", [CANCUN], _transient_calls(), Tx(data=[words(0), words(1), words(2)])),
        StateTest("across_calls_later", [OSAKA], _transient_calls(), Tx(data=[words(1)])),
        StateTest("reentrancy_lock", [CANCUN], {MAIN: Account(_locked())}, Tx()),
        StateTest("no_gas_guard", [PRAGUE], _transient_with_stipend(), Tx()),
    ]


def _transient_calls() -> dict[bytes, Account]:
    """Set a slot in a callee that stops (0), reverts (1) or halts (2); look at it from every kind of call."""
    callee = asm(
        [1, "TLOAD", 0, "MSTORE"],
        [arg(0), 3, "EQ", "@return", "JUMPI"],
        [55, 1, "TSTORE", arg(0), 1, "EQ", "@revert", "JUMPI", arg(0), 2, "EQ", "@halt", "JUMPI"],
        [":return", 32, 0, "RETURN", ":revert", 32, 0, "REVERT", ":halt", "INVALID"],
    )
    read: Part = [3, 0, "MSTORE"]
    body: list[Part] = [[call_data_to_memory(), "POP", 11, 1, "TSTORE"]]
    for i, kind in enumerate(("CALL", "DELEGATECALL", "CALLCODE", "STATICCALL")):
        body.append([arg(0), 0, "MSTORE", 0, 64, "MSTORE"])
        body.append(store(10 * i, call(OTHER, kind=kind, gas=60_000, inputs=(0, 32), outputs=(64, 32))))
        body.append([store(10 * i + 1, 64, "MLOAD"), store(10 * i + 2, 1, "TLOAD")])
        body.append([read, call(OTHER, inputs=(0, 32), outputs=(64, 32)), "POP", store(10 * i + 3, 64, "MLOAD")])
    return {MAIN: Account(asm(body)), OTHER: Account(callee)}


def _locked() -> bytes:
    """Call oneself under a lock: the second entry sees the lock and reverts."""
    return asm(
        [0, "TLOAD", "@locked", "JUMPI", 1, 0, "TSTORE"],
        store(1, call("ADDRESS")),
        [0, 0, "TSTORE", store(2, 0, "TLOAD"), "STOP"],
        [":locked", 0, 0, "REVERT"],
    )


def _transient_with_stipend() -> dict[bytes, Account]:
    """2,300 gas are too little for SSTORE but enough for TSTORE."""
    callee = asm(1, 1, "TSTORE", 1, "TLOAD POP")
    return {MAIN: Account(asm(store(0, call(OTHER, gas=0, value=1))), balance=5), OTHER: Account(callee)}


def access() -> list[StateTest]:
    """The first touch of an account or slot in a transaction is dear, the second cheap."""
    opcodes = _account_opcodes()
    listed = [(address(0x2000), ()), (address(0x2003), (1, 2)), (MAIN, (7, 2**255))]
    every = {MAIN: Account(asm([measure(n, n, "BALANCE POP") for n in (*range(20), 256, 257)]))}
    coinbase = asm(measure(0, "COINBASE BALANCE POP"), measure(1, "COINBASE EXTCODESIZE POP"))
    slots = asm(
        [measure(16 + i, slot, "SLOAD POP") for i, slot in enumerate((7, 7, 8, 8, 2**255))], measure(30, 1, 7, "SSTORE")
    )
    return [
        StateTest("account_opcodes", [LONDON, SHANGHAI, OSAKA], opcodes, Tx(gas=[2_000_000])),
        StateTest("access_list", [LONDON, PRAGUE], opcodes, Tx(gas=[2_000_000], access_list=listed)),
        StateTest("listed_slots", [LONDON, CANCUN], {MAIN: Account(slots)}, Tx(access_list=listed)),
        StateTest("listed_slots_typed", [OSAKA], {MAIN: Account(slots)}, Tx(access_list=listed, max_fee=20)),
        StateTest("unlisted_slots", [PRAGUE], {MAIN: Account(slots)}, Tx()),
        StateTest("coinbase", (LONDON, PARIS, SHANGHAI), {MAIN: Account(coinbase)}, Tx()),
        StateTest("precompiles", FORKS, every, Tx()),
        StateTest("always_warm", [LONDON, PRAGUE], _always_warm(), Tx(gas=[5_000_000])),
        StateTest("cold_again_after_a_revert", [LONDON, OSAKA], _cold_again(), Tx()),
    ]


def _account_opcodes() -> dict[bytes, Account]:
    """Touch a fresh account with each opcode, three times: once through it and twice more by BALANCE."""
    targets = [address(0x2000 + i) for i in range(8)]
    touches: list[Part] = [
        [targets[0], "BALANCE POP"],
        [targets[1], "EXTCODESIZE POP"],
        [targets[2], "EXTCODEHASH POP"],
        [32, 0, 0, targets[3], "EXTCODECOPY"],
        *[
            [call(who, kind=kind), "POP"]
            for who, kind in zip(targets[4:], "CALL CALLCODE DELEGATECALL STATICCALL".split())
        ],
    ]
    body = [
        [measure(3 * i, touch), measure(3 * i + 1, touch), measure(3 * i + 2, who, "BALANCE POP")]
        for i, (touch, who) in enumerate(zip(touches, targets))
    ]
    existing = {who: Account(asm("STOP")) for who in targets[::2]}
    return existing | {MAIN: Account(asm(body))}


def _always_warm() -> dict[bytes, Account]:
    """Sender, target and a just created address are warm; so is the address of a creation that failed."""
    hidden = create2_address(MAIN, 5, b"\xfe")
    body = [
        measure(0, "ORIGIN BALANCE POP"),
        measure(1, "ADDRESS EXTCODESIZE POP"),
        store(2, 0, 0, 0, "CREATE"),
        measure(3, 2, "SLOAD BALANCE POP"),
        [0xFE, 0, "MSTORE8", store(4, 5, 1, 0, 0, "CREATE2")],
        measure(5, hidden, "BALANCE POP"),
    ]
    return {MAIN: Account(asm(body))}


def _cold_again() -> dict[bytes, Account]:
    """What a reverted frame warmed is cold for its caller; what it found warm stays so."""
    toucher = asm(NOBODY, "BALANCE POP", 3, "SLOAD POP", arg(0), "@revert", "JUMPI STOP", ":revert", 0, 0, "REVERT")
    body: list[Part] = []
    for i, flag in enumerate((1, 1, 0)):
        visit = call(OTHER, kind="DELEGATECALL", inputs=(0, 32))
        body.append([flag, 0, "MSTORE", measure(10 * i, visit, "POP")])
    body.append([measure(30, NOBODY, "BALANCE POP"), measure(31, 3, "SLOAD POP")])
    return {MAIN: Account(asm(body)), OTHER: Account(toucher)}


def selfdestruct() -> list[StateTest]:
    """SELFDESTRUCT moves the balance; it removes the account always (before Cancun) or only if created just now."""
    heirs = [words(NOBODY), words(OTHER), words(THIRD), words(SENDER)]
    existing = {MAIN: Account(_visit_twice()), OTHER: _MORTAL, THIRD: Account(balance=3)}
    new = {MAIN: Account(_create_and_visit(), balance=1000), THIRD: Account(balance=3)}
    child = create2_address(MAIN, 1, deployer(_MORTAL.code))
    heirs_of_new = [words(NOBODY), words(child), words(MAIN)]
    in_init = {MAIN: Account(_dying_in_init(), balance=1000), THIRD: Account(balance=3)}
    undone = asm("ADDRESS", 0, "MSTORE", call(THIRD, inputs=(0, 32)), "POP", store(1, OTHER, "EXTCODESIZE"))
    reverter = asm(call_data_to_memory(), 0, 0, 0, "DUP4", 0, 0, OTHER, "GAS CALL", 0, 0, "REVERT")
    poor = {MAIN: existing[MAIN], OTHER: Account(_MORTAL.code, storage={1: 1})}
    return [
        StateTest("existing", [CANCUN], existing, Tx(data=heirs)),
        StateTest("existing_before", [SHANGHAI], existing, Tx(data=heirs)),
        StateTest("existing_early_and_late", [LONDON, OSAKA], existing, Tx(data=heirs[:2])),
        StateTest("nothing_to_inherit", [LONDON, CANCUN], poor, Tx(data=[words(NOBODY)])),
        StateTest("created_just_now", [SHANGHAI, CANCUN], new, Tx(data=heirs_of_new, gas=[4_000_000])),
        StateTest("created_just_now_later", [OSAKA], new, Tx(data=heirs_of_new[1:2], gas=[4_000_000])),
        StateTest("in_init_code", [SHANGHAI, PRAGUE], in_init, Tx(data=[words(THIRD), words(NOBODY)])),
        StateTest(
            "undone",
            [SHANGHAI, CANCUN],
            {MAIN: Account(undone), OTHER: _MORTAL, THIRD: Account(reverter)},
            Tx(),
        ),
        StateTest("fee_recipient_dies", [PARIS, CANCUN], {COINBASE: _MORTAL}, Tx(to=COINBASE, data=[words(COINBASE)])),
        StateTest(
            "by_delegate_call", [LONDON, PRAGUE], {MAIN: Account(_die_by_delegate(), balance=8), OTHER: _MORTAL}, Tx()
        ),
    ]


_MORTAL = Account(asm(store(2, 5), arg(0), "SELFDESTRUCT"), balance=100, storage={1: 1})
"""Writes a slot, then leaves everything to the address in its call data."""


def _visit_twice() -> bytes:
    """Call the mortal twice, once more with 1 wei, and look at it after each."""
    visit = call(OTHER, inputs=(0, 32))
    look: list[Part] = ["BALANCE", "EXTCODESIZE", "EXTCODEHASH"]
    return asm(
        [call_data_to_memory(), "POP"],
        measure(0, visit, "POP"),
        [store(1 + i, OTHER, question) for i, question in enumerate(look)],
        measure(4, visit, "POP"),
        store(5, arg(0), "BALANCE"),
    )


def _create_and_visit() -> bytes:
    """Create the mortal with 10 wei, call it, send it 7 wei, call it again; then creating it again must fail."""
    initcode = deployer(_MORTAL.code)
    at: int = 64
    create: Part = [1, len(initcode), at, 10, "CREATE2"]
    child = create2_address(MAIN, 1, initcode)
    return asm(
        [call_data_to_memory(), "POP", memory_bytes(initcode, at)],
        store(0, create),
        measure(1, call(child, inputs=(0, 32)), "POP"),
        [store(2, child, "BALANCE"), store(3, child, "EXTCODESIZE")],
        measure(4, call(child, inputs=(0, 32), value=7), "POP"),
        [store(5, child, "BALANCE"), store(6, create), store(7, arg(0), "BALANCE")],
    )


def _dying_in_init() -> bytes:
    """The init code stores, then destroys itself; later it is sent 7 wei."""
    head = asm(store(1, 1), 32, 32, "CODESIZE SUB", 0, "CODECOPY", 0, "MLOAD SELFDESTRUCT")
    size = len(head) + 32
    return asm(
        [memory_bytes(head), arg(0), len(head), "MSTORE"],
        store(0, size, 0, 9, "CREATE"),
        store(1, 0, "SLOAD EXTCODESIZE"),
        store(2, call([0, "SLOAD"], value=7)),
        store(3, arg(0), "BALANCE"),
    )


def _die_by_delegate() -> bytes:
    """The account that runs the code dies, not the one that holds it."""
    return asm(
        word(int.from_bytes(NOBODY, "big")), 0, "MSTORE", call(OTHER, kind="DELEGATECALL", inputs=(0, 32)), store(0, 1)
    )
