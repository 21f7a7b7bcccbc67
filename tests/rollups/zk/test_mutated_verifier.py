"""Each small change to what the verifier runs is noticed: an honest proof is refused, or a hostile one accepted.

A sample; `make whole` tries all, about 80 seconds of one core; 15 of 252 are explained.
"""

from functools import cache
from random import Random

import pytest

from tests.backends.mutation import Mutation, mutations_of, planted
from tests.rollups.zk.hostile import Target, attacks, damaged
from tests.rollups.zk.test_stark import cubes
from tests.rollups.zk.test_verifier_checks import FORGERS, PARAMETERS, SQUARES, ZEROS
from tests.support.cpu_time import cpu_limit
from toyevm.deadline import OutOfTime

CUBES = Target(*cubes(64), PARAMETERS)
VERIFIER = {
    "stark": "verify _verify _check_outside _read_rows _point_outside "
    "_Shape.factor_count _Shape.opened_count _Shape.transcript _Shape._fingerprint _Shape.opened",
    "fri": "fri_shape FriShape.sizes points fold read_claim check_words _grouped _places",
    "encoding": "Reader.__init__ Reader.take Reader.elements Reader.digests Reader.end",
    "merkle": "hash_node opening_size root_of",
    "transcript": "Transcript.__init__ Transcript.absorb Transcript.challenges Transcript.indices "
    "Transcript.check_grinding Transcript._begin_grinding Transcript._block _is_ground",
    "composition": "chunk_count composition_at _boundary_at _periodic_at joined_chunks _sum",
    "deep": "deep_word _mixing _claim _deep_block",
}
MUTATIONS = [
    mutation
    for module, functions in VERIFIER.items()
    for mutation in mutations_of(f"toyevm.rollups.zk.{module}")
    if mutation.function in functions.split() and "drop degree" not in mutation.name  # it would fill the memory
]
SAME = "the same result: "
EXPLAINED = {  # what no proof notices: why, or which test does
    "stark._point_outside: constant 1 -> 2": SAME + "of two drawn the first is taken, and an absorb begins anew",
    "stark._point_outside: constant 1 -> 2 (2)": "once in 2^31; test_the_point_is_outside_every_domain",
    "fri.read_claim: constant 1 -> 2": SAME + "of two drawn the first is taken, and an absorb begins anew",
    "fri.FriShape.sizes: constant 1 -> 2": "one size too many at the end; test_the_shape_folds_until",
    "fri.check_words: constant 1 -> 2": SAME + "numpy takes any negative length for the rest",
    "composition.joined_chunks: constant 1 -> 2": SAME + "numpy takes any negative length for the rest",
    "deep._mixing: constant 1 -> 2": SAME + "numpy takes any negative length for the rest",
    "deep._deep_block: constant 1 -> 2": SAME + "numpy takes any negative length for the rest",
    "encoding.Reader.end: sign len(self._data) - self._place -> len(self._data) + self._place": "the reason's number; "
    "test_a_forger_is_refused_by_this_check_and_accepted_without_it",
    "merkle.root_of: and/or not known or len(hashes) != opening_size(size, list(known)) -> "
    "not known and len(hashes) != opening_size(size, list(known))": "the reader counts hashes before; test_merkle",
    "transcript.Transcript.__init__: drop self._drawn = 0": SAME + "an absorb follows at once",
    "transcript.Transcript.__init__: constant 0 -> 1": SAME + "an absorb follows at once",
    "transcript.Transcript.challenges: compare len(numbers) < count * DEGREE -> len(numbers) <= count * DEGREE": SAME
    + "a block more is drawn, and cut off",
    "transcript.Transcript.challenges: compare words < P -> words <= P": "once in 2^31; "
    "test_what_is_p_or_more_is_drawn_again",
    "transcript.Transcript.indices: compare len(words) < count -> len(words) <= count": SAME
    + "a block more is drawn, and cut off",
}
OPEN = [mutation for mutation in MUTATIONS if mutation.name.removeprefix("rollups.zk.") not in EXPLAINED]
SAMPLE = Random(1).sample(OPEN, 24)


@cache
def hostile_proofs() -> list[tuple[Target, bytes]]:
    forged = [(target, forger(target)) for target, forger in FORGERS.values()]
    places = range(0, len(SQUARES.proof), 97)
    return forged + [(SQUARES, proof) for _, proof in [*attacks(SQUARES), *damaged(SQUARES, places, Random(1))]]


def is_noticed(mutation: Mutation) -> bool:
    honest, hostile = [(one, one.proof) for one in (SQUARES, CUBES, ZEROS)], hostile_proofs()
    try:
        with planted(mutation), cpu_limit(3):
            refused = any(not target.answer(proof).valid for target, proof in honest)
            return refused or any(target.answer(proof).valid for target, proof in hostile)
    except (Exception, OutOfTime):  # the verifier raised something, or did not come to an end
        return True


@pytest.mark.parametrize("mutation", SAMPLE, ids=lambda mutation: mutation.name)
def test_a_small_change_to_the_verifier_is_noticed(mutation: Mutation) -> None:
    assert is_noticed(mutation)


@pytest.mark.whole
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_every_small_change_is_noticed_or_explained(mutation: Mutation) -> None:
    assert is_noticed(mutation) == (mutation in OPEN)


def test_every_function_and_every_explanation_is_one_of_the_verifier() -> None:
    named = {f"{module}.{name}" for module, functions in VERIFIER.items() for name in functions.split()}
    changed = {f"{one.module.rpartition('.')[2]}.{one.function}" for one in MUTATIONS}
    assert changed == named
    assert EXPLAINED.keys() <= {mutation.name.removeprefix("rollups.zk.") for mutation in MUTATIONS}
    assert len(EXPLAINED) <= 0.06 * len(MUTATIONS)
