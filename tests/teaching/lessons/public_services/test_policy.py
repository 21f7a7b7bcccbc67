"""The policy explorer: demands exclude designs for a reason, and the simplest that is left is the advice."""

from __future__ import annotations

from itertools import product

import pytest

from toyevm.contracts import contract_names
from toyevm.errors import InputError
from toyevm.teaching.lessons.public_services import PolicyExplorer, advise, show_policy
from toyevm.teaching.lessons.public_services.policy import DESIGNS, QUESTIONS

EVERYTHING = [
    dict(zip(QUESTIONS, answers, strict=True)) for answers in product(*(each.answers for each in QUESTIONS.values()))
]


def test_each_refusal_is_about_an_answer_of_one_question() -> None:
    answers = [answer for question in QUESTIONS.values() for answer in question.answers]
    refused = {answer for design in DESIGNS for answer in design.refuses}
    assert [answers.count(answer) for answer in refused] == [1] * len(refused)


def test_each_design_is_the_simplest_for_some_demands_and_some_have_none() -> None:
    words = {advise(**demands).words for demands in EVERYTHING}
    assert words == {"no design", *(design.name for design in DESIGNS)}


def test_who_trusts_one_office_in_everything_needs_no_chain() -> None:
    for demands in EVERYTHING:
        assert (advise(**demands).words == "database") == (demands["trust"] == "one office")


def test_each_answer_changes_what_is_left_for_some_demands() -> None:
    for name, question in QUESTIONS.items():
        for answer in question.answers[1:]:
            assert any(
                advise(**demands).verdicts != advise(**demands | {name: question.answers[0]}).verdicts
                for demands in EVERYTHING
                if demands[name] == answer
            )


def test_a_picture_gives_the_reason_of_each_refusal_before_the_design_that_is_left() -> None:
    for demands in EVERYTHING[::5]:
        advice = advise(**demands)
        names = [verdict.design for verdict in advice.verdicts]
        before = advice.verdicts[: names.index(advice.design) if advice.design else len(names)]
        assert show_policy(advice).svg.count("? ") >= sum(len(each.refusals) for each in before)


def test_no_design_on_a_chain_deletes_every_trace() -> None:
    for demands in EVERYTHING:
        if demands["deletable"] == "every trace" and demands["trust"] != "one office":
            assert advise(**demands).design is None


def test_the_services_of_the_lesson_get_the_design_of_their_contract() -> None:
    nobody = {"trust": "no single office"}
    assert advise(readers="a list of people", deletable="contents", **nobody).design.contract == "health_consent"
    assert advise(writers="anybody", readers="nobody before a date", **nobody).design.contract == "election"
    assert advise(trust="one office, if checked").design.contract == "supply_chain"
    assert advise(writers="anybody", **nobody).design.contract == "dao"
    assert advise(writers="anybody", correction="a court", **nobody).design.contract == "security_token"


def test_the_named_contracts_exist() -> None:
    assert {design.contract for design in DESIGNS if design.contract} <= set(contract_names())


def test_a_picture_and_its_twin_say_the_same() -> None:
    for demands in EVERYTHING[::7]:
        advice = advise(**demands)
        picture = show_policy(advice)
        assert advice.words in picture.text
        assert picture.svg.count(">✗<") == sum(len(each.refusals) for each in advice.verdicts)
        assert picture.text.count(" ✗ ") == sum(bool(each.refusals) for each in advice.verdicts)


def test_words_name_each_question_as_a_call_does_and_all_its_answers_with_the_chosen_one_in_brackets() -> None:
    for demands in EVERYTHING[::7]:
        lines = str(advise(**demands)).splitlines()
        for line, (name, question) in zip(lines, QUESTIONS.items(), strict=False):
            asked, menu = line.split(f" {name}: ")
            assert asked == question.words
            assert menu.replace(f"[{demands[name]}]", demands[name]).split(" | ") == list(question.answers)
            assert menu.count("[") == 1


@pytest.mark.parametrize("demands", [{"writer": "anybody"}, {"writers": "nobody"}, {"trust": "anybody"}])
def test_what_is_no_question_or_answer_is_refused(demands: dict[str, str]) -> None:
    with pytest.raises(InputError):
        advise(**demands)


def test_the_explorer_does_by_call_what_its_menus_do() -> None:
    explorer = PolicyExplorer()
    assert explorer.advice.words == "database"
    explorer.set(deletable="every trace", trust="no single office")
    assert explorer.advice == advise(deletable="every trace", trust="no single office")
    assert explorer.text == str(explorer.advice)
    with pytest.raises(InputError):
        explorer.set(trust="everybody")
