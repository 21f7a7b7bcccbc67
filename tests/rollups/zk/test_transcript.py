import pytest

from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.transcript import Transcript


def heard(*messages: tuple[bytes, bytes]) -> list[list[int]]:
    transcript = Transcript(b"test")
    for label, message in messages:
        transcript.absorb(label, message)
    return transcript.challenges(2).tolist()


def test_the_same_conversation_has_the_same_challenges() -> None:
    assert heard((b"a", b"b")) == heard((b"a", b"b"))


def test_conversations_that_join_to_the_same_bytes_differ() -> None:
    said = [
        heard((b"a", b"bc")),
        heard((b"ab", b"c")),
        heard((b"a", b"b"), (b"c", b"")),
        heard((b"a", b"bc"), (b"", b"")),
        heard((b"", b"abc")),
        heard(),
        Transcript(b"another").challenges(2).tolist(),
    ]
    assert len({str(one) for one in said}) == len(said)


def test_challenges_are_canonical_and_what_follows_differs() -> None:
    transcript = Transcript(b"test")
    first, second = transcript.challenges(500), transcript.challenges(500)
    assert first.shape == (500, 5)
    assert first.max() < P
    assert not (first == second).any(axis=1).any()


def test_what_is_p_or_more_is_drawn_again() -> None:
    class Loaded(Transcript):
        def _block(self) -> bytes:
            words = [P, P + 1, (1 << 31) - 1, P - 1, 0, 1, 2, 3]
            return b"".join((word << 1).to_bytes(4, "little") for word in words)

    assert Loaded(b"test").challenges(2).tolist() == [[P - 1, 0, 1, 2, 3]] * 2


def test_indices_lie_in_the_domain_and_reach_all_of_it() -> None:
    assert set(Transcript(b"test").indices(500, 16)) == set(range(16))


@pytest.mark.parametrize("bits", [0, 1, 9])
def test_grinding_is_checked_and_both_sides_go_on_alike(bits: int) -> None:
    prover, verifier = Transcript(b"test"), Transcript(b"test")
    nonce = prover.grind(bits)
    assert verifier.check_grinding(nonce, bits)
    assert prover.indices(4, 1 << 20) == verifier.indices(4, 1 << 20)
    assert bits < 9 or not Transcript(b"test").check_grinding(nonce + 1, bits)
