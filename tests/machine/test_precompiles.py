"""Precompiles against the executable specification of Ethereum (EELS) and against other libraries.

The specification is slow, so random inputs go to it where it is quick, and hand-made edges everywhere.
"""

from __future__ import annotations

import hashlib
import random
import struct
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.forks import FORKS_IN_EELS
from toyevm import crypto, forks
from toyevm.errors import PrecompileFailure
from toyevm.types import to_address
from toyevm.vm import curves, precompiles
from toyevm.vm.precompiles import Precompile, precompiles_of

pytest.importorskip("ethereum")

GAS = 10**9
FAILED = "failed"
TRUE = (1).to_bytes(32, "big")
BN254_MODULUS = 21888242871839275222246405745257275088696311157297823662689037894645226208583
BLS_FIELD_MODULUS = int(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16
)


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def ours(number: int, data: bytes, fork: forks.Fork = forks.OSAKA) -> tuple[int, bytes] | str:
    """Return (gas, output), or FAILED if a call with GAS gas would fail."""
    precompile = precompiles_of(fork)[to_address(number)]
    gas = precompile.gas(data)
    if gas > GAS:
        return FAILED
    try:
        return gas, precompile.run(data)
    except PrecompileFailure:
        return FAILED


def specified(number: int, data: bytes, fork: forks.Fork = forks.OSAKA) -> tuple[int, bytes] | str:
    """Return the same from EELS."""
    from ethereum_types.bytes import Bytes
    from ethereum_types.numeric import Uint

    machine = import_module(f"ethereum.forks.{fork.name.lower()}.vm")
    run = import_module(f"{machine.__name__}.precompiled_contracts.mapping").PRE_COMPILED_CONTRACTS[to_address(number)]
    evm = SimpleNamespace(message=SimpleNamespace(data=Bytes(data)), gas_left=Uint(GAS), output=b"")
    try:
        run(evm)
    except import_module(f"{machine.__name__}.exceptions").ExceptionalHalt:
        return FAILED
    return GAS - int(evm.gas_left), bytes(evm.output)


def agree(number: int, data: bytes, fork: forks.Fork = forks.OSAKA) -> tuple[int, bytes] | str:
    """Assert that EELS and we agree, and return on what."""
    result = ours(number, data, fork)
    assert result == specified(number, data, fork)
    return result


# The table


@pytest.mark.parametrize("fork", FORKS_IN_EELS, ids=str)
def test_a_fork_has_exactly_the_precompiles_of_the_specification(fork):
    mapping = import_module(f"ethereum.forks.{fork.name.lower()}.vm.precompiled_contracts.mapping")
    assert set(precompiles_of(fork)) == {bytes(address) for address in mapping.PRE_COMPILED_CONTRACTS}


def test_the_table_of_a_fork_is_made_once_and_cannot_be_changed():
    table = precompiles_of(forks.CANCUN)
    assert precompiles_of(forks.CANCUN) is table
    with pytest.raises(TypeError):
        table[bytes(20)] = Precompile("x", len, bytes)


def test_names_are_unique_in_every_fork():
    for fork in forks.FORKS.values():
        names = [precompile.name for precompile in precompiles_of(fork).values()]
        assert len(set(names)) == len(names)


# Hashes and signatures


@given(st.binary(max_size=200), st.sampled_from([2, 3, 4]))
@example(b"", 3)
def test_hashes_and_identity_are_those_of_the_specification(data, number):
    assert agree(number, data) != FAILED


def test_ripemd160_works_where_openssl_has_dropped_it(monkeypatch):
    def without_ripemd(name: str, data: bytes = b"") -> None:
        raise ValueError(f"unsupported hash type {name}")

    expected = ours(3, b"abc")
    monkeypatch.setattr(hashlib, "new", without_ripemd)
    assert ours(3, b"abc") == expected
    assert expected[1].hex() == "0" * 24 + "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"


def signed(v_shift: int = 27) -> bytes:
    message_hash = crypto.keccak256(b"hello")
    y_parity, r, s = crypto.sign(message_hash, word(7))
    return message_hash + word(y_parity + v_shift) + word(r) + word(s)


def test_ecrecover_finds_the_signer():
    assert agree(1, signed()) == (3000, bytes(12) + crypto.address_of(word(7)))
    assert agree(1, signed() + b"more")[1] == agree(1, signed())[1]


@pytest.mark.parametrize("data", [b"", signed()[:64], signed(0), signed(2**255), bytes(128)])
def test_ecrecover_answers_a_bad_signature_with_nothing(data):
    assert agree(1, data) == (3000, b"")


def test_ecrecover_reads_zeros_behind_a_short_input():
    assert agree(1, signed()[:127]) == agree(1, signed()[:127] + b"\0") != agree(1, signed())


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_ecrecover_agrees_on_numbers_at_the_edge_of_the_range(data):
    n = crypto.SECP256K1_ORDER
    edges = st.one_of(st.sampled_from([0, 1, 2, n - 1, n, n + 1, 2**256 - 1, n // 2, n // 2 + 1]), st.integers(0, n))
    v = data.draw(st.sampled_from([0, 1, 26, 27, 28, 29, 27 << 8, 2**256 - 1]))
    agree(1, data.draw(st.binary(min_size=32, max_size=32)) + word(v) + word(data.draw(edges)) + word(data.draw(edges)))


# Modular exponentiation


def modexp_input(base: bytes, exponent: bytes, modulus: bytes) -> bytes:
    return b"".join([*(word(len(part)) for part in (base, exponent, modulus)), base, exponent, modulus])


@pytest.mark.parametrize("fork", [forks.LONDON, forks.OSAKA], ids=str)
@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.binary(max_size=70), st.binary(max_size=80), st.integers(0, 40))
@example(b"", b"", b"", 0)
@example(b"\x03", b"\x05", b"\x00", 0)
@example(b"\x03", b"\x05", b"\x01", 0)
@example(b"", b"\x01" * 40, b"", 0)
@example(b"", bytes(40), b"\x07" * 40, 0)
def test_modexp_agrees_however_much_of_the_input_is_cut_off(fork, base, exponent, modulus, cut):
    data = modexp_input(base, exponent, modulus)
    agree(5, data[: len(data) - cut], fork)


@pytest.mark.parametrize("fork", [forks.LONDON, forks.OSAKA], ids=str)
@pytest.mark.parametrize("size", [1, 31, 32, 33, 63, 64, 65, 255, 256, 257, 1023, 1024, 1025, 1032, 1033])
def test_modexp_agrees_around_the_sizes_where_its_price_changes(fork, size):
    number = b"\xfe" * size
    long = b"\xff" * 40
    for parts in [
        (number, long, b"\x05"),
        (b"\x03", number[:600], b"\x05"),
        (b"\x03", long, number),
        (number, b"", long),
    ]:
        agree(5, modexp_input(*parts), fork)
        agree(5, modexp_input(parts[0], bytes(len(parts[1])), parts[2]), fork)


@pytest.mark.parametrize("fork", [forks.LONDON, forks.OSAKA], ids=str)
@pytest.mark.parametrize("length", [1025, 2**31, 2**63, 2**64, 2**128, 2**255, 2**256 - 1])
@pytest.mark.parametrize("position", range(7))
def test_modexp_knows_the_price_of_absurd_lengths_without_reading_them(fork, length, position):
    chosen = position + 1  # every non-empty subset of the three lengths
    header = b"".join(word(length if chosen >> i & 1 else 1) for i in range(3))
    gas = precompiles_of(fork)[to_address(5)].gas(header + b"\x03")
    assert gas >= 200
    no_numbers = word(0) + word(length) + word(0)
    assert ours(5, no_numbers + b"\x03", fork) == ((200, b"") if fork is forks.LONDON else FAILED)


def test_osaka_refuses_long_numbers_and_asks_more_for_short_ones():
    data = modexp_input(b"\x03", b"\xff" * 32, b"\x05")
    assert (ours(5, data, forks.PRAGUE)[0], ours(5, data, forks.OSAKA)[0]) == (200, 4080)
    too_long = modexp_input(b"\x03", b"\x01", b"\x05" * 1025)
    assert ours(5, too_long, forks.PRAGUE) != FAILED
    assert agree(5, too_long) == FAILED


# bn254


def bn254_g1(multiple: int) -> bytes:
    from py_ecc import bn128

    point = bn128.multiply(bn128.G1, multiple % bn128.curve_order)
    return bytes(64) if point is None else b"".join(word(int(coordinate)) for coordinate in point)


def bn254_g2(multiple: int) -> bytes:
    from py_ecc import bn128

    (x0, x1), (y0, y1) = (c.coeffs for c in bn128.multiply(bn128.G2, multiple))
    return word(int(x1)) + word(int(x0)) + word(int(y1)) + word(int(y0))


P = BN254_MODULUS
ONE_BN254 = word(1) + word(2)  # the generator of G1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(128),
        ONE_BN254,
        ONE_BN254 + ONE_BN254,
        ONE_BN254 + word(1) + word(P - 2),
        bn254_g1(5) + bn254_g1(11) + b"ignored",
        bytes(64) + bn254_g1(5),
        bn254_g1(5)[:63],
        word(1) + word(3),
        word(P) + word(P),
        word(P + 1) + word(2),
        word(1) + word(P + 2),
        word(0) + word(1),
        ONE_BN254 + word(2**256 - 1) * 2,
    ],
)
def test_bn254_addition_and_multiplication_are_those_of_the_specification(data):
    agree(6, data)
    for scalar in (0, 1, 2, P, 2**256 - 1):
        agree(7, data[:64].ljust(64, b"\0") + word(scalar))


def test_bn254_mistakes_are_failures_and_sums_are_sums():
    for mistake in (word(1) + word(3), word(P) + word(P), word(P + 1) + word(2), word(0) + word(1)):
        assert ours(6, mistake) == ours(7, mistake) == ours(6, ONE_BN254 + mistake) == FAILED
    with pytest.raises(PrecompileFailure, match="modulus"):
        curves.bn254_add(word(P) + word(P))
    assert ours(6, bn254_g1(5) + bn254_g1(11)) == (150, bn254_g1(16))
    assert ours(7, bn254_g1(5) + word(3)) == (6000, bn254_g1(15))


def bn254_outside_subgroup() -> bytes:
    """Return a point of the twisted curve that is in no group of prime order: almost every one is."""
    from py_ecc.optimized_bn128 import FQ, FQ2, b2

    for x in range(1, 100):
        candidate = FQ2((x, 0))
        square = candidate**3 + b2
        root = _square_root(square, FQ, FQ2)
        if root is not None:
            return word(0) + word(x) + word(int(root.coeffs[1])) + word(int(root.coeffs[0]))
    raise AssertionError


def _square_root(square, base_field, field):
    """Return a square root in the quadratic extension, by the complex method, or None."""
    a, b = (int(c) for c in square.coeffs)
    norm_root = pow(a * a + b * b, (P + 1) // 4, P)
    for sign in (1, -1):
        half = (a + sign * norm_root) * pow(2, -1, P) % P
        real = pow(half, (P + 1) // 4, P)
        if real:
            root = field((real, b * pow(2 * real, -1, P) % P))
            if root * root == square:
                return root
    return None


def test_bn254_pairing_tells_a_true_product_from_a_false_one():
    true_product = bn254_g1(6) + bn254_g2(2) + bn254_g1(-4) + bn254_g2(3)
    assert ours(8, true_product) == (113_000, TRUE)
    assert ours(8, bn254_g1(6) + bn254_g2(2) + bn254_g1(-4) + bn254_g2(2)) == (113_000, bytes(32))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", (45_000, TRUE)),
        (bytes(192), (79_000, TRUE)),
        (bn254_g1(1) + bytes(128), (79_000, TRUE)),
        (bytes(64) + bn254_g2(1), (79_000, TRUE)),
        (bytes(191), FAILED),
        (bytes(193), FAILED),
        (bytes(64) + bn254_g2(1)[32:64] + bn254_g2(1)[:32] + bn254_g2(1)[64:], FAILED),
        (bytes(64) + word(P) + bytes(96), FAILED),
        (bytes(64) + bn254_outside_subgroup(), FAILED),
        (word(1) + word(3) + bytes(128), FAILED),
    ],
)
def test_bn254_pairing_agrees_on_infinity_and_on_mistakes(data, expected):
    assert agree(8, data) == expected


def test_bn254_pairing_refuses_a_point_of_the_right_order_on_a_similar_curve():
    """(4x, 8y) is on y² = x³ + 64b, where the formulas, which never use b, work as well."""
    x1, x0, y1, y0 = curves.words_of(bn254_g2(1))
    similar = word(4 * x1 % P) + word(4 * x0 % P) + word(8 * y1 % P) + word(8 * y0 % P)
    assert agree(8, bytes(64) + similar) == FAILED


def test_the_point_outside_the_subgroup_is_refused_for_that_reason():
    with pytest.raises(PrecompileFailure, match="subgroup"):
        curves.bn254_pairing(bytes(64) + bn254_outside_subgroup())


# BLAKE2


def agree_on_blake2f(data: bytes) -> tuple[int, bytes] | str:
    """Assert that EELS agrees with our own rounds, and with the library where it is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(precompiles, "_compiled_blake2f", lambda: None)
        result = agree(9, data)
    assert agree(9, data) == result
    return result


@given(st.binary(max_size=128))
def test_blake2f_is_the_compression_inside_blake2b(message):
    initial = [*(0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1)]
    initial += [0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179]
    initial[0] ^= 0x01010000 ^ 64  # parameters: no key, a digest of 64 bytes
    state = b"".join(number.to_bytes(8, "little") for number in initial)
    block = message.ljust(128, b"\0") + len(message).to_bytes(16, "little") + b"\x01"
    assert agree_on_blake2f((12).to_bytes(4, "big") + state + block) == (12, hashlib.blake2b(message).digest())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 25), st.binary(min_size=208, max_size=208), st.sampled_from([0, 1, 2, 255]))
def test_blake2f_agrees_for_any_number_of_rounds(rounds, middle, flag):
    assert (agree_on_blake2f(rounds.to_bytes(4, "big") + middle + bytes([flag])) == FAILED) == (flag > 1)


@settings(deadline=None)
@given(
    rounds=st.integers(0, 41),
    words=st.lists(st.sampled_from([0, 1, 2**63, 2**64 - 1]), min_size=26, max_size=26),
    flag=st.booleans(),
)
def test_no_carry_or_turn_of_blake2f_reaches_a_neighbouring_word(rounds, words, flag):
    agree_on_blake2f(rounds.to_bytes(4, "big") + struct.pack("<26Q", *words) + bytes([flag]))


@pytest.mark.parametrize("is_installed", [False, True])
def test_the_library_of_blake2f_is_used_where_it_is_installed(monkeypatch, is_installed):
    library = SimpleNamespace(decode_and_compress=lambda data: list(data[:64])) if is_installed else None
    monkeypatch.setitem(sys.modules, "blake2b", library)
    precompiles._compiled_blake2f.cache_clear()
    try:
        assert (precompiles.blake2f(bytes(213)) == bytes(64)) is is_installed
    finally:
        precompiles._compiled_blake2f.cache_clear()


@pytest.mark.parametrize("length", [0, 3, 212, 214])
def test_blake2f_refuses_any_other_length(length):
    assert agree_on_blake2f(bytes(length)) == FAILED


# Blob commitments


@pytest.fixture(scope="module")
def trusted_setup():
    """Return the result of the ceremony, as ckzg reads it from the file that py-evm carries."""
    import ckzg

    eth = pytest.importorskip("eth")
    path = Path(eth.__file__).parent / "_utils" / "kzg_trusted_setup.txt"
    return ckzg.load_trusted_setup(str(path), 0)


def opening(setup, z: int, seed: int = 1) -> bytes:
    import ckzg

    source = random.Random(seed)
    blob = b"".join(word(source.randrange(curves.BLS_MODULUS)) for _ in range(4096)) if seed else bytes(131072)
    commitment = ckzg.blob_to_kzg_commitment(blob, setup)
    proof, y = ckzg.compute_kzg_proof(blob, word(z), setup)
    return b"\x01" + hashlib.sha256(commitment).digest()[1:] + word(z) + y + commitment + proof


def test_point_evaluation_accepts_the_openings_of_another_library_and_nothing_else(trusted_setup):
    data = opening(trusted_setup, z=12345)
    expected = (50_000, word(4096) + word(curves.BLS_MODULUS))
    assert agree(0x0A, data) == expected
    assert ours(0x0A, opening(trusted_setup, z=5, seed=0)) == expected  # the zero blob: both points are infinity
    for changed in range(0, 192, 3):
        forged = bytearray(data)
        forged[changed] ^= 1
        assert ours(0x0A, bytes(forged)) == FAILED


def test_point_evaluation_refuses_numbers_and_points_in_another_writing(trusted_setup):
    zero = opening(trusted_setup, z=5, seed=0)
    infinity = b"\xc0" + bytes(47)
    assert zero[96:] == infinity * 2
    beyond = zero[:32] + word(5 + curves.BLS_MODULUS) + zero[64:]
    assert agree(0x0A, beyond) == agree(0x0A, zero[:-1]) == agree(0x0A, zero + b"\0") == FAILED
    for other in (b"\xe0" + bytes(47), b"\xc0" + bytes(46) + b"\x01", bytes(48)):
        for forged in (other + infinity, infinity + other):
            versioned_hash = b"\x01" + hashlib.sha256(forged[:48]).digest()[1:]
            assert agree(0x0A, versioned_hash + zero[32:96] + forged) == FAILED


# BLS12-381


def bls_g1(multiple: int) -> bytes:
    from py_ecc.optimized_bls12_381 import G1, multiply, normalize

    return b"".join(int(c).to_bytes(64, "big") for c in normalize(multiply(G1, multiple)))


def bls_g2(multiple: int) -> bytes:
    from py_ecc.optimized_bls12_381 import G2, multiply, normalize

    return b"".join(int(c).to_bytes(64, "big") for pair in normalize(multiply(G2, multiple)) for c in pair.coeffs)


def bls_field(number: int) -> bytes:
    return number.to_bytes(64, "big")


R = curves.BLS_MODULUS
Q = BLS_FIELD_MODULUS
OUTSIDE_G1 = bls_field(0) + bls_field(2)  # y² = x³ + 4
BAD_G1 = {
    "not on the curve": bls_field(1) + bls_field(1),
    "not below the modulus": bls_field(Q) + bls_field(2),
    "padding not zero": b"\x01" + bls_g1(1)[1:],
    "padding not zero in y": bls_g1(1)[:64] + b"\x01" + bls_g1(1)[65:],
    "flag bits of the compressed form": bytes(16) + b"\x40" + bytes(111),
    "too short": bls_g1(1)[:-1],
    "too long": bls_g1(1) + b"\0",
}


@pytest.mark.parametrize("bad", BAD_G1.values(), ids=BAD_G1.keys())
def test_bls12_refuses_what_is_no_point_everywhere(bad):
    assert agree(0x0B, bad + bls_g1(1)) == agree(0x0B, bls_g1(1) + bad) == FAILED
    assert agree(0x0C, bad + word(1)) == agree(0x0F, bad + bls_g2(1)) == FAILED
    assert agree(0x0D, bad + bls_field(0) * 2 + bls_g2(1)) == agree(0x0E, bad + bls_field(1) * 2 + word(1)) == FAILED


@pytest.mark.parametrize(("number", "unit"), [(0x0B, 256), (0x0C, 160), (0x0D, 512), (0x0E, 288), (0x0F, 384)])
def test_bls12_refuses_any_other_length(number, unit):
    for length in (0, 1, unit - 1, unit + 1):
        assert agree(number, bytes(length)) == FAILED


@pytest.mark.parametrize(("add", "point"), [(0x0B, bls_g1), (0x0D, bls_g2)])
def test_bls12_addition_knows_infinity_doubling_and_opposites(add, point):
    infinity = bytes(len(point(1)))
    for left, right in [(1, 2), (5, 5), (3, R - 3)]:
        assert agree(add, point(left) + point(right)) == ours(add, point(left + right) + infinity) != FAILED
    assert agree(add, infinity + infinity)[1] == infinity


@pytest.mark.parametrize(("msm", "point", "price"), [(0x0C, bls_g1, 12_000), (0x0E, bls_g2, 22_500)])
def test_bls12_sums_of_products_reduce_scalars_and_know_infinity(msm, point, price):
    infinity = bytes(len(point(1)))
    data = point(3) + word(2) + infinity + word(9) + point(5) + word(2**256 - 1)
    assert agree(msm, data)[1] == point((6 + 5 * (2**256 - 1)) % R)
    assert agree(msm, point(7) + word(R)) == (price, infinity)


@pytest.mark.parametrize(("msm", "table"), [(0x0C, "G1_K_DISCOUNT"), (0x0E, "G2_K_DISCOUNT")])
def test_bls12_discounts_are_those_of_the_specification(msm, table):
    spec = import_module("ethereum.forks.osaka.vm.precompiled_contracts.bls12_381")
    group, price = (curves.G1, 12_000) if msm == 0x0C else (curves.G2, 22_500)
    assert list(group.discounts) == getattr(spec, table)
    gas = precompiles_of(forks.PRAGUE)[to_address(msm)].gas
    for count in (1, 2, 128, 129, 1000):
        discount = getattr(spec, table)[min(count, 128) - 1]
        assert gas(bytes(count * (group.size + 32))) == count * price * discount // 1000


def test_bls12_points_outside_the_subgroup_are_only_added():
    assert agree(0x0B, OUTSIDE_G1 + bls_g1(1)) != FAILED
    assert agree(0x0C, OUTSIDE_G1 + word(1)) == agree(0x0F, OUTSIDE_G1 + bytes(256)) == FAILED
    outside_g2 = bls_outside_g2()
    assert agree(0x0D, outside_g2 + bls_g2(1)) != FAILED
    assert agree(0x0E, outside_g2 + word(1)) == agree(0x0F, bytes(128) + outside_g2) == FAILED


def bls_outside_g2() -> bytes:
    from py_ecc.bls.hash_to_curve import map_to_curve_G2
    from py_ecc.optimized_bls12_381 import FQ2, normalize

    point = normalize(map_to_curve_G2(FQ2((1, 2))))  # on the curve; its cofactor has not been cleared
    return b"".join(bls_field(int(c)) for pair in point for c in pair.coeffs)


def test_bls12_pairing_tells_a_true_product_from_a_false_one():
    true_product = bls_g1(6) + bls_g2(2) + bls_g1(R - 4) + bls_g2(3)
    assert agree(0x0F, true_product) == (102_900, TRUE)
    assert ours(0x0F, bls_g1(6) + bls_g2(2) + bls_g1(R - 4) + bls_g2(2)) == (102_900, bytes(32))
    assert ours(0x0F, bytes(384)) == ours(0x0F, bytes(128) + bls_g2(3)) == (70_300, TRUE)


@pytest.mark.parametrize("element", [0, 1, Q - 1, 2**380 + 7])
def test_bls12_maps_agree_on_field_elements(element):
    assert agree(0x10, bls_field(element)) != FAILED
    assert agree(0x11, bls_field(element) + bls_field(1)) != FAILED


@pytest.mark.parametrize("data", [bls_field(Q), bls_field(2**400), bls_field(1)[1:], bls_field(1) + b"\0", b""])
def test_bls12_maps_refuse_what_is_no_field_element(data):
    assert agree(0x10, data) == agree(0x11, data + bls_field(1)) == agree(0x11, bls_field(1) + data) == FAILED


# P-256

P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B  # y² = x³ - 3x + b


def p256_input(digest: int, r: int, s: int, x: int, y: int) -> bytes:
    return b"".join(word(number) for number in (digest, r, s, x, y))


def p256_signature(seed: int) -> tuple[int, int, int, int, int]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

    key = ec.derive_private_key(seed, ec.SECP256R1())
    digest = hashlib.sha256(bytes([seed % 256])).digest()
    r, s = decode_dss_signature(key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
    public = key.public_key().public_numbers()
    return int.from_bytes(digest, "big"), r, s, public.x, public.y


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 2**255), st.integers(0, 4), st.integers(0, 255))
def test_p256_accepts_the_signatures_of_another_library_and_nothing_else(seed, field, bit):
    numbers = list(p256_signature(seed))
    assert agree(0x100, p256_input(*numbers)) == (6900, TRUE)
    numbers[field] ^= 1 << bit
    assert agree(0x100, p256_input(*numbers)) == (6900, b"")


def test_p256_checks_every_range():
    n, p = curves.P256_ORDER, curves.P256_MODULUS
    digest, r, s, x, y = p256_signature(3)
    assert agree(0x100, p256_input(digest, r, n - s, x, y)) == (6900, TRUE)  # both values of s are valid
    outside = [(0, s, x, y), (n, s, x, y), (r, 0, x, y), (r, n, x, y), (r, s, 0, 0), (r, s, p, y), (r, s, x, p)]
    for numbers in outside:
        assert agree(0x100, p256_input(digest, *numbers)) == (6900, b"")
    assert agree(0x100, p256_input(0, 0, s, x, y)) == (6900, b"")
    g_x = curves.P256_GENERATOR[0]
    assert agree(0x100, p256_input(1, g_x % n, 1, 0, 0)) == (6900, b"")  # the point at infinity signs everything
    for length in (0, 159, 161):
        assert agree(0x100, p256_input(digest, r, s, x, y).ljust(161, b"\0")[:length]) == (6900, b"")


def p256_point(multiple: int) -> tuple[int, int]:
    from cryptography.hazmat.primitives.asymmetric import ec

    public = ec.derive_private_key(multiple, ec.SECP256R1()).public_key().public_numbers()
    return public.x, public.y


def test_p256_does_not_take_a_coordinate_beyond_the_modulus_for_the_one_below():
    """There is a key with x = 5, which could also be written 5 + p. Forge a signature: choose R, then r, s and hash."""
    from Crypto.PublicKey.ECC import EccPoint

    n, p = curves.P256_ORDER, curves.P256_MODULUS
    y = pow(5**3 - 3 * 5 + P256_B, (p + 1) // 4, p)
    r = int((EccPoint(*curves.P256_GENERATOR, "p256") * 11 + EccPoint(5, y, "p256") * 13).x) % n
    s = r * pow(13, -1, n) % n
    assert agree(0x100, p256_input(11 * s % n, r, s, 5, y)) == (6900, TRUE)
    assert agree(0x100, p256_input(11 * s % n, r, s, 5 + p, y)) == (6900, b"")


def test_p256_compares_r_modulo_the_order():
    """Choose R with n <= R.x < p: then r = R.x - n is valid, although it is not the coordinate itself."""
    from Crypto.PublicKey.ECC import EccPoint

    n, p = curves.P256_ORDER, curves.P256_MODULUS
    for r in range(1, 50):
        x = n + r
        square = (x**3 - 3 * x + P256_B) % p
        y = pow(square, (p + 1) // 4, p)
        if y * y % p == square:
            break
    digest, s = 1234, 5678  # key = (s·R - digest·G) / r
    inverse = pow(r, -1, n)
    minus_g = EccPoint(*curves.P256_GENERATOR, "p256") * (n - 1)
    key = EccPoint(x, y, "p256") * (s * inverse % n) + minus_g * (digest * inverse % n)
    assert agree(0x100, p256_input(digest, r, s, int(key.x), int(key.y))) == (6900, TRUE)


def test_p256_adds_equal_and_opposite_points_rightly():
    n = curves.P256_ORDER
    g_x, g_y = curves.P256_GENERATOR
    r = p256_point(2)[0] % n
    assert agree(0x100, p256_input(r, r, r, g_x, g_y)) == (6900, TRUE)  # (hash/s)·G + (r/s)·G = G + G
    assert agree(0x100, p256_input(n - r, r, r, g_x, g_y)) == (6900, b"")  # -G + G: infinity
    assert agree(0x100, p256_input(0, g_x % n, g_x % n, g_x, g_y)) == (6900, TRUE)  # 0·G + G
