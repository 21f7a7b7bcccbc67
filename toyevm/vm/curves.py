"""Elliptic curves inside the machine: what makes checking a proof or a signature affordable for a contract.

Four curves, each with its own task. bn254 is the first with a pairing, so most zk-rollups post their proofs on it.
BLS12-381 is its safer successor, the curve of validator signatures and of blob commitments. P-256 is the one inside
phones and passkeys. (The fourth, secp256k1, signs transactions and lives in `toyevm.crypto`.)

A point is written as its coordinates, big-endian, and the point at infinity as zeros. Inputs come from strangers, so
most of the work here is refusing: coordinates not below the field's modulus, points not on the curve, points outside
the subgroup. A refusal is a `PrecompileFailure`; the arithmetic is left to libraries.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from typing import Any

from toyevm.crypto import import_py_ecc
from toyevm.errors import PrecompileFailure

TRUE, FALSE = (1).to_bytes(32, "big"), bytes(32)


def words_of(data: bytes) -> list[int]:
    """Read `data` as 32-byte big-endian integers; their number is fixed by its length."""
    return [int.from_bytes(word, "big") for word in _split(data, 32, "words")]


def _split(data: bytes, size: int, what: str, least: int = 0) -> list[bytes]:
    """Cut `data` into parts of this size, or refuse what is not a whole number of them, and `least` at least."""
    if len(data) % size or len(data) < least * size:
        raise PrecompileFailure(f"not a whole number of {what}")
    return [data[i : i + size] for i in range(0, len(data), size)]


# bn254, also called alt_bn128 (EIP-196, EIP-197; prices of EIP-1108).


def bn254_add(data: bytes) -> bytes:
    """Return the sum of two points. Input that is too short goes on with zeros, the rest of one too long is ignored."""
    data = data[:128].ljust(128, b"\0")
    return _bn254_encode(_bn254().add(_bn254_point(data[:64]), _bn254_point(data[64:])))


def bn254_mul(data: bytes) -> bytes:
    """Return a point times an integer."""
    data = data[:96].ljust(96, b"\0")
    return _bn254_encode(_bn254().multiply(_bn254_point(data[:64]), int.from_bytes(data[64:], "big")))


def bn254_pairing(data: bytes) -> bytes:
    """Say whether the pairings e(P1, Q1) · e(P2, Q2) · … of all pairs of points multiply to one.

    The last step of a pairing, a costly power, is taken once, of the product.
    """
    lib = _bn254()
    product = lib.FQ12.one()
    for pair in _split(data, 192, "pairs"):
        p, q = _bn254_point(pair[:64]), _bn254_point(pair[64:])
        product *= lib.pairing(q, p, final_exponentiate=False)
    return TRUE if lib.final_exponentiate(product) == lib.FQ12.one() else FALSE


def _bn254_point(data: bytes) -> Any:
    """Decode a point of G1, or (twice as long) of G2, whose coordinates are pairs, the imaginary part first."""
    lib, numbers, is_g2 = _bn254(), words_of(data), len(data) == 128
    if max(numbers) >= lib.field_modulus:
        raise PrecompileFailure("a coordinate not below the field modulus")
    if not any(numbers):
        return lib.Z2 if is_g2 else lib.Z1
    if is_g2:
        x, y = lib.FQ2((numbers[1], numbers[0])), lib.FQ2((numbers[3], numbers[2]))
    else:
        x, y = lib.FQ(numbers[0]), lib.FQ(numbers[1])
    point = (x, y, x.one())
    if not lib.is_on_curve(point, lib.b2 if is_g2 else lib.b):
        raise PrecompileFailure("a point that is not on the curve")
    if is_g2 and not lib.is_inf(lib.multiply(point, lib.curve_order)):  # in G1 there is no subgroup to be outside of
        raise PrecompileFailure("a point outside the subgroup")
    return point


def _bn254_encode(point: Any) -> bytes:
    return b"".join(int(coordinate).to_bytes(32, "big") for coordinate in _bn254().normalize(point))


def _bn254() -> Any:
    return import_py_ecc("optimized_bn128")


# BLS12-381 (EIP-2537). A coordinate takes 48 bytes, and is padded to 64.


@dataclass(frozen=True)
class BlsGroup:
    """One of the two groups of points; both have the same operations, at different prices."""

    name: str  # its class in py-arkworks-bls12381
    size: int  # bytes of an encoded point
    map_name: str  # the method that maps a field element to a point
    mul_price: int  # gas of one multiplication
    discounts: tuple[int, ...]  # thousandths of it to pay for each of 1, 2, 3, ... multiplications summed in one call

    def add(self, data: bytes) -> bytes:
        """Return the sum of two points of the curve; adding makes sense outside the subgroup too."""
        if len(data) != 2 * self.size:
            raise PrecompileFailure("not two points")
        p, q = (self.decode(half, "from_xy_bytes_unchecked_be") for half in (data[: self.size], data[self.size :]))
        return _pad((p + q).to_xy_bytes_be())

    def msm(self, data: bytes) -> bytes:
        """Return a multi-scalar multiplication: the sum of points, each times an integer."""
        pairs = _split(data, self.size + 32, "points and scalars", least=1)
        points = [self.decode(pair[: self.size]) for pair in pairs]
        scalars = [_arkworks().Scalar.from_be_bytes_mod_order(pair[self.size :]) for pair in pairs]
        return _pad(getattr(_arkworks(), self.name).multiexp_unchecked(points, scalars).to_xy_bytes_be())

    def msm_price(self, data: bytes) -> int:
        count = len(data) // (self.size + 32)
        discount = self.discounts[min(count, len(self.discounts)) - 1]
        return count * self.mul_price * discount // 1000

    def map(self, data: bytes) -> bytes:
        """Return the point of the subgroup that a field element is mapped to: the second half of hashing to a curve."""
        if len(data) != self.size // 2:
            raise PrecompileFailure("not one field element")
        return _pad(self.decode(data, self.map_name).to_xy_bytes_be())

    def decode(self, data: bytes, method: str = "from_xy_bytes_be") -> Any:
        """Return the point; every method checks field and curve, the default one the subgroup too."""
        try:
            return getattr(getattr(_arkworks(), self.name), method)(_unpad(data))
        except ValueError as error:
            raise PrecompileFailure(f"not a point: {error}") from None


# fmt: off
G1 = BlsGroup("G1Point", 128, "map_from_fp_be", 12_000, (
    1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665, 661, 658, 654,
    651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615, 613, 611, 609, 608, 606, 604,
    603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585, 584, 582, 581, 580, 579, 577, 576, 575, 574,
    573, 572, 570, 569, 568, 567, 566, 565, 564, 563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551,
    550, 549, 548, 547, 547, 546, 545, 544, 543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532,
    532, 531, 530, 529, 528, 528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519,
))
G2 = BlsGroup("G2Point", 256, "map_from_fp2_be", 22_500, (
    1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704, 699, 693, 688, 683,
    679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629, 627, 624, 622, 620, 618, 615,
    613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592, 590, 589, 587, 586, 584, 583, 582, 580, 579,
    578, 576, 575, 574, 573, 571, 570, 569, 568, 567, 566, 565, 563, 562, 561, 560, 559, 558, 557, 556, 555, 554,
    553, 552, 552, 551, 550, 549, 548, 547, 546, 545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536,
    535, 535, 534, 533, 532, 532, 531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524,
))
# fmt: on


def bls12_pairing(data: bytes) -> bytes:
    """Say whether the pairings of all pairs of points multiply to one."""
    pairs = _split(data, G1.size + G2.size, "pairs", least=1)
    first, second = [G1.decode(pair[: G1.size]) for pair in pairs], [G2.decode(pair[G1.size :]) for pair in pairs]
    return TRUE if _arkworks().GT.pairing_check(first, second) else FALSE


def _unpad(data: bytes) -> bytes:
    parts = _split(data, 64, "coordinates")
    if any(part[:16] != bytes(16) for part in parts):
        raise PrecompileFailure("a coordinate of more than 48 bytes")
    return b"".join(part[16:] for part in parts)


def _pad(data: bytes) -> bytes:
    return b"".join(bytes(16) + part for part in _split(data, 48, "coordinates"))


def _arkworks() -> Any:
    return import_module("py_arkworks_bls12381")


# Blob commitments (EIP-4844): a blob is a polynomial p, committed to as C = p(tau) · G1. Nobody knows tau; the ceremony
# that drew it left behind its multiples, of which checking needs one.

BLS_MODULUS = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
FIELD_ELEMENTS_PER_BLOB = 4096
TAU_G2 = bytes.fromhex(
    "b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72"
    "185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2"
)


def point_evaluation(data: bytes) -> bytes:
    """Check a proof that a blob's polynomial has the value y at z; say how large blob and field are.

    Input: versioned hash, z, y (32 bytes each), commitment, proof (48 each). If p(z) = y, then z is a root of p(X) - y,
    and (p(X) - y) / (X - z) is a polynomial: the prover commits to it, and the pairing compares at X = tau:
    e(C - y · G1, G2) = e(proof, (tau - z) · G2).
    """
    if len(data) != 192:
        raise PrecompileFailure("not 192 bytes")
    versioned_hash, z_bytes, y_bytes, commitment = data[:32], data[32:64], data[64:96], data[96:144]
    if versioned_hash != b"\x01" + sha256(commitment).digest()[1:]:
        raise PrecompileFailure("the versioned hash is not that of the commitment")
    lib = _arkworks()
    try:
        z, y = lib.Scalar.from_be_bytes(z_bytes), lib.Scalar.from_be_bytes(y_bytes)
        numerator = _kzg_point(commitment) - lib.G1Point() * y
        denominator = lib.G2Point.from_compressed_bytes(TAU_G2) - lib.G2Point() * z
        is_valid = lib.GT.pairing_check([numerator, _kzg_point(data[144:])], [-lib.G2Point(), denominator])
    except ValueError as error:
        raise PrecompileFailure(f"not a point or scalar: {error}") from None
    if not is_valid:
        raise PrecompileFailure("the polynomial has another value there")
    return FIELD_ELEMENTS_PER_BLOB.to_bytes(32, "big") + BLS_MODULUS.to_bytes(32, "big")


def _kzg_point(data: bytes) -> Any:
    point = _arkworks().G1Point.from_compressed_bytes(data)
    if point.to_compressed_bytes() != data:
        raise ValueError("another encoding of infinity")
    return point


# P-256, also called secp256r1 (EIP-7951).

P256_MODULUS = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_GENERATOR = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def p256_verify(data: bytes) -> bytes:
    """Return one if a signature (hash, r, s, key x, key y) is valid, and nothing otherwise: it never fails.

    ECDSA: r must be the x coordinate, modulo the order, of (hash / s) · G + (r / s) · key.
    """
    from Crypto.PublicKey.ECC import EccPoint

    if len(data) != 160:
        return b""
    digest, r, s, x, y = words_of(data)
    if not (0 < r < P256_ORDER and 0 < s < P256_ORDER and x < P256_MODULUS and y < P256_MODULUS) or x == y == 0:
        return b""
    try:
        key = EccPoint(x, y, "p256")
    except ValueError:  # not on the curve
        return b""
    inverse = pow(s, -1, P256_ORDER)
    point = EccPoint(*P256_GENERATOR, "p256") * (digest * inverse % P256_ORDER) + key * (r * inverse % P256_ORDER)
    return TRUE if not point.is_point_at_infinity() and int(point.x) % P256_ORDER == r else b""
