import numpy as np
import pytest

from toyevm.rollups.zk import field, fri, ntt
from toyevm.rollups.zk.encoding import Reader, Rejected
from toyevm.rollups.zk.transcript import Transcript

QUERIES = [0, 5, 5, 300, 812, 1023, 1500]


def drawn(*shape: int) -> field.Elements:
    return np.random.default_rng(1).integers(0, field.P, shape, dtype=np.uint64)


@pytest.mark.parametrize("order", [2, 4, 8])
def test_fold_equals_its_clear_twin(order: int) -> None:
    values, at, beta = drawn(order, 3, 5), drawn(3), drawn(5)
    assert (fri.fold(values, at, beta) == fri.fold_slowly(values, at, beta)).all()


def test_the_shape_folds_until_the_polynomial_can_be_sent() -> None:
    assert fri.fri_shape(1 << 15, 4) == fri.FriShape(1 << 17, (8, 8, 8), 64)
    assert fri.fri_shape(128, 8) == fri.FriShape(1024, (8,), 16)
    assert fri.fri_shape(8, 4) == fri.FriShape(32, (), 8)
    assert fri.fri_shape(4, 4, arity=8, final=1) == fri.FriShape(16, (4,), 1)
    assert fri.fri_shape(1 << 15, 4).sizes() == [1 << 17, 1 << 14, 1 << 11, 1 << 8]


def proven(degree: int, claimed: int, at: list[int] = QUERIES) -> tuple[bytes, field.Elements, fri.FriShape]:
    """Return a proof that a word of some degree has the claimed one, and its values at the queries."""
    shape = fri.fri_shape(claimed, 4)
    coefficients = np.concatenate([drawn(degree, 5), np.zeros((shape.size - degree, 5), dtype=np.uint64)])
    word = ntt.evaluate(coefficients, field.GENERATOR)
    commitment = fri.commit(word, shape, Transcript(b"test"))
    return commitment.encode() + fri.open_words(commitment, sorted(set(at))), word[sorted(set(at))], shape


def check(proof: bytes, values: field.Elements, shape: fri.FriShape) -> None:
    reader = Reader(proof)
    claim = fri.read_claim(reader, shape, Transcript(b"test"))
    fri.check_words(reader, claim, shape, sorted(set(QUERIES)), values)
    reader.end()


def test_a_polynomial_of_the_claimed_degree_is_accepted() -> None:
    check(*proven(512, 512))


@pytest.mark.parametrize("degree", [513, 600, 2048])
def test_a_polynomial_of_a_higher_degree_is_refused(degree: int) -> None:
    with pytest.raises(Rejected, match="fri final polynomial: its values"):
        check(*proven(degree, 512))


def test_another_value_of_the_first_word_is_refused() -> None:
    proof, values, shape = proven(512, 512)
    values[3, 1] ^= np.uint64(1)
    with pytest.raises(Rejected, match="fri layer 0: the computed"):
        check(proof, values, shape)


def test_a_proof_with_any_byte_changed_is_refused_with_a_reason() -> None:
    proof, values, shape = proven(512, 512)
    for place in range(0, len(proof), 7):
        damaged = proof[:place] + bytes([proof[place] ^ 1 << place % 8]) + proof[place + 1 :]
        with pytest.raises(Rejected):
            check(damaged, values, shape)


@pytest.mark.parametrize("damaged", [b"", b"\0", None])
def test_a_proof_of_another_length_is_refused(damaged: bytes | None) -> None:
    proof, values, shape = proven(512, 512)
    with pytest.raises(Rejected):
        check(proof[:-1] if damaged is None else (proof + damaged if damaged else b""), values, shape)


@pytest.mark.parametrize("coefficient", range(5))
@pytest.mark.parametrize("which", range(5))
def test_a_last_polynomial_that_is_wrong_at_one_query_in_one_coefficient_is_refused(
    which: int, coefficient: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is checked at every query: here it is right at all others."""
    proof, values, shape = proven(512, 512)
    asked: list[field.Elements] = []
    honest = fri.points
    monkeypatch.setattr(fri, "points", lambda *rest: asked.append(honest(*rest)) or asked[-1])
    check(proof, values, shape)
    others = [int(x) for k, x in enumerate(asked[-1]) if k != which]
    zero_at_others = [1]
    for x in others:  # times (X - x), the lowest coefficient first
        shifted = zip([0, *zero_at_others], [*zero_at_others, 0], strict=True)
        zero_at_others = [(above - x * below) % field.P for above, below in shifted]
    reader = Reader(proof)
    claim = fri.read_claim(reader, shape, Transcript(b"test"))
    claim.final[: len(zero_at_others), coefficient] = field.add(
        claim.final[: len(zero_at_others), coefficient], field.elements(zero_at_others)
    )
    assert len(asked[-1]) == 5
    with pytest.raises(Rejected, match="fri final polynomial: its values"):
        fri.check_words(reader, claim, shape, sorted(set(QUERIES)), values)
