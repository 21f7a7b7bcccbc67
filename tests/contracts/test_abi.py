"""The ABI encoder: words; strings and arrays where their words say. Oracles: the specification, and Vyper's encoder."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.contracts import Contract
from toyevm.contracts.abi import Argument, encode_arguments, encode_as, encode_word
from toyevm.contracts.compile import compile_vyper
from toyevm.errors import InputError
from toyevm.vm.message import execute_message, world_with_code

numbers = st.integers(0, 2**256 - 1)
TYPES = ["uint256", "uint256[]", "bytes", "address[]", "uint256"]
ENCODER = """
@external
def encode(a: uint256, b: DynArray[uint256, 8], c: Bytes[70], d: DynArray[address, 4], e: uint256) -> Bytes[2000]:
    return abi_encode(a, b, c, d, e)
"""


@cache
def encoder() -> Contract:
    return compile_vyper(ENCODER, "encoder")


@given(st.text(max_size=70), st.integers(0, 2**256 - 1), st.binary(min_size=20, max_size=20))
def test_arguments_are_where_the_abi_says(words: str, number: int, address: bytes) -> None:
    data = encode_arguments(number, words, address)
    heads = [int.from_bytes(data[i : i + 32], "big") for i in (0, 32, 64)]
    assert heads[0] == number
    assert heads[2] == int.from_bytes(address, "big")
    length = int.from_bytes(data[heads[1] : heads[1] + 32], "big")
    assert data[heads[1] + 32 :][:length].decode() == words
    assert len(data) % 32 == 0


def test_the_example_of_the_specification_is_encoded_as_it_says() -> None:
    """Solidity's ABI specification, `sam(bytes, bool, uint256[])` cut down to what is encoded here."""
    encoded = encode_arguments("dave", 1)
    assert encoded.hex(" ", 32).split() == [f"{0x40:064x}", f"{1:064x}", f"{4:064x}", b"dave".hex() + "00" * 28]


@given(
    numbers,
    st.lists(numbers, max_size=8),
    st.binary(max_size=70),
    st.lists(st.binary(min_size=20, max_size=20), max_size=4),
    numbers,
)
def test_arrays_are_read_by_vyper_and_encoded_as_vyper_does(
    a: int, b: list[int], c: bytes, d: list[bytes], e: int
) -> None:
    pytest.importorskip("vyper")
    contract = encoder()
    result = execute_message(world_with_code(contract.code), input=contract.call_data("encode", a, b, c, d, e))
    size = int.from_bytes(result.output[32:64])
    assert result.output[64 : 64 + size] == encode_as(TYPES, [a, b, c, d, e])


def test_the_whole_example_of_the_specification_is_encoded_as_it_says() -> None:
    """Solidity's ABI specification: `sam("dave", true, [1, 2, 3])`, behind its selector."""
    encoded = encode_as(["bytes", "bool", "uint256[]"], [b"dave", 1, [1, 2, 3]])
    heads = [f"{number:064x}" for number in (0x60, 1, 0xA0, 4)]
    assert encoded.hex(" ", 32).split() == [*heads, b"dave".hex() + "00" * 28, *(f"{n:064x}" for n in (3, 1, 2, 3))]


def test_an_address_and_its_number_are_the_same_word() -> None:
    assert encode_word(b"\xbb" * 20) == encode_word(int.from_bytes(b"\xbb" * 20)) == bytes(12) + b"\xbb" * 20


@pytest.mark.parametrize("value", [-1, 2**256, bytes(33)])
def test_what_does_not_fit_into_a_word_is_refused(value: int | bytes) -> None:
    """Longer bytes would move all that stand behind them, and the call would say something else."""
    with pytest.raises(InputError, match=r"for a word \(expected a number below"):
        encode_word(value)
    with pytest.raises(InputError):
        encode_arguments(5, value)


@pytest.mark.parametrize(
    ("type_", "argument", "message"),
    [("address", "Ann", "^'Ann' for address$"),
     ("bytes", 5, "^5 for bytes$"),
     ("string", 5, "^5 for string$"),
     ("bytes", [5], r"^\[5\] for bytes$"),
     ("uint256", [5], r"^\[5\] for uint256$"),
     ("uint256[]", 5, r"^5 for uint256\[\]$"),
     ("uint256[]", b"bytes", r"^b'bytes' for uint256\[\]$"),
     ("uint256[2]", [5, 6], r"^\[5, 6\] for uint256\[2\]$"),
     ("uint256[][]", [], r"^\[\] for uint256\[\]\[\]$"),
     ("string[]", [], r"^\[\] for string\[\]$"),
     ("uint256[]", [2**256], "for a word"),
     ("uint256[]", ["Ann"], "^'Ann' for a word")],
)  # fmt: skip
def test_an_argument_of_another_type_is_refused(type_: str, argument: Argument, message: str) -> None:
    with pytest.raises(InputError, match=message):
        encode_as([type_], [argument])
