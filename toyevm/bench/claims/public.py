"""Claims about what outsiders see and pay: hashes, blobs, energy."""

from __future__ import annotations

from toyevm.bench.claims.base import ClaimCase, PopularClaim
from toyevm.bench.compare.figures import TaggedFigure, assumed, measured, simulated, weakest
from toyevm.bench.compare.pricing import price_of
from toyevm.bench.energy.inputs import INPUTS, Measured, measure_inputs
from toyevm.bench.energy.model import JOULES_PER_TWH, SECONDS_A_DAY, estimate
from toyevm.rollups.costs import SCENARIOS, blob_cost, calldata_cost
from toyevm.units import GWEI
from toyevm.workloads.attacks import ATTACKS, play

BATCH, TRANSFERS = 100_000, 1_000
YEAR = 365 * SECONDS_A_DAY


def is_anonymous() -> tuple[ClaimCase, ...]:
    """Put hashes of health records on chain, and let somebody try all records that there could be."""
    attack = ATTACKS["linked_record"]
    cases = []
    for condition, defended in (("a secret salt is hashed with it", True), ("it is hashed as it is", False)):
        sheet = play(attack.scene(defended))
        known = sheet.change("Eve", "secrets")
        cases.append(ClaimCase(condition, known == 0, {"patients found": simulated(known, "of 3")}))
    return tuple(cases)


def blobs_are_cheaper() -> tuple[ClaimCase, ...]:
    """Post 100,000 bytes both ways, at the prices of five days."""
    cases = []
    for name, fees in SCENARIOS.items():
        data, price = bytes([1]) * BATCH, price_of(fees)
        blob = weakest(blob_cost(len(data), TRANSFERS, fees).per_transfer / GWEI, "gwei/tx", price)
        calldata = weakest(calldata_cost(data, TRANSFERS, fees).per_transfer / GWEI, "gwei/tx", price)
        figures = {"in blobs": blob, "as calldata": calldata}
        cases.append(ClaimCase(f"prices are those of {name!r} ({price.source})", blob.value < calldata.value, figures))
    return tuple(cases)


def lowers_energy() -> tuple[ClaimCase, ...]:
    """Add up the energy of L1 alone, and of L1 with a layer; then share each out."""
    stake, servers = INPUTS["stake: energy"], INPUTS["layer's servers"]
    alone, layer = stake.middle * JOULES_PER_TWH, servers.middle * YEAR
    on_l1, on_l2 = INPUTS["L1 transactions"].middle * 365, INPUTS["layer's transactions"].middle * YEAR
    whole = {"L1 alone": _joules(alone, "J a year"), "L1 and a layer": _joules(alone + layer, "J a year")}
    each = {
        "L1 alone": _joules(alone / on_l1, "J/tx"),
        "L1 and a layer": _joules((alone + layer) / (on_l1 + on_l2), "J/tx"),
    }
    return (
        ClaimCase(
            "energy is shared out among more transactions", each["L1 and a layer"].value < each["L1 alone"].value, each
        ),
        ClaimCase("energy is added up", whole["L1 and a layer"].value < whole["L1 alone"].value, whole),
    )


def _joules(value: float, unit: str) -> TaggedFigure:
    return assumed(value, unit, INPUTS["stake: energy"].source)


def average_is_marginal() -> tuple[ClaimCase, ...]:
    """Compare what is shared out with what one transaction more takes; the same, if within a factor of ten."""
    here = measure_inputs(repeats=1)
    return tuple(_compare_questions(system, here) for system in ("proof of work", "proof of stake"))


def _compare_questions(system: str, here: Measured) -> ClaimCase:
    allocated, marginal = (estimate(system, question, here).middle for question in ("allocation", "marginal"))
    figures = {
        "shared out": assumed(allocated, "J", INPUTS["stake: energy"].source),
        "one more": assumed(marginal, "J", INPUTS["nodes"].source),
        "one execution": measured(here.execute, "s"),
    }
    return ClaimCase(f"the chain is secured by {system}", allocated < 10 * marginal, figures)


PUBLIC = (
    PopularClaim(
        "hash-anonymous",
        "A hash on the chain is anonymous.",
        "16",
        "Hashes of records are published, and somebody tries all records there could be.",
        is_anonymous,
        "hard to invert, and hard to guess",
    ),
    PopularClaim(
        "blobs-cheaper",
        "Blobs are cheaper than calldata.",
        "09",
        "100,000 bytes are posted both ways.",
        blobs_are_cheaper,
        "two prices that move apart",
    ),
    PopularClaim(
        "lowers-energy",
        "Rollups lower the energy use of a blockchain.",
        "17",
        "L1 alone is compared with L1 and a layer, in all and for each transaction.",
        lowers_energy,
        "an average, and a sum",
    ),
    PopularClaim(
        "average-is-marginal",
        "A transaction uses the energy of the chain divided by its transactions.",
        "17",
        "One transaction more is compared with what is shared out.",
        average_is_marginal,
        "allocation, and marginal",
    ),
)
