"""Lesson 04 with a student in it: answers right and wrong, nonsense, and none at all."""

from __future__ import annotations

import re

import pytest

from tests.teaching.notebooks.test_notebooks import (
    COURSE,
    cells_of,
    execute,
    outputs_of,
    read,
    revealed,
    shown,
    source,
)
from toyevm.errors import InputError
from toyevm.simulation.schedule import makespan
from toyevm.teaching.lab.check import verdict_on
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.schedulers.answers import TURNS as ANSWERS
from toyevm.teaching.lessons.schedulers.plans import plan, read_job

LESSON = COURSE / "04-schedulers/04-schedulers.ipynb"
FASTER = {"hashing_block(five.costs)": "hashing_block(five.costs, unit=50)"}  # nothing here is about real time
RIGHT = {
    "at_3, at_4, ends_at = None, None, None": 'at_3, at_4, ends_at = "E", "D", 5',
    "my_plan = None": 'my_plan = "C:1 A:2 B:1 D:2 E:1 F:1"',
    "player = GanttPlayer(puzzle, cores=2)": 'player = GanttPlayer(puzzle)\nplayer.play("B:1 C:1 D:2 E:2 A:1")',
    "my_best = None": "my_best = player.plan",
    "my_block = None": 'my_block = "A 5, B 5, C 4, D 4, E 3, F 3, G 3"',
    "later_by = None": "later_by = 3",
    "simulated = None": "simulated = 1",
}
CLUMSY = {
    "at_3, at_4, ends_at = None, None, None": 'at_3, at_4, ends_at = "Z", 4, "five"',
    "my_plan = None": 'my_plan = "C:1 D:3"',
    "my_best = None": 'my_best = "E:3"',
    "my_block = None": 'my_block = "A, B"',
    "later_by = None": 'later_by = "two"',
    "simulated = None": "simulated = player",
}
TURNS = {
    "fade-1-code": ("Why can no schedule end before 5?", "the letter of a transaction"),
    "fade-2-code": ("In the order of the block it takes 8.", "'D:3' cannot be placed"),
    "player-turn": ("7 units: a core **waits on purpose**", "'E:3' cannot be placed"),
    "attack": ("1.222 times as long", "'A' cannot be read"),
    "batches-turn-code": ("with barriers at 5", "'two'"),
    "processes-turn": ("All the work is on core 1", "a number, such as 1.7"),
}
GIVEAWAYS = {  # what answers a bet, and must not be read before it or beside it
    "longest-first": r"won\b|\b[67] units|longest first [67]|rule loses|always the best",
    "fewest": r"not how many|not the number|chain counts|ends at [45]|ends before S",
    "anomaly": r"anomalies|\b1[356]\b(?! minutes)|wrong for|can lose|fewer waits\n",
    "double": r"3\.8|bend|bring nothing|do not help",
}
ON_THE_SCREEN = 6  # cells below a bet


@pytest.mark.slow
def test_right_answers_to_the_turns_of_lesson_04_are_confirmed() -> None:
    done = execute(LESSON, RIGHT | FASTER)
    for name, (said, _) in TURNS.items():
        assert said in revealed(done, name), name


@pytest.mark.parametrize(("turn", "rule"), [("seven", "best"), ("longest-chain", "longest chain first")])
def test_the_name_of_a_rule_is_no_plan(turn: str, rule: str) -> None:
    with pytest.raises(InputError, match="a plan such as"):
        ANSWERS[turn](rule)


@pytest.mark.slow
def test_nonsense_does_not_stop_lesson_04() -> None:
    done = execute(LESSON, CLUMSY | FASTER)
    for name, (_, said) in TURNS.items():
        assert revealed(done, name).startswith("This cannot be read: "), name
        assert said in revealed(done, name), name


def test_no_cell_before_or_beside_a_bet_of_lesson_04_answers_it() -> None:
    cells = [source(cell) for cell in read(LESSON)["cells"]]
    for name, pattern in GIVEAWAYS.items():
        (at,) = (i for i, text in enumerate(cells) if f'lab.predict("{name}")' in text)
        seen = [text for text in cells[: at + 1 + ON_THE_SCREEN] if re.search(pattern, text)]
        assert seen == [], name
    assert list(GIVEAWAYS) == list(read_items(LESSON.parent / "items.toml").predictions)


@pytest.mark.parametrize(
    ("bet", "words"),
    [
        ("longest-first", "Nobody thought about the order of the block, and it won."),
        ("longest-first", "2. construct a block on which a rule loses;"),
        ("anomaly", "12 units; with a fourth core 15, each a unit shorter 13"),
        ("fewest", "**From below.** No schedule ends before S, and none before W / p."),
        ("fewest", "What counts is not how many wait, but how long the longest chain gets."),
        ("double", "The curve bends where p comes near W / S."),
    ],
)
def test_what_once_gave_a_bet_away_is_noticed(bet: str, words: str) -> None:
    assert re.search(GIVEAWAYS[bet], words)


def test_what_a_reveal_calls_your_run_is_computed() -> None:
    said = [text for cell in cells_of(read(LESSON), "code") for text in re.findall(r"run=(.*)\)$", source(cell), re.M)]
    assert len(said) == len(GIVEAWAYS)
    assert [text for text in said if "{" not in text and '"; ".join(seen)' not in text] == []


@pytest.mark.parametrize(
    "answer", [[6, 5, 3, 3, 2, 2], ["A", "-1", "B", "+1"], ["A", "-2"], ["G", "+1"], ["A", 1], "A"]
)
def test_only_one_change_of_one_length_is_recorded(answer: object) -> None:
    item = read_items(LESSON.parent / "items.toml").exercise("counter")
    assert verdict_on(item, answer).status is Status.MALFORMED
    assert verdict_on(item, ["a", " +1"]).status is Status.RECORDED


def test_the_surprise_comes_within_five_cells() -> None:
    first = read(LESSON)["cells"][:5]
    times = [shown(output, "text/plain").split()[0] for cell in first[2:4] for output in cell["outputs"]]
    assert times == ["7", "6"]  # longest first, the order of the block


def test_what_was_measured_is_not_stored() -> None:
    notebook = read(LESSON)
    stored = [shown(output, "text/plain") for name, output in outputs_of(notebook) if name == "processes"]
    assert stored == ["Measured here and now, so not stored: print the text of this object to read the table."]
    assert not any(re.search(r"\d+ ms", "".join(output.get("text", ""))) for _, output in outputs_of(notebook))


def test_what_the_lesson_says_of_longest_first_is_what_its_table_says() -> None:
    (table,) = ("".join(output["text"]) for name, output in outputs_of(read(LESSON)) if name == "rules")
    rows = [line.split()[1:] for line in table.strip().split("\n")[1:]]
    worse = sum(float(longest) > float(block) for block, longest, *_ in rows)
    assert worse >= len(rows) - 1  # "in nearly every row"
    assert all(float(row[2]) <= 1.01 for row in rows)  # longest chain first: "within 1 %"


def test_what_the_lesson_says_of_its_pictures_is_in_them() -> None:
    twins = {name: shown(output, "text/plain") for name, output in outputs_of(read(LESSON))}
    batches = {"core 1: A 0-3, C 3-4, D 5-8", "core 2: B 0-1, E 3-5", "barriers at 3 and 5"}
    assert batches <= set(twins["batches-code"].split("\n"))
    assert "I 6-15" in twins["anomaly-picture"]
    assert "orange: A then C then E" in twins["greedy-code"]  # what the text under it goes by
    assert re.search(r"^nft .* 47\.6 +67\.2$", twins["real-code"], flags=re.MULTILINE)


def test_only_extensions_come_after_the_summary() -> None:
    headings = [line for cell in cells_of(read(LESSON), "markdown") for line in source(cell).split("\n")
                if line.startswith("## ")]  # fmt: skip
    last = headings.index("## What you have now (2 minutes)")
    assert len(headings[last + 1 :]) == 5
    assert all(heading.startswith("## Extension: ") for heading in headings[last + 1 :])
    assert not any("Extension" in heading for heading in headings[:last])


def test_the_options_of_a_bet_do_not_give_it_away_by_their_length() -> None:
    for name, bet in read_items(LESSON.parent / "items.toml").predictions.items():
        lengths = [len(option.text) for option in bet.options if option.misconception or option.right]
        assert max(lengths) <= 1.25 * min(lengths), name


def test_what_the_bet_on_real_blocks_says_of_its_work_is_so() -> None:
    (asked,) = (text for name, bet in read_items(LESSON.parent / "items.toml").predictions.items()
                if name == "double" for text in [bet.prompt])  # fmt: skip
    table = {name: shown(output, "text/plain") for name, output in outputs_of(read(LESSON))}["real-code"]
    work, chain = map(float, re.findall(r"([\d.]+) million", asked))
    assert re.search(rf"^erc20-zipf .* {work / chain:.1f}$", table, re.MULTILINE)


def test_each_bet_of_lesson_04_has_its_right_option_at_another_letter() -> None:
    bets = read_items(LESSON.parent / "items.toml").predictions.values()
    assert ["ABCD"[[option.right for option in bet.options].index(True)] for bet in bets] == ["D", "A", "C", "B"]


def test_with_a_better_list_four_cores_run_the_nine_as_fast_as_three() -> None:
    (text,) = (source(cell) for cell in read(LESSON)["cells"] if cell["id"] == "anomaly")
    nine = read_job(re.findall(r'read_job\("(.*)"\)', text)[0])
    assert [makespan(plan(nine, 4, rule)) for rule in ("block order", "longest chain first")] == [15, 12]


def test_what_the_title_says_of_64_cores_is_in_the_table() -> None:
    table = {name: shown(output, "text/plain") for name, output in outputs_of(read(LESSON))}["real-code"]
    on_64 = {row.split()[0]: float(row.split()[7]) for row in table.split("\n")[1:]}
    assert (on_64["nft"], on_64["nft-counter"]) == (47.6, 1.0)
    title = source(read(LESSON)["cells"][0])
    assert "64 cores make one market nearly 48 times as fast, and another no faster." in title
