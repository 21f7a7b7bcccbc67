"""Precompiles are contracts without code: at a few low addresses the machine itself computes the answer.

They exist because some functions (hashes, large numbers, curves) would cost far too much as bytecode. Seen from outside
they are calls like any other: input, output, a price. The price is asked first and from the input alone, so it must be
cheap to compute however absurd the input; `run` is called once it is paid.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from types import MappingProxyType

from toyevm import forks
from toyevm.crypto import recover_address
from toyevm.errors import InvalidSignature, PrecompileFailure
from toyevm.forks import Fork
from toyevm.types import Address, to_address
from toyevm.vm import curves

RIPEMD160 = to_address(3)


@dataclass(frozen=True, slots=True)
class Precompile:
    """A contract the machine computes itself. `run` raises PrecompileFailure on input that is not valid.

    A chain may bound a call: with an input of more than `most_input` bytes, or a price above `most_gas`, it fails.
    """

    name: str
    gas: Callable[[bytes], int]
    run: Callable[[bytes], bytes]
    most_input: int | None = None
    most_gas: int | None = None

    def price(self, data: bytes) -> int:
        """Return the gas that a call costs; PrecompileFailure if the chain does not take so much."""
        if self.most_input is not None and len(data) > self.most_input:
            raise PrecompileFailure(f"more than {self.most_input} bytes")
        price = self.gas(data)
        if self.most_gas is not None and price > self.most_gas:
            raise PrecompileFailure(f"{price:,} gas, more than {self.most_gas:,}")
        return price


@cache
def precompiles_of(fork: Fork) -> Mapping[Address, Precompile]:
    """Return the precompiles of a fork by their addresses.

    >>> [len(precompiles_of(fork)) for fork in (forks.LONDON, forks.CANCUN, forks.PRAGUE, forks.OSAKA)]
    [9, 10, 17, 18]
    """
    return MappingProxyType({to_address(number): row for since, number, row in _table() if since.rank <= fork.rank})


def _table() -> list[tuple[Fork, int, Precompile]]:
    """Return the rows (since, address, precompile); a later one replaces an earlier one at the same address."""
    return [
        (forks.LONDON, 0x01, Precompile("ecrecover", _flat(3_000), ecrecover)),
        (forks.LONDON, 0x02, Precompile("sha256", _per_word(60, 12), lambda data: hashlib.sha256(data).digest())),
        (forks.LONDON, 0x03, Precompile("ripemd160", _per_word(600, 120), ripemd160)),
        (forks.LONDON, 0x04, Precompile("identity", _per_word(15, 3), lambda data: data)),
        (forks.LONDON, 0x05, Precompile("modexp", modexp_price, modexp)),
        (forks.LONDON, 0x06, Precompile("bn254_add", _flat(150), curves.bn254_add)),
        (forks.LONDON, 0x07, Precompile("bn254_mul", _flat(6_000), curves.bn254_mul)),
        (forks.LONDON, 0x08, Precompile("bn254_pairing", _per_pair(45_000, 34_000, 192), curves.bn254_pairing)),
        (forks.LONDON, 0x09, Precompile("blake2f", lambda data: int.from_bytes(data[:4], "big"), blake2f)),
        (forks.CANCUN, 0x0A, Precompile("point_evaluation", _flat(50_000), curves.point_evaluation)),
        (forks.PRAGUE, 0x0B, Precompile("bls12_g1_add", _flat(375), curves.G1.add)),
        (forks.PRAGUE, 0x0C, Precompile("bls12_g1_msm", curves.G1.msm_price, curves.G1.msm)),
        (forks.PRAGUE, 0x0D, Precompile("bls12_g2_add", _flat(600), curves.G2.add)),
        (forks.PRAGUE, 0x0E, Precompile("bls12_g2_msm", curves.G2.msm_price, curves.G2.msm)),
        (forks.PRAGUE, 0x0F, Precompile("bls12_pairing", _per_pair(37_700, 32_600, 384), curves.bls12_pairing)),
        (forks.PRAGUE, 0x10, Precompile("bls12_map_fp_to_g1", _flat(5_500), curves.G1.map)),
        (forks.PRAGUE, 0x11, Precompile("bls12_map_fp2_to_g2", _flat(23_800), curves.G2.map)),
        (forks.OSAKA, 0x05, Precompile("modexp", modexp_price_of_osaka, modexp_of_osaka)),
        (forks.OSAKA, 0x100, Precompile("p256_verify", _flat(6_900), curves.p256_verify)),
    ]


def _flat(price: int) -> Callable[[bytes], int]:
    return lambda data: price


def _per_word(base: int, per_word: int) -> Callable[[bytes], int]:
    return lambda data: base + per_word * ((len(data) + 31) // 32)


def _per_pair(base: int, per_pair: int, size: int) -> Callable[[bytes], int]:
    return lambda data: base + per_pair * (len(data) // size)


def ecrecover(data: bytes) -> bytes:
    """Return the address that signed a hash (hash, v, r, s), or nothing if nobody did; v is 27 or 28."""
    data = data[:128].ljust(128, b"\0")
    _, v, r, s = curves.words_of(data)
    if v not in (27, 28):
        return b""
    try:
        return bytes(12) + recover_address(data[:32], v - 27, r, s)
    except InvalidSignature:
        return b""


def ripemd160(data: bytes) -> bytes:
    """Return the RIPEMD-160 digest, as a word."""
    try:
        digest = hashlib.new("ripemd160", data).digest()
    except ValueError:  # OpenSSL 3 may count it among the legacy algorithms
        from Crypto.Hash import RIPEMD160

        digest = RIPEMD160.new(data).digest()
    return bytes(12) + digest


# Modular exponentiation (EIP-198): three lengths of 32 bytes each, then base, exponent and modulus.


def modexp(data: bytes) -> bytes:
    """Return base ** exponent % modulus, as many bytes as the modulus has.

    >>> header = b"".join(length.to_bytes(32, "big") for length in (1, 1, 2))
    >>> modexp(header + bytes([3, 5, 0, 100])).hex()
    '002b'
    """
    base_length, exponent_length, modulus_length = _modexp_lengths(data)
    if modulus_length == 0:  # before anything is read: the other lengths may be absurd and still cheap
        return b""
    base = _number(data, 96, base_length)
    exponent = _number(data, 96 + base_length, exponent_length)
    modulus = _number(data, 96 + base_length + exponent_length, modulus_length)
    return (pow(base, exponent, modulus) if modulus else 0).to_bytes(modulus_length, "big")


def modexp_price(data: bytes) -> int:
    """Return the price of EIP-2565: a third of (multiplications, times the square of the words they multiply)."""
    base_length, _, modulus_length = _modexp_lengths(data)
    words = (max(base_length, modulus_length) + 7) // 8
    return max(200, words**2 * _modexp_iterations(data, per_byte=8) // 3)


def modexp_of_osaka(data: bytes) -> bytes:
    """Return the same, but fail if any of the three numbers is longer than 1024 bytes (EIP-7823)."""
    if max(_modexp_lengths(data)) > 1024:
        raise PrecompileFailure("a number of more than 1024 bytes")
    return modexp(data)


def modexp_price_of_osaka(data: bytes) -> int:
    """Return the price of EIP-7883: nothing is divided by three, and long numbers count twice."""
    base_length, _, modulus_length = _modexp_lengths(data)
    longest = max(base_length, modulus_length)
    complexity = 2 * ((longest + 7) // 8) ** 2 if longest > 32 else 16
    return max(500, complexity * _modexp_iterations(data, per_byte=16))


def _modexp_iterations(data: bytes, per_byte: int) -> int:
    """Estimate the multiplications from the exponent's length and its first 32 bytes."""
    base_length, exponent_length, _ = _modexp_lengths(data)
    head = _number(data, 96 + base_length, min(exponent_length, 32))
    return max(1, max(head.bit_length() - 1, 0) + per_byte * max(exponent_length - 32, 0))


def _modexp_lengths(data: bytes) -> list[int]:
    return curves.words_of(data[:96].ljust(96, b"\0"))


def _number(data: bytes, start: int, length: int) -> int:
    """Read `length` bytes as an integer; behind the end of `data` there are zeros."""
    part = data[start : start + length]
    return int.from_bytes(part, "big") << 8 * (length - len(part))


# The compression function of BLAKE2b (EIP-152, RFC 7693), which lets a contract follow Zcash.

_BLAKE2_IV = (
    *(0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1),
    *(0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179),
)
_BLAKE2_ORDER = tuple(  # round i takes the words of the message in the order of row i % 10
    tuple(int(digit, 16) for digit in row)
    for row in (
        *("0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8", "905724afe1bc683d"),
        *("2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a", "6fe9b308c2d714a5", "a2847615fb9e3cd0"),
    )
)
_MASK = 2**64 - 1
_LANES = _MASK * (1 | 1 << 128 | 1 << 256 | 1 << 384)


def blake2f(data: bytes) -> bytes:
    """Run `rounds` rounds over a state. Input: rounds, state, message block, offset, whether this is the last block.

    A round costs one gas and takes 2 microseconds (CPython 3.11, x86-64), so a block full of them takes a minute. The
    library, which takes a twentieth of that, is used where it is installed.
    """
    if len(data) != 213 or data[212] > 1:
        raise PrecompileFailure("not 213 bytes with a flag of 0 or 1 at the end")
    if compiled := _compiled_blake2f():
        return compiled(data)
    rounds = int.from_bytes(data[:4], "big")
    *numbers, is_last = struct.unpack("<26QB", data[4:])
    state, message, (offset_low, offset_high) = numbers[:8], numbers[8:24], numbers[24:]
    square = [*state, *_BLAKE2_IV]
    square[12] ^= offset_low
    square[13] ^= offset_high
    square[14] ^= _MASK * is_last
    square = _blake2_rounds(square, message, rounds)
    return struct.pack("<8Q", *(state[i] ^ square[i] ^ square[i + 8] for i in range(8)))


@cache
def _compiled_blake2f() -> Callable[[bytes], bytes] | None:
    try:
        from blake2b import decode_and_compress
    except ImportError:
        return None
    return lambda data: bytes(decode_and_compress(data))


def _blake2_rounds(square: list[int], message: list[int], rounds: int) -> list[int]:
    """Mix the message into a square of 4 by 4 words: in each round into its columns, then into its diagonals.

    The function G of RFC 7693, which mixes four words below each other, is done to all four columns at once: a number
    holds a row of the square. Turning row b by one word, c by two and d by three makes columns of the diagonals.
    """
    a, b, c, d = (_row(square[i : i + 4]) for i in (0, 4, 8, 12))
    orders = [[message[i] for i in order[half : half + 8]] for order in _BLAKE2_ORDER for half in (0, 8)]
    turns = cycle(((128, 384), (384, 128)))
    schedule = [(_row(words[::2]), _row(words[1::2]), *turn) for words, turn in zip(orders, turns, strict=False)]
    lanes = _LANES  # what is above the 64 bits of a word must be gone before bits move down; sums may wait
    for x, y, right, left in islice(cycle(schedule), 2 * rounds):
        a += b + x
        d = (d ^ a) & lanes
        d = (d >> 32 | d << 32) & lanes
        c += d
        b = (b ^ c) & lanes
        b = (b >> 24 | b << 40) & lanes
        a += b + y
        d = (d ^ a) & lanes
        d = (d >> 16 | d << 48) & lanes
        c += d
        b = (b ^ c) & lanes
        b = (b >> 63 | b << 1) & lanes
        b = (b >> right | b << left) & lanes
        c = (c >> 256 | c << 256) & lanes
        d = (d >> left | d << right) & lanes
    return [row >> 128 * i & _MASK for row in (a, b, c, d) for i in range(4)]


def _row(words: list[int]) -> int:
    """Put four words into one number. They lie 128 bits apart, so that none meets its neighbour when it is turned."""
    return sum(word << 128 * i for i, word in enumerate(words))
