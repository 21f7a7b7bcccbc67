"""The assembler against its own inverse, a slow relaxation, and the opcode tables of EELS and py-evm."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.forks import FORKS_IN_EELS
from toyevm import assembler
from toyevm.assembler import assemble, disassemble, instructions
from toyevm.errors import AssemblerError
from toyevm.forks import CANCUN, DEFAULT_FORK, FORKS, LONDON, PARIS, PRAGUE, SHANGHAI
from toyevm.vm.frame import Code
from toyevm.vm.message import execute_message, world_with_code
from toyevm.vm.opcodes import BY_NAME, mnemonics_of

forks = st.sampled_from(list(FORKS.values()))
# Bytes at random are mostly no instruction; these are mostly PUSHes, jump targets and the ends of things.
codes = st.binary(max_size=80) | st.lists(st.sampled_from(bytes.fromhex("005b5f6061627f80a4fcfe")), max_size=60).map(
    bytes
)

COUNTDOWN = """
    ; Sum 10 + 9 + ... + 1, and return it.
        PUSH1 0   PUSH1 10           # sum, n
loop:   JUMPDEST
        DUP1 SWAP2 ADD SWAP1         ; sum + n, n
        PUSH 1 SWAP1 SUB             ; sum, n - 1
        DUP1 PUSH @loop JUMPI
        POP PUSH0 MSTORE  PUSH1 32 PUSH0 RETURN
"""


# What a program becomes


@given(codes, forks)
@example(b"", PRAGUE)
@example(bytes(range(256)), PRAGUE)
@example(b"\x7f" + bytes(31), PRAGUE)
@example(b"\x5f", PARIS)
def test_a_disassembly_can_be_assembled_again(code, fork):
    assert assemble(disassemble(code, fork), fork) == code


@given(codes, forks)
def test_the_rows_of_a_program_leave_no_gap(code, fork):
    rows = list(instructions(code, fork))
    assert b"".join(row.raw for row in rows) == code
    assert [row.pc for row in rows] == [len(b"".join(row.raw for row in rows[:n])) for n in range(len(rows))]


@given(codes)
def test_only_real_jump_targets_are_marked(code):
    marked = [
        int(line.split(";")[1].split()[0], 16) for line in disassemble(code).splitlines() if "jump target" in line
    ]
    assert marked == sorted(Code(code).jump_targets)


def test_an_assembled_loop_runs():
    result = execute_message(world_with_code(assemble(COUNTDOWN)))
    assert result.error is None
    assert int.from_bytes(result.output, "big") == 55


def test_the_words_of_the_docstring_are_a_program():
    program = "\n".join(line for line in assembler.__doc__.splitlines() if line.startswith("    "))
    assert assemble(program).hex() == "60035b6001900380600257fe00"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("PUSH1 2 PUSH1 3 SUB", "6002600303"),
        ("push1 0X2a Add", "602a01"),
        ("PUSH 0", "5f"),
        ("PUSH1 0", "6000"),
        ("PUSH 255 PUSH 256", "60ff610100"),
        ("PUSH4 0x01", "6300000001"),
        ("PUSH 0x0001", "6001"),
        ("PUSH 1_000", "6103e8"),
        ("PUSH -1", "7f" + "ff" * 32),
        ("PUSH32 -0x2", "7f" + "ff" * 31 + "fe"),
        (f"PUSH {2**256 - 1}", "7f" + "ff" * 32),
        (f"PUSH {-(2**255)}", "7f80" + "00" * 31),
        ("DATA 0xDEADbeef", "deadbeef"),
        ("here: there: JUMPDEST PUSH @here PUSH @there", "5b5f5f"),
        ("PUSH @end end:", "6002"),
        ("a:JUMPDEST PUSH2 @a JUMP", "5b61000056"),
        ("ADD: JUMPDEST PUSH1 @ADD", "5b6000"),  # labels and mnemonics do not meet
        ("Data: data 0x00 PUSH1 @Data CODECOPY", "00600039"),  # what is not jumped to may be anything
        ("", ""),
        ("; PUSH1 é\r\n# ADD\rSTOP\n", "00"),
        ("ADD;SUB\nMUL # POP ; POP", "0102"),
    ],
)
def test_a_program_becomes_these_bytes(source, code):
    assert assemble(source).hex() == code


@given(st.integers(-(2**255), 2**256 - 1), forks)
def test_a_bare_push_is_the_shortest_that_gives_the_number(value, fork):
    code = assemble(f"PUSH {value}", fork)
    assert int.from_bytes(code[1:], "big") == value % 2**256
    assert code[0] == 0x5F + len(code) - 1
    assert len(code) == 2 if fork in (LONDON, PARIS) and value == 0 else code[1:2] != b"\0"


def test_before_shanghai_a_bare_push_of_zero_needs_its_byte():
    assert assemble("start: PUSH 0 PUSH @start", PARIS).hex() == "60006000"
    assert assemble("start: PUSH 0 PUSH @start", SHANGHAI).hex() == "5f5f"


# How wide a label is


@pytest.mark.parametrize(("filler", "width"), [(253, 1), (254, 2), (65532, 2), (65533, 3)])
def test_a_label_is_as_wide_as_its_address_once_its_own_push_has_moved_it(filler, width):
    code = assemble(f"PUSH @end DATA 0x{'00' * filler} end: JUMPDEST")
    address = len(code) - 1
    assert code[0] == 0x5F + width
    assert int.from_bytes(code[1 : 1 + width], "big") == address == 1 + width + filler


def test_a_longer_push_pushes_the_next_label_over_the_border():
    names = [f"n{i}" for i in range(20)]
    pushes = " ".join(f"PUSH @{name}" for name in names)
    labels = " ".join(f"{name}: STOP" for name in names)  # at 256 - 20 + 1 ... 256: only the last one is over
    code = assemble(f"{pushes} DATA 0x{'00' * (237 - 40)} {labels}")
    assert code[: 20 * 3 : 3] == b"\x61" * 20  # but it takes all the others with it
    assert int.from_bytes(code[1:3], "big") == 257


def test_a_longer_push_behind_a_label_does_not_move_it():
    code = assemble(f"DATA 0x{'00' * 255} a: STOP b: STOP PUSH @b PUSH @a c: PUSH2 @c")  # a at 255, b at 256
    assert code[257:].hex() == "610100" + "60ff" + "610106"


words = st.one_of(
    st.integers(0, 5).map(lambda n: f"PUSH @l{n}"),
    st.sampled_from([1, 5, 100, 240, 250, 255]).map(lambda n: f"DATA 0x{'5b' * n}"),
    st.just("LABEL"),
)


@given(st.lists(words, max_size=40), st.sampled_from([LONDON, CANCUN]))
def test_label_widths_are_those_of_the_slow_relaxation(words, fork):
    """Jacobi rounds over all pushes from the shortest sizes: the least fixed point by its definition."""
    names = iter(f"l{n}" for n in range(100))
    program = [f"{next(names)}:" if word == "LABEL" else word for word in words] + [f"{name}:" for name in names]
    shortest = 0 if fork is CANCUN else 1
    widths = [shortest] * len(program)
    while True:
        address, addresses = 0, {}
        for word, width in zip(program, widths, strict=True):
            addresses[word] = address
            address += 0 if word.endswith(":") else len(word) // 2 - 3 if word.startswith("DATA") else 1 + width
        target = [addresses.get(word[6:] + ":", 0) for word in program]
        needed = [max(shortest, (address.bit_length() + 7) // 8) for address in target]
        if needed == widths:
            break
        widths = needed
    sized = [
        f"PUSH{width}" + f" {word[5:]}" * (width > 0) if word.startswith("PUSH") else word
        for word, width in zip(program, widths, strict=True)
    ]
    assert assemble(" ".join(program), fork) == assemble(" ".join(sized), fork)


# What is wrong with a program

LONG = "9" * 10**6
ERRORS = [
    ("ADD\nPUHS1 2", "PUHS1", "line 2: unknown instruction 'PUHS1' (expected PUSH1)"),
    ("mstor", "mstor", "line 1: unknown instruction 'mstor' (expected MSTORE)"),
    ("DATE 0x00", "DATE", "line 1: unknown instruction 'DATE' (expected DATA)"),
    ("PUSH33 1", "PUSH33", "line 1: unknown instruction 'PUSH33' (expected PUSH3)"),
    (
        "// hello",
        "//",
        "line 1: unknown instruction '//' (expected a mnemonic, a label such as loop:, or ; and a comment)",
    ),
    ("\n\n\nPUSH1 0x1234", "0x1234", "line 4: PUSH1 takes 1 byte, got 0x1234 (expected PUSH2)"),
    ("PUSH2 65536", "65536", "line 1: PUSH2 takes 2 bytes, got 65536 (expected PUSH3)"),
    ("PUSH1 -1", "-1",
     "line 1: PUSH1 takes 1 byte, got -1, which is a whole word: negative numbers need PUSH32 (expected PUSH32)"),
    ("SWAP", "SWAP", "line 1: 'SWAP' lacks its number (expected SWAP1 to SWAP16)"),
    ("ADD\ndup", "dup", "line 2: 'dup' lacks its number (expected DUP1 to DUP16)"),
    ("LOG", "LOG", "line 1: 'LOG' lacks its number (expected LOG0 to LOG4)"),
    (f"PUSH {2**256}", str(2**256), f"line 1: {2**256} does not fit in a word (expected -2**255 to 2**256 - 1)"),
    (f"PUSH {-(2**255) - 1}", str(-(2**255) - 1),
     f"line 1: {-(2**255) - 1} does not fit in a word (expected -2**255 to 2**256 - 1)"),
    (f"PUSH {LONG}", LONG,
     "line 1: 99999999999999999999... (1000000 characters) does not fit in a word (expected -2**255 to 2**256 - 1)"),
    ("PUSH1", "PUSH1", "line 1: PUSH1 lacks its operand (expected a number or @label on the same line)"),
    ("PUSH ; 5\n5", "PUSH", "line 1: PUSH lacks its operand (expected a number or @label on the same line)"),
    ("PUSH1 ADD", "ADD", "line 1: 'ADD' is no operand (expected a number such as 42, 0x2a or -1, or an @label)"),
    ("PUSH loop", "loop", "line 1: 'loop' is no operand (expected a number such as 42, 0x2a or -1, or an @label)"),
    ("PUSH 0x", "0x", "line 1: '0x' is no operand (expected a number such as 42, 0x2a or -1, or an @label)"),
    ("ADD 5", "5", "line 1: ADD takes no operand, got 5 (expected PUSH 5 ADD)"),
    ("PUSH0 0x5", "0x5", "line 1: PUSH0 takes no operand, got 0x5 (expected PUSH 0x5)"),
    ("jump @loop", "@loop", "line 1: JUMP takes no operand, got @loop (expected PUSH @loop JUMP)"),
    ("PUSH1 2 3", "3", "line 1: 3 belongs to no instruction (expected PUSH 3)"),
    ("PUSH 2 -3", "-3", "line 1: -3 belongs to no instruction (expected PUSH -3)"),
    ("ADD\n@a", "@a", "line 2: @a belongs to no instruction (expected PUSH @a)"),
    ("DATA", "DATA", "line 1: DATA takes bytes, got nothing (expected 0x and two digits for every byte)"),
    ("DATA 0xabc", "0xabc", "line 1: DATA takes bytes, got 0xabc (expected 0x and two digits for every byte)"),
    ("DATA 12", "12", "line 1: DATA takes bytes, got 12 (expected 0x and two digits for every byte)"),
    ("STOP\nPUSH @lop\nloop: JUMPDEST", "@lop", "line 2: no label 'lop' (expected lop: on some line)"),
    ("a: STOP\nb: STOP\na: STOP", "a:", "line 3: label 'a' is taken (expected another name)"),
    ("1st: ADD", "1st:", "line 1: '1st:' is no label (expected a letter or _, then also digits, then the colon)"),
    ("loop : ADD", "loop",
     "line 1: unknown instruction 'loop' (expected a mnemonic, a label such as loop:, or ; and a comment)"),
    ("\na: PUSH0 PUSH @a JUMP", "@a", "line 2: no JUMPDEST at label 'a' (expected a: JUMPDEST)"),
    ("PUSH1 1 PUSH @end JUMPI\nend:", "@end", "line 1: no JUMPDEST at label 'end' (expected end: JUMPDEST)"),
    ("PUSH @a JUMP PUSH1 0x5b a: ADD", "@a", "line 1: no JUMPDEST at label 'a' (expected a: JUMPDEST)"),
    (f"PUSH1 @far DATA 0x{'00' * 254} far:", "@far", "line 1: PUSH1 takes 1 byte, got @far = 256 (expected PUSH2)"),
    ("PUSH1\u00a05", "\u00a0", "line 1: '\\xa0' is not ASCII (expected such characters in comments only)"),
    ("STOP\nPUSH \u20131", "\u2013", "line 2: '\\u2013' is not ASCII (expected such characters in comments only)"),
    ("a\0", "a\0",
     "line 1: unknown instruction 'a\\x00' (expected a mnemonic, a label such as loop:, or ; and a comment)"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "token", "message"), ERRORS, ids=[message[:60] for _, _, message in ERRORS])
def test_an_error_says_where_what_and_what_was_expected(source, token, message):
    with pytest.raises(AssemblerError) as caught:
        assemble(source)
    assert str(caught.value) == message
    assert caught.value.token == token
    assert message.startswith(f"line {caught.value.line}: ")


def test_an_instruction_of_a_later_fork_names_that_fork():
    assert assemble("CLZ").hex() == "1e"
    with pytest.raises(AssemblerError) as caught:
        assemble("clz", CANCUN)
    assert str(caught.value) == "line 1: CLZ is from a later fork (expected Osaka or newer)"
    with pytest.raises(AssemblerError, match="PUSH0 is from a later fork"):
        assemble("PUSH0", PARIS)


fragments = st.sampled_from(
    ["PUSH", "PUSH1", "@a", "a:", ":", "@", "0x", "1", "ADD", "JUMP", "DATA", "0x00", "\n", ";"]
)


def assemble_or_explain(source: str) -> bytes | str:
    """Return the code or the message of the one error that is allowed."""
    try:
        return assemble(source)
    except AssemblerError as error:
        return str(error)


@given(st.text(max_size=40) | st.lists(fragments, max_size=30).map(" ".join))
def test_every_source_ends_in_bytes_or_a_short_message(source):
    assert len(assemble_or_explain(source)) < 300


# Size


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [
        "ADD " * 250_000,
        "PUSH1 1\n" * 125_000,
        "".join(f"l{n}: JUMPDEST PUSH @l{n} JUMP\n" for n in range(30_000)),
        "DATA 0x" + "00" * 500_000,
        "PUSH 0x" + "0" * 10**6,
        "PUSH @" + "x" * 10**6,
        "X" * 10**6,
        ":" * 10**6,
        "é" * 10**6,
        # each push is lengthened by the one before: as many rounds as pushes, if they were all done at once
        " ".join(f"PUSH @l{n}" for n in range(16_000))
        + f" DATA 0x{'00' * (65_537 - 16_000 * 4)} "
        + " ".join(f"l{n}: STOP" for n in range(16_000)),
    ],
    ids=lambda source: source[:12].strip(),
)
def test_a_megabyte_of_source_takes_less_than_two_seconds(source):
    begin = time.process_time()
    result = assemble_or_explain(source)
    assert time.process_time() - begin < 2
    assert isinstance(result, bytes) or len(result) < 300


# Other people's tables


@pytest.mark.parametrize("fork", FORKS_IN_EELS, ids=str)
def test_mnemonics_are_those_of_the_executable_specification(fork):
    specification = pytest.importorskip(f"ethereum.forks.{fork.name.lower()}.vm.instructions")
    theirs = {op.value: op.name for op in specification.Ops}
    renamed = {"KECCAK": "KECCAK256", "DIFFICULTY": "PREVRANDAO"}
    checked = 0
    for code, name in theirs.items():
        mnemonic = renamed.get(name, name)
        source = mnemonic + " 0" * (0x60 <= code <= 0x7F)
        assert assemble(source, fork) == bytes([code]) + bytes(max(0, code - 0x5F) if " " in source else 0)
        checked += 1
    assert checked > 130
    ours = {row.code for row in mnemonics_of(fork).values()}
    assert ours - theirs.keys() == {BY_NAME["INVALID"].code}  # theirs has no row for it: it halts by not being there
    assert theirs.keys() <= ours


def test_where_instructions_begin_is_where_another_machine_sees_them():
    code_stream = pytest.importorskip("eth.vm.code_stream")
    code = random.Random(7).randbytes(3_000) + b"\x5b" * 40
    theirs = code_stream.CodeStream(code)
    begins = {row.pc for row in instructions(code, DEFAULT_FORK)}
    assert 0 < len(begins) < len(code)
    assert begins == {pc for pc in range(len(code)) if theirs.is_valid_opcode(pc)}
