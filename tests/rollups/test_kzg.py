"""Commitments, proofs and cells: what belongs together is accepted, everything else is refused by name."""

from __future__ import annotations

import sys
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest

from toyevm.errors import DecodingError, InputError, InvalidProof, PrecompileFailure
from toyevm.rollups import kzg
from toyevm.rollups.blobs import decode_blob, encode_blob
from toyevm.rollups.costs import BLOB_BYTES
from toyevm.rollups.kzg import (
    SETUP_VARIABLE,
    BlobSidecar,
    ProvenCell,
    TrustedSetup,
    cells_of,
    check_cells,
    check_sidecar,
    commit,
    load_setup,
    make_sidecar,
    recover_blob,
)
from toyevm.rollups.toy_ceremony import ToyCeremony
from toyevm.vm.curves import BLS_MODULUS, TAU_G2, point_evaluation

DATA = Random(4).randbytes(100_000)


@pytest.fixture(scope="module")
def setup() -> TrustedSetup:
    pytest.importorskip("ckzg")
    return load_setup()


@pytest.fixture(scope="module")
def sidecar(setup: TrustedSetup) -> BlobSidecar:
    return make_sidecar(DATA, setup)


@pytest.fixture(scope="module")
def cells(setup: TrustedSetup, sidecar: BlobSidecar) -> tuple[ProvenCell, ...]:
    return cells_of(sidecar.blob, setup)


@pytest.fixture(scope="module")
def ceremony() -> ToyCeremony:
    pytest.importorskip("ckzg")
    return ToyCeremony.draw(Random(5))


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


# A whole blob


def test_a_sidecar_belongs_to_the_hash_in_the_transaction(setup: TrustedSetup, sidecar: BlobSidecar) -> None:
    check_sidecar(sidecar, sidecar.versioned_hash, setup)
    assert decode_blob(sidecar.blob) == DATA
    assert sidecar.versioned_hash == b"\x01" + sha256(sidecar.commitment).digest()[1:]
    assert (len(sidecar.commitment), len(sidecar.proof)) == (48, 48)


@pytest.mark.parametrize("at", [0, 1, 31, 32, BLOB_BYTES // 2, BLOB_BYTES - 1])
def test_a_changed_blob_is_refused(setup: TrustedSetup, sidecar: BlobSidecar, at: int) -> None:
    with pytest.raises(InvalidProof, match="not the one committed to"):
        check_sidecar(replace(sidecar, blob=flipped(sidecar.blob, at)), sidecar.versioned_hash, setup)


@pytest.mark.parametrize("at", range(0, 48, 5))
def test_a_changed_proof_is_refused(setup: TrustedSetup, sidecar: BlobSidecar, at: int) -> None:
    with pytest.raises(InvalidProof, match="not the one committed to"):
        check_sidecar(replace(sidecar, proof=flipped(sidecar.proof, at)), sidecar.versioned_hash, setup)


@pytest.mark.parametrize("at", range(0, 48, 5))
def test_a_changed_commitment_is_refused(setup: TrustedSetup, sidecar: BlobSidecar, at: int) -> None:
    changed = replace(sidecar, commitment=flipped(sidecar.commitment, at))
    with pytest.raises(InvalidProof, match="not that of the commitment"):
        check_sidecar(changed, sidecar.versioned_hash, setup)
    with pytest.raises(InvalidProof, match="not the one committed to"):
        check_sidecar(changed, changed.versioned_hash, setup)


def test_the_sidecar_of_other_data_is_refused(setup: TrustedSetup, sidecar: BlobSidecar) -> None:
    with pytest.raises(InvalidProof, match="not that of the commitment"):
        check_sidecar(make_sidecar(DATA[1:], setup), sidecar.versioned_hash, setup)


@pytest.mark.parametrize(
    "change", [{"blob": b""}, {"blob": b"\xff" * BLOB_BYTES}, {"proof": b""}, {"proof": bytes(48)}]
)
def test_what_has_not_even_the_form_is_refused(setup: TrustedSetup, sidecar: BlobSidecar, change: dict) -> None:
    with pytest.raises(InvalidProof):
        check_sidecar(replace(sidecar, **change), sidecar.versioned_hash, setup)


@pytest.mark.parametrize(
    "blob", [b"", b"\xff" * BLOB_BYTES, bytes(BLOB_BYTES - 1)], ids=["empty", "too large", "short"]
)
def test_what_is_no_blob_is_not_committed_to(setup: TrustedSetup, blob: bytes) -> None:
    for call in (commit, cells_of):
        with pytest.raises(DecodingError, match="not a blob"):
            call(blob, setup)


def test_the_machine_accepts_what_is_proven_here(setup: TrustedSetup) -> None:
    """Two independent libraries: ckzg proves, the machine's precompile checks."""
    import ckzg

    blob = encode_blob(b"batch")
    proof, y = ckzg.compute_kzg_proof(blob, (9).to_bytes(32, "big"), setup.loaded)
    commitment = commit(blob, setup)
    hash_ = b"\x01" + sha256(commitment).digest()[1:]
    assert point_evaluation(hash_ + (9).to_bytes(32, "big") + y + commitment + proof)


# Cells


def test_the_first_64_cells_are_the_blob(sidecar: BlobSidecar, cells: tuple[ProvenCell, ...]) -> None:
    assert len(cells) == 128
    assert {len(cell.values) for cell in cells} == {2_048}
    assert b"".join(cell.values for cell in cells[:64]) == sidecar.blob


def test_all_cells_are_of_the_blob_committed_to(setup: TrustedSetup, sidecar: BlobSidecar, cells: tuple) -> None:
    check_cells(sidecar.commitment, dict(enumerate(cells)), setup)


@pytest.mark.parametrize("seed", range(3))
def test_any_64_cells_give_back_the_data(setup: TrustedSetup, sidecar: BlobSidecar, cells: tuple, seed: int) -> None:
    chosen = Random(seed).sample(range(128), 64)  # in any order
    assert decode_blob(recover_blob(sidecar.commitment, {place: cells[place] for place in chosen}, setup)) == DATA


def test_63_cells_are_refused(setup: TrustedSetup, sidecar: BlobSidecar, cells: tuple) -> None:
    with pytest.raises(InputError, match="63 cells"):
        recover_blob(sidecar.commitment, dict(enumerate(cells[:63])), setup)


@pytest.mark.parametrize("place", [0, 17, 127])
def test_a_changed_cell_is_refused_by_its_place(
    setup: TrustedSetup, sidecar: BlobSidecar, cells: tuple, place: int
) -> None:
    all_cells = dict(enumerate(cells))
    wrong = (
        replace(cells[place], values=flipped(cells[place].values, 1_000)),
        replace(cells[place], proof=flipped(cells[place].proof, 40)),
        replace(cells[place], values=b"\xff" * 2_048),
        replace(cells[place], values=b""),
        cells[(place + 1) % 128],
    )
    for cell in wrong:
        for call in (check_cells, recover_blob):
            with pytest.raises(InvalidProof, match=f"^cell {place} "):
                call(sidecar.commitment, all_cells | {place: cell}, setup)


@pytest.mark.parametrize("place", [-1, 128, 2**70])
def test_a_cell_at_no_place_is_refused(setup: TrustedSetup, sidecar: BlobSidecar, cells: tuple, place: int) -> None:
    with pytest.raises(InvalidProof, match=f"^cell {place} "):
        check_cells(sidecar.commitment, {place: cells[0]}, setup)


def test_cells_of_another_blob_are_refused(setup: TrustedSetup, cells: tuple) -> None:
    with pytest.raises(InvalidProof, match=r"^cell 0 "):
        check_cells(commit(encode_blob(b"other"), setup), dict(enumerate(cells)), setup)


# The trusted setup


def test_a_setup_may_be_named_by_path_or_in_the_environment(setup: TrustedSetup, monkeypatch, tmp_path) -> None:
    path = tmp_path / "kzg_trusted_setup.txt"
    with open(setup.source) as source:
        path.write_text(source.read())
    assert load_setup(path).source == str(path)
    monkeypatch.setenv(SETUP_VARIABLE, str(path))
    assert load_setup().source == str(path)


@pytest.mark.parametrize("content", [None, "", "4096\n65\n12", "nonsense"])
def test_another_file_is_refused_in_one_line(monkeypatch, tmp_path, content: str | None) -> None:
    pytest.importorskip("ckzg")
    path = tmp_path / "setup.txt"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv(SETUP_VARIABLE, str(path))
    with pytest.raises(InputError, match=r"expected a file kzg_trusted_setup\.txt"):
        load_setup()


def test_where_no_setup_is_found_one_line_says_what_to_do(monkeypatch) -> None:
    pytest.importorskip("ckzg")
    monkeypatch.delenv(SETUP_VARIABLE, raising=False)
    monkeypatch.setattr(kzg, "SETUP_FILES", (("no_such_package", "file"),))
    with pytest.raises(InputError, match=r"pip install 'toyevm\[blobs\]'"):
        load_setup()


def test_without_ckzg_one_line_says_what_to_install(monkeypatch, tmp_path) -> None:
    monkeypatch.setitem(sys.modules, "ckzg", None)
    with pytest.raises(InputError, match=r"^ckzg is not installed .*toyevm\[blobs\]") as refused:
        load_setup(tmp_path / "none")
    assert "\n" not in str(refused.value)


def test_the_packaged_setup_is_that_of_mainnet(setup: TrustedSetup) -> None:
    with open(setup.source) as file:
        lines = file.read().split()
    assert bytes.fromhex(lines[2 + 4096 + 1]) == TAU_G2  # the second power in G2


# Why nobody may know the secret


def test_a_toy_setup_works_like_the_real_one(ceremony: ToyCeremony) -> None:
    sidecar = make_sidecar(DATA, ceremony.setup)
    check_sidecar(sidecar, sidecar.versioned_hash, ceremony.setup)
    cells = cells_of(sidecar.blob, ceremony.setup)
    assert recover_blob(sidecar.commitment, dict(enumerate(cells[64:], 64)), ceremony.setup) == sidecar.blob
    with pytest.raises(InvalidProof):
        check_sidecar(replace(sidecar, blob=flipped(sidecar.blob, 1)), sidecar.versioned_hash, ceremony.setup)


def test_a_toy_setup_says_that_its_secret_is_known(ceremony: ToyCeremony) -> None:
    assert "secret is known" in ceremony.setup.source
    assert ToyCeremony.draw(Random(5)) == ceremony  # drawn from the seed


def test_who_knows_the_secret_proves_any_value(ceremony: ToyCeremony, setup: TrustedSetup) -> None:
    import ckzg

    commitment, z = commit(encode_blob(b"truth"), ceremony.setup), 1234
    z_bytes = z.to_bytes(32, "big")
    for y in (0, 1, BLS_MODULUS - 1):
        forged = ceremony.forge(commitment, z, y)
        claim = (commitment, z_bytes, y.to_bytes(32, "big"), forged)
        assert ckzg.verify_kzg_proof(*claim, ceremony.setup.loaded)
        assert not ckzg.verify_kzg_proof(*claim, setup.loaded)


def test_the_machine_refuses_proofs_of_a_toy_setup(ceremony: ToyCeremony) -> None:
    commitment = commit(encode_blob(b"truth"), ceremony.setup)
    data = b"\x01" + sha256(commitment).digest()[1:] + (7).to_bytes(32, "big") + (8).to_bytes(32, "big")
    with pytest.raises(PrecompileFailure, match="another value"):
        point_evaluation(data + commitment + ceremony.forge(commitment, 7, 8))
