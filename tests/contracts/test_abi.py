"""The ABI encoder: words, and strings where their words say. Oracle: the specification of the ABI."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.contracts.abi import encode_arguments, encode_as, encode_word
from toyevm.errors import InputError


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
    [("address", "Ann", "^'Ann' for address$"), ("bytes", 5, "^5 for bytes$"), ("string", 5, "^5 for string$")],
)
def test_an_argument_of_another_type_is_refused(type_: str, argument: int | str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        encode_as([type_], [argument])
