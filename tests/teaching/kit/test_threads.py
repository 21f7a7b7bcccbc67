"""Block-STM by hand: every order of events is the algorithm's own, and pictures and words say what happened."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from html import unescape
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.support.overlaps import overlaps
from toyevm.backends.block_stm.accounting import FeesApart
from toyevm.backends.block_stm.scheduler import Scheduler, Task, TaskStatus
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.contracts import load_contract
from toyevm.errors import InputError
from toyevm.simulation.conversation import Conversation
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.notation import letter, version_name
from toyevm.simulation.steps import Action, Step, Steps
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.interleaving.scene import free_of_gas, watched
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.threads.model import Threads, read_moves
from toyevm.teaching.kit.threads.player import ThreadsPlayer
from toyevm.teaching.kit.threads.view import show_threads
from toyevm.teaching.kit.threads.words import describe_threads, sentence
from toyevm.types import Field, Location
from toyevm.units import ETHER
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.transfers import read_payments

PAIR = "Ann>Bob 5, Bob>Cleo 7"
SHOP = "Ann>Shop 5, Bob>Shop 7, Cleo>Shop 2, Dan>Shop 1"
RING = "Ann>Bob 5, Bob>Cleo 7, Cleo>Dan 2, Dan>Ann 1"


def threads(payments: str = PAIR, cores: int = 2, stm: Any = BlockSTM, moves: str = "") -> Threads:
    workload = free_of_gas(read_payments(payments))
    return Threads(workload.pre, workload.block, cores, watched(workload), stm, read_moves(moves, cores))


def mints(cores: int) -> Threads:
    workload = APPLICATIONS["erc20-mint"](4)
    supply = Location(workload.block.transactions[0].to or b"", load_contract("erc20_mint").slots["totalSupply"])
    return Threads(workload.pre, workload.block, cores, {supply: "supply"}, chain=workload.chain, slot_unit=10**18)


def told(model: Threads) -> list[str]:
    return [f"{event.core} {sentence(model, event)}" for event in model.events]


# The model


def test_each_choice_is_one_event_worked_out_by_hand() -> None:
    """B reads Bob before A has paid them; its validation finds that out, and B runs again."""
    model = threads(moves="1 1 0 0 0 1 1 1 0 0")
    assert told(model) == [
        "1 B.0 starts",
        "1 B.0 reads Bob: 100 (before)",
        "0 A.0 starts",
        "0 A.0 reads Ann: 100 (before)",
        "0 A.0 reads Bob: 100 (before)",
        "1 B.0 reads Cleo: 100 (before)",
        "1 B.0 writes Bob: 93",
        "1 B.0 writes Cleo: 107",
        "0 A.0 writes Ann: 95",
        "0 A.0 writes Bob: 105",
    ]
    model.play([*model.choices, *[1] * 6])
    assert told(model)[10:] == [
        "1 validation of B.0 starts",
        "1 B.0 compares Bob: A.0, it read before",
        "1 B.0 aborts: Bob differs",
        "1 B.0 marks Bob: ESTIMATE",
        "1 B.0 marks Cleo: ESTIMATE",
        "1 B.1 starts",
    ]
    bob, cleo = list(model.watched)[1:]
    assert model.table.statuses == (TaskStatus.EXECUTED, TaskStatus.EXECUTING)
    assert model.table.incarnations == (0, 1)
    assert (model.table.entries[bob, 1], model.table.entries[cleo, 1]) == (None, None)
    assert model.values == {"Ann": 95 * ETHER, "Bob": None, "Cleo": None}
    assert [version_name(version) for version in model.aborted] == ["B.0"]


def test_a_reader_of_an_estimate_waits_and_is_resumed() -> None:
    model = threads("Ann>Bob 5, Bob>Cleo 7, Cleo>Dan 2", 3)
    for seed in range(200):
        model.play(())
        model.run_on(seed)
        waits = [event for event in model.events if event.action is Action.DEPEND and event.holds]
        if waits:
            break
    met = next(event for event in model.events if event.action is Action.READ and event.read is None)
    resumed = next(event for event in model.events if event.action is Action.RESUME)
    assert met.other == waits[0].other == resumed.version.tx_index
    assert waits[0].version.tx_index in resumed.resumed
    assert waits[0].aborts
    assert not model.wrong


@pytest.mark.parametrize("cores", [1, 2, 4])
@pytest.mark.parametrize("make", [lambda cores: threads(SHOP, cores), lambda cores: threads(RING, cores), mints])
def test_every_order_of_events_equals_sequential(make: Callable[[int], Threads], cores: int) -> None:
    model = make(cores)
    assert set(model.values) == set(model.watched.values())
    for seed in range(25):
        model.play(())
        model.run_on(seed)
        assert model.is_over
        assert model.values == model.expected
        assert not model.failures


@pytest.mark.parametrize("payments", [SHOP, RING])
def test_what_is_said_of_a_comparison_is_what_the_algorithm_makes_of_it(payments: str) -> None:
    """Oracle: a validation goes on to an abort exactly if something was found to differ."""
    model, differed = threads(payments, 3), 0
    for seed in range(40):
        model.play(())
        model.run_on(seed)
        for core in range(model.cores):
            own = [event for event in model.events if event.core == core]
            for event, following in pairwise(own):
                differs = event.action is Action.COMPARE and not event.holds
                assert differs == (following.action is Action.MOVE)
                assert not differs or following.version == event.version
                assert not (differs and event.passes)
                differed += differs
        assert {event.version for event in model.events if event.aborts} == set(model.stm.causes)
    assert differed > 20


def test_sequential_is_what_the_amounts_say() -> None:
    """Oracle: the payments, added up."""
    paid = {"Ann": -5, "Shop": 15, "Bob": -7, "Cleo": -2, "Dan": -1}
    assert threads(SHOP).expected == {name: (100 + amount) * ETHER for name, amount in paid.items()}


def test_back_and_replay_see_the_same_events() -> None:
    model = threads(SHOP, 3)
    model.run_on(7)
    events, moves, table = list(model.events), model.moves, model.table
    last = model.choices[-1]
    model.back()
    assert model.events == events[:-1]
    model.advance(last)
    assert (model.events, model.table) == (events, table)
    assert threads(SHOP, 3, moves=moves).events == events
    model.play(())
    model.back()
    assert (model.choices, model.events) == ([], [])


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ([0, 5], "move 2: there is no core 5"),
        ([-1], "move 1: there is no core -1"),
        ([True], "there is no core True"),
        (["x"], "there is no core 'x'"),
        ([0] * 100, "core 0 (waits|has ended)"),
    ],
)
def test_choices_that_cannot_be_made_are_refused_and_change_nothing(choices: list[Any], message: str) -> None:
    model = threads(moves="1 1 0")
    before = model.table, list(model.events), model.moves
    with pytest.raises(InputError, match=message):
        model.play(choices)
    assert (model.table, model.events, model.moves) == before
    model.advance(0)
    assert model.moves == "1 1 0 0"


@pytest.mark.parametrize("cores", [0, 9, -1, True, "2", None])
def test_cores_that_there_cannot_be_are_refused(cores: Any) -> None:
    with pytest.raises(InputError, match="a whole number from 1 to 8"):
        threads(cores=cores)


def test_code_is_nothing_to_watch() -> None:
    workload = free_of_gas(read_payments(PAIR))
    with pytest.raises(InputError, match="locations that hold numbers"):
        Threads(workload.pre, workload.block, 1, {Location(bytes(20), Field.CODE): "code"})


# Without a rule


def no_estimate(
    size: int, converse: Callable[[int], Conversation], memory: MultiVersionMemory, accounting: FeesApart
) -> BlockSTM:
    memory.suspect = lambda tx_index, location: None  # type: ignore[method-assign]
    return BlockSTM(size, converse, memory, accounting)


class ValidatesItselfOnly(Scheduler):
    def finish_execution(self, task: Task, wrote_new_location: bool) -> Steps[Task | None]:
        return super().finish_execution(task, False)


class NoNewLocationRule(BlockSTM):
    def __post_init__(self) -> None:
        self.scheduler = ValidatesItselfOnly(self.size, self.first)


class ForgetsWhoWaits(Scheduler):
    def _resume(self, tx_indices: Collection[int]) -> Steps[None]:
        yield from ()


class NeverResumes(BlockSTM):
    def __post_init__(self) -> None:
        self.scheduler = ForgetsWhoWaits(self.size, self.first)


class WaitsAndCountsAsActive(Scheduler):
    def add_dependency(self, tx_index: int, blocking: int) -> Steps[bool]:
        waits = yield from super().add_dependency(tx_index, blocking)
        yield from self.active.add(int(waits))
        return waits


class NeverRests(BlockSTM):
    def __post_init__(self) -> None:
        self.scheduler = WaitsAndCountsAsActive(self.size, self.first)


class Breaks(BlockSTM):
    def _validate(self, task: Task) -> Steps[Task | None]:
        raise KeyError("mine")
        yield


class LooksRoundForEver(BlockSTM):
    def thread(self) -> Steps[None]:
        while True:
            yield Step(Action.LOOK, what="mine")


class StartsForEver(BlockSTM):
    def thread(self) -> Steps[None]:
        while True:
            yield Step(Action.EXECUTE, 0, 0)


@pytest.mark.parametrize("stm", [no_estimate, NoNewLocationRule])
def test_without_a_rule_four_payments_to_one_shop_go_wrong(stm: Any) -> None:
    model = threads(SHOP, 2, stm)
    for seed in range(60):
        model.play(())
        model.run_on(seed)
        if model.wrong:
            break
    assert model.is_over
    assert set(model.wrong) == {"Shop"}
    has, should = model.wrong["Shop"]
    assert has is not None
    assert should == 115 * ETHER
    words = f"Wrong: Shop has {int(has) // ETHER}, and should have 115."
    picture = show_threads(model)
    assert picture.text.split("\n")[-1] == words
    assert words in words_of(picture.svg)


def first_that(model: Threads, holds: Callable[[Threads], bool]) -> str:
    """Run by chance until something holds at the end, and return the last line of the words."""
    for seed in range(200):
        model.play(())
        model.run_on(seed)
        if holds(model):
            return describe_threads(model).split("\n")[-1]
    raise AssertionError("no seed of 200")


def test_cores_that_can_only_wait_are_stuck_and_do_not_hang() -> None:
    model = threads(SHOP, 3, NeverRests)
    assert first_that(model, lambda it: it.is_stuck).startswith("Stuck: no core can go on")
    assert model.going == []
    assert "core 0: waits" in describe_threads(model)


def test_a_transaction_that_nobody_resumes_is_named_in_the_verdict() -> None:
    model = threads(SHOP, 3, NeverResumes)
    first_that(model, lambda it: bool(it.unfinished))
    assert model.is_over
    letters = [letter(tx_index) for tx_index in model.unfinished]
    lines = describe_threads(model).split("\n")
    assert {f"Wrong: {each} has to be executed." for each in letters} <= set(lines)


def test_what_breaks_the_algorithm_ends_that_core_and_is_named() -> None:
    model = threads(SHOP, 2, Breaks)
    model.run_on(1)
    assert model.failures == {0: "KeyError: 'mine'", 1: "KeyError: 'mine'"}
    assert "core 0: broken: KeyError: 'mine'" in describe_threads(model)


def test_a_core_that_looks_round_for_ever_waits() -> None:
    model = threads(PAIR, 2, LooksRoundForEver)
    assert (model.going, model.is_stuck) == ([], True)


def test_events_without_an_end_are_given_up() -> None:
    model = threads(PAIR, 2, StartsForEver)
    with pytest.raises(InputError, match="no end after 50 events"):
        model.run_on(1, most=50)
    assert len(model.events) == 50


# Picture and words


def shapes(picture: str, tag: str) -> list[ElementTree.Element]:
    return [element for element in ElementTree.fromstring(picture).iter() if element.tag.endswith(tag)]


def words_of(picture: str) -> list[str]:
    return ["".join(element.itertext()) for element in shapes(picture, "text")]


def numbers(words: str) -> set[str]:
    return set(re.findall(r"[A-Z]\.\d+|\d[\d,]*", words))


def check_table(model: Threads, picture: Picture) -> None:
    """Hold words and picture to what the algorithm holds at this moment."""
    scheduler, drawn = model.stm.scheduler, words_of(picture.svg)
    lines = picture.text.split("\n")
    for tx_index, (status, incarnation) in enumerate(zip(scheduler.statuses, scheduler.incarnations, strict=True)):
        start = f"{letter(tx_index)} = {tx_index}: {status.value}, incarnation {incarnation}"
        assert any(line.removesuffix(" *").partition(", waits")[0] == start for line in lines)
    assert sorted(each.value for each in scheduler.statuses) == sorted(
        set_of(drawn, {each.value for each in TaskStatus})
    )
    for counter in (scheduler.execution_index, scheduler.validation_index):
        assert any(line.startswith(f"{counter.name} {counter.value} (") for line in lines)
        columns = places_of(picture.svg)
        stands = columns[f"{letter(counter.value)} = {counter.value}" if counter.value < model.size else "end"]
        assert any(abs(x - stands) < 0.1 for words, x in marks_of(picture.svg) if words == f"▲ {counter.value}")
    for place, name in model.watched.items():
        entries = model.stm.memory.entries_at(place)
        said = next(line for line in lines if line.startswith(f"{name}: before 100")).replace(" *", "")
        assert said.count(" | ") == len(entries)
        for writer, entry in entries.items():
            if entry is None:
                assert f"ESTIMATE of {letter(writer)}" in said
            else:
                words = f"{int(entry.value) // ETHER} ({version_name(entry.version)})"
                assert words in said
                assert words in drawn


def marks_of(picture: str) -> list[tuple[str, float]]:
    return [("".join(each.itertext()), float(each.get("x", 0))) for each in shapes(picture, "text")]


def places_of(picture: str) -> dict[str, float]:
    return dict(marks_of(picture))


def set_of(drawn: list[str], kinds: set[str]) -> list[str]:
    return [words for words in drawn if words in kinds]


@pytest.mark.parametrize("payments", [SHOP, RING])
def test_at_every_event_labels_stay_apart_and_the_twin_has_every_number(payments: str) -> None:
    model = threads(payments, 3)
    model.watched = dict(list(model.watched.items())[:4])
    model.play(())
    model.run_on(3)
    choices = list(model.choices)
    model.play(())
    for core in [*choices, None]:
        picture = show_threads(model)
        assert overlaps(picture.svg) == []
        label = unescape(str(ElementTree.fromstring(picture.svg).get("aria-label")))
        assert label.split("; ") == picture.text.replace("; ", "\n").split("\n")
        assert all(len(line) <= 80 for line in picture.text.split("\n"))
        missing = [words for words in words_of(picture.svg) if not numbers(words) <= numbers(picture.text)]
        assert missing == []
        check_table(model, picture)
        if core is not None:
            model.advance(core)


def test_labels_that_cover_each_other_are_found() -> None:
    apart = svg.figure(300, 60, "", [svg.text(10, 20, "reads Ann"), svg.text(10, 40, "100 (before)")])
    assert overlaps(apart) == []
    close = svg.figure(300, 60, "", [svg.text(10, 20, "reads Ann"), svg.text(60, 24, "100")])
    assert overlaps(close) == [("reads Ann", "100")]
    outside = svg.figure(80, 60, "", [svg.text(60, 20, "100 (before)")])
    assert overlaps(outside) == [("100 (before)", "the edge")]


def test_aborted_boxes_are_hatched_and_what_changed_is_framed() -> None:
    model = threads(moves="1 1 0 0 0 1 1 1 0 0 1 1 1")
    picture = show_threads(model)
    shown = [event for event in model.events[-8:] if event.version in model.aborted]
    assert len(shapes(picture.svg, "path")) == len(shown) == picture.text.count("✗") - 1
    assert "B = 1: aborting, incarnation 0 *" in picture.text
    model.advance(1)
    assert "Bob: before 100 | 105 (A.0) | ESTIMATE of B *" in show_threads(model).text
    assert words_of(show_threads(model).svg).count("ESTIMATE") == 2  # in its box, and in the table
    framed = [box for box in shapes(show_threads(model).svg, "rect") if box.get("stroke-width") == "3"]
    assert len(framed) == 2


def test_a_slot_is_shown_in_its_unit_and_long_lines_are_wrapped() -> None:
    model = mints(2)
    model.run_on(2)
    picture = show_threads(model)
    assert "supply: before 8,000,000 | 8,000,009 (A.0) |" in picture.text
    assert overlaps(picture.svg) == []
    assert all(len(line) <= 80 for line in picture.text.split("\n"))
    model.slot_unit = 1
    assert f"supply: before 8,000,000{',000' * 6} |" in show_threads(model).text


# The player


def test_buttons_say_what_comes_next_and_do_it() -> None:
    player = ThreadsPlayer(threads(SHOP, 3))
    assert [pressed.description for pressed in player._cores] == [
        "core 0: A.0 starts", "core 1: B.0 starts", "core 2: C.0 starts",
    ]  # fmt: skip
    player._cores[1].click()
    assert player._cores[1].description == "core 1: B.0 reads Bob"
    assert player.moves == player._moves.value == "1"
    assert player._screen.value == show_threads(player.model).svg
    player._back.click()
    assert (player.moves, player._back.disabled) == ("", True)
    player.set(seed=7)
    player._end.click()
    assert all(pressed.disabled for pressed in [*player._cores, player._end])
    again = ThreadsPlayer(threads(SHOP, 3))
    again.play(player.moves)
    assert again.text == player.text
    again.play(player.moves.replace(" ", ""))
    assert again.text == player.text


def test_a_core_that_waits_cannot_be_pressed() -> None:
    player = ThreadsPlayer(threads("Ann>Bob 5", 2))
    assert [pressed.disabled for pressed in player._cores] == [False, True]
    assert player._cores[1].description == "core 1: waits"
    with pytest.raises(InputError, match="core 1 waits: it has nothing to do"):
        player.advance(1)


@pytest.mark.parametrize("moves", ["0 3", "a", "0 0 -1", "1" * 90, "½"])
def test_moves_that_cannot_be_read_or_made_are_refused_and_what_was_shown_stays(moves: str) -> None:
    player = ThreadsPlayer(threads(SHOP, 3, moves="0 1"))
    before = player.text
    with pytest.raises(InputError, match="expected"):
        player.play(moves)
    assert player.text == before
    player._moves.value = moves
    assert 'role="alert"' in player._message.value
    assert player.text == before


@pytest.mark.parametrize("seed", [-1, 10_000, "x", 1.5, None])
def test_seeds_that_there_are_not_are_refused(seed: Any) -> None:
    with pytest.raises(InputError, match="a whole number from 0 to 9999"):
        ThreadsPlayer(threads()).set(seed=seed)


def test_a_run_without_an_end_says_so_and_shows_how_far_it_came() -> None:
    player = ThreadsPlayer(threads(PAIR, 1, StartsForEver))
    player._end.click()
    assert "no end after 5,000 events" in player._message.value
    assert "after event 5000" in player.text
