"""Commitments to blobs, and proofs: that a blob or a cell of it is the one that was committed to (EIP-4844, EIP-7594).

A blob is a polynomial p, its commitment p(tau) · G1: 48 bytes. Nobody knows tau; the ceremony that drew it left behind
its multiples, 800 kB, the *trusted setup*. The arithmetic is that of `ckzg`, as in real nodes; what is checked, and in
which order, is here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from toyevm.errors import DecodingError, InputError, InvalidProof
from toyevm.rollups.blobs import encode_blob, versioned_hash
from toyevm.rollups.sampling import CELLS, ENOUGH
from toyevm.types import Hash32

SETUP_VARIABLE = "TOYEVM_TRUSTED_SETUP"
SETUP_FILES = (  # packages that bring it along, none of them imported
    ("eth_account", "typed_transactions/blob_transactions/kzg_trusted_setup.txt"),
    ("eth", "_utils/kzg_trusted_setup.txt"),
)


@dataclass(frozen=True)
class TrustedSetup:
    """What a ceremony left behind: `source` says where it is from, `loaded` is for ckzg."""

    source: str
    loaded: Any = field(repr=False)


def load_setup(path: Path | None = None) -> TrustedSetup:
    """Load the outcome of the ceremony of 2023, which mainnet uses: two seconds the first time.

    Args:
        path: of the file kzg_trusted_setup.txt; if None, what the environment variable TOYEVM_TRUSTED_SETUP names, or
            the file that eth-account or py-evm brings along.

    Raises:
        InputError: ckzg is not installed, there is no such file, or it is not a trusted setup.
    """
    named = path or os.environ.get(SETUP_VARIABLE) or _packaged()
    _ckzg()
    if not named:
        expected = f"pip install 'toyevm[blobs]', or the path of kzg_trusted_setup.txt in {SETUP_VARIABLE}"
        raise InputError("no trusted setup found", expected=expected)
    return _load_once(Path(named))


def setup_if_installed() -> TrustedSetup | None:
    """Return the setup of mainnet; None where ckzg or the setup's file is missing, so that a batcher posts calldata."""
    with suppress(InputError):
        return load_setup()
    return None


def read_setup(path: Path, source: str = "") -> TrustedSetup:
    """Read a file of the form that ckzg knows; `source` says where it is from, if not its path."""
    try:
        return TrustedSetup(source or str(path), _ckzg().load_trusted_setup(str(path), 0))
    except RuntimeError as error:
        raise InputError(f"{error}: {str(path)!r}", expected="a file kzg_trusted_setup.txt") from None


_load_once = cache(read_setup)


def _packaged() -> str | None:
    for package, name in SETUP_FILES:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            if (Path(folder) / name).is_file():
                return str(Path(folder) / name)
    return None


def _ckzg() -> Any:
    try:
        return import_module("ckzg")
    except ImportError:
        raise InputError("ckzg is not installed", expected="pip install 'toyevm[blobs]'") from None


# A whole blob


@dataclass(frozen=True)
class BlobSidecar:
    """What travels beside a transaction that carries the versioned hash, and is dropped after 18 days.

    `proof` shows that the blob is the one committed to. (Since Osaka the network sends a proof for each cell instead.)
    """

    blob: bytes = field(repr=False)
    commitment: bytes
    proof: bytes

    @cached_property
    def versioned_hash(self) -> Hash32:
        return versioned_hash(self.commitment)


def make_sidecar(data: bytes, setup: TrustedSetup) -> BlobSidecar:
    """Put data, at most 126,976 bytes, into a blob; commit to it, and prove it."""
    blob = encode_blob(data)
    commitment = commit(blob, setup)
    return BlobSidecar(blob, commitment, _ckzg().compute_blob_kzg_proof(blob, commitment, setup.loaded))


def commit(blob: bytes, setup: TrustedSetup) -> bytes:
    """Return the commitment to a blob; raise DecodingError if it is none."""
    commitment: bytes = _from_blob("blob_to_kzg_commitment", blob, setup)
    return commitment


def check_sidecar(sidecar: BlobSidecar, expected_hash: Hash32, setup: TrustedSetup) -> None:
    """Check that a sidecar belongs to a transaction that carries this versioned hash.

    Raises:
        InvalidProof: the commitment has another hash, or the proof does not show that the blob is the one committed to.
    """
    if sidecar.versioned_hash != expected_hash:
        raise InvalidProof("the versioned hash is not that of the commitment")
    arguments = (sidecar.blob, sidecar.commitment, sidecar.proof)
    if not _holds("verify_blob_kzg_proof", *arguments, setup.loaded):
        raise InvalidProof("the blob is not the one committed to")


# Its cells


@dataclass(frozen=True)
class ProvenCell:
    """One of the 128 cells of an extended blob, 2,048 bytes: 64 values of its polynomial, and a proof of them."""

    values: bytes = field(repr=False)
    proof: bytes


def cells_of(blob: bytes, setup: TrustedSetup) -> tuple[ProvenCell, ...]:
    """Extend a blob to 128 cells, each with its proof; the first 64 are the blob itself, or raise DecodingError."""
    values, proofs = _from_blob("compute_cells_and_kzg_proofs", blob, setup)
    return tuple(map(ProvenCell, values, proofs))


def check_cells(commitment: bytes, cells: Mapping[int, ProvenCell], setup: TrustedSetup) -> None:
    """Check that the cells, by their place, are of the blob committed to; raise InvalidProof, naming the first."""
    if _cells_hold(commitment, cells, setup):
        return  # all at once is faster; one by one says which is wrong
    for place, cell in sorted(cells.items()):
        if not _cells_hold(commitment, {place: cell}, setup):
            raise InvalidProof(f"cell {place} is not of the blob committed to")
    raise InvalidProof("the cells are not of one blob")


def _cells_hold(commitment: bytes, cells: Mapping[int, ProvenCell], setup: TrustedSetup) -> bool:
    if not all(0 <= place < CELLS for place in cells):
        return False
    values, proofs = [cell.values for cell in cells.values()], [cell.proof for cell in cells.values()]
    arguments = ([commitment] * len(cells), list(cells), values, proofs)
    return _holds("verify_cell_kzg_proof_batch", *arguments, setup.loaded)


def recover_blob(commitment: bytes, cells: Mapping[int, ProvenCell], setup: TrustedSetup) -> bytes:
    """Return the blob, from any 64 of its cells or more.

    Raises:
        InputError: fewer than 64.
        InvalidProof: a cell is not of the blob committed to; without its proof it would spoil all that is recovered.
    """
    if len(cells) < ENOUGH:
        raise InputError(f"{len(cells)} cells", expected=f"{ENOUGH} or more of {CELLS}")
    check_cells(commitment, cells, setup)
    places = sorted(cells)
    values = [cells[place].values for place in places]
    recovered, _ = _ckzg().recover_cells_and_kzg_proofs(places, values, setup.loaded)
    return b"".join(recovered[:ENOUGH])


def _from_blob(name: str, blob: bytes, setup: TrustedSetup) -> Any:
    try:
        return getattr(_ckzg(), name)(blob, setup.loaded)
    except (RuntimeError, ValueError):
        raise DecodingError("not a blob", expected="4,096 numbers below the order of the curve") from None


def _holds(check: str, *arguments: Any) -> bool:
    """Ask ckzg; what is not even the form of a proof, a commitment or a blob does not hold either."""
    try:
        return bool(getattr(_ckzg(), check)(*arguments))
    except (RuntimeError, ValueError):
        return False
