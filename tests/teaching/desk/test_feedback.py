"""A page a student: all that is theirs, nothing of anybody else, nothing hidden, and nothing that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.teaching.desk.desks import WHY, a_desk, marks
from tests.teaching.desk.reading import Page, contrast, faults
from tests.teaching.grading.sample import FULL, NAME, SECRET
from toyevm.teaching.desk.feedback import NOT_MARKED, write_feedback
from toyevm.teaching.desk.marks import marks_of
from toyevm.teaching.desk.pages import _STYLE, INKS_ON, element, page
from toyevm.teaching.desk.register import read_register
from toyevm.teaching.grading.mark import read_assignment

CANARY = "48151623421123581321"
ATTACK = "</pre><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\x1b[31m{{7*7}}"
BY_HAND = f"""\
[late]
percent_per_day = 10
[[override]]
student = "ada"
item = "number"
points = 0.5
comment = "nearly <b>{ATTACK[:14]}</b>"
[[override]]
student = "bob"
comment = "bob-comment-7"
"""


@pytest.fixture
def pages(sample: Path, release: Path, tmp_path: Path) -> dict[str, bytes]:
    found = {
        "ada": marks((2, 0, 3), "misconception-" + CANARY),
        "bob": marks((0, 1, 0), message="bob-message-9"),
        "eve": marks((0, 0, 0), message="", fault=f"the marker failed: {CANARY}"),
        "gone": None,
    }
    answers = {
        "ada": {"number": f"my_number = '''{ATTACK}'''", "merge": "x = 1\n" * 5_000},
        "bob": {"number": "my_number = 5  # bob-answer-5"},
        "eve": {"number": "my_number = 6"},
    }
    desk = a_desk(tmp_path / "desk", release, found, answers=answers, late={"bob": 90.0}, overrides=BY_HAND)
    rows, register = marks_of(desk), read_register(desk)
    names = {"ada": "Ada <Lovelace>"}
    written = write_feedback(tmp_path / "pages", read_assignment(NAME, sample), desk, register, rows, names)
    assert [path.name for path in written] == ["ada.html", "bob.html", "eve.html", "gone.html"]
    return {path.stem: path.read_bytes() for path in written}


def test_pages_are_read_by_everybody_and_need_and_run_nothing(pages: dict[str, bytes]) -> None:
    assert [found for data in pages.values() for found in faults(data)] == []


def test_points_messages_comments_and_what_is_by_hand_are_shown(pages: dict[str, bytes]) -> None:
    ada, bob = Page(pages["ada"]), Page(pages["bob"])
    assert ada.headings == [
        (1, f"Your marks for {NAME}"), (2, "Double: 2 of 2"), (2, "Number: 0.5 of 1"), (2, "Merge: 3 of 3"),
    ]  # fmt: skip
    assert ada.tables[0][1][1:] == [["Double", "2", "2"], ["Number", "0.5", "1"], ["Merge", "3", "3"]]
    for said in ("Ada <Lovelace>", "5.5 of 6 points", WHY, "given by your instructor", "nearly <b>"):
        assert said in ada.text
    assert bob.headings[-1] == (2, "All of it")
    for said in ("0.9 of 6 points", "handed in late", "late: 10 % taken off", "-0.1 points", "bob-comment-7"):
        assert said in bob.text


def test_nobody_sees_anything_of_anybody_else(pages: dict[str, bytes]) -> None:
    words = {"ada": "Lovelace", "bob": "bob", "eve": "my_number = 6"}
    for name, word in words.items():
        assert word in pages[name].decode()
        assert [other for other in pages if other != name and word in pages[other].decode()] == []


def test_nothing_hidden_is_shown(pages: dict[str, bytes]) -> None:
    """Neither the id of a misconception, nor a fault of ours, nor what marking.toml knows alone."""
    for data in pages.values():
        assert CANARY not in data.decode()
        assert "misconception" not in data.decode()
    shown = [name for name, data in pages.items() if str(SECRET) in data.decode()]
    assert shown == []  # each of them answered something else


def test_what_is_not_marked_is_open_and_no_zero(pages: dict[str, bytes]) -> None:
    eve = Page(pages["eve"])
    assert eve.text.count(NOT_MARKED) == 3
    assert eve.tables[0][1][1] == ["Double", "–", "2"]
    assert "so far" in eve.text


def test_who_handed_in_nothing_is_told(pages: dict[str, bytes]) -> None:
    assert "You handed in nothing" in Page(pages["gone"]).text


def test_answers_are_text_cut_and_without_signs_that_turn_the_page_around(pages: dict[str, bytes]) -> None:
    source = pages["ada"].decode()
    assert "&lt;/pre&gt;&lt;script&gt;" in source
    assert not re.search("[\u202e\x1b]", source)
    assert source.count("x = 1") < 1_000
    assert len(source) < 20_000


def test_colours_are_readable() -> None:
    assert all(contrast(ink, ground) >= 4.5 for ground, inks in INKS_ON.items() for ink in inks)
    inks = set(re.findall(r"[^-]color: (#[0-9a-f]{6})", _STYLE))
    assert inks <= {ink for inks in INKS_ON.values() for ink in inks}
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


@pytest.mark.parametrize(
    "body",
    [
        "<script>1</script>", "<h3>deep</h3>", "<p>open", '<p onclick="x()">y</p>', "<img src=x>",
        '<svg viewBox="0 0 1 1"></svg>', '<p id="a"></p><p id="a"></p>', "<table><tr><td>1</td></tr></table>",
        "<h1>again</h1>", '<svg role="img"><use xlink:href="http://x/"/></svg>',
    ],
)  # fmt: skip
def test_the_reader_finds_faults(body: str) -> None:
    assert faults(page("fine", [element("p", "fine")])) == []
    assert faults(page("bad", [body])) != []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, release: Path, sample: Path) -> None:
    from toyevm.errors import InputError

    (tmp_path / "pages").write_text("a file")
    desk = a_desk(tmp_path / "desk", release, {"ada": marks(FULL)})
    with pytest.raises(InputError, match="cannot write"):
        write_feedback(tmp_path / "pages", read_assignment(NAME, sample), desk, read_register(desk), marks_of(desk), {})
