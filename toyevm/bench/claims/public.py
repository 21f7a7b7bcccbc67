"""Claims about what outsiders see and pay: hashes, blobs, energy."""

from __future__ import annotations

from toyevm.bench.claims.base import ClaimCase, PopularClaim
from toyevm.bench.compare.figures import TaggedFigure, assumed, measured, simulated, weakest
from toyevm.bench.compare.pricing import price_of
from toyevm.bench.energy.inputs import INPUTS, Measured, measure_inputs
from toyevm.bench.energy.model import JOULES_PER_TWH, MODELS, SECONDS_A_DAY, estimate
from toyevm.rollups.costs import SCENARIOS, blob_cost, calldata_cost
from toyevm.units import GWEI
from toyevm.workloads.attacks import ATTACKS, play

BATCH, TRANSFERS = 100_000, 1_000
RECORDED = Measured(execute=1e-4, prove=4e-3, executions=1.1)  # seconds of a transaction on one computer, in 2026
JOULES_PER_GWH = 3.6e12
YEAR = 365 * SECONDS_A_DAY
STAKE = "energy by proof of stake"
Joules = tuple[float, str, tuple[str, ...]]  # how many, by what, from which inputs


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
        posted = calldata_cost(data, TRANSFERS, fees)
        calldata = weakest(posted.per_transfer / GWEI, "gwei/tx", price)
        gas = simulated(posted.per_transfer / fees.base_fee, "gas/tx")
        figures = {"in blobs": blob, "as calldata": calldata, "which is": gas}
        cases.append(ClaimCase(f"prices are those of {name!r} ({price.source})", blob.value < calldata.value, figures))
    return tuple(cases)


def lowers_energy() -> tuple[ClaimCase, ...]:
    """Compute the same transactions on L1, executed by all its nodes, or on a layer with servers of its own; add up.

    Every figure follows from assumed inputs, so this says what would follow from them and tests nothing.
    """
    stake, servers, rate = INPUTS[STAKE], INPUTS["layer's servers"], INPUTS["layer's transactions"]
    on_l1, moved = INPUTS["L1 transactions"].middle * 365, rate.middle * YEAR
    base = stake.middle * JOULES_PER_TWH
    executed = moved * estimate("proof of stake", "marginal", RECORDED).middle
    return (
        _less(
            "energy is shared out among more transactions",
            (base / on_l1, "J/tx", (STAKE, "L1 transactions")),
            ((base + servers.middle * YEAR) / (on_l1 + moved), "J/tx", ("layer's servers", "layer's transactions")),
        ),
        _less(
            "energy is added up, and L1 would execute the same transactions",
            ((base + executed) / JOULES_PER_GWH, "GWh a year", (STAKE, "nodes", "layer's transactions")),
            ((base + servers.middle * YEAR) / JOULES_PER_GWH, "GWh a year", (STAKE, "layer's servers")),
        ),
    )


def _less(condition: str, alone: Joules, layered: Joules) -> ClaimCase:
    figures = {"L1 alone": _assumed(*alone), "L1 and a layer": _assumed(*layered)}
    return ClaimCase(condition, layered[0] < alone[0], figures)


def _assumed(value: float, unit: str, names: tuple[str, ...]) -> TaggedFigure:
    """Return a figure that was computed from these inputs."""
    return assumed(value, unit, "; ".join(dict.fromkeys(INPUTS[name].source for name in names)))


def average_is_marginal() -> tuple[ClaimCase, ...]:
    """Compare what is shared out with what one transaction more takes; the same, if within a factor of ten."""
    here = measure_inputs()
    return tuple(_compare_questions(system, here) for system in ("proof of work", "proof of stake"))


def _compare_questions(system: str, here: Measured) -> ClaimCase:
    allocated, marginal = (estimate(system, question, here).middle for question in ("allocation", "marginal"))
    figures = {
        "shared out": _assumed(allocated, "J", MODELS[system, "allocation"].uses),
        "one more": _assumed(marginal, "J", MODELS[system, "marginal"].uses),
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
        "Energy of the same transactions on L1, or on a layer, is computed: shared out, and added up.",
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
