"""The ABI encoder: words, and strings where their words say. Oracle: the specification of the ABI."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from toyevm.contracts.abi import encode_arguments, encode_word


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
