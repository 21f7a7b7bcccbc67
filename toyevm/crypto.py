"""Keccak-256 and secp256k1, by the fastest library installed, or in pure Python.

Neither is the lesson, so both are doors to the fastest library that is installed, imported on first use. Where no
compiled one can be had (in a browser, say) they still open, slowly: keccak-f[1600] is written out below, and py-ecc
knows the curve in pure Python.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeAlias

from toyevm.errors import InputError, InvalidSignature
from toyevm.types import Address, Hash32

Buffer: TypeAlias = bytes | bytearray | memoryview

EMPTY_CODE_HASH: Hash32 = bytes.fromhex("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def keccak256(data: Buffer) -> Hash32:
    """Return the Keccak-256 digest of `data`: SHA-3 as it was before NIST changed the padding."""
    try:
        return _keccak(data)
    except TypeError:  # some libraries take nothing but bytes
        return _keccak(bytes(memoryview(data)))


@lru_cache(maxsize=4096)
def address_of(private_key: bytes) -> Address:
    """Return the address of a private key: the last 20 bytes of the hash of its public key."""
    _check_private_key(private_key)
    try:
        from coincurve import PublicKey
    except ImportError:
        return _address_of_point(*import_py_ecc("secp256k1").privtopub(private_key))
    return _address_of_point(*PublicKey.from_valid_secret(private_key).point())


def sign(message_hash: Hash32, private_key: bytes) -> tuple[int, int, int]:
    """Return (y_parity, r, s). The nonce is deterministic (RFC 6979), and s is the lower of its two values (EIP-2).

    >>> key = (1).to_bytes(32, "big")
    >>> recover_address(keccak256(b"hello"), *sign(keccak256(b"hello"), key)) == address_of(key)
    True
    """
    _check_private_key(private_key)
    try:
        key = _key_pair(private_key)
    except ImportError:
        v, r, s = import_py_ecc("secp256k1").ecdsa_raw_sign(message_hash, private_key)
        return v - 27, r, s
    signature = key.sign_recoverable(message_hash, hasher=None)
    return signature[64], int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")


@lru_cache(maxsize=4096)
def _key_pair(private_key: bytes) -> Any:
    """Return the library's form of a key: to make it is dearer than to sign with it, and who signs does so often."""
    from coincurve import PrivateKey

    return PrivateKey(private_key)


def recover_address(message_hash: Hash32, y_parity: int, r: int, s: int) -> Address:
    """Return the address whose key made this signature, or raise InvalidSignature; `s` may be either of its values."""
    if y_parity not in (0, 1):
        raise InvalidSignature(f"y_parity is {y_parity}", expected="0 or 1")
    for name, number in (("r", r), ("s", s)):
        if not 0 < number < SECP256K1_ORDER:
            raise InvalidSignature(f"{name} is {number:#x}", expected="1 to the group order - 1")
    try:
        x, y = _recover_point(message_hash, y_parity, r, s)
    except ValueError:
        x = y = 0
    if x == y == 0:  # how py-ecc writes the point at infinity
        raise InvalidSignature("no public key fits the signature")
    return _address_of_point(x, y)


def _recover_point(message_hash: Hash32, y_parity: int, r: int, s: int) -> tuple[int, int]:
    try:
        from coincurve import PublicKey
    except ImportError:
        x, y = import_py_ecc("secp256k1").ecdsa_raw_recover(message_hash, (27 + y_parity, r, s))
    else:
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([y_parity])
        x, y = PublicKey.from_signature_and_message(signature, message_hash, hasher=None).point()
    return x, y


def _address_of_point(x: int, y: int) -> Address:
    return keccak256(x.to_bytes(32, "big") + y.to_bytes(32, "big"))[12:]


def import_py_ecc(module: str) -> Any:
    """Import a module of py-ecc, but not its side effect: it raises the recursion limit of the whole program."""
    limit = sys.getrecursionlimit()
    try:
        return import_module(f"py_ecc.{module}")
    finally:
        sys.setrecursionlimit(limit)


def _check_private_key(private_key: bytes) -> None:
    if len(private_key) != 32 or not 0 < int.from_bytes(private_key, "big") < SECP256K1_ORDER:
        raise InputError("not a private key", expected="32 bytes, from 1 to the group order - 1")


def _choose_keccak(data: Buffer) -> Hash32:
    """Hash `data`, and leave the fastest keccak at hand behind for the next call."""
    global _keccak
    _keccak = _fastest_keccak()
    return keccak256(data)


def _fastest_keccak() -> Callable[[Buffer], Hash32]:
    with suppress(ImportError):
        function: Callable[[Buffer], Hash32] = import_module("tiny_keccak").keccak256
        return function
    with suppress(ImportError):
        keccak_256 = import_module("sha3").keccak_256
        return lambda data: keccak_256(data).digest()
    with suppress(ImportError):
        new = import_module("Crypto.Hash.keccak").new
        return lambda data: new(data=data, digest_bits=256).digest()
    return pure_keccak256


_keccak: Callable[[Buffer], Hash32] = _choose_keccak

KECCAK_RATE = 136  # bytes taken in per permutation; the other 64 of the 200 are the capacity
_ROUND_CONSTANTS = (
    *(0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B),
    *(0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088),
    *(0x0000000080008009, 0x000000008000000A, 0x000000008000808B, 0x800000000000008B, 0x8000000000008089),
    *(0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A),
    *(0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008),
)
# Lane (x, y) is number x + 5y. Rho and pi together carry one lane around this cycle, turned a step further each time.
_CYCLE = (10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1)


def pure_keccak256(data: Buffer) -> Hash32:
    """Return the same as `keccak256`, by a sponge in plain Python (Keccak reference, padding 0x01 ... 0x80)."""
    padded = bytearray(data) + bytes(KECCAK_RATE - len(data) % KECCAK_RATE)
    padded[len(data)] = 0x01
    padded[-1] |= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), KECCAK_RATE):
        absorb(lanes, padded[start : start + KECCAK_RATE])
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def absorb(lanes: list[int], block: Buffer) -> None:
    """Take one block of KECCAK_RATE bytes into the sponge, in place."""
    for i in range(KECCAK_RATE // 8):
        lanes[i] ^= int.from_bytes(block[8 * i : 8 * i + 8], "little")
    keccak_f(lanes)


def keccak_f(lanes: list[int]) -> None:
    """Apply keccak-f[1600] in place: 24 rounds of theta, rho and pi, chi, iota."""
    for constant in _ROUND_CONSTANTS:
        parity = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for i in range(25):
            lanes[i] ^= parity[(i - 1) % 5] ^ _rotate(parity[(i + 1) % 5], 1)
        carried = lanes[1]
        for step, i in enumerate(_CYCLE, start=1):
            lanes[i], carried = _rotate(carried, step * (step + 1) // 2 % 64), lanes[i]
        for y in range(0, 25, 5):
            row = lanes[y : y + 5]
            lanes[y : y + 5] = [row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]) for x in range(5)]
        lanes[0] ^= constant


def _rotate(lane: int, bits: int) -> int:
    return (lane << bits | lane >> (64 - bits)) & (2**64 - 1)
