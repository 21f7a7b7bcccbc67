"""What all players share, tested on a player of one slider, one switch, one button and one field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

from tests.support.pictures import hide_ipywidgets
from tests.workloads.test_transfers import executed
from toyevm import teaching
from toyevm.errors import InputError
from toyevm.teaching.kit.bisection.player import BisectionGame
from toyevm.teaching.kit.interleaving.player import InterleavingPlayer
from toyevm.teaching.kit.job import job_of
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.price_walk_player import PriceWalk
from toyevm.teaching.kit.stark.folds_player import FoldsPlayer
from toyevm.teaching.kit.stark.rules_player import RulesPlayer
from toyevm.teaching.kit.stark.tamper_player import TamperPlayer
from toyevm.teaching.kit.stepper import Stepper
from toyevm.teaching.kit.threads.model import Threads
from toyevm.teaching.kit.threads.player import ThreadsPlayer
from toyevm.teaching.kit.two_chains_player import TwoChainsPlayer
from toyevm.teaching.lessons.applications.mixer_player import WorkloadMixer
from toyevm.teaching.lessons.batches_data_cost.fees_player import FeeSliders
from toyevm.teaching.lessons.batches_data_cost.sampling_player import SamplingGrid
from toyevm.teaching.lessons.block_access_lists.inspector_player import ListInspector
from toyevm.teaching.lessons.block_access_lists.village import village
from toyevm.teaching.lessons.bridges.messages_player import MessagesPlayer
from toyevm.teaching.lessons.conflicts.conflict_player import ConflictExplorer
from toyevm.teaching.lessons.conflicts.studies import study_payments
from toyevm.teaching.lessons.energy_and_claims.energy_player import EnergyPlayer
from toyevm.teaching.lessons.polynomials.extension_player import ExtensionPlayer
from toyevm.teaching.lessons.public_services.policy_player import PolicyExplorer
from toyevm.teaching.lessons.real_cores.grain_player import GrainSliders
from toyevm.teaching.lessons.schedulers.gantt_player import GanttPlayer
from toyevm.teaching.lessons.schedulers.plans import read_job
from toyevm.teaching.lessons.sidechain.signers_player import SignerSwitches
from toyevm.teaching.lessons.state_transactions_blocks.order import token_shuffle
from toyevm.teaching.lessons.state_transactions_blocks.order_player import OrderPlayer
from toyevm.teaching.lessons.why_blocks_are_slow.cores_player import CoresSlider
from toyevm.teaching.lessons.zk_rollup import book, book_proof
from toyevm.tracer import record_steps
from toyevm.vm.message import begin_message, world_with_code
from toyevm.workloads.transfers import block_of, read_payments
from toyevm.workloads.workload import PRODUCER


class Counter(Player):
    """Counts up to a number that a slider, a button or a word sets."""

    NAME, INSTEAD = "the counter", "counting works without it"

    def __init__(self) -> None:
        self.word = "one"
        super().__init__()

    @property
    def picture(self) -> Picture:
        count, sign = self._named["count"].value, self._named["sign"].value
        return Picture(f"picture of {count * sign}", f"word {self.word}\ncount {count * sign}")

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        slider = self._control("count", make.IntSlider(value=1, min=1, max=9))
        switch = self._control("sign", make.ToggleButtons(options=[("plus", 1), ("minus", -1)]))
        self.button = self._button("break it", "do what cannot be done", lambda: self.say(""))
        self.field = self._text("word", "one", "90px", lambda: self.word, self.say)
        return [[slider, switch], [self.button, self.field]]

    def say(self, word: str) -> None:
        if not word.isalpha():
            raise InputError(f"{word!r} is no <word>", expected="letters")
        self.word = word
        self._show()


def aloud(player: Player) -> list[str]:
    """Return the lines of the live region."""
    region = re.search(r'<div role="status" aria-live="polite"[^>]*>(.*)</div>', str(player._voice.value))
    return unescape(region[1]).split("<br>") if region else []


@pytest.fixture
def player() -> Counter:
    return Counter()


def test_controls_message_picture_and_voice_stand_in_one_column(player: Counter) -> None:
    *rows, message, screen, voice = player.widget.children
    assert [len(row.children) for row in rows] == [2, 3]
    assert (rows[-1].children[-1].description, rows[-1].children[-1].value) == ("as text", False)
    assert (screen.value, message.value, message.layout.display, voice.value) == ("picture of 1", "", "none", "")


def test_a_control_shows_what_it_does_at_once(player: Counter) -> None:
    player._named["count"].value = 7
    assert player._screen.value == "picture of 7"
    assert player._repr_mimebundle_()["text/plain"] == player.text == "word one\ncount 7"


def test_set_does_what_the_controls_do_by_order_and_by_name(player: Counter) -> None:
    player.set(3)
    assert player._screen.value == "picture of 3"
    player.set(4, "minus")
    assert player._screen.value == "picture of -4"
    player.set(sign=1, count=5)
    assert player._screen.value == "picture of 5"


@pytest.mark.parametrize(
    ("values", "named", "words"),
    [
        ([0], {}, "0 count (expected a whole number from 1 to 9"),
        ([10], {}, "a whole number from 1 to 9"),
        ([2.0], {}, "a whole number from 1 to 9"),
        ([True], {}, "a whole number from 1 to 9"),
        ([None], {}, "a whole number from 1 to 9"),
        ([1, "plus", 3], {}, "at most 2: count | sign"),
        ([], {"colour": 1}, "no switch 'colour' (expected count | sign"),
        ([], {"sign": "times"}, "sign='times' (expected 'plus' | 'minus'"),
        ([], {"sign": 2}, "sign=2"),
        ([], {"sign": True}, "sign=True"),
        ([], {"sign": 1.0}, "sign=1.0"),
        ([], {"sign": [[1], [2]]}, "sign=[[1], [2]]"),
        ([5], {"colour": 1}, "no switch 'colour'"),
        ([5, "times"], {}, "sign='times'"),
        ([], {"count": 5, "sign": "times"}, "sign='times'"),
        ([], {"sign": "minus", "count": 10}, "10 count"),
        (["x" * 5_000], {}, "..."),
    ],
)
def test_a_position_that_there_is_not_is_refused_and_changes_nothing(
    player: Counter, values: list[Any], named: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        player.set(*values, **named)
    assert player._screen.value == "picture of 1"


def test_a_screen_reader_hears_the_lines_that_have_changed(player: Counter) -> None:
    assert aloud(player) == []
    player.set(2)
    assert aloud(player) == ["count 2"]
    player.say("two")
    assert aloud(player) == ["word two"]
    player._as_text.value = True  # another form of the same: there is nothing to say
    assert aloud(player) == ["word two"]


def test_what_is_heard_is_escaped(player: Counter) -> None:
    player.word = "<b>&"
    player._show()
    assert "&lt;b&gt;&amp;" in player._voice.value


def test_as_text_shows_the_twin_and_back(player: Counter) -> None:
    player._as_text.value = True
    assert player._screen.value.startswith("<pre")
    assert "word one\ncount 1" in player._screen.value
    player._as_text.value = False
    assert player._screen.value == "picture of 1"


def test_what_goes_wrong_is_announced_and_gone_with_the_next_step(player: Counter) -> None:
    player.button.click()
    assert 'role="alert"' in player._message.value
    assert "&#x27;&#x27; is no &lt;word&gt;" in player._message.value
    assert player._message.layout.display is None
    player._as_text.value = True
    assert player._message.value  # another form of the same does not take it back
    player.set(2)
    assert (player._message.value, player._message.layout.display) == ("", "none")


def test_a_field_does_what_is_typed_and_nothing_when_the_program_fills_it_in(player: Counter) -> None:
    player.field.value = "four"
    assert player.word == "four"
    player.field.value = "4"
    assert (player.word, "is no" in player._message.value) == ("four", True)
    player.word = "five"
    player.field.value = "five"
    assert "is no" in player._message.value  # nobody has typed that


ONE_PAYMENT = block_of(read_payments("Ann>Bob"))
PLAYERS: dict[type[Player], tuple[Any, ...]] = {
    Counter: (),
    Stepper: (list(record_steps(begin_message(world_with_code(b"\x5f\x5f")))),),
    CoresSlider: ([job_of("one", executed(ONE_PAYMENT).results, PRODUCER)],),
    InterleavingPlayer: (ONE_PAYMENT.pre, ONE_PAYMENT.block, ["Ann>Bob"], {}),
    OrderPlayer: (token_shuffle({"Ann": 9}, ["Ann pays Bob 5", "Bob pays Cleo 5"]),),
    ConflictExplorer: (study_payments("Ann>Bob, Ann>Cleo"),),
    GanttPlayer: (read_job("A 3, B 2"),),
    ListInspector: (village(),),
    FeeSliders: (),
    SamplingGrid: (),
    PriceWalk: (),
    ThreadsPlayer: (Threads(ONE_PAYMENT.pre, ONE_PAYMENT.block, 1, {}),),
    TwoChainsPlayer: (),
    SignerSwitches: (),
    BisectionGame: (),
    ExtensionPlayer: (),
    RulesPlayer: (book(),),
    TamperPlayer: (book_proof(),),
    FoldsPlayer: (),
    MessagesPlayer: (),
    WorkloadMixer: (),
    PolicyExplorer: (),
    GrainSliders: (),
    EnergyPlayer: (),
}


def test_every_player_has_its_line_without_ipywidgets() -> None:
    for module in walk_packages(teaching.__path__, "toyevm.teaching."):
        if module.name.endswith("player"):
            import_module(module.name)
    assert {*PLAYERS} == {*Player.__subclasses__()}


@pytest.mark.parametrize("player", PLAYERS, ids=lambda player: player.__name__)
def test_without_ipywidgets_one_line_says_what_works_without_them(
    monkeypatch: pytest.MonkeyPatch, player: type[Player]
) -> None:
    hide_ipywidgets(monkeypatch)
    with pytest.raises(InputError, match=f"{player.NAME} needs ipywidgets .*; {player.INSTEAD}"):
        player(*PLAYERS[player])
