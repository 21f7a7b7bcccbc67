"""Inside one frame: words, memory, jumps, the block's own values. Each result lands in storage, and so in the root."""

from __future__ import annotations

from itertools import product

from .assembly import Part, Raw, arg, asm, call, call_data_to_memory, measure, memory_bytes, store, words
from .model import (
    CANCUN,
    LONDON,
    MAIN,
    NOBODY,
    OSAKA,
    OTHER,
    PARIS,
    PRAGUE,
    SHANGHAI,
    Account,
    StateTest,
    Tx,
    address,
    keccak,
    since,
)
from .oracle import FORKS

TOP = 2**255
MAX = 2**256 - 1
UNARY = "ISZERO NOT".split()
BINARY = "ADD MUL SUB DIV SDIV MOD SMOD EXP SIGNEXTEND LT GT SLT SGT EQ AND OR XOR BYTE SHL SHR SAR".split()
TERNARY = "ADDMOD MULMOD".split()


def alu() -> list[StateTest]:
    """Arithmetic and bitwise operations at their edges."""
    triples = [
        (0, 0, 0),
        (MAX, MAX, MAX),
        (TOP, MAX, 3),
        (TOP, 1, MAX),
        (7, -3, 2),
        (-7, 3, 5),
        (-7, -3, -5),
        (256, MAX, 2),
        (255, TOP, MAX - 1),
        (31, 0x80, 1),
        (32, 0xFF80, 0),
        (0, 0x1FF, 1),
        (3, 2**128 + 1, 2**128),
        (2**64, 2**192 - 1, 2**127 - 1),
    ]
    rows = [words(*triple) for triple in triples]
    code = {MAIN: Account(asm(_every_operation()))}
    clz_values = (0, 1, 2**128, MAX, TOP, TOP - 1)
    clz = asm([store(i, value, "CLZ") for i, value in enumerate(clz_values)], measure(16, arg(0), "CLZ POP"))
    return [
        StateTest("every_operation", [OSAKA], code, Tx(data=rows, gas=[2_000_000])),
        StateTest("every_operation_early", [LONDON], code, Tx(data=rows[2:9:3], gas=[2_000_000])),
        StateTest("pairs", [LONDON, OSAKA], {MAIN: Account(_pair_table())}, Tx(gas=[9_000_000])),
        StateTest("triples", [PRAGUE], {MAIN: Account(_triple_table())}, Tx(gas=[9_000_000])),
        StateTest("exponent_gas", [LONDON, OSAKA], {MAIN: Account(_exponent_gas())}, Tx()),
        StateTest("count_leading_zeros", [OSAKA], {MAIN: Account(clz)}, Tx(data=[words(1), words(TOP)])),
        StateTest("count_leading_zeros_before", [PRAGUE], {MAIN: Account(clz)}, Tx(data=[words(1)]), "failure"),
    ]


def _every_operation() -> Part:
    """Apply every operation to the three words of the call data; the first word is on top."""
    calls = [(name, n) for n, names in ((1, UNARY), (2, BINARY), (3, TERNARY)) for name in names]
    return [store(slot, [arg(i) for i in reversed(range(n))], name) for slot, (name, n) in enumerate(calls)]


def _pair_table() -> bytes:
    """Hash, for each binary operation, its results on all pairs of edge values."""
    values = (0, 1, 2, 31, 255, 256, 2**64, TOP - 1, TOP, MAX - 2, MAX)
    top = 32 * len(values)
    return asm([_load_table(values)], [store(s, _fold_pairs(name, top)) for s, name in enumerate(BINARY)])


def _load_table(values: tuple[int, ...]) -> Part:
    return memory_bytes(words(*values))


def _fold_pairs(name: str, top: int) -> Part:
    """Push the hash chain of `name` over all pairs of words below memory offset `top`; the chain lives above it."""
    outer, inner = f"{name}o", f"{name}i"
    fold: Part = [top + 32, "MSTORE", 64, top, "KECCAK256", top, "MSTORE"]
    return [
        [0, top, "MSTORE", top],
        [f":{outer}", 32, "SWAP1 SUB", top],  # the stack is i, j
        [f":{inner}", 32, "SWAP1 SUB", "DUP2 MLOAD DUP2 MLOAD", name, fold],
        ["DUP1", f"@{inner}", "JUMPI POP", "DUP1", f"@{outer}", "JUMPI POP", top, "MLOAD"],
    ]


def _triple_table() -> bytes:
    """Store the hash of ADDMOD and MULMOD over all triples of edge values, written out straight."""
    values = (0, 1, 3, TOP, MAX)
    steps: list[Part] = [[_load_table(values), 0, 512, "MSTORE"]]
    for (a, b, c), name in product(product(range(5), repeat=3), TERNARY):
        steps.append([[32 * c, "MLOAD", 32 * b, "MLOAD", 32 * a, "MLOAD"], name, 544, "MSTORE"])
        steps.append([64, 512, "KECCAK256", 512, "MSTORE"])
    return asm(steps, store(0, 512, "MLOAD"))


def _exponent_gas() -> bytes:
    exponents = (0, 1, 255, 256, 2**64, 2**248 - 1, MAX)
    return asm([measure(i, exponent, 3, "EXP POP") for i, exponent in enumerate(exponents)])


def memory() -> list[StateTest]:
    """Memory, its price, and the copy operations at and beyond the ends of their sources."""
    far = [words(2**32, 1), words(2**64 - 1, 1), words(MAX, 0), words(MAX, MAX)]
    overlaps = [(32, 0, 96), (0, 32, 96), (17, 16, 64), (0, 0, 0), (MAX, MAX, 0), (200, 90, 40), (0, 300, 64)]
    mcopy = {MAIN: Account(_memory_copy())}
    offsets = [words(n) for n in (0, 1, 32, 1024, 22_977, 400_000)]
    return [
        StateTest("bytes_and_size", [LONDON, OSAKA], {MAIN: Account(_bytes_and_size())}, Tx()),
        StateTest("source_bounds", [LONDON, CANCUN], _source_bounds(), Tx(data=[bytes(range(1, 41))])),
        StateTest("expansion_gas", [LONDON], {MAIN: Account(_expansion_gas())}, Tx(data=offsets)),
        StateTest("far_offsets", [OSAKA], _far_offsets(), Tx(data=far, gas=[4_000_000])),
        StateTest("far_offsets_early", [LONDON], _far_offsets(), Tx(data=far[1:3], gas=[4_000_000])),
        StateTest("mcopy", [CANCUN], mcopy, Tx(data=[words(*o) for o in overlaps])),
        StateTest("mcopy_later", [OSAKA], mcopy, Tx(data=[words(1, 0, 65)])),
        StateTest("mcopy_far", [CANCUN], mcopy, Tx(data=[words(2**64, 0, 1), words(0, MAX, 1)]), "failure"),
        StateTest("mcopy_before", [SHANGHAI], mcopy, Tx(data=[words(1, 0, 65)]), "failure"),
    ]


def _bytes_and_size() -> bytes:
    return asm(
        store(0, "MSIZE"),
        [0x1234, 31, "MSTORE8", store(1, 0, "MLOAD"), store(2, "MSIZE")],
        [MAX, 33, "MSTORE", store(3, 1, "MLOAD"), store(4, "MSIZE")],
        [0xAB, 96, "MSTORE8", store(5, "MSIZE"), store(6, 95, "MLOAD"), store(7, "MSIZE")],
        store(8, 0, 0, "KECCAK256 POP MSIZE"),
    )


def _source_bounds() -> dict[bytes, Account]:
    """Copy from four sources: inside, across the end, beyond it, and nothing from the end of the world."""
    external = asm(0x0102030405, "POP STOP")
    windows = ((0, 8), (3, 60), (1000, 32), (MAX, 32), (MAX, 0))
    sources: list[Part] = [
        [
            store(10 * s + i, [size, offset, 0], target, copy, 64, 0, "KECCAK256")
            for i, (offset, size) in enumerate(windows)
        ]
        for s, (target, copy) in enumerate([([], "CALLDATACOPY"), ([], "CODECOPY"), (OTHER, "EXTCODECOPY")])
    ]
    loads = [store(40 + i, offset, "CALLDATALOAD") for i, offset in enumerate((0, 9, 39, 40, MAX))]
    return {MAIN: Account(asm(sources, loads)), OTHER: Account(external)}


def _expansion_gas() -> bytes:
    return asm(measure(0, arg(0), "MLOAD POP"), measure(1, 0, arg(0), "MSTORE"), store(2, "MSIZE"))


def _far_offsets() -> dict[bytes, Account]:
    """Call one victim for each way to name memory; offset and size come from the call data."""
    size_offset: Part = [arg(1), arg(0)]
    victims: list[Part] = [
        [arg(0), "MLOAD"],
        [1, arg(0), "MSTORE"],
        [1, arg(0), "MSTORE8"],
        [size_offset, "KECCAK256"],
        [arg(1), 0, arg(0), "CALLDATACOPY"],
        [arg(1), 0, arg(0), "CODECOPY"],
        [arg(1), 0, arg(0), "ADDRESS EXTCODECOPY"],
        [size_offset, "LOG0"],
        [size_offset, "RETURN"],
        [size_offset, "REVERT"],
        [size_offset, 0, "CREATE"],
        [0, size_offset, 0, "CREATE2"],
        call(NOBODY, inputs=(arg(0), arg(1))),
        call(NOBODY, outputs=(arg(0), arg(1)), kind="STATICCALL"),
        call(NOBODY, inputs=(arg(0), arg(1)), kind="DELEGATECALL"),
    ]
    accounts = {address(0x2000 + i): Account(asm(victim)) for i, victim in enumerate(victims)}
    body = [
        [measure(16 + i, store(i, call(who, gas=50_000, inputs=(0, 64)))) for i, who in enumerate(accounts)],
    ]
    return accounts | {MAIN: Account(asm(call_data_to_memory(), "POP", body))}


def _memory_copy() -> bytes:
    """MCOPY as the call data says over a memory of 96 different bytes."""
    pattern = memory_bytes(bytes(range(1, 97)))
    return asm(
        pattern, measure(0, arg(2), arg(1), arg(0), "MCOPY"), store(1, "MSIZE"), store(2, "MSIZE", 0, "KECCAK256")
    )


def keccak_hashes() -> list[StateTest]:
    """KECCAK256 around the sponge's block size, and its price."""
    sizes = (0, 1, 31, 32, 33, 135, 136, 137, 272, 1000)
    pattern = memory_bytes(keccak(b"a") + keccak(b"b") + keccak(b"c"))
    code = asm(pattern, [measure(32 + i, store(i, n, 7, "KECCAK256")) for i, n in enumerate(sizes)])
    return [StateTest("sizes", [LONDON, OSAKA], {MAIN: Account(code)}, Tx())]


def logs() -> list[StateTest]:
    """Events: topics, data, gas, and who is named as the emitter."""
    topics = [keccak(bytes([i])) for i in range(4)]
    fill: Part = memory_bytes(keccak(b"data") + keccak(b"more"))
    every = asm(fill, [measure(n, topics[:n], [40, 3], f"LOG{n}") for n in range(5)], [0, MAX, "LOG0"])
    emitter = Account(asm("CALLER", 0, 0, "LOG1", arg(0), "@fail", "JUMPI STOP", ":fail", 0, 0, "REVERT"))
    kinds = ("CALL", "CALLCODE", "DELEGATECALL")
    calls: list[Part] = [call(OTHER, kind=kind, inputs=(0, size)) for kind, size in product(kinds, (0, 32))]
    return [
        StateTest("topics_and_gas", [LONDON, OSAKA], {MAIN: Account(every)}, Tx()),
        StateTest(
            "emitter",
            [LONDON, PRAGUE],
            {MAIN: Account(asm(1, 0, "MSTORE", 1, "ADDRESS", 0, 0, "LOG2", calls)), OTHER: emitter},
            Tx(),
        ),
        StateTest("lost_in_a_revert", [CANCUN], {MAIN: emitter}, Tx(data=[words(0)])),
        StateTest("lost_at_the_top", [CANCUN], {MAIN: emitter}, Tx(data=[words(1)]), "failure"),
    ]


def context() -> list[StateTest]:
    """What a program can ask about its block, its transaction and itself."""
    block = "COINBASE TIMESTAMP NUMBER PREVRANDAO GASLIMIT CHAINID SELFBALANCE BASEFEE".split()
    frame = "ADDRESS ORIGIN CALLER CALLVALUE CALLDATASIZE CODESIZE GASPRICE PC MSIZE GAS RETURNDATASIZE".split()
    ask = {MAIN: Account(asm([store(i, name) for i, name in enumerate(block + frame)]), balance=12345)}
    numbers = (0, 43, 44, 45, 200, 299, 300, 301, MAX)
    hashes = {MAIN: Account(asm([store(i, n, "BLOCKHASH") for i, n in enumerate(numbers)]))}
    blob_hashes = [b"\x01" + keccak(bytes([i]))[1:] for i in range(3)]
    blob_code = asm([store(i, i, "BLOBHASH") for i in range(4)], store(4, MAX, "BLOBHASH"), store(5, "BLOBBASEFEE"))
    blobs = {MAIN: Account(blob_code)}
    busy = {"currentExcessBlobGas": 20_000_000}
    return [
        StateTest("block", FORKS, ask, Tx(data=[b"\1\2\3"], value=[9])),
        StateTest("dynamic_fee", [LONDON, OSAKA], ask, Tx(max_fee=20, priority_fee=4)),
        StateTest("dynamic_fee_capped", [LONDON], ask, Tx(max_fee=9, priority_fee=4)),
        StateTest("block_hashes", [LONDON, OSAKA], hashes, Tx(), env={"currentNumber": 300}),
        StateTest("other_chain", [LONDON, OSAKA], ask, Tx(chain_id=1337)),
        StateTest("other_chain_unprotected", [LONDON], ask, Tx(chain_id=1337, protected=False)),
        StateTest("other_chain_typed", [CANCUN], ask, Tx(chain_id=1337, max_fee=20)),
        StateTest("blobs", since(CANCUN), blobs, Tx(max_fee=20, blob_hashes=blob_hashes, max_blob_fee=10**6), env=busy),
        StateTest("no_blobs", since(CANCUN), blobs, Tx()),
        StateTest("no_blobs_before", [SHANGHAI], blobs, Tx(), "failure"),
    ]


def control() -> list[StateTest]:
    """Jumps, the stack's two ends, and which byte is an instruction in which fork."""
    jumps = {MAIN: Account(_jumper())}
    good, bad = [words(0x20)], [words(n) for n in (0x22, 0x1F, 0x24, 0x5000, 2**64 + 0x20, MAX)]
    push0 = {MAIN: Account(asm("PUSH0 PUSH0 ADD", measure(0, "PUSH0 POP"), 5, "PUSH0 SSTORE"))}
    truncated = [Raw(code) for code in (b"\x60", b"\x7f\x01", b"\x61\x5b", b"\x5b", b"")]
    return [
        StateTest("jump", [LONDON, OSAKA], jumps, Tx(data=good)),
        StateTest("bad_jump", [LONDON], jumps, Tx(data=bad), "failure"),
        StateTest(
            "conditional_jump", [LONDON], {MAIN: Account(_conditional_jumper())}, Tx(data=[words(0), words(TOP)])
        ),
        StateTest("push0", since(SHANGHAI), push0, Tx()),
        StateTest("push0_before", [PARIS], push0, Tx(), "failure"),
        StateTest("truncated_push", [SHANGHAI], _victims(truncated), Tx()),
        StateTest("stack_ends", [LONDON, OSAKA], _victims(_stack_ends()), Tx(gas=[3_000_000])),
        StateTest("every_opcode", FORKS, _every_opcode(b""), Tx(gas=[15_000_000])),
        StateTest("every_opcode_on_zeros", FORKS, _every_opcode(asm([0] * 17)), Tx(gas=[15_000_000])),
        StateTest("every_opcode_on_ones", [LONDON, OSAKA], _every_opcode(asm([1] * 17)), Tx(gas=[15_000_000])),
        StateTest("invalid", [LONDON], {MAIN: Account(asm("INVALID"))}, Tx(value=[5]), "failure"),
        StateTest("revert", [LONDON], {MAIN: Account(asm(store(0, 1), 0, 0, "REVERT"))}, Tx(value=[5]), "failure"),
        StateTest("stop_returns_gas", [PRAGUE], {MAIN: Account(asm("STOP INVALID"))}, Tx(value=[5])),
    ]


def _jumper() -> bytes:
    """Jump where the call data says: 0x20 is a JUMPDEST, 0x22 looks like one but is push data."""
    head = asm(arg(0), "JUMP")
    body = asm("JUMPDEST", b"\x5b", "POP", store(0, "PC"))
    return head.ljust(0x20, b"\x00") + body


def _conditional_jumper() -> bytes:
    """The untaken branch may have a bad target."""
    return asm(arg(0), "@there", "JUMPI", 0, MAX, "JUMPI", store(0, 7), "STOP", ":there", store(1, "PC"))


def _victims(codes: list[Raw] | list[Part]) -> dict[bytes, Account]:
    """Call each program with 100,000 gas; keep its success and its cost."""
    accounts = {address(0x2000 + i): Account(asm(code)) for i, code in enumerate(codes)}
    body = [measure(64 + i, store(i, call(who, gas=100_000))) for i, who in enumerate(accounts)]
    return accounts | {MAIN: Account(asm(body))}


def _stack_ends() -> list[Part]:
    """Programs that just fit and just do not."""

    def deep(n: int) -> list[Part]:
        return [Raw(asm("ADDRESS") * n)]

    ends: list[Part] = [deep(1025), [deep(1024), "DUP1"], [deep(1024), "SWAP16 POP DUP16"]]
    for n in (1, 8, 16):
        ends += [[deep(n), f"DUP{n}"], [deep(n - 1), f"DUP{n}"], [deep(n + 1), f"SWAP{n}"], [deep(n), f"SWAP{n}"]]
    return ends


def _every_opcode(before: bytes) -> dict[bytes, Account]:
    """Run `before` and one opcode as init code, for all 256 opcodes; keep which succeed and a hash of the costs.

    The factory creates one contract with the init code it is called with and returns its address; so a failure costs
    the factory's gas only, which the caller fixes.
    """
    size = len(before) + 1
    factory = asm(call_data_to_memory(), 0, 0, "CREATE", 0, "MSTORE", 32, 0, "RETURN")
    loop: Part = [
        [":next", "DUP1", size - 1, "MSTORE8"],
        ["GAS", call(OTHER, gas=55_000, inputs=(0, size), outputs=(160, 32)), "GAS SWAP1 SWAP2 SUB"],
        [96, "MSTORE", 128, "MSTORE"],
        [160, 64, "KECCAK256", 64, "MSTORE", 0, 160, "MSTORE"],
        [1, "ADD DUP1", 256, "GT", "@next", "JUMPI"],
    ]
    code = asm(memory_bytes(before), 0, loop, store(0, 64, "MLOAD"))
    assert size <= 64, "the init code must end below the accumulator"
    return {MAIN: Account(code), OTHER: Account(factory, balance=1000)}
