"""Numbers that the EIPs publish, for precompiles and opcodes of Prague and Osaka; EELS is not asked here."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import pytest

from tests.support.drivers import replace_instruction
from toyevm.assembler import assemble
from toyevm.errors import PrecompileFailure
from toyevm.forks import OSAKA, PRAGUE, Fork
from toyevm.types import to_address
from toyevm.vm import compiler, curves
from toyevm.vm.frame import prepare
from toyevm.vm.message import execute_message, world_with_code
from toyevm.vm.precompiles import precompiles_of


def run(number: int, data: bytes, fork: Fork = OSAKA) -> bytes:
    return precompiles_of(fork)[to_address(number)].run(data)


def price(number: int, data: bytes, fork: Fork = OSAKA) -> int:
    return precompiles_of(fork)[to_address(number)].gas(data)


def elements(*numbers: str | int) -> bytes:
    """Return field elements of BLS12-381, each padded to 64 bytes."""
    return b"".join((int(n, 16) if isinstance(n, str) else n).to_bytes(64, "big") for n in numbers)


# BLS12-381: EIP-2537, assets/eip-2537/*.json. Prices are those of the final text.

G1 = elements(
    "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
    "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1",
)
G2_X = (
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
    "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e",
)
G2 = elements(
    *G2_X,
    "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801",
    "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be",
)
MINUS_G2 = elements(
    *G2_X,
    "0d1b3cc2c7027888be51d9ef691d77bcb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa",
    "13fa4d4a0ad8b1ce186ed5061789213d993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed",
)
P1 = elements(
    "112b98340eee2777cc3c14163dea3ec97977ac3dc5c70da32e6e87578f44912e902ccef9efe28d4a78b8999dfbca9426",
    "186b28d92356c4dfec4b5201ad099dbdede3781f8998ddf929b4cd7756192185ca7b8f4ef7088f813270ac3d48868a21",
)
NOT_BELOW_P = "31f2e5916b17be2e71b10b4292f558e727dfd7d48af9cbc5087f0ce00dcca27c8b01e83eaace1aefb539f00adb227166"
NOT_IN_G1 = elements(
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "193fb7cedb32b2c3adc06ec11a96bc0d661869316f5e4a577a9f7c179593987beb4fb2ee424dbb2f5dd891e228b46c4a",
)
TWO = (2).to_bytes(32, "big")

MAPS_TO_G1 = {
    "156c8a6a2c184569d69a76be144b5cdc5141d2d2ca4fe341f011e25e3969c55ad9e9b9ce2eb833c81a908e5fa4ac5f03": (
        "184bb665c37ff561a89ec2122dd343f20e0f4cbcaec84e3c3052ea81d1834e192c426074b02ed3dca4e7676ce4ce48ba",
        "04407b8d35af4dacc809927071fc0405218f1401a6d15af775810e4e460064bcc9468beeba82fdc751be70476c888bf3",
    ),
    "147e1ed29f06e4c5079b9d14fc89d2820d32419b990c1c7bb7dbea2a36a045124b31ffbde7c99329c05c559af1c6cc82": (
        "009769f3ab59bfd551d53a5f846b9984c59b97d6842b20a2c565baa167945e3d026a3755b6345df8ec7e6acb6868ae6d",
        "1532c00cf61aa3d0ce3e5aa20c3b531a2abd2c770a790a2613818303c6b830ffc0ecf6c357af3317b9575c567f11cd2c",
    ),
    "04090815ad598a06897dd89bcda860f25837d54e897298ce31e6947378134d3761dc59a572154963e8c954919ecfa82d": (
        "1974dbb8e6b5d20b84df7e625e2fbfecb2cdb5f77d5eae5fb2955e5ce7313cae8364bc2fff520a6c25619739c6bdcb6a",
        "15f9897e11c6441eaa676de141c8d83c37aab8667173cbe1dfd6de74d11861b961dccebcd9d289ac633455dfcc7013a3",
    ),
}
MAPS_TO_G2 = {
    (
        "07355d25caf6e7f2f0cb2812ca0e513bd026ed09dda65b177500fa31714e09ea0ded3a078b526bed3307f804d4b93b04",
        "02829ce3c021339ccb5caf3e187f6370e1e2a311dec9b75363117063ab2015603ff52c3d3b98f19c2f65575e99e8b78c",
    ): (
        "00e7f4568a82b4b7dc1f14c6aaa055edf51502319c723c4dc2688c7fe5944c213f510328082396515734b6612c4e7bb7",
        "126b855e9e69b1f691f816e48ac6977664d24d99f8724868a184186469ddfd4617367e94527d4b74fc86413483afb35b",
        "0caead0fd7b6176c01436833c79d305c78be307da5f6af6c133c47311def6ff1e0babf57a0fb5539fce7ee12407b0a42",
        "1498aadcf7ae2b345243e281ae076df6de84455d766ab6fcdaad71fab60abb2e8b980a440043cd305db09d283c895e3d",
    ),
    (
        "138879a9559e24cecee8697b8b4ad32cced053138ab913b99872772dc753a2967ed50aabc907937aefb2439ba06cc50c",
        "0a1ae7999ea9bab1dcc9ef8887a6cb6e8f1e22566015428d220b7eec90ffa70ad1f624018a9ad11e78d588bd3617f9f2",
    ): (
        "108ed59fd9fae381abfd1d6bce2fd2fa220990f0f837fa30e0f27914ed6e1454db0d1ee957b219f61da6ff8be0d6441f",
        "0296238ea82c6d4adb3c838ee3cb2346049c90b96d602d7bb1b469b905c9228be25c627bffee872def773d5b2a2eb57d",
        "033f90f6057aadacae7963b0a0b379dd46750c1c94a6357c99b65f63b79e321ff50fe3053330911c56b6ceea08fee656",
        "153606c417e59fb331b7ae6bce4fbf7c5190c33ce9402b5ebe2b70e44fca614f3f1382a3625ed5493843d0b0a652fc3f",
    ),
}


@pytest.mark.parametrize("fork", [PRAGUE, OSAKA], ids=str)
def test_field_elements_are_mapped_to_the_published_points(fork: Fork) -> None:
    for element, point in MAPS_TO_G1.items():
        assert run(0x10, elements(element), fork) == elements(*point)
    for pair, point in MAPS_TO_G2.items():
        assert run(0x11, elements(*pair), fork) == elements(*point)
    assert (price(0x10, bytes(64), fork), price(0x11, bytes(128), fork)) == (5_500, 23_800)


REFUSED = {
    "a point that is cut off": (0x0B, G1[1:] + P1),
    "a point not on the curve": (0x0B, G1[:64] + P1[64:] + P1),
    "a coordinate not below the modulus": (0x0B, elements(NOT_BELOW_P) + G1[64:] + P1),
    "top bytes": (0x0B, b"\x10" + G1[1:] + P1),
    "a byte too many": (0x0C, b"\0" + G1 + TWO + P1 + TWO),
    "a multiple of a point outside the subgroup": (0x0C, NOT_IN_G1 + TWO + P1 + TWO),
    "a multiple of a point not on the curve": (0x0C, G1[:64] + P1[64:] + TWO + P1 + TWO),
    "no points to multiply": (0x0C, b""),
    "no points of the other group": (0x0E, b""),
    "a scalar that is cut off": (0x0E, G2 + TWO[1:]),
    "no pairs": (0x0F, b""),
    "a pair that is cut off": (0x0F, G1[1:] + G2 + G1 + MINUS_G2),
    "a pair with a bad coordinate": (0x0F, elements(NOT_BELOW_P) + G1[64:] + bytes(256)),
    "a pair with top bytes": (0x0F, b"\x10" + G1[1:] + G2 + G1 + MINUS_G2),
    "a pair not on the curve": (0x0F, P1[:64] + G1[64:] + bytes(256)),
    "a pair outside the subgroup": (0x0F, NOT_IN_G1 + bytes(256)),
    "a map of an element not below the modulus": (
        0x11,
        elements("21366f100476ce8d3be6cfc90d59fe13349e388ed12b6dd6dc31ccd267ff000e2c993a063ca66beced06f804d4b8e5af", 1),
    ),
    "a map of nothing": (0x10, b""),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_to_be_refused_is_refused(what: str) -> None:
    number, data = REFUSED[what]
    with pytest.raises(PrecompileFailure):
        run(number, data)


def test_sums_and_products_of_points_keep_the_laws_of_their_group() -> None:
    """Laws that no table is needed for; P1 is a published point with no published discrete logarithm."""
    infinity = bytes(128)
    assert run(0x0B, G1 + G1) == run(0x0C, G1 + TWO)
    assert run(0x0B, G1 + P1) == run(0x0B, P1 + G1) == run(0x0C, G1 + TWO[:-1] + b"\1" + P1 + TWO[:-1] + b"\1")
    assert run(0x0D, G2 + MINUS_G2) == bytes(256)
    assert run(0x0D, G2 + G2) == run(0x0E, G2 + TWO)
    assert run(0x0B, NOT_IN_G1 + infinity) == NOT_IN_G1  # additions do not look at the subgroup
    assert run(0x0F, G1 + G2 + G1 + MINUS_G2) == (1).to_bytes(32, "big")
    assert run(0x0F, G1 + G2 + P1 + MINUS_G2) == bytes(32)
    assert run(0x0F, G1 + G2 + P1 + G2 + run(0x0B, G1 + P1) + MINUS_G2) == (1).to_bytes(32, "big")


def test_without_its_check_a_point_outside_the_subgroup_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = curves.BlsGroup.decode
    monkeypatch.setattr(
        curves.BlsGroup, "decode", lambda group, data, *_: honest(group, data, "from_xy_bytes_unchecked_be")
    )
    number, data = REFUSED["a multiple of a point outside the subgroup"]
    assert run(number, data)


# Modular exponentiation: the tables of EIP-7883, bounds of EIP-7823


def modexp_input(*lengths: int, exponent: bytes = b"") -> bytes:
    """Return lengths of base, exponent and modulus, and numbers that fit them."""
    base, exponent_length, modulus = lengths
    numbers = b"\xee" * base + exponent.ljust(exponent_length, b"\xff") + b"\xfd" * modulus
    return b"".join(length.to_bytes(32, "big") for length in lengths) + numbers


SQUARE, CUBE, FERMAT = b"\x02", b"\x03", b"\x01\x00\x01"
NAGYDANI = {  # n -> (square, cube, power of 65537), before and after; the numbers have 64, 128, ... 1024 bytes
    1: ((200, 200, 341), (500, 500, 2_048)),
    2: ((200, 200, 1_365), (512, 512, 8_192)),
    3: ((341, 341, 5_461), (2_048, 2_048, 32_768)),
    4: ((1_365, 1_365, 21_845), (8_192, 8_192, 131_072)),
    5: ((5_461, 5_461, 87_381), (32_768, 32_768, 524_288)),
}


@pytest.mark.parametrize("n", NAGYDANI)
def test_a_power_costs_what_is_published(n: int) -> None:
    size = 32 * 2**n
    inputs = [modexp_input(size, len(e), size, exponent=e) for e in (SQUARE, CUBE, FERMAT)]
    for fork, prices in zip((PRAGUE, OSAKA), NAGYDANI[n], strict=True):
        assert tuple(price(5, data, fork) for data in inputs) == prices


@pytest.mark.parametrize("position", range(3))
def test_numbers_of_up_to_1024_bytes_are_taken_and_longer_ones_refused(position: int) -> None:
    for length, fails in ((1_024, False), (1_025, True), (2**64, True), (2**256 - 1, True)):
        lengths = [1, 1, 1]
        lengths[position] = length
        data = b"".join(n.to_bytes(32, "big") for n in lengths) + b"\x03" * 1_030
        if fails:
            with pytest.raises(PrecompileFailure):
                run(5, data)
        else:
            numbers, start = [], 96
            for n in lengths:
                numbers.append(int.from_bytes(data[start : start + n].ljust(n, b"\0"), "big"))
                start += n
            assert run(5, data) == pow(*numbers).to_bytes(lengths[2], "big")
            assert run(5, data, PRAGUE) == run(5, data)


# Signatures on P-256: EIP-7951, assets/eip-7951/test-vectors.json, which quotes Wycheproof; then any others

MESSAGE = "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
KEY = (
    "2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
    "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e"
)
R = "2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e18"
S = "4cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76"
ORDER, MODULUS = curves.P256_ORDER, curves.P256_MODULUS
R_PLUS_ORDER = "d45c5740946b2a147f59262ee6f5bc90bd01ed280528b62b3aed5fc93f06f739"
R_NEGATED = "d45c5741946b2a137f59262ee6f5bc91001af27a5e1117a64733950642a3d1e8"
S_NEGATED = "b329f479a2bbd0a5c384ee1493b1f5186a87139cac5df4087c134b49156847db"
S_CHANGED = "4cd60b865d442f5a3c7b11eb6c4e0ae79578ec6353a20bf783ecb4b6ea97b825"
P256_VECTORS = {  # name in Wycheproof -> (r and s, whether they are a signature)
    "#1": (R + S, True),
    "#3": (R_PLUS_ORDER + S_NEGATED, False),
    "#5": (R_NEGATED + S_NEGATED, False),
    "#8": (R + S_CHANGED, False),
} | {  # from 9 on: r and s from these, in this order
    f"#{9 + 7 * i + j}": (f"{r:064x}{s:064x}", False)
    for i, r in enumerate((0, 1, ORDER))
    for j, s in enumerate((0, 1, ORDER, ORDER - 1, ORDER + 1, MODULUS, MODULUS + 1))
}


@pytest.mark.parametrize("name", P256_VECTORS)
def test_a_published_signature_is_judged_as_published(name: str) -> None:
    signature, valid = P256_VECTORS[name]
    answer = run(0x100, bytes.fromhex(MESSAGE + signature + KEY))
    assert answer == ((1).to_bytes(32, "big") if valid else b"")
    assert price(0x100, b"") == 6_900


def valid_for_openssl(data: bytes) -> bool:
    """Return what the `cryptography` package says of digest, r, s, x and y."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    r, s, x, y = (int.from_bytes(data[i : i + 32], "big") for i in (32, 64, 96, 128))
    try:
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        public.verify(utils.encode_dss_signature(r, s), data[:32], ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    except (InvalidSignature, ValueError):
        return False
    return True


def test_a_signature_is_judged_as_by_openssl() -> None:
    """Valid signatures, and the same with a field replaced by an edge, or by another signature's."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    rng, judged = random.Random(1), {True: 0, False: 0}
    edges = [n % 2**256 for base in (0, ORDER, MODULUS, 2**256) for n in (base - 1, base, base + 1)]
    signatures = []
    for i in range(12):
        key, digest = (
            ec.derive_private_key(rng.randrange(1, ORDER), ec.SECP256R1()),
            hashlib.sha256(bytes([i])).digest(),
        )
        r, s = utils.decode_dss_signature(key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()))))
        public = key.public_key().public_numbers()
        signatures.append([int.from_bytes(digest, "big"), r, s, public.x, public.y])
    for numbers in signatures:
        for changes in ({}, {2: ORDER - numbers[2]}, *({rng.randrange(5): rng.choice(edges)} for _ in range(6)),
                        {i: rng.choice(signatures)[i] for i in (rng.randrange(5),)}):  # fmt: skip
            changed = [changes.get(i, number) for i, number in enumerate(numbers)]
            data = b"".join(number.to_bytes(32, "big") for number in changed)
            expected = valid_for_openssl(data)
            judged[expected] += 1
            assert (run(0x100, data) != b"") is expected, changes
    assert min(judged.values()) >= 24


# Leading zeros: the table of EIP-7939

CLZ = {0: 256, 2**255: 0, 2**256 - 1: 0, 2**254: 1, 2**255 - 1: 1, 1: 255}


@pytest.mark.parametrize("visits", [float("inf"), 0], ids=["interpreted", "compiled"])
@pytest.mark.parametrize("source", ["PUSH {} CLZ", "PUSH0 CALLDATALOAD CLZ"], ids=["known", "unknown"])
def test_leading_zeros_are_counted_as_published(monkeypatch: pytest.MonkeyPatch, visits: float, source: str) -> None:
    monkeypatch.setattr(compiler, "HOT_AFTER", visits)
    for number, count in {**CLZ, **{2**i: 255 - i for i in range(256)}}.items():
        code = assemble(source.format(number) + " PUSH0 MSTORE MSIZE PUSH0 RETURN")
        prepare.cache_clear()
        result = execute_message(world_with_code(code), input=number.to_bytes(32, "big"))
        assert int.from_bytes(result.output, "big") == count
        with_iszero = execute_message(world_with_code(code.replace(b"\x1e", b"\x15")))
        assert result.gas_used - with_iszero.gas_used == 5 - 3


def test_a_wrong_count_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def off_by_one(frame: Any) -> None:
        frame.stack[-1] = 255 - frame.stack[-1].bit_length() % 256

    replace_instruction(monkeypatch, "CLZ", off_by_one)
    with pytest.raises(AssertionError):
        test_leading_zeros_are_counted_as_published(monkeypatch, float("inf"), "PUSH {} CLZ")
