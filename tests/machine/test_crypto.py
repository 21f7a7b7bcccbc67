"""Doors to keccak and secp256k1: every library behind them must give the same answers."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toyevm import crypto
from toyevm.errors import InputError, InvalidSignature

KECCAK_LIBRARIES = ["tiny_keccak", "sha3", "Crypto.Hash.keccak"]
HASH = crypto.keccak256(b"message")
KEY = bytes(31) + b"\x07"
N = crypto.SECP256K1_ORDER
hashes = st.binary(min_size=32, max_size=32)
keys = st.integers(1, N - 1).map(lambda number: number.to_bytes(32, "big"))


@pytest.fixture(params=["coincurve", "py_ecc"])
def curve_library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "py_ecc":
        monkeypatch.setitem(sys.modules, "coincurve", None)
    return request.param


@pytest.fixture
def fresh_choice(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Make the next call of keccak256 choose its library again, and restore the choice afterwards."""
    monkeypatch.setattr(crypto, "_keccak", crypto._choose_keccak)
    return monkeypatch


# Keccak


@pytest.mark.parametrize("blocked", range(len(KECCAK_LIBRARIES) + 1))
def test_every_keccak_library_gives_the_same_digests_for_every_kind_of_buffer(fresh_choice, blocked):
    expected = [crypto.pure_keccak256(bytes(length)) for length in (0, 1, 135, 136, 137, 272)]
    for library in KECCAK_LIBRARIES[:blocked]:
        fresh_choice.setitem(sys.modules, library, None)
    for kind in (bytes, bytearray, lambda length: memoryview(bytes(length))):
        assert [crypto.keccak256(kind(length)) for length in (0, 1, 135, 136, 137, 272)] == expected
    assert (crypto._keccak is crypto.pure_keccak256) == (blocked == len(KECCAK_LIBRARIES))


def test_keccak_is_not_the_sha3_of_nist():
    assert crypto.pure_keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=600))
def test_pure_keccak_agrees_with_a_library_at_every_length(data):
    from Crypto.Hash import keccak

    assert crypto.pure_keccak256(data) == keccak.new(data=data, digest_bits=256).digest()


def test_hashing_what_is_no_buffer_is_a_type_error():
    for mistake in (5, [1, 2], "text", None):
        with pytest.raises(TypeError):
            crypto.keccak256(mistake)


def test_the_constants_are_what_they_say():
    from coincurve.utils import GROUP_ORDER_INT

    assert crypto.pure_keccak256(b"") == crypto.EMPTY_CODE_HASH
    assert crypto.SECP256K1_ORDER == GROUP_ORDER_INT


# Signatures


@settings(max_examples=10, deadline=None)
@given(hashes, keys)
def test_a_signature_leads_back_to_its_signer_whichever_library_made_it(message_hash, key):
    from eth_keys.datatypes import PrivateKey

    signature = crypto.sign(message_hash, key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "coincurve", None)
        assert crypto.sign(message_hash, key) == signature
        address = crypto.recover_address(message_hash, *signature)
        assert crypto.address_of(key) == address
    assert crypto.recover_address(message_hash, *signature) == crypto.address_of(key) == address
    assert PrivateKey(key).public_key.to_canonical_address() == address


def test_signing_is_deterministic_and_s_is_low(curve_library):
    y_parity, r, s = crypto.sign(HASH, KEY)
    assert crypto.sign(HASH, KEY) == (y_parity, r, s)
    assert all(crypto.sign(crypto.keccak256(bytes([i])), KEY)[2] <= N // 2 for i in range(8))
    assert crypto.recover_address(HASH, 1 - y_parity, r, N - s) == crypto.address_of(KEY)  # the high twin
    assert crypto.recover_address(HASH, 1 - y_parity, r, s) != crypto.address_of(KEY)


@pytest.mark.parametrize(
    ("y_parity", "r", "s"),
    [
        (2, 1, 1),
        (27, 1, 1),
        (-1, 1, 1),
        (0, 0, 1),
        (0, N, 1),
        (0, 1, 0),
        (0, 1, N),
        (0, -1, 1),
        (0, N + 1, 1),
        (0, 1, N + 1),
        (0, 2**256, 1),
    ],
)
def test_a_number_out_of_range_is_an_invalid_signature(curve_library, y_parity, r, s):
    with pytest.raises(InvalidSignature):
        crypto.recover_address(HASH, y_parity, r, s)


def test_a_parity_is_one_bit_although_libraries_know_two():
    """The second bit of a recovery id says that the coordinate is r + n; Ethereum has no place for it."""
    for r in range(1, 20):
        for y_parity in (2, 3):
            with pytest.raises(InvalidSignature):
                crypto.recover_address(HASH, y_parity, r, 1)


def test_an_r_that_is_no_coordinate_of_a_point_is_an_invalid_signature(curve_library):
    assert len(crypto.recover_address(HASH, 0, 1, 1)) == 20  # x = 1 is on the curve, x = 5 is not
    with pytest.raises(InvalidSignature):
        crypto.recover_address(HASH, 0, 5, 1)


def test_a_signature_by_the_point_at_infinity_is_invalid(curve_library):
    """With R = k·G and s·k = hash, the recovered key (s·R - hash·G) / r is the point at infinity."""
    r = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798  # k = 1: x of the generator, whose y is even
    with pytest.raises(InvalidSignature):
        crypto.recover_address((12345).to_bytes(32, "big"), 0, r, 12345)


@pytest.mark.parametrize("key", [bytes(32), N.to_bytes(32, "big"), b"\x01", bytes(33)])
def test_what_is_not_a_private_key_is_refused(curve_library, key):
    with pytest.raises(InputError):
        crypto.sign(HASH, key)
    with pytest.raises(InputError):
        crypto.address_of(key)


def test_importing_the_module_imports_no_library():
    program = "import sys, toyevm.crypto, toyevm.trie, toyevm.vm.precompiles; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "toyevm.vm.curves" in loaded
    assert not {"coincurve", "py_ecc", "tiny_keccak", "sha3", "Crypto", "py_arkworks_bls12381"} & set(loaded)


def test_py_ecc_leaves_the_recursion_limit_alone():
    program = (
        "import sys; sys.modules['coincurve'] = None; before = sys.getrecursionlimit();"
        "from toyevm.crypto import address_of; address_of(bytes(31) + b'x');"
        "assert 'py_ecc' in sys.modules and sys.getrecursionlimit() == before"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
