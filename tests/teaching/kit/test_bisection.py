"""Nine states are disputed as the rules say, whoever lies where; the picture says no number that its words do not."""

from __future__ import annotations

import re
from itertools import product

import pytest

from toyevm.errors import InputError
from toyevm.teaching.kit.bisection.eight_steps import STEPS, eight_steps, honest, step_on_l1
from toyevm.teaching.kit.bisection.model import AGREE, DISAGREE, Bisection, read_answers
from toyevm.teaching.kit.bisection.player import BisectionGame
from toyevm.teaching.kit.bisection.proposers import PROPOSERS, SECOND, claims_of

LIARS = [(name, 4) for name in ("Mallory", "Zoe", "Igor")] + [(SECOND, at) for at in range(1, STEPS + 1)]


def play_honestly(name: str, lies_from: int) -> Bisection:
    """Answer each middle state with the truth."""
    game = Bisection(name, claims_of(name, lies_from))
    while (middle := game.middle) is not None:
        is_true = game.claims[middle].hash == honest()[middle].hash
        game = Bisection(name, game.claims, (*game.answers, AGREE if is_true else DISAGREE))
    return game


@pytest.mark.parametrize(("name", "lies_from"), LIARS)
def test_an_honest_challenger_convicts_every_liar_in_three_rounds(name: str, lies_from: int) -> None:
    game = play_honestly(name, lies_from)
    assert (len(game.answers), game.convicted, game.mistake) == (3, True, None)
    if name == SECOND:
        assert game.disputed == lies_from - 1


@pytest.mark.parametrize("answers", list(product((AGREE, DISAGREE), repeat=3)))
def test_nobody_convicts_an_honest_proposer(answers: tuple[str, ...]) -> None:
    assert not Bisection("Pia", claims_of("Pia"), answers).convicted


@pytest.mark.parametrize("answers", list(product((AGREE, DISAGREE), repeat=3)))
@pytest.mark.parametrize("name", ["Mallory", "Zoe"])
def test_who_errs_once_against_a_consistent_liar_loses(name: str, answers: tuple[str, ...]) -> None:
    game = Bisection(name, claims_of(name), answers)
    assert game.convicted == (game.mistake is None)


def test_the_true_states_follow_from_each_other_and_compute_nineteen() -> None:
    assert [step_on_l1(*honest()[at : at + 2]) for at in range(STEPS)] == ["right"] * STEPS
    assert [list(state.stack) for state in honest()[4:7]] == [[12, 7], [19], [0, 19]]
    assert honest()[STEPS].words == "stopped, slot 0 holds 19"


def test_the_program_hides_the_states_that_a_student_computes() -> None:
    hidden = [line[-1] for line in eight_steps().split("\n")[4:8]]
    assert hidden == ["?"] * 4


def test_a_lie_in_the_gas_shows_in_the_hash_and_in_no_stack() -> None:
    zoe = claims_of("Zoe")
    assert [state.words for state in zoe] == [state.words for state in honest()]
    assert [a.hash == b.hash for a, b in zip(zoe, honest(), strict=True)] == [True] * 2 + [False] * 7


@pytest.mark.parametrize("name", [*PROPOSERS, SECOND])
def test_beside_each_state_that_is_shown_stand_the_digits_of_the_challenger(name: str) -> None:
    game = play_honestly(name, 4)
    rows = re.findall(r"state (\d)(?:: | is ).*?\((\w{6}), yours (\w{6})\)(?: · you (\w+))?", "\n".join(game.lines))
    assert {int(at) for at, *_ in rows} == game.shown - {0}
    assert [(theirs, mine) for at, theirs, mine, _ in rows] == [
        (game.claims[int(at)].short, honest()[int(at)].short) for at, *_ in rows
    ]
    assert [said == AGREE for *_, said in rows[1:]] == [theirs == mine for _, theirs, mine, _ in rows[1:]]


@pytest.mark.parametrize("name", [*PROPOSERS, SECOND])
def test_every_number_of_the_picture_is_in_its_words(name: str) -> None:
    game = BisectionGame()
    game.set(proposer=name)
    game.play("agree disagree agree")
    drawn = re.findall(r"\d+", " ".join(re.findall(r">([^<]+)</text>", game.picture.svg)))
    states = [state.short for state in game.game.claims]
    program = "PUSH1 7 PUSH1 3 PUSH1 4 PUSH1 0 SSTORE"
    said = set(re.findall(r"\d+", " ".join([game.text, program, *states, *map(str, range(9))])))
    assert set(drawn) <= said


def test_another_proposer_begins_a_new_dispute() -> None:
    game = BisectionGame()
    game.play("disagree agree")
    assert game.answers == "disagree agree"
    game.set(proposer=SECOND, lies_from=6)
    assert game.answers == ""
    assert game.game.claims[5].hash == honest()[5].hash != game.game.claims[6].hash


@pytest.mark.parametrize("answers", ["yes", "agree 1", "agree agree agree agree", "agree " * 20])
def test_answers_that_there_are_not_are_refused(answers: str) -> None:
    with pytest.raises(InputError):
        BisectionGame().play(answers)
    assert read_answers(" Agree,DISAGREE ") == (AGREE, DISAGREE)
