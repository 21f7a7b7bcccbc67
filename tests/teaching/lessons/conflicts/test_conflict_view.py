"""The board, and the pictures of conflicts: what they show must be what the block did, in the picture and in words."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from toyevm.analysis.conflicts import Lens
from toyevm.analysis.dependencies import Hazard
from toyevm.errors import InputError
from toyevm.teaching.lessons.conflicts.conflict_player import ConflictExplorer
from toyevm.teaching.lessons.conflicts.conflict_view import (
    MOST_NODES,
    show_graph,
    show_hot_spots,
    show_matrix,
    show_pairs,
)
from toyevm.teaching.lessons.conflicts.studies import Study, study, study_board, study_payments
from toyevm.types import Location
from toyevm.workloads.statement_blocks import BOARD, board_letter, statement_block
from toyevm.workloads.transfers import mixed

SIX = "Ann>Bob, Cleo>Dan, Bob>Eve, Ann>Fay, Gus>Hal, Eve>Cleo"


@pytest.fixture(scope="module")
def six() -> Study:
    return study_payments(SIX)


def labels(svg: str) -> list[str]:
    return [unescape(words) for words in re.findall(r"<text [^>]*>([^<]*)</text>", svg)]


# The board


def board_sets(text: str) -> list[tuple[str, str]]:
    """The letters that each statement reads and writes."""
    made = study_board(text)
    assert all(result.succeeded for result in made.outcome.results)
    return [
        ("".join(sorted(map(board_letter, one.read_set))), "".join(sorted(map(board_letter, one.write_set))))
        for one in made.outcome.results
    ]


def test_a_statement_touches_what_it_says_and_nothing_else() -> None:
    assert board_sets("x; x = 5; y = x; x = x + 1; 7; z = 3 + 4") == [
        ("x", ""), ("x", "x"), ("xy", "y"), ("x", "x"), ("", ""), ("z", "z"),
    ]  # fmt: skip


def test_the_board_holds_the_values() -> None:
    made = study_board("x = 5; y = x + 2; x = y; z = 3 + 4; 9")
    values = {board_letter(place): value for place, value in made.outcome.diff.writes.items() if board_letter(place)}
    assert values == {"x": 7, "y": 7, "z": 7}


@pytest.mark.parametrize("text", ["x == 5", "x = ", "X = 5", "x = y + z", "x = 5, y = 6", "x = 1000"])
def test_nonsense_on_the_board_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match="cannot read"):
        statement_block("x = 5;" + text)


def test_a_slot_of_another_contract_has_no_letter() -> None:
    assert board_letter(Location(BOARD, 1)) == "a"
    assert board_letter(Location(b"\x01" * 20, 1)) == board_letter(Location(BOARD, 27)) == ""


def test_statements_on_the_board_give_the_hazards_they_should() -> None:
    """Nearest ones only: RAW with versions, WAR without information, and no WAW without a RAW: SSTORE reads."""

    def kinds(text: str) -> set[Hazard]:
        graph = study_board(text).graph(Lens(balances=False, hazards=tuple(Hazard)))
        return {each.hazard for each in graph.dependencies}

    assert kinds("x = 5; y = x") == {Hazard.READ_AFTER_WRITE}
    assert kinds("y = x; x = 5") == {Hazard.WRITE_AFTER_READ}
    assert kinds("x = 5; x = 7") == {Hazard.READ_AFTER_WRITE, Hazard.WRITE_AFTER_WRITE}
    assert kinds("x; y = x") == set()


# The matrix


def test_the_matrix_shows_each_meeting_and_no_lonely_place(six: Study) -> None:
    rows = {line[:14].strip(): line[14:].split() for line in show_matrix(six).text.splitlines()[1:-3]}
    assert list(rows) == ["Ann's balance", "Ann's nonce", "Bob's balance", "Cleo's balance", "Eve's balance"]
    assert rows["Ann's balance"] == ["RW", ".", ".", "RW", ".", "."]
    assert rows["Cleo's balance"] == [".", "RW", ".", ".", ".", "RW"]
    assert "Gus's balance" not in show_matrix(six).svg
    assert show_matrix(six).text.splitlines()[-3:] == [
        "R: read, RW: read and written",
        "columns: 0 Ann>Bob, 1 Cleo>Dan, 2 Bob>Eve, 3 Ann>Fay, 4 Gus>Hal, 5 Eve>Cleo",
        "a location that only one transaction touches is left out",
    ]


def test_what_is_only_read_looks_different() -> None:
    picture = show_matrix(study_board("x = 5; y = x; x"))
    assert picture.text.splitlines()[1].split() == ["x", "RW", "R", "R"]
    assert labels(picture.svg).count("R") == 2
    assert labels(picture.svg).count("RW") == 1


def test_a_wide_matrix_counts_instead() -> None:
    text = show_matrix(study(mixed(60, to_shop=7, token=True))).text
    assert text.splitlines()[:-1] == ["60 transactions", "token: balanceOf[shop]  read by 7, written by 7"]


def test_places_that_do_not_fit_are_mentioned() -> None:
    pairs = "; ".join(f"{letter} = 1; {letter} = 2" for letter in "abcdefghijklm")
    picture = show_matrix(study_board(pairs))
    assert "and 3 more locations" in picture.text
    assert "and 3 more locations" in labels(picture.svg)


def test_a_block_in_which_nobody_meets_says_so() -> None:
    alone = study_payments("Ann>Bob, Cleo>Dan")
    for picture in (show_matrix(alone), show_hot_spots(alone)):
        assert re.search("no two transactions meet|no transaction waits", picture.text)
        assert any(words.startswith("no t") for words in labels(picture.svg))


# The graph


def test_the_graph_draws_every_arrow_and_marks_the_path(six: Study) -> None:
    picture = show_graph(six)
    assert "arrows: 0→2, 0→3, 1→5, 2→5" in picture.text
    assert "critical path: 0 → 2 → 5" in picture.text
    assert "speedup at best 2.0×" in picture.text
    faint, bold = re.findall(r'<path d="([^"]*)"', picture.svg)
    assert (faint.count("M"), bold.count("M")) == (2, 2)
    assert set(labels(picture.svg)) >= {f"{i} {title}" for i, title in enumerate(six.titles)} | {"at best 2.0×"}


def test_a_lens_changes_the_picture(six: Study) -> None:
    assert "at best 1.0×" in labels(show_graph(six, Lens(fees=True)).svg)
    assert "at best 6.0×" in labels(show_graph(six, Lens(balances=False)).svg)
    assert "token" in show_matrix(study(mixed(4, to_shop=0, token=True)), Lens(accounts=True)).text


@pytest.mark.parametrize("count", [MOST_NODES, MOST_NODES + 1])
def test_above_a_hundred_nodes_only_layers_can_be_read(count: int) -> None:
    made = study(mixed(count, to_shop=30))
    picture = show_graph(made)
    assert ("layers, each can run at once" in " ".join(labels(picture.svg))) == (count > MOST_NODES)
    assert picture.text.count("wait for another") == 1
    assert len(picture.svg) < 100_000


def test_the_same_block_gives_the_same_bytes(six: Study) -> None:
    again = study_payments(SIX)
    for show in (show_matrix, show_graph, show_hot_spots):
        assert show(six).svg == show(again).svg


@pytest.mark.parametrize("name", ["matrix", "graph", "hot", "pairs"])
def test_a_picture_carries_its_text_for_those_who_do_not_see_it(six: Study, name: str) -> None:
    shows: dict[str, Any] = {"matrix": show_matrix, "graph": show_graph, "hot": show_hot_spots}
    picture = shows[name](six) if name in shows else show_pairs({"six": six})
    label = re.search(r'aria-label="([^"]*)"', picture.svg)
    assert label is not None
    assert unescape(label[1]).endswith("; ".join(picture.text.split("\n")))


# Fingerprints and hot spots


def test_a_fingerprint_has_a_dot_for_each_pair() -> None:
    picture = show_pairs({"shop": study(mixed(10, to_shop=10)), "many": study(mixed(10, to_shop=0))})
    most = "10 of 10 conflict with another; transaction 0 conflicts with the most: 9 others"
    assert picture.text.splitlines() == [
        f"shop             100.0% of pairs, at best 1.0×; {most}; at shop's balance, 10 meet: 0-9",
        "many             0.0% of pairs, at best 10.0×; 0 of 10 conflict with another; no stripes",
    ]
    shop, many = re.findall(r'<path d="([^"]*)"', picture.svg)
    assert [float(length) for length in re.findall(r"M\S+ \S+h([\d.]+)v", shop)] == [20.0 * i for i in range(1, 10)]
    assert many == ""


def test_the_words_of_a_fingerprint_name_every_stripe_of_its_picture() -> None:
    """A stripe is all pairs of those that meet at one location; here each pair conflicts at the shop, or at Ann."""
    made = study_payments("Ann>Shop, Bob>Cleo, Cy>Shop, Dan>Shop, Eve>Fay, Ann>Gus")
    assert show_pairs({"six": made}).text.endswith("at Shop's balance, 3 meet: 0, 2-3")
    assert "at Shop's balance, 3 meet" in labels(show_pairs({"six": made}).svg)
    assert set(made.matrix().pairs()) == {(0, 2), (0, 3), (2, 3), (0, 5)}


def test_the_hottest_stands_first(six: Study) -> None:
    picture = show_hot_spots(study_payments("A>S, B>S, C>S, P>Q, Q>R"), limit=2)
    words = "chain of 3 (2 must wait), span without this slot: 2"
    assert picture.text.splitlines()[0] == f"{'S' + chr(39) + 's balance':<34} {words}"
    assert len(picture.text.splitlines()) == 2


# The explorer


def test_setting_the_switches_changes_lens_text_and_pictures(six: Study) -> None:
    explorer = ConflictExplorer(six)
    assert explorer.lens == Lens()
    explorer.set(fees=True, hazards="all three", balances="storage only")
    assert explorer.lens == Lens(fees=True, balances=False, hazards=tuple(Hazard))
    assert explorer.speedup == 1
    assert "storage only" in explorer.text
    assert explorer._screen.value.count("<svg") == 2
    explorer._as_text.value = True
    assert "<pre" in explorer._screen.value
    assert explorer._repr_mimebundle_()["text/plain"] == explorer.text


@pytest.mark.parametrize("switches", [{"colour": True}, {"accounts": "by street"}, {"hazards": "WAW"}])
def test_an_unknown_switch_or_setting_is_refused(six: Study, switches: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="expected"):
        ConflictExplorer(six).set(**switches)
