"""Precompiles: a few inputs each, valid and not, called with enough gas and with exactly what they cost."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from .assembly import asm, word, words
from .model import CANCUN, LONDON, MAIN, OSAKA, PRAGUE, SENDER_KEY, SHANGHAI, Account, StateTest, Tx, keccak, sign

bls: Any = import_module("py_ecc.bls12_381")
bn128: Any = import_module("py_ecc.bn128")

GAS = 300_000
BLS_P: int = bls.field_modulus
P256_N = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551


def precompiles() -> list[StateTest]:
    """Every precompile of every fork; one row holds a list of inputs."""
    pre = {MAIN: Account(_caller())}

    def ask(name: str, fork: str, number: int, *rows: list[bytes], gas: Sequence[int] = (GAS,)) -> StateTest:
        data = [b"".join(words(number, g, len(body)) + body for body in row for g in gas) for row in rows]
        return StateTest(name, [fork], pre, Tx(data=data, gas=[9_000_000]))

    modexp, modexp_long = _modexp(), _modexp_too_long()
    return [
        ask("ecrecover", LONDON, 1, _ecrecover()[:3], _ecrecover()[3:]),
        ask("sha256", LONDON, 2, [b"", b"abc" * 11]),
        ask("sha256_exact_gas", OSAKA, 2, [b"abc" * 11], gas=[83, 84]),
        ask("ripemd160", LONDON, 3, [b"", b"abc" * 11]),
        ask("identity", SHANGHAI, 4, [bytes(range(33)), b""]),
        ask("modexp", LONDON, 5, modexp[:8], modexp[8:]),
        ask("modexp_repriced", OSAKA, 5, modexp[:8], modexp[8:], modexp_long),
        ask("modexp_long_before", PRAGUE, 5, modexp_long[:1]),
        ask("modexp_exact_gas", CANCUN, 5, modexp[:1], gas=[199, 200]),
        ask("modexp_exact_gas_repriced", OSAKA, 5, modexp[:1], gas=[499, 500]),
        ask("bn128_add", LONDON, 6, _bn128_add()[:5], _bn128_add()[5:]),
        ask("bn128_mul", LONDON, 7, _bn128_mul()),
        ask("bn128_pairing", LONDON, 8, _bn128_pairing()[:2], _bn128_pairing()[2:5], _bn128_pairing()[5:]),
        ask("blake2f", LONDON, 9, _blake2f()[:2], _blake2f()[2:]),
        ask("point_evaluation", CANCUN, 10, _point_evaluation()[:1], _point_evaluation()[1:]),
        ask("bls_g1_add", PRAGUE, 11, *_bls_add(bls.G1, _g1, _g1_off_curve())),
        ask("bls_g1_msm", PRAGUE, 12, *_bls_msm(bls.G1, _g1), [_g1_wrong_subgroup() + word(1)]),
        ask("bls_g2_add", PRAGUE, 13, *_bls_add(bls.G2, _g2, _g2(bls.G2)[:-1] + b"\0")),
        ask("bls_g2_msm", PRAGUE, 14, *_bls_msm(bls.G2, _g2)),
        ask("bls_pairing", PRAGUE, 15, _bls_pairing()[:1], _bls_pairing()[1:]),
        ask("bls_map_fp", PRAGUE, 16, [_fp(7), _fp(BLS_P)]),
        ask("bls_map_fp2", PRAGUE, 17, [_fp(7) + _fp(8), _fp(7) + _fp(8)[1:]]),
        ask("bls_before", CANCUN, 11, [_g1(bls.G1) * 2]),
        ask("bls_msm_exact_gas", OSAKA, 12, _bls_msm(bls.G1, _g1)[0][1:2], gas=[22_775, 22_776]),
        ask("p256verify", OSAKA, 256, _p256verify()[:2], _p256verify()[2:]),
        ask("p256verify_before", PRAGUE, 256, _p256verify()[:1]),
    ]


def _caller() -> bytes:
    """Walk through the call data: address, gas, size, input. For each, keep success, cost, size and hash of the output.

    The results lie in the four slots from the input's position on, which is all that stays on the stack.
    """
    return asm(
        [0, ":next", "DUP1", 64, "ADD CALLDATALOAD", "DUP1 DUP3", 96, "ADD", 0, "CALLDATACOPY"],
        ["GAS", 0, 0, "DUP4", 0, 0, "DUP8 CALLDATALOAD DUP9", 32, "ADD CALLDATALOAD CALL GAS SWAP1"],
        ["DUP5 SSTORE SWAP1 SUB DUP3", 1, "ADD SSTORE"],
        ["RETURNDATASIZE DUP3", 2, "ADD SSTORE RETURNDATASIZE", 0, 0, "RETURNDATACOPY"],
        ["RETURNDATASIZE", 0, "KECCAK256 DUP3", 3, "ADD SSTORE"],
        ["ADD", 96, "ADD DUP1 CALLDATASIZE GT", "@next", "JUMPI"],
    )


def _ecrecover() -> list[bytes]:
    digest = keccak(b"recover me")
    y, r, s = sign(SENDER_KEY, digest)
    order = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
    good = digest + words(27 + y, r, s)
    return [
        good,
        digest + words(28 - y, r, order - s),
        digest + words(28 - y, r, s),
        digest + words(29, r, s),
        digest + words(2**64 + 27 + y, r, s),
        digest + words(27 + y, 0, s),
        digest + words(27 + y, r, order),
        good[:-1],
        b"",
    ]


def _modexp() -> list[bytes]:
    return [
        words(1, 1, 1) + b"\3\5\7",
        words(0, 0, 0),
        words(1, 1, 1) + b"\3\5\0",
        words(1, 0, 1) + b"\0\1",
        words(1, 1, 1) + b"\0\0\2",
        words(33, 33, 33) + b"\xff" * 33 + b"\x80" + b"\1" * 32 + b"\xfd" * 33,
        words(2, 2, 32) + b"\1\0\xff\xff" + b"\x7f",
        words(64, 3, 8) + b"\xa5" * 64 + b"\1\0\1" + b"\x9b" * 8,
        words(2**64, 1, 1) + b"\2",
        words(1, 2**255, 1) + b"\2",
    ]


def _modexp_too_long() -> list[bytes]:
    """Lengths of 1,025 and 1,024 bytes, all zeros that need not be sent."""
    return [words(1025, 1, 1), words(1, 1, 1025), words(0, 1024, 0)]


def _bn128_add() -> list[bytes]:
    g, two = words(1, 2), _bn1(bn128.double(bn128.G1))
    return [
        g + g,
        g + two,
        g + bytes(64),
        b"",
        g + words(1, bn128.field_modulus - 2),
        g + words(1, 1),
        words(bn128.field_modulus, 0) + g,
    ]


def _bn128_mul() -> list[bytes]:
    g = words(1, 2)
    return [g + word(9), g + word(-1), g + word(bn128.curve_order), bytes(64) + word(5), words(1, 3, 1), g]


def _bn128_pairing() -> list[bytes]:
    g, minus, h = words(1, 2), words(1, bn128.field_modulus - 2), _bn2(bn128.G2)
    two, minus_six = _bn1(bn128.double(bn128.G1)), _bn1(bn128.neg(bn128.multiply(bn128.G1, 6)))
    return [
        b"",
        g + h + minus + h,
        two + _bn2(bn128.multiply(bn128.G2, 3)) + minus_six + h,
        g + h,
        bytes(64) + h,
        g + bytes(128),
        (g + h)[:-1],
        g + h[:-1] + bytes([h[-1] ^ 1]),
    ]


def _bn1(point: Any) -> bytes:
    return words(point[0].n, point[1].n)


def _bn2(point: Any) -> bytes:
    return b"".join(words(int(c.coeffs[1]), int(c.coeffs[0])) for c in point)


def _blake2f() -> list[bytes]:
    state, message = keccak(b"h") * 2, keccak(b"m") * 4
    body = state + message + (128).to_bytes(8, "little") + bytes(8)
    return [
        bytes([0, 0, 0, 12]) + body + b"\1",
        bytes([0, 0, 0, 0]) + body + b"\0",
        bytes([0, 0, 0, 12]) + body + b"\2",
        bytes([0, 0, 0, 12]) + body,
        b"\xff" * 4 + body + b"\1",
    ]


def _point_evaluation() -> list[bytes]:
    """The polynomial that is 5 everywhere: its commitment is 5·G and the proof is the point at infinity."""
    commitment, proof = _compressed(bls.multiply(bls.G1, 5)), b"\xc0" + bytes(47)
    version = b"\1" + hashlib.sha256(commitment).digest()[1:]
    order = bls.curve_order
    good = version + words(99, 5) + commitment + proof
    return [
        good,
        version + words(99, 6) + commitment + proof,
        b"\2" + good[1:],
        version + words(order, 5) + commitment + proof,
        good[:-1],
    ]


def _compressed(point: Any) -> bytes:
    """Return a G1 point as 48 bytes: x, with flags for "compressed" and for the larger y."""
    x, y = int(point[0].n), int(point[1].n)
    flags = 0x80 | (0x20 if 2 * y > BLS_P else 0)
    encoded = x.to_bytes(48, "big")
    return bytes([encoded[0] | flags]) + encoded[1:]


def _fp(value: int) -> bytes:
    return value.to_bytes(64, "big")


def _g1(point: Any) -> bytes:
    return bytes(128) if point is None else _fp(point[0].n) + _fp(point[1].n)


def _g2(point: Any) -> bytes:
    return bytes(256) if point is None else b"".join(_fp(int(c)) for coordinate in point for c in coordinate.coeffs)


def _g1_off_curve() -> bytes:
    return _fp(1) + _fp(1)


def _g1_wrong_subgroup() -> bytes:
    """A point of the curve with small x; the subgroup is so thin that it is not in there."""
    x = next(x for x in range(1, 50) if pow(x**3 + 4, (BLS_P - 1) // 2, BLS_P) == 1)
    return _fp(x) + _fp(pow(x**3 + 4, (BLS_P + 1) // 4, BLS_P))


def _bls_add(generator: Any, encode: Any, off_curve: bytes) -> tuple[list[bytes], list[bytes]]:
    g, two = encode(generator), encode(bls.double(generator))
    good = [g + two, g + encode(None), g + encode(bls.neg(generator))]
    return good, [g + off_curve, (g + two)[:-1], _fp(BLS_P) + g[64:] + two]


def _bls_msm(generator: Any, encode: Any) -> tuple[list[bytes], list[bytes]]:
    g, three = encode(generator), encode(bls.multiply(generator, 3))
    return [g + word(7), g + word(7) + three + word(-1), encode(None) + word(5)], [b"", g]


def _bls_pairing() -> list[bytes]:
    g, h, minus = _g1(bls.G1), _g2(bls.G2), _g1(bls.neg(bls.G1))
    return [g + h + minus + h, g + h, bytes(128) + h, b"", _g1_wrong_subgroup() + h]


def _p256verify() -> list[bytes]:
    """A signature made with `_p256_sign`, and ways to spoil it."""
    digest = hashlib.sha256(b"sign me").digest()
    r, s, x, y = _p256_sign(int.from_bytes(digest, "big"), key=0x5EC2E7, k=0xC0FFEE)
    return [
        digest + words(r, s, x, y),
        digest + words(r, P256_N - s, x, y),
        digest + words(r, s + 1, x, y),
        digest + words(0, s, x, y),
        digest + words(r, s, x, y + 1),
        digest + words(r, s, 0, 0),
        (digest + words(r, s, x, y))[:-1],
        digest + words(r, s, x, y) + b"\0",
    ]


def _p256_sign(digest: int, key: int, k: int) -> tuple[int, int, int, int]:
    """Return (r, s, x, y): an ECDSA signature on P-256 with a fixed nonce, and the public key. Not for secrets."""
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    g = (
        0x6B17D1F2_E12C4247_F8BCE6E5_63A440F2_77037D81_2DEB33A0_F4A13945_D898C296,
        0x4FE342E2_FE1A7F9B_8EE7EB4A_7C0F9E16_2BCE3357_6B315ECE_CBB64068_37BF51F5,
    )

    def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        slope = (3 * a[0] ** 2 - 3) * pow(2 * a[1], -1, p) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, p)
        x = (slope**2 - a[0] - b[0]) % p
        return x, (slope * (a[0] - x) - a[1]) % p

    def times(n: int) -> tuple[int, int]:
        result, power = None, g
        for bit in range(n.bit_length()):
            if n >> bit & 1:
                result = power if result is None else add(result, power)
            power = add(power, power)
        assert result is not None
        return result

    r = times(k)[0] % P256_N
    return r, pow(k, -1, P256_N) * (digest + r * key) % P256_N, *times(key)
