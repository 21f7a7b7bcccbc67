"""`toyevm prove` and `toyevm verify`: payments, a proof of what they do, and its check by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from toyevm.bench.memory import peak_memory
from toyevm.bench.payment_batches import check_count, payment_batch
from toyevm.bench.proving import STEPS, level, prove_batch
from toyevm.bench.statement_file import read_back, read_statement, security_set
from toyevm.cli.output import complain
from toyevm.cli.screen import Begin, progress, show
from toyevm.errors import InputError
from toyevm.files import write_together
from toyevm.rollups.zk.parallel import HelperDied
from toyevm.rollups.zk.stark import ProofCheck

if TYPE_CHECKING:
    from rich.console import Console

Report = dict[str, Any]

CHECKS = 3  # of proof and statement each: the median counts
MAX_PROOF = 1 << 24  # bytes: no proof is nearly as long


def run_prove(count: int, out: Path, statement: Path, security: str, seed: int, as_json: bool) -> int:
    """Prove seeded payments, check the proof, write proof and statement, report.

    Returns the exit code: 1 if the verifier refuses the proof. Both files are written, or neither is touched.

    Raises:
        InputError: a number, a name or a path is not what it should be, or there is not enough memory.
    """
    check_count(count, "--transactions")
    security_set(security)
    _check_paths(out, statement)
    try:
        with progress("phases", STEPS) as begin:
            report, proof, text, reason = _prove(count, security, seed, begin)
    except (MemoryError, HelperDied) as error:
        what = str(error) or "not enough memory"
        raise InputError(what, "--transactions", f"fewer than {count}, or more memory") from None
    if reason:
        complain(f"the proof was refused: {reason}")
        return 1
    try:
        write_together({out: proof, statement: text.encode()})
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror}", f"{out}, {statement}") from error
    show(report, as_json, print_proof)
    return 0


def _prove(count: int, security: str, seed: int, begin: Begin) -> tuple[Report, bytes, str, str | None]:
    """Return the report, proof and statement as they are to be written, and why they were refused, if they were."""
    batch = payment_batch(count, seed)
    with peak_memory() as memory:
        begun = perf_counter()
        signed, proof = prove_batch(batch, security, begin)
        prove_seconds = perf_counter() - begun
    text = signed.to_json()
    written = read_back(text)
    proof_seconds, of_proof = _timed(lambda: written.check_proof(proof))
    statement_seconds, of_data = _timed(written.check_data)
    bits, assumption = level(signed)
    report = {
        "transactions": count,
        "proveSeconds": prove_seconds,
        "proofBytes": len(proof),
        "proofSeconds": proof_seconds,
        "statementSeconds": statement_seconds,
        "securityBits": bits,
        "assumption": assumption,
        "peakMemoryBytes": memory.bytes,
    }
    return report, proof, text, of_proof.reason or of_data.reason


def _timed(check: Callable[[], ProofCheck]) -> tuple[float, ProofCheck]:
    seconds = []
    for _ in range(CHECKS):
        begun = perf_counter()
        answer = check()
        seconds.append(perf_counter() - begun)
    return median(seconds), answer


def _check_paths(out: Path, statement: Path) -> None:
    """Refuse, before the long work, places where files cannot be written."""
    for path, option in ((out, "--out"), (statement, "--statement")):
        try:
            if not path.parent.is_dir():
                raise InputError(f"no folder {str(path.parent)!r}", option)
            if path.exists() and not path.is_file():
                raise InputError(f"{str(path)!r} is no file", option, "the name of a file")
        except (OSError, ValueError) as error:
            raise InputError(f"{str(path)[:40]!r}: {error}", option, "the name of a file") from error
    if out.resolve() == statement.resolve():
        raise InputError(f"{str(out)!r} is --out, too", "--statement", "another file")


def run_verify(file: Path, statement: Path, as_json: bool) -> int:
    """Check a proof and its statement; return 1 if one of them does not hold.

    Raises:
        InputError: a file cannot be read, or the statement is none. A proof may have any bytes.
    """
    signed = read_statement(statement)
    answer = signed.check_proof(_read_proof(file))
    if answer.valid:
        answer = signed.check_data()
    show({"valid": answer.valid, "reason": answer.reason}, as_json, print_answer)
    return 0 if answer.valid else 1


def _read_proof(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_PROOF)
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(what or "cannot be read", str(file), "a readable file") from error


def print_proof(console: Console, report: Report) -> None:
    """Print what proving took, in sentences."""
    memory = report["peakMemoryBytes"]
    console.print(
        f"Payments: {report['transactions']:,}, proven in {report['proveSeconds']:.2f} s "
        f"by a proof of {report['proofBytes'] / 1024:.0f} KiB."
    )
    console.print(
        f"Checks: the proof {report['proofSeconds'] * 1e3:.0f} ms; signatures and digest, which are no part of it, "
        f"{report['statementSeconds'] * 1e3:.0f} ms."
    )
    console.print(f"Security: {report['securityBits']:.1f} bits, the least of all rounds ({report['assumption']}).")
    if memory is not None:
        console.print(f"Memory: {memory / 1e6:.0f} MB at most, all processes together.")


def print_answer(console: Console, answer: Report) -> None:
    """Print whether the proof holds, or which check refused it."""
    console.print(
        "valid: the proof holds, and so do signatures and digest" if answer["valid"] else f"refused: {answer['reason']}"
    )
