"""What README.md shows is what there is: the picture of the house, the lessons, the commands."""

from __future__ import annotations

import re

from tests.architecture import house
from tests.architecture.project import REPOSITORY
from toyevm.cli.app import app

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_picture_of_the_house_is_up_to_date() -> None:
    assert house.PICTURE.read_text(encoding="utf-8") == house.draw(), "python -m tests.architecture.house"


def test_every_module_of_the_system_stands_in_the_house() -> None:
    shown = {name for _, modules in house.rows() for name in modules} | {"cli", "__main__", "teaching"}
    there = {path.stem for path in house.PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert there - shown == {"__init__"}


def test_a_lesson_is_here_when_its_notebook_is() -> None:
    rows = dict(re.findall(r"^\| (\d\d) \| .* \| (here|to come) \|$", README, re.MULTILINE))
    there = {folder.name[:2] for folder in (REPOSITORY / "course").glob("[0-9][0-9]-*")}
    assert len(rows) == 18
    assert {number for number, state in rows.items() if state == "here"} == there


def test_every_command_has_a_row() -> None:
    names = {command.name or command.callback.__name__.replace("_", "-") for command in app.registered_commands}
    names |= {group.name for group in app.registered_groups}
    assert names - set(re.findall(r"^\| `toyevm ([a-z-]+)", README, re.MULTILINE)) == set()


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert len(pictures) == 2
    assert [path for path in pictures if not (REPOSITORY / path).is_file()] == []
