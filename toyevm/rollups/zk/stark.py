"""The STARK: a proof that a trace satisfies an AIR, much smaller than the trace, and its check.

The conversation: root of the trace; factors; root of the quotient; a point outside the domain; the columns' values
there; factors; FRI; work; queries. Sources: eprint 2018/046, "ethSTARK documentation" (eprint 2021/582). The
proof hides nothing: it is succinct, not zero-knowledge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass

import numpy as np

from toyevm.rollups.zk import fri
from toyevm.rollups.zk.air import Air
from toyevm.rollups.zk.composition import chunk_count, composition_at, joined_chunks, quotient_chunks
from toyevm.rollups.zk.deep import Opened, deep_word, next_point, values_at
from toyevm.rollups.zk.encoding import ELEMENT, Reader, Rejected, encode
from toyevm.rollups.zk.extension import DEGREE, powers_extended
from toyevm.rollups.zk.field import GENERATOR, Elements, P, Rows, root_of_unity
from toyevm.rollups.zk.merkle import DIGEST, build_tree, largest_opening, opening_size, pack, root_of
from toyevm.rollups.zk.ntt import domain, extend, interpolate_into
from toyevm.rollups.zk.parallel import Team, one_blas_thread, team_for
from toyevm.rollups.zk.transcript import NONCE_BYTES, Transcript

PROTOCOL = b"toyevm stark 1"
MAX_GRINDING = 32  # bits: more would be hours
PHASES = (  # of the prover, in the order in which it tells of them
    "extension", "commitments", "constraints", "extension", "commitments", "openings", "fri", "grinding", "queries"
)  # fmt: skip


@dataclass(frozen=True)
class StarkParameters:
    """What decides on size and security: both sides agree on it before, it is never read from a proof.

    Raises:
        ValueError: a number that nothing can be proven with.
    """

    blowup: int = 4
    queries: int = 87
    grinding: int = 16
    arity: int = 8
    final: int = 64

    def __post_init__(self) -> None:
        for name, least in (("blowup", 2), ("arity", 2), ("final", 1)):
            value = getattr(self, name)
            if value < least or value & (value - 1):
                raise ValueError(f"{name} is a power of two from {least} on, not {value}")
        if self.queries < 1 or not 0 <= self.grinding <= MAX_GRINDING:
            raise ValueError(f"at least one query, and work of 0 to {MAX_GRINDING} bits: not {self}")


@dataclass(frozen=True)
class ProofCheck:
    """What the verifier says: valid, or the check that failed first."""

    valid: bool
    reason: str | None = None


@dataclass(frozen=True)
class _Shape:
    """Lengths that follow from the AIR, the rows and the parameters alone."""

    air: Air
    size: int
    parameters: StarkParameters

    @property
    def fri(self) -> fri.FriShape:
        return fri.fri_shape(self.size, self.parameters.blowup, self.parameters.arity, self.parameters.final)

    @property
    def chunk_columns(self) -> int:
        return DEGREE * chunk_count(self.air)

    @property
    def factor_count(self) -> int:
        return self.air.transition_count + len(self.air.boundary)

    @property
    def opened_count(self) -> int:
        return self.air.width + self.chunk_columns + len(self.air.looks_ahead)

    def transcript(self) -> Transcript:
        """Begin the conversation with all that both sides know."""
        transcript = Transcript(PROTOCOL)
        air, cells = self.air, [number % P for cell in self.air.boundary for number in astuple(cell)]
        transcript.absorb(b"air", air.name.encode())
        shape = [self.size, air.width, air.degree, air.transition_count, len(air.looks_ahead), *air.looks_ahead]
        for label, numbers in ((b"shape", shape), (b"boundary", cells), (b"parameters", astuple(self.parameters))):
            transcript.absorb(label, b"".join(int(number).to_bytes(8, "little") for number in numbers))
        for values in air.periodic:
            transcript.absorb(b"periodic", b"".join((value % P).to_bytes(8, "little") for value in values))
        transcript.absorb(b"constraints", encode(self._fingerprint(transcript)))
        return transcript

    def _fingerprint(self, transcript: Transcript) -> Elements:
        """Return the constraints at cells drawn from all that was said: other polynomials would have other values."""
        air, ahead = self.air, len(self.air.looks_ahead)
        drawn = transcript.challenges(air.width + ahead + len(air.periodic))[:, None]
        return air.evaluate(drawn[: air.width], drawn[air.width :][:ahead], drawn[air.width + ahead :])[:, 0]

    def opened(self, z: Elements, values: Elements, factors: Elements) -> list[Opened]:
        """Return what is claimed at z, of all columns, and at the next point, of the trace columns used there."""
        every = self.air.width + self.chunk_columns
        ahead = next_point(z, root_of_unity(self.size))
        return [
            Opened(z, list(range(every)), values[:every], factors[:every]),
            Opened(ahead, list(self.air.looks_ahead), values[every:], factors[every:]),
        ]


def _point_outside(transcript: Transcript) -> Elements:
    """Draw a point that is not in the field: so it is in no domain. Four more coefficients are zero once in 2^124."""
    while True:
        z: Elements = transcript.challenges(1)[0]
        if z[1:].any():
            return z


def prove(
    air: Air,
    trace: Elements,
    parameters: StarkParameters | None = None,
    processes: int | None = None,
    progress: Callable[[str], None] = lambda phase: None,
) -> bytes:
    """Return a proof that a trace, of a power of two of rows, satisfies an AIR.

    A trace that does not is not noticed here (see `air.broken_constraints`): its proof is refused. The number of
    processes changes no byte; by default they are two, for a large trace, where that is safe (see `parallel`).
    `progress` is told the name of each phase when it begins: see `PHASES`.

    Raises:
        ValueError: parameters that cannot hold the AIR, or an AIR that miscounts.
        InputError: there can be no such number of processes here.
        HelperDied: another process was killed.
    """
    shape = _Shape(air, len(trace), parameters or StarkParameters())
    with one_blas_thread():
        return _prove(shape, trace, team_for(trace.size, processes), progress)


def _prove(shape: _Shape, trace: Elements, team: Team, progress: Callable[[str], None]) -> bytes:
    transcript, blowup = shape.transcript(), shape.parameters.blowup
    progress("extension")
    coefficients = _interpolated(trace, team)
    rows = extend(coefficients, blowup, GENERATOR, team)
    progress("commitments")
    tree = build_tree(rows, team)
    transcript.absorb(b"trace root", tree.root)
    progress("constraints")
    chunks = quotient_chunks(shape.air, rows, shape.size, transcript.challenges(shape.factor_count), team)
    progress("extension")
    chunk_rows = extend(chunks, blowup, GENERATOR)
    progress("commitments")
    chunk_tree = build_tree(chunk_rows, team)
    transcript.absorb(b"quotient root", chunk_tree.root)
    progress("openings")
    z = _point_outside(transcript)
    values = _claims(shape, z, coefficients, chunks)
    transcript.absorb(b"values", encode(values))
    opened = shape.opened(z, values, transcript.challenges(shape.opened_count))
    word = deep_word((rows, chunk_rows), domain(len(rows), GENERATOR), opened, team)
    progress("fri")
    commitment = fri.commit(word, shape.fri, transcript)
    progress("grinding")
    nonce = transcript.grind(shape.parameters.grinding)
    progress("queries")
    indices = sorted(set(transcript.indices(shape.parameters.queries, len(rows))))
    parts = [tree.root, chunk_tree.root, encode(values), commitment.encode(), nonce.to_bytes(NONCE_BYTES, "little")]
    parts += [rows[indices].tobytes(), *tree.open(indices), chunk_rows[indices].tobytes(), *chunk_tree.open(indices)]
    return b"".join([*parts, fri.open_words(commitment, indices)])


def _interpolated(trace: Elements, team: Team) -> Rows:
    coefficients: Rows = team.array(trace.shape)
    team.share(lambda some: interpolate_into(coefficients[:, some], trace[:, some]), trace.shape[1])
    return coefficients


def _claims(shape: _Shape, z: Elements, coefficients: Rows, chunks: Elements) -> Elements:
    rising = powers_extended(z, shape.size)
    ahead = powers_extended(next_point(z, root_of_unity(shape.size)), shape.size)
    used = coefficients[:, list(shape.air.looks_ahead)]
    return np.concatenate([values_at(coefficients, rising), values_at(chunks, rising), values_at(used, ahead)])


def longest_proof(air: Air, size: int, parameters: StarkParameters | None = None) -> int:
    """Return how many bytes a proof has at most: with queries for rows that lie as far apart as they can."""
    shape = _Shape(air, size, parameters or StarkParameters())
    queries = min(shape.parameters.queries, shape.fri.size)
    digests = 2 + len(shape.fri.folds) + 2 * largest_opening(shape.fri.size, queries)
    elements = DEGREE * (shape.opened_count + shape.fri.final) + queries * (air.width + shape.chunk_columns)
    return DIGEST * digests + ELEMENT * elements + NONCE_BYTES + fri.most_opened(shape.fri, queries)


def verify(air: Air, size: int, proof: bytes, parameters: StarkParameters | None = None) -> ProofCheck:
    """Check a proof that somebody has a trace of `size` rows that satisfies an AIR. No bytes make it raise."""
    try:
        _verify(_Shape(air, size, parameters or StarkParameters()), Reader(proof))
    except Rejected as rejected:
        return ProofCheck(False, rejected.reason)
    return ProofCheck(True)


def parts(air: Air, size: int, proof: bytes, parameters: StarkParameters | None = None) -> list[tuple[str, int]]:
    """Return what the verifier reads of a proof, and how many bytes of each: all of it, if the proof is valid."""
    reader = Reader(proof)
    with suppress(Rejected):
        _verify(_Shape(air, size, parameters or StarkParameters()), reader)
    return reader.parts


def opened_rows(air: Air, size: int, proof: bytes, parameters: StarkParameters | None = None) -> dict[int, Rows]:
    """Return the rows of the extended trace that a valid proof shows, by their place; none, if it is refused."""
    try:
        return _verify(_Shape(air, size, parameters or StarkParameters()), Reader(proof))
    except Rejected:
        return {}


def _verify(shape: _Shape, reader: Reader) -> dict[int, Rows]:
    """Check everything, and return the rows of the trace in which the queries looked."""
    transcript, air = shape.transcript(), shape.air
    roots = reader.digests(2, "roots")
    transcript.absorb(b"trace root", roots[0])
    factors = transcript.challenges(shape.factor_count)
    transcript.absorb(b"quotient root", roots[1])
    z = _point_outside(transcript)
    values = reader.extended(shape.opened_count, "values outside the domain")
    _check_outside(shape, z, values, factors)
    transcript.absorb(b"values", encode(values))
    opened = shape.opened(z, values, transcript.challenges(shape.opened_count))
    claim = fri.read_claim(reader, shape.fri, transcript)
    nonce = int.from_bytes(reader.take(NONCE_BYTES, "grinding"), "little")
    if not transcript.check_grinding(nonce, shape.parameters.grinding):
        raise Rejected("grinding: too little work")
    indices = sorted(set(transcript.indices(shape.parameters.queries, shape.fri.size)))
    rows = _read_rows(reader, "trace", roots[0], air.width, indices, shape.fri.size)
    chunk_rows = _read_rows(reader, "quotient", roots[1], shape.chunk_columns, indices, shape.fri.size)
    word = deep_word((rows, chunk_rows), fri.points(shape.fri.size, indices, GENERATOR), opened)
    fri.check_words(reader, claim, shape.fri, indices, word)
    reader.end()
    return dict(zip(indices, rows, strict=True))


def _check_outside(shape: _Shape, z: Elements, values: Elements, factors: Elements) -> None:
    """Refuse values that do not satisfy the constraints at the point outside the domain."""
    width, every = shape.air.width, shape.air.width + shape.chunk_columns
    expected = composition_at(shape.air, shape.size, z, values[:width], values[every:], factors)
    if (joined_chunks(shape.air, shape.size, z, values[width:every]) != expected).any():
        raise Rejected("constraints: they do not hold outside the domain")


def _read_rows(reader: Reader, what: str, root: bytes, width: int, indices: Sequence[int], size: int) -> Rows:
    rows = pack(reader.elements(len(indices) * width, f"{what} rows").reshape(len(indices), width))
    hashes = reader.digests(opening_size(size, indices), f"{what} hashes")
    if root_of(size, {index: rows[k].tobytes() for k, index in enumerate(indices)}, hashes) != root:
        raise Rejected(f"{what} rows: they do not lead to the root")
    return rows
