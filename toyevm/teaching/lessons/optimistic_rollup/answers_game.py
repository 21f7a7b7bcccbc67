"""What lesson 11 says to the roles of proposer and challenger: states, answers by hand, and a program that disputes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from toyevm.crypto import keccak256
from toyevm.errors import InputError
from toyevm.teaching.kit.bisection.eight_steps import PROGRAM, honest
from toyevm.teaching.kit.bisection.model import Bisection, checked_answers, read_answers
from toyevm.teaching.kit.bisection.proposers import claims_of
from toyevm.teaching.lab.turns import Reply, call, missing, read_list, repeat, right, wrong

ASKED = (4, 5, 6)  # the states whose stacks a student gives
SIZES = ((8, 4), (8, 2), (8, 1), (8, 8), (100, 37), (2, 1), (1, 1), (5, 4), (7, 7), (1_000, 1_000), (2**20, 777_778))
MOST_SHOWN = 8  # questions


def stacks(answer: Any) -> Reply:
    """Judge the stacks of states 4 to 6, top first."""
    if answer is None:
        return missing("three stacks, such as [[1, 2], [3], [4, 5]].")
    given = [read_list(each, "stacks; each is a list of whole numbers", 20)
             for each in read_list(answer, "three stacks, such as [[1, 2], [3], [4, 5]]", 3)]  # fmt: skip
    if len(given) != len(ASKED):
        raise InputError(f"{len(given)} stacks", expected="three: of states 4, 5 and 6")
    rows = []
    for at, mine in zip(ASKED, given, strict=True):
        true = list(honest()[at].stack)
        rows.append(f"step {at - 1}  {PROGRAM[at - 1]:<8} you say state {at} is {repeat(mine)}")
        if mine != true:
            return wrong(*_not_a_stack(at, mine, true), "\n".join(rows))
    rows = [f"state {at}  {state.short}  {state.words}" for at, state in enumerate(honest())]
    text = "State 8 then has 19 in slot 0, and you can post its commitment. Who would know that it is true?"
    return right(text, "\n".join(rows))


def _not_a_stack(at: int, mine: list[Any], true: list[int]) -> tuple[str, str]:
    before = list(honest()[at - 1].stack)
    name = PROGRAM[at - 1]
    if mine == true[::-1]:
        return "bottom-first", "These are the right words. In which place does the top of the stack stand here?"
    if mine == before and at < ASKED[-1]:
        return "the-state-before", f"{mine} is the state before step {at - 1}. What does {name} make of it?"
    if mine and mine == true[:-1] and at < ASKED[-1]:
        return "the-rest-is-gone", f"{name} takes the two words on top of {before}. What lies below them?"
    if len(mine) > len(true) and mine[: len(true)] != true:
        return "operands-stay", f"{name} takes its operands away. What is left of {before} under its result?"
    if len(mine) == len(before) + 1 and at < ASKED[-1]:
        return "operands-stay", f"{name} takes two words, and puts one. How many are left of {before}?"
    if at == ASKED[0] and mine in ([21, 4], [28, 3], [28], [84]):
        return "other-operands", f"{name} takes the two words on top. Which are they in {before}?"
    if at == ASKED[-1] and sorted(map(repr, mine)) != sorted(map(repr, true)):
        return "push-changes", f"{name} puts one word on top, and takes none. What is {before} then?"
    return "another-result", f"The stack was {before}. What does {name} make of it?"


def by_hand(answer: Any) -> Reply:
    """Judge answers to Mallory's middle states: text or list."""
    if answer is None or (isinstance(answer, str) and not answer.strip()):
        return missing("answers, such as agree agree; or play above, and run this again.")
    words = read_answers(answer) if isinstance(answer, str) else checked_answers(read_list(answer, FORM, 8))
    return judge_game(Bisection("Mallory", claims_of("Mallory"), words))


FORM = 'answers, such as ["agree", "agree"]'


def judge_game(game: Bisection) -> Reply:
    """Judge a dispute as it was played, whoever proposes."""
    shown = "\n".join(game.lines)
    if game.name != "Mallory":
        text = f"This is a dispute with {game.name}. The button for Mallory is the first one. Whom do you convict?"
        return wrong("another-proposer", text, shown)
    if not game.answers:
        return missing("your answer to state 4, and to those that follow.")
    if game.disputed is None:
        text = f"{game.range[1] - game.range[0]} steps are left. L1 runs one. What do you say to state {game.middle}?"
        return wrong("more-than-one-step", text, shown)
    if game.convicted:
        text = "L1 ran one of eight steps. Mallory chose the lie. Is there a step in which nobody would have found it?"
        return right(text, shown)
    at = game.mistake
    assert at is not None
    mine, theirs = honest()[at].words, game.claims[at].words
    if mine == theirs:
        text = (
            f"State {at} is {theirs}: that is true, and you disagreed. The step that was left leads to a true state. "
            "When does L1 find a step wrong?"
        )
        return wrong("disagrees-with-the-truth", text, shown)
    text = (
        f"You agreed to {theirs} in state {at}. From there, all of Mallory's steps are right, and L1 looks at "
        "nothing before. What is state 4 in truth?"
    )
    return wrong("agrees-to-a-lie", text, shown)


def disputed_step(answer: Any) -> Reply:
    """Judge a function that finds the step by asking for states."""
    if answer is None:
        return missing("a function.")
    for steps, lies_from in SIZES:
        said, asked, liar = _ask_around(answer, steps, lies_from)
        if said is None or said is ...:
            return missing("what `first_wrong` returns.")
        if problem := _not_found(said, steps, asked, liar):
            belief, text = problem
            return wrong(belief, text, _shown(steps, lies_from, asked, said))
    said, asked, liar = _ask_around(answer, 64, 20, restless=True)
    if problem := _not_found(said, 64, asked, liar):
        return wrong(*problem, _shown(64, None, asked, said))
    text = (
        "It passes, up to 1,048,576 steps with 20 questions. And it convicts a proposer whose states do not follow "
        "from each other. Which two facts about its range are enough for that?"
    )
    return right(text, f"{len(SIZES) + 1} cases of {len(SIZES) + 1}")


Liar = Callable[[int], bool]


def _ask_around(function: Any, steps: int, lies_from: int, restless: bool = False) -> tuple[Any, list[int], Liar]:
    asked: list[int] = []
    chance = Random(11)
    odd = {at for at in range(1, steps) if chance.random() < 0.5} if restless else set()

    def lies(at: int) -> bool:
        return at == steps or (at in odd if restless else at >= lies_from)

    def ask(at: int) -> bytes:
        state = _state(at, steps)
        asked.append(state)
        return keccak256(b"%d %s" % (state, b"false" if lies(state) else b"true"))

    def mine(at: int) -> bytes:
        return keccak256(b"%d true" % _state(at, steps))

    return call(function, LentFunction("ask", ask), LentFunction("mine", mine), steps), asked, lies


class LentFunction:
    """A function with the name under which the lesson hands it out."""

    def __init__(self, name: str, function: Callable[[Any], bytes]) -> None:
        self._name, self._function = name, function

    def __call__(self, at: Any) -> bytes:
        return self._function(at)

    def __repr__(self) -> str:
        return self._name


def _state(at: object, steps: int) -> int:
    if type(at) is not int or not 0 <= at <= steps:
        raise InputError(f"state {at!r:.20} of {steps} steps", expected=f"a whole number from 0 to {steps}")
    return at


def _not_found(said: Any, steps: int, asked: Sequence[int], lies: Liar) -> tuple[str, str] | None:
    if type(said) is not int:
        return "no-number", "L1 wants the number of a step. Which variable holds it when one step is left?"
    if not 0 <= said < steps:
        return "no-such-step", f"The steps are 0 to {steps - 1}. Which one leads to state {steps}?"
    most = (steps - 1).bit_length()
    if lies(said + 1) and not lies(said):
        return _too_many(asked, steps, most) if len(asked) > most else None
    if lies(said) and not lies(said - 1) and said:
        text = f"State {said} is the first false one. Which step leads to it: the one before it, or the one after it?"
        return "the-state-not-the-step", text
    if not asked:
        return "asks-nothing", "You have not asked for any state. From what do you know where the lie begins?"
    if lies(said):
        text = f"You return step {said}, which begins at a false state. When you meet a false one, which half is left?"
        return "the-other-half", text
    text = f"States {said} and {said + 1} are both true: L1 would find this step right. When may your loop end?"
    return "stops-too-early", text


def _too_many(asked: Sequence[int], steps: int, most: int) -> tuple[str, str]:
    right = f"The step is right, but you asked {len(asked):,} times, and {most} {'is' if most == 1 else 'are'} enough."
    if len(set(asked)) < len(asked):
        return "asks-twice", f"{right} You asked for one state more than once. How can you keep what you were told?"
    if known := {0, steps} & set(asked):
        return "asks-what-is-known", f"{right} You asked for state {min(known)}. What do you know of it beforehand?"
    return "one-after-the-other", f"{right} Which state should you ask for?"


def _shown(steps: int, lies_from: int | None, asked: Sequence[int], said: Any) -> str:
    listed = " ".join(map(str, asked[:MOST_SHOWN])) + (" …" if len(asked) > MOST_SHOWN else "")
    lie = f"states {lies_from:,} to {steps:,} are false" if lies_from else "some states are false, and the last one is"
    return f"{steps:,} steps, {lie}\nyou ask for  {listed or 'nothing'}\nyou return   {repeat(said)}"
