"""Frames that start frames: calls of four kinds, and creation."""

from __future__ import annotations

from itertools import product

from .assembly import Part, arg, asm, call, call_data_to_memory, deployer, measure, memory_bytes, store, words
from .model import (
    CANCUN,
    ETHER,
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
    create_address,
)

KINDS = ("CALL", "CALLCODE", "DELEGATECALL", "STATICCALL")
MAX = 2**256 - 1
MAX_CODE = 24_576
MAX_NONCE = 2**64 - 1


def calls() -> list[StateTest]:
    """CALL, CALLCODE, DELEGATECALL and STATICCALL."""
    depth_env = {"currentGasLimit": 10**17}
    bounds = [words(0, 64), words(64, 0), words(1, 64), words(65, 0), words(0, 65), words(MAX, 1), words(MAX, 0)]
    return [
        StateTest("who_is_who", [LONDON, OSAKA], _who_is_who(), Tx(gas=[2_000_000], value=[0, 3])),
        StateTest("value", [LONDON, CANCUN], _value(), Tx(gas=[2_000_000])),
        StateTest("all_but_one_64th", [LONDON, PRAGUE], _all_but_one_64th(), Tx(gas=[500_000])),
        StateTest(
            "depth", [LONDON, PRAGUE], {MAIN: Account(_dive())}, Tx(gas=[10**14]), env=depth_env, sender=_VERY_RICH
        ),
        StateTest("depth_by_gas", [OSAKA], {MAIN: Account(_dive())}, Tx(gas=[2**24])),
        StateTest("static", [SHANGHAI, CANCUN], _static(), Tx(gas=[8_000_000])),
        StateTest("return_data_bounds", [LONDON], _return_data_bounds(), Tx(data=bounds), "mixed"),
        StateTest("return_data_bounds_later", [OSAKA], _return_data_bounds(), Tx(data=bounds[3:4]), "failure"),
        StateTest("return_data_size", [LONDON, CANCUN], _return_data_size(), Tx(gas=[8_000_000])),
        StateTest("output_window", [LONDON], _output_window(), Tx()),
        StateTest("nobody_and_precompiles", [LONDON, PRAGUE], _nobody(), Tx()),
        StateTest("undo_three_levels", [PARIS], _undo(), Tx(gas=[3_000_000])),
    ]


_VERY_RICH = Account(balance=10**9 * ETHER, nonce=0)


def _who_is_who() -> dict[bytes, Account]:
    """The callee writes down how it sees itself; each kind of call, with and without value, gives another picture."""
    asks = "ADDRESS CALLER CALLVALUE ORIGIN CODESIZE CALLDATASIZE SELFBALANCE".split()
    callee = asm([[ask, 32 * i, "MSTORE"] for i, ask in enumerate(asks)], 224, 0, "RETURN")
    body: list[Part] = []
    for i, kind in enumerate(KINDS):
        value = "CALLVALUE" if kind in ("CALL", "CALLCODE") else 0
        flag = call(OTHER, kind=kind, gas=30_000, value=value, inputs=(0, i), outputs=(0, 224))
        body.append([measure(10 * i, store(10 * i + 1, flag)), store(10 * i + 2, 224, 0, "KECCAK256")])
        body.append(store(10 * i + 3, 32, "MLOAD"))
    return {MAIN: Account(asm(body), balance=50), OTHER: Account(callee)}


def _value() -> dict[bytes, Account]:
    """Send wei to oneself, an account, nobody, a precompile; more than one has; from a frame of each kind."""
    receivers: list[Part] = ["ADDRESS", OTHER, THIRD, NOBODY, 4, "ORIGIN", "COINBASE"]
    sends = [measure(10 + i, store(30 + i, call(who, gas=0, value=1))) for i, who in enumerate(receivers)]
    too_much = [
        measure(50 + i, store(60 + i, call(NOBODY, kind=kind, gas=9000, value=ETHER)))
        for i, kind in enumerate(KINDS[:2])
    ]
    with_nothing = measure(70, store(71, call(NOBODY, kind="CALLCODE", value=2, gas=0)))
    spender = asm([[call(THIRD, value=1), "POP"]], measure(90, store(91, call(MAIN, value=1))))
    ends: list[Part] = [store(80, call(OTHER, kind="DELEGATECALL", gas=100_000)), store(81, "SELFBALANCE")]
    main = asm("CALLER ADDRESS EQ", "@end", "JUMPI", sends, too_much, with_nothing, ends, ":end")
    return {MAIN: Account(main, balance=100), OTHER: Account(spender, balance=9), THIRD: Account(asm("STOP"))}


def _all_but_one_64th() -> dict[bytes, Account]:
    """What a callee gets when asked for less, about, more than all, or for everything there could be."""
    callee = asm("GAS", 0, "MSTORE", 32, 0, "RETURN")
    burner = asm("INVALID")
    asks: tuple[Part, ...] = (0, 5_000, 100_000, 10**9, MAX, "GAS", [32, "GAS SUB"])
    body = [[call(OTHER, gas=gas, outputs=(0, 32)), "POP", store(i, 0, "MLOAD")] for i, gas in enumerate(asks)]
    last = [call(THIRD), "POP", "GAS", 32, "MSTORE", 1, 0, "LOG0"]
    return {MAIN: Account(asm(body, last)), OTHER: Account(callee), THIRD: Account(burner)}


def _dive() -> bytes:
    """Count down in storage while calling oneself until that fails."""
    return asm(1, 0, "SLOAD ADD", 0, "SSTORE", call("ADDRESS"), 0, "SLOAD SSTORE")


def _static() -> dict[bytes, Account]:
    """What may not happen in a static frame, tried directly and one ordinary call further in."""
    tries: list[Part] = [
        [1, 1, "SSTORE"],
        [0, 0, "LOG0"],
        [0, 0, "LOG1"],
        [0, 0, 0, "CREATE"],
        [0, 0, 0, 0, "CREATE2"],
        ["ADDRESS SELFDESTRUCT"],
        [call(NOBODY, value=1)],
        [call(NOBODY)],
        [call(NOBODY, kind="CALLCODE", value=1)],
        [1, 1, "TSTORE"],
        [1, "TLOAD"],
        [1, "SLOAD"],
        [call(NOBODY, value=ETHER)],
    ]
    accounts = {address(0x4000 + i): Account(asm(code), balance=5) for i, code in enumerate(tries)}
    forward = asm(call([arg(0)], gas=70_000), 0, "MSTORE", 32, 0, "RETURN")
    body: list[Part] = []
    for i, who in enumerate(accounts):
        body.append(measure(100 + i, store(200 + i, call(who, kind="STATICCALL", gas=80_000))))
        body.append(
            [who, 0, "MSTORE", call(OTHER, kind="STATICCALL", gas=90_000, inputs=(0, 32), outputs=(32, 32)), "POP"]
        )
        body.append(store(300 + i, 32, "MLOAD"))
    return accounts | {MAIN: Account(asm(body)), OTHER: Account(forward)}


def _return_data_bounds() -> dict[bytes, Account]:
    """RETURNDATACOPY over 64 bytes of return data halts instead of padding, even for a size of nothing."""
    callee = asm(memory_bytes(b"\xaa" * 32 + b"\xbb" * 32), 64, 0, "RETURN")
    code = asm(call(OTHER), store(0), arg(1), arg(0), 0, "RETURNDATACOPY", store(1, 64, 0, "KECCAK256"))
    return {MAIN: Account(code), OTHER: Account(callee)}


def _return_data_size() -> dict[bytes, Account]:
    """How much return data there is after each way to end a frame, and after creations."""
    data = memory_bytes(b"\xcc" * 32)
    enders: list[Part] = [
        ["STOP"],
        [data, 7, 0, "RETURN"],
        [data, 9, 3, "REVERT"],
        [data, "INVALID"],
        [data, 32, 0, "RETURN"],
    ]
    accounts = {address(0x4000 + i): Account(asm(code)) for i, code in enumerate(enders)}
    body: list[Part] = [store(0, "RETURNDATASIZE")]
    for i, who in enumerate(accounts):
        body.append(
            [
                store(10 + i, call(who, gas=20_000, outputs=(0, 16))),
                store(20 + i, "RETURNDATASIZE"),
                store(30 + i, 0, "MLOAD"),
            ]
        )
    for i, code in enumerate(enders):
        init = asm(code)
        body.append(
            [
                memory_bytes(init, 256),
                store(40 + i, call(OTHER, gas=100_000, inputs=(256, len(init)), outputs=(64, 32))),
            ]
        )
        body.append(store(50 + i, 64, "MLOAD"))
    body.append([store(60, call(address(0x4004))), store(61, call(NOBODY)), store(62, "RETURNDATASIZE")])
    body.append([store(63, call(address(0x4004))), store(64, call(NOBODY, value=ETHER)), store(65, "RETURNDATASIZE")])
    creator = asm(call_data_to_memory(), 0, 0, "CREATE POP RETURNDATASIZE", 0, "MSTORE", 32, 0, "RETURN")
    return accounts | {MAIN: Account(asm(body)), OTHER: Account(creator)}


def _output_window() -> dict[bytes, Account]:
    """The output window is filled as far as the data goes, and memory grows for all of it; also after a revert."""
    callee = asm(memory_bytes(b"\xee" * 32), 10, 0, arg(0), "@bad", "JUMPI RETURN", ":bad", "REVERT")
    body: list[Part] = [[MAX, 0, "MSTORE", MAX, 32, "MSTORE", 1, 96, "MSTORE"]]
    for i, (size, bad) in enumerate(product((4, 20, 50), (0, 32))):
        flag = call(OTHER, gas=20_000, inputs=(96, bad), outputs=(64, size))
        body.append(
            [measure(10 + i, flag, "POP"), store(20 + i, 64, "MLOAD"), store(30 + i, "MSIZE"), [MAX, 64, "MSTORE"]]
        )
    body.append([call(OTHER, outputs=(1000, 1)), "POP", store(40, "MSIZE")])
    return {MAIN: Account(asm(body)), OTHER: Account(callee)}


def _nobody() -> dict[bytes, Account]:
    """Calls to an absent account and to precompiles with too little gas, with value, by each kind."""
    body: list[Part] = []
    for i, kind in enumerate(KINDS):
        body.append(measure(10 + i, store(20 + i, call(NOBODY, kind=kind, gas=0, inputs=(0, 40), outputs=(0, 40)))))
        body.append(measure(30 + i, store(40 + i, call(4, kind=kind, gas=17, inputs=(0, 32), outputs=(0, 32)))))
        body.append(measure(50 + i, store(60 + i, call(4, kind=kind, gas=18, inputs=(0, 32), outputs=(0, 32)))))
    body.append(measure(70, store(71, call(2, gas=1, value=1))))
    body.append(measure(72, store(73, call(1, gas=0, value=1))))
    return {MAIN: Account(asm(body), balance=9)}


def _undo() -> dict[bytes, Account]:
    """Three levels write, send and create; the middle one reverts and takes the innermost with it."""
    inner = asm(store(1, 1), call(NOBODY, value=1), "POP", 0, 0, 0, "CREATE", 2, "SSTORE", 0, 0, "LOG0")
    middle = asm(store(1, 1), call(THIRD, value=2), 0, "MSTORE", 32, 0, arg(0), "@ok", "JUMPI REVERT", ":ok", "RETURN")
    visit = call(OTHER, value=5, inputs=(0, 32), outputs=(32, 32))
    main = asm(
        [[store(10 + i, [i, 0, "MSTORE"], visit), store(20 + i, 32, "MLOAD")] for i in range(2)],
        store(30, "SELFBALANCE"),
    )
    return {MAIN: Account(main, balance=50), OTHER: Account(middle), THIRD: Account(inner)}


def create() -> list[StateTest]:
    """CREATE, CREATE2 and creation transactions."""
    inits = [
        b"",
        asm("STOP"),
        deployer(asm(1, 2, "ADD STOP")),
        deployer(b"\xef"),
        deployer(b"\xfe\xef"),
        asm(memory_bytes(b"\xdd" * 32), 20, 0, "REVERT"),
        asm("INVALID"),
        asm(MAX_CODE, 0, "RETURN"),
        asm(MAX_CODE + 1, 0, "RETURN"),
        asm(store(1, "CALLER"), store(2, "CODESIZE"), store(3, "ADDRESS EXTCODESIZE"), 1, 0, "RETURN"),
        asm(0, 0, 0, "CREATE", store(0), store(1, 0, 0, 0, "CREATE")),
    ]
    creator = _create_both_ways()
    sizes = [words(n) for n in (0, 1, 32, 33, 49_152, 49_153)]
    counted = {MAIN: Account(_create_of_size())}
    small = deployer(asm("STOP"))
    deposit_gas = [53_386, 53_384, 53_383]
    return [
        StateTest("init_code", [CANCUN], creator, Tx(data=inits, gas=[16_000_000])),
        StateTest("init_code_early", [LONDON], creator, Tx(data=[inits[2], inits[3], inits[8]], gas=[16_000_000])),
        StateTest("init_code_size", [SHANGHAI], counted, Tx(data=sizes, gas=[3_000_000]), "mixed"),
        StateTest("init_code_size_before", [PARIS], counted, Tx(data=sizes[-2:], gas=[3_000_000])),
        StateTest("collision", [CANCUN], _collisions(), Tx(data=[words(n) for n in range(5)], gas=[5_000_000])),
        StateTest("collision_early", [LONDON], _collisions(), Tx(data=[words(2)], gas=[5_000_000])),
        StateTest("nonce_at_its_end", [LONDON], _create_both_ways(MAX_NONCE), Tx(gas=[16_000_000], data=[b"\0"])),
        StateTest("nonce_near_its_end", [OSAKA], _create_both_ways(MAX_NONCE - 1), Tx(gas=[16_000_000], data=[b"\0"])),
        StateTest(
            "poor_creator",
            [LONDON, PRAGUE],
            {MAIN: Account(_create_with_value(), balance=9)},
            Tx(data=[words(9), words(10)]),
        ),
        StateTest("undone", [SHANGHAI], _create_and_revert(), Tx(gas=[2_000_000])),
        StateTest("transaction", [CANCUN], {}, Tx(to=None, data=inits[1:3] + inits[9:], value=[7], gas=[500_000])),
        StateTest(
            "transaction_fails",
            [CANCUN],
            {},
            Tx(to=None, data=[inits[3], *inits[5:7]], value=[7], gas=[500_000]),
            "failure",
        ),
        StateTest(
            "transaction_code_too_large", [LONDON, OSAKA], {}, Tx(to=None, data=[inits[8]], gas=[6_000_000]), "failure"
        ),
        StateTest("transaction_largest_code", [PARIS], {}, Tx(to=None, data=[inits[7]], gas=[6_000_000])),
        StateTest(
            "transaction_deposit_gas", [PARIS, SHANGHAI], {}, Tx(to=None, data=[small], gas=deposit_gas), "mixed"
        ),
        StateTest(
            "transaction_collision", [LONDON, PRAGUE], _born(Account(asm("STOP"))), Tx(to=None, data=[small]), "failure"
        ),
        StateTest("transaction_to_used_nonce", [CANCUN], _born(Account()), Tx(to=None, data=[small]), "failure"),
        StateTest(
            "transaction_to_rich_address", [CANCUN], _born(Account(nonce=0, balance=5)), Tx(to=None, data=[small])
        ),
    ]


def _born(there: Account) -> dict[bytes, Account]:
    """Put an account where the sender's creation would go."""
    return {create_address(SENDER, 0): there}


def _create_both_ways(nonce: int = 1) -> dict[bytes, Account]:
    """CREATE and CREATE2 with the call data as init code, each under its own gas: address, gas, return data, code.

    The creator is another account, with this nonce; a failing creation burns its gas only.
    """
    code = asm(
        [arg(0), "@second", "JUMPI", call_data_to_memory(32), 0, 3, "CREATE", "@done", "JUMP"],
        [":second", 77, call_data_to_memory(32), 0, 3, "CREATE2"],
        [":done", 0, "MSTORE RETURNDATASIZE", 32, "MSTORE", 64, 0, "RETURN"],
    )
    body: list[Part] = ["CALLDATASIZE", 0, 32, "CALLDATACOPY"]
    for i in range(2):
        made = call(OTHER, gas=5_300_000, inputs=(0, [32, "CALLDATASIZE ADD"]), outputs=(512, 64))
        body.append([i, 0, "MSTORE", measure(10 * i, store(10 * i + 1, made))])
        body.append([store(10 * i + 2 + j, 512 + 32 * j, "MLOAD") for j in range(2)])
        body.append([store(10 * i + 4, 512, "MLOAD EXTCODESIZE"), store(10 * i + 5, 512, "MLOAD EXTCODEHASH")])
    there = Account(code, balance=100, nonce=nonce)
    return {MAIN: Account(asm(body, store(30, OTHER, "BALANCE"))), OTHER: there}


def _create_of_size() -> bytes:
    """Create from that many zero bytes (each a STOP), and keep the cost."""
    return asm(measure(0, store(1, arg(0), 0, 0, "CREATE")), measure(2, store(3, 5, arg(0), 0, 0, "CREATE2")))


def _collisions() -> dict[bytes, Account]:
    """CREATE2 to an address with a nonce, code, storage, only a balance, or nothing; the salt is the call data."""
    init = b"\0"
    there = [
        Account(),
        Account(b"\x01", nonce=0),
        Account(nonce=0, balance=1, storage={1: 1}),
        Account(nonce=0, balance=4),
    ]
    code = asm(store(0, arg(0), 1, 0, 0, "CREATE2"), store(1, "RETURNDATASIZE"), store(2, 0, "SLOAD EXTCODEHASH"))
    return {create2_address(MAIN, salt, init): account for salt, account in enumerate(there)} | {MAIN: Account(code)}


def _create_with_value() -> bytes:
    """Endow a creation with the wei asked for; without the funds the nonce must stay."""
    return asm(store(0, 0, 0, arg(0), "CREATE"), store(1, 0, 0, 0, "CREATE"), store(2, 6, 0, 0, arg(0), "CREATE2"))


def _create_and_revert() -> dict[bytes, Account]:
    """A frame creates, then reverts: the address is free again, and a second frame may create there."""
    maker = asm(0, 0, 0, "CREATE", 0, "MSTORE", 32, 0, arg(0), "@bad", "JUMPI RETURN", ":bad", "REVERT")
    body: list[Part] = []
    for i, flag in enumerate((1, 0, 0)):
        body.append(
            [
                flag,
                0,
                "MSTORE",
                store(10 * i, call(OTHER, inputs=(0, 32), outputs=(32, 32))),
                store(10 * i + 1, 32, "MLOAD"),
            ]
        )
    return {MAIN: Account(asm(body, store(30, NOBODY, "EXTCODESIZE"))), OTHER: Account(maker)}
