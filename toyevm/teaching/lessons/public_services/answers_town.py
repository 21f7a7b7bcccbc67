"""What lesson 16 says to what a chain notices, to votes, to a bank's robbery and to demands: all of it is played."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import (
    Reply,
    missing,
    read_list,
    read_number,
    read_one_of,
    read_pair,
    repeat,
    right,
    wrong,
)
from toyevm.teaching.lessons.public_services.club import VOTES, counted_at, play_votes, shares_at
from toyevm.teaching.lessons.public_services.deeds import DEEDS, said_to
from toyevm.teaching.lessons.public_services.policy import Advice, advise
from toyevm.teaching.lessons.public_services.town_bank import BANK_CALLS, EVERYTHING, FIRST, found_in, rob, slots_table

UNNOTICED = {  # why a deed looks as if the contract could notice it, and the question that says why not
    "E": ("signed-is-true", "The sensor signs what it measures. Where is it now: with the fish?"),
    "F": ("registered-is-true", "The contract keeps what Dora writes. Has it ever seen a fish?"),
    "G": ("silence-is-noticed", "No transaction, so no code runs. Who could compare what should have come?"),
}
NOTICED = {
    "A": ("any-root-will-do", "The root changes with a reading. Whose signature is under the new one?"),
    "B": ("signed-once-valid-for-ever", "The sensor has signed 'batch 0'. Which number does the contract wait for?"),
    "C": ("gaps-are-invisible", "The contract counts batches, and the sensor signs the number. Which is next?"),
    "D": ("anybody-accepts", "The contract knows to whom Dora offered the box. Who calls?"),
    "H": ("a-path-can-be-made-up", "The reading must lead to the root that is on chain. Which hash would have to fit?"),
}


def noticed(answer: Any) -> Reply:
    """Judge which deeds the contract of the supply chain notices."""
    form = 'letters, such as ["A", "E"]'
    if answer is None:
        return missing(f"a list of {form}.")
    if isinstance(answer, str):
        answer = answer.replace(",", "").replace(" ", "")
    letters = list(answer) if isinstance(answer, (set, str)) else read_list(answer, form, 20)
    named = {read_one_of(each, tuple(DEEDS), "a letter") for each in letters}
    if not named:
        text = "Nothing at all? The contract has three rules, and refuses what breaks one. What does Cem do in D?"
        return wrong("a-chain-checks-nothing", text)
    if named == set(DEEDS):
        text = "All of them? The contract sees only what is sent to it. Where is nothing wrong with that?"
        return wrong("on-chain-is-true", text)
    for letter, (belief, question) in (UNNOTICED | NOTICED).items():
        said = said_to(letter)
        shown = f"{letter}: the contract says: {said or 'nothing'}"
        if (letter in named) != bool(said):
            return wrong(belief, question, shown)
    shown = "\n".join(f"{letter}: {said_to(letter) or 'goes through'}" for letter in DEEDS)
    return right("It notices what contradicts what it has, and knows nothing of fish. Whom must a buyer trust?", shown)


FOR = {  # wrong numbers of shares for the proposal, and what they come from
    counted_at(None).for_it: ("shares-of-now", "30 shares vote twice, in blocks 2 and 3. Whose were they in block 1?"),
    counted_at(3).for_it: ("the-end-counts", "You count what each has after block 3. Which block does the rule name?"),
    counted_at(0).for_it: ("before-the-block", "You count what each had in block 0. When does the snapshot look?"),
    65: ("dan-counts", "65 for it, with Dan's 30. What did Dan have at the end of block 1?"),
    30: ("a-proposer-does-not-vote", "30 for it: Cem's. Who else votes for it?"),
    5: ("a-vote-is-forgotten", "5 for it: Mallory's. Cem votes for it, too. How many shares has Cem at the snapshot?"),
}  # fmt: skip
AGAINST = {
    counted_at(3).against: ("the-end-counts", "15 against: Ann's after her sale. Which block does the rule name?"),
    60: ("silence-is-no", "60 against, with Bob's 20. Has Bob voted?"),
    70: ("silence-is-no", "70 against, with 30 of Bob's. Has Bob voted?"),
}


def votes(answer: Any) -> Reply:
    """Judge the shares that count for and against."""
    form = "a pair of numbers of shares: for, against, such as (50, 50)"
    if answer is None or (isinstance(answer, (list, tuple)) and answer and all(each is None for each in answer)):
        return missing(f"{form}.")
    given = tuple(read_number(each, 0, 1_000, "a number of shares") for each in read_pair(answer, form))
    played = play_votes()
    if given == played.counted:
        who, why = next(iter(played.refused.items()))
        return right(f"The contract refuses {who}: {why}. What would Mallory have to do before she proposes?")
    if given == played.counted[::-1]:
        return wrong("the-wrong-way-round", "The two sums are right. Which of them is for it?")
    if given[0] != played.counted[0]:
        text = f"{given[0]} for it. How many shares has each of Mallory, Dan and Cem at the snapshot?"
        voters = [vote.voter for vote in VOTES if vote.support]
        return wrong(*FOR.get(given[0], ("another-sum", text)), _before(voters))
    text = f"{given[1]} against it. Only Ann votes against. How many shares has she at the snapshot?"
    return wrong(*AGAINST.get(given[1], ("another-sum", text)), _before(["Ann"]))


def _before(voters: list[str]) -> str:
    return "in block 0: " + ", ".join(f"{who} {shares_at(who, 0)}" for who in voters)


def rob_bank(answer: Any) -> Reply:
    """Judge the calls with which Mallory empties the bank."""
    form = 'names of calls, such as ["withdraw"]'
    if answer is None:
        return missing(f"a list of {form}.")
    names = [read_one_of(each, tuple(BANK_CALLS), "a call") for each in read_list(answer, form, 12)]
    if not names:
        return missing("the calls.")
    run = rob(names)
    shown = "\n".join(f"{name}: {refusal or 'done'}" for name, refusal in run.calls)
    shown += f"\nMallory has {run.ether} ether more"
    if run.ether == EVERYTHING:
        if any(refusal for _, refusal in run.calls):
            return right("You have it all, and two of your calls are enough. Who approved this upgrade?", shown)
        return right("The admin was honest, and each line of the new code is right. What was wrong?", shown)
    refusals = {refusal: name for name, refusal in run.calls if refusal}
    if "initialize" in names and "rescue" in names:
        text = "Both calls are in your list, and the ether is still there. What must be true before `rescue`?"
        return wrong("in-the-other-order", text, shown)
    if "not the owner" in refusals:
        text = f"`{refusals['not the owner']}` asks for the owner. In which slot does the code look, and what is there?"
        return wrong("the-call-is-enough", text, shown)
    if "initialize" in names and "withdraw" not in names:
        text = "Mallory is the owner now. Where is the ether?"
        return wrong("the-owner-has-it-all", text, shown)
    if "not the guardian" in refusals:
        text = "The guardian is in slot 0 now. Whose address is there since the first version?"
        return wrong("the-guardian-is-nobody", text, shown)
    text = "The new code finds no deposit, neither Mallory's nor Ann's. Which call takes ether without a deposit?"
    return wrong("deposits-are-the-way", text, shown)


NAMES = ("guardian", "paused", *FIRST)


def layout(answer: Any) -> Reply:
    """Judge in which order the second version declares its variables."""
    form = 'names of variables, such as ["paused", "owner"]'
    if answer is None:
        return missing(f"a list of {form}.")
    order = [read_one_of(each, NAMES, "a variable") for each in read_list(answer, form, 12)]
    if not order:
        return missing("the variables.")
    shown = slots_table(order)
    if sorted(order) != sorted(NAMES):
        gone = [name for name in NAMES if name not in order]
        what = f"{gone[0]} is missing" if gone else f"{max(order, key=order.count)} is there twice"
        return wrong("not-all-four", f"{what}. The second version uses all four. Where does each stand?", shown)
    if found_in(order.index("owner"), "owner") != "the owner's address":
        text = f"The new code looks for the owner in slot {order.index('owner')}, and finds 0. What can anybody do?"
        return wrong("the-owner-moves", text, shown)
    if order.index("depositOf") != FIRST.index("depositOf"):
        text = "The owner is found. What does Ann find when she withdraws?"
        return wrong("deposits-move", text, shown)
    return right("What is old stays where it is, and what is new finds 0. May a later version delete `paused`?", shown)


def one_answer(answer: Any) -> Reply:
    """Judge two lists of demands that differ in one answer: a database is enough, and nothing is left."""
    form = 'a pair of demands, such as ({"writers": "anybody"}, {"trust": "no single office"})'
    if answer is None or (isinstance(answer, (list, tuple)) and answer and all(each is None for each in answer)):
        return missing(f"{form}.")
    first, second = (_advice(each, form) for each in read_pair(answer, form))
    differing = [name for name, answer in first.demands.items() if answer != second.demands[name]]
    shown = f"first:  {first.words}\nsecond: {second.words}"
    if not differing:
        return wrong("the-same-twice", "Both are the same demands. Which one answer do you change?", shown)
    if first.words == "no design" and second.words == "database":
        text = "A database is enough for the second, not for the first. Which was asked first?"
        return wrong("the-wrong-way-round", text, shown)
    if first.design is None or first.design.contract:
        text = f"The first list: {first.words}. Which demand excludes the database?"
        return wrong("the-first-needs-a-chain", text, shown)
    if second.design is not None:
        text = f"The second list still has a design: {second.words}. Which demand would exclude this one, too?"
        return wrong("something-is-left", text, shown)
    if len(differing) > 1:
        text = f"They differ in {len(differing)} answers: {', '.join(differing)}. Which of them could be in both lists?"
        return wrong("several-answers", text, shown)
    return right(f"One answer ({differing[0]}), and nothing is left. Which demand would the town give up?", shown)


def _advice(demands: Any, form: str) -> Advice:
    if not isinstance(demands, dict) or not all(type(each) is str for pair in demands.items() for each in pair):
        raise InputError(repeat(demands), expected=form)
    return advise(**demands)
