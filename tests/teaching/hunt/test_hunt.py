"""The hunt: hidden faults and what shows them; honest rewrites, in which nothing is found; hostile contracts."""

from __future__ import annotations

import json
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rollups.planted import sampled
from toyevm.assembler import assemble
from toyevm.contracts import contract_source
from toyevm.contracts.compile import compile_artefact
from toyevm.errors import InputError
from toyevm.rollups.optimistic.liars import LIARS
from toyevm.teaching.hunt import PlantedContract, hunt, judge, read_planted, read_scripts
from toyevm.teaching.hunt.plant import PlantedFault, plant, read_faults
from toyevm.teaching.hunt.planted import STANDING, Place, twin
from toyevm.teaching.hunt.scripts import READERS, HuntMove, Script
from toyevm.teaching.hunt.stage import MOVES, PEOPLE, Done, RollupStage
from toyevm.teaching.lab.course import student_files

ROOT = Path(__file__).parents[3]
OPEN, EXAMPLE = (ROOT / "course" / "capstone" / "rollup" / name for name in ("open.json", "example.toml"))
HUNTER, FAULTS = (ROOT / "solutions" / "capstone" / "rollup" / name for name in ("hunter.json", "faults.toml"))
FOUND_BY = {
    "paid-after-half-a-day": "a day after the proof",
    "proven-again": "proven again",
    "clock-of-the-other-queue": "forced long after a deposit",
    "a-deposit-buys-silence": "a deposit in each block",
    "sent-or-not": "more than was sent",
    "noted-after-the-payment": "paid while it is paid",
    "refused-and-lost": "cannot be paid now",
    "answers-for-nothing": "an answer for nothing",
    "child-before-parent": "the second before the first",
    "collected-again": "the bonds of others",
}
NAMES: dict[Place, str] = {"portal": "optimistic_portal", "game": "dispute_game"}
LIFE = [{"do": "deposit", "who": "Ann", "gwei": 5}, {"do": "propose"}, {"do": "settle"}]


def written(tmp_path: Path, document: Any, name: str = "scripts.json") -> Path:
    path = tmp_path / name
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def read(tmp_path: Path, artefact: dict[str, Any]) -> PlantedContract:
    pytest.importorskip("vyper")
    return read_planted(written(tmp_path, artefact, "planted.json"))


def with_code(tmp_path: Path, place: Place, code: str) -> PlantedContract:
    """Return a contract with the functions of one of the rollup's, and other code behind them."""
    artefact = {"abi": STANDING[place].abi, "bytecode": "0x" + code_of(code).hex()}
    return read_planted(written(tmp_path, artefact, f"{place}.json"))


def script(*moves: dict[str, Any]) -> Script:
    return Script("", tuple(HuntMove(move["do"], {k: v for k, v in move.items() if k != "do"}) for move in moves))


def done(*moves: dict[str, Any]) -> list[Done]:
    stage = RollupStage()
    return [judge._play(stage, move).done for move in script(*moves).moves]


def rows(path: Path) -> list[Any]:
    return sampled([(fault.name, "", fault) for fault in read_faults(path)], 5)


@pytest.mark.parametrize(("name", "_", "fault"), rows(FAULTS))
def test_a_hidden_fault_is_shown_by_its_script_and_by_no_open_one(
    name: str, _: str, fault: PlantedFault, tmp_path: Path
) -> None:
    pytest.importorskip("vyper")
    planted, scripts = read(tmp_path, fault.compiled()), read_scripts(HUNTER)
    _, (row,) = hunt(scripts, [planted])
    assert [scripts[number].name for number in row.findings] == [FOUND_BY[name]]
    _, (row,) = hunt(read_scripts(OPEN), [planted])
    assert not row.findings


def test_all_hidden_faults_have_a_script() -> None:
    assert list(FOUND_BY) == [fault.name for fault in read_faults(FAULTS)]
    assert set(FOUND_BY.values()) == {each.name for each in read_scripts(HUNTER)}


def test_the_example_is_found_by_the_open_scripts(tmp_path: Path) -> None:
    pytest.importorskip("vyper")
    ((path, fault),) = plant(EXAMPLE, tmp_path)
    assert (path.name, fault.name) == ("no-delay.json", "no-delay")
    _, (row,) = hunt(read_scripts(OPEN), [read_planted(path)])
    assert row.findings[0].move == 8
    assert row.findings[0].what == "finalize: accepted; the standing contract refuses (too early)"


@pytest.mark.parametrize("place", NAMES)
def test_nothing_is_found_in_a_contract_that_does_the_same_by_other_code(place: Place, tmp_path: Path) -> None:
    pytest.importorskip("vyper")
    source = contract_source(NAMES[place]).replace("# pragma evm", "# pragma optimize codesize\n# pragma evm", 1)
    artefact = compile_artefact(source, NAMES[place])
    assert bytes.fromhex(artefact["bytecode"][2:]) != STANDING[place].creation_code
    played, (row,) = hunt([*read_scripts(OPEN), *read_scripts(HUNTER)], [read(tmp_path, artefact)])
    assert not row.findings
    assert not [each.void for each in played if each.void]


@pytest.mark.parametrize("place", NAMES)
def test_a_twin_is_the_standing_source_without_the_optimizer(place: Place) -> None:
    pytest.importorskip("vyper")
    source = contract_source(NAMES[place]).replace("# pragma evm", "# pragma optimize none\n# pragma evm", 1)
    assert compile_artefact(source, NAMES[place])["bytecode"] == "0x" + twin(place).creation_code.hex()


SOMEBODY = st.sampled_from(PEOPLE)
MOVE = st.one_of(
    st.fixed_dictionaries({"do": st.just("deposit"), "who": SOMEBODY, "gwei": st.integers(0, 9)}),
    st.fixed_dictionaries(
        {"do": st.just("pay"), "who": SOMEBODY, "to": SOMEBODY, "gwei": st.just(1), "forced": st.booleans()}
    ),
    st.fixed_dictionaries({"do": st.just("withdraw"), "who": SOMEBODY, "gwei": st.just(2), "forced": st.booleans()}),
    st.fixed_dictionaries(
        {
            "do": st.just("propose"),
            "who": SOMEBODY,
            "skips": st.sampled_from(["", "deposits", "forced", "all"]),
            "lies": st.booleans(),
        }
    ),
    st.fixed_dictionaries({"do": st.just("settle"), "watched": st.booleans()}),
    st.fixed_dictionaries({"do": st.just("wait"), "hours": st.sampled_from([1, 13, 84])}),
    st.sampled_from([{"do": "prove"}, {"do": "finalize"}, {"do": "resolve"}, {"do": "collect", "who": "Mallory"}]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(MOVE, min_size=1, max_size=12))
def test_any_script_plays_or_is_refused_and_finds_nothing_in_the_standing_contracts(
    moves: list[dict[str, Any]],
) -> None:
    standing = [PlantedContract(place, place, STANDING[place]) for place in NAMES]
    (played,), rows = hunt([script(*LIFE, *moves)], standing)  # void where money or a message is not there
    assert not [row.findings for row in rows if row.findings]
    assert not played.void.startswith("it looks")


def test_money_is_neither_made_nor_lost_on_the_way_through(tmp_path: Path) -> None:
    for each in (*read_scripts(OPEN), *read_scripts(HUNTER)):
        stage = RollupStage()
        before = sum(v for name, v in stage.books().items() if name.endswith("on L1, in wei"))
        for move in each.moves:
            books = judge._play(stage, move).books
            assert sum(v for name, v in books.items() if name.endswith("on L1, in wei")) == before, move


def test_the_sequencer_takes_what_strangers_have_queued() -> None:
    raw = {"do": "call", "who": "Bob", "contract": "portal", "function": "deposit", "arguments": ["Ann"], "wei": 10**9}
    assert (
        done(raw, {"do": "propose"}, {"do": "pay", "who": "Ann", "to": "Bob", "gwei": 1}, {"do": "propose"})[-1]
        == Done()
    )


def test_a_lie_falls_only_if_somebody_watches() -> None:
    lie = {"do": "propose", "who": "Mallory", "lies": True}
    assert [each.accepted for each in done(*LIFE, lie, {"do": "settle"})][-1] is False
    assert [each.accepted for each in done(*LIFE, lie, {"do": "settle", "watched": False})][-1] is True


PAYS = [{"do": "withdraw", "who": "Ann", "gwei": 1}, {"do": "propose"}]  # code runs, so that there is all to lie about


@pytest.mark.parametrize("attack", LIARS)
def test_a_true_state_stands_whatever_attacks_it(attack: str) -> None:
    assert done(*LIFE, *PAYS, {"do": "settle", "attack": attack})[-1].accepted


def test_each_move_says_only_what_can_be_read() -> None:
    said = {name for move in MOVES.values() for name in list(signature(move).parameters)[1:]}
    assert said == set(READERS)


BAD_SCRIPTS: list[tuple[Any, str]] = [
    ("[", "not JSON"),
    ({}, "no list of scripts"),
    ([], "no list of scripts"),
    ([{"name": "", "moves": LIFE}] * 21, "21 scripts (expected 20 at most)"),
    ([{"name": "x", "moves": []}], "[0]: 0 moves (expected 1 to 40)"),
    ([{"name": "x", "moves": LIFE * 14}], "42 moves (expected 1 to 40)"),
    ([{"name": "\x1b[31m", "moves": LIFE}], "no script"),
    ([{"name": "\u202e", "moves": LIFE}], "no script"),
    ([{"name": 1, "moves": LIFE}], "no script"),
    ([{"name": "x", "moves": LIFE, "more": 1}], "no script"),
    ([{"name": "x", "moves": [*LIFE, 7]}], "[0] move 3: no move: 7"),
    ([{"name": "x", "moves": [{"do": "steal"}]}], "deposit | pay"),
    ([{"name": "x", "moves": [{"do": ["wait"]}]}], "no move"),
    ([{"name": "x", "moves": [{"do": "deposit", "who": "Ann"}]}], "deposit with who (expected who, gwei, to)"),
    ([{"name": "x", "moves": [{"do": "wait", "hours": 1, "for": "Ann"}]}], "wait with hours, for (expected hours)"),
    ([{"name": "x", "moves": [{"do": "wait", "hours": True}]}], "hours: True (expected a whole number, 0 to 10,000)"),
    ([{"name": "x", "moves": [{"do": "wait", "hours": -1}]}], "hours: -1"),
    ([{"name": "x", "moves": [{"do": "deposit", "who": "Eve", "gwei": 1}]}], "who: 'Eve' (expected Ann | Bob"),
    ([{"name": "x", "moves": [{"do": "propose", "lies": "yes"}]}], "lies: 'yes' (expected true or false)"),
    ([{"name": "x", "moves": [{"do": "propose", "skips": True}]}], "skips: True (expected deposits | forced | all)"),
    ([{"name": "x", "moves": [{"do": "deploy", "who": "Ann", "name": "x", "code": "0xg"}]}], "code: not hexadecimal"),
    ([{"name": "x", "moves": [{"do": "pay", "who": "Ann", "to": 7, "gwei": 1}]}], "to: 7 (expected a name)"),
]


@pytest.mark.parametrize(("document", "words"), BAD_SCRIPTS, ids=range(len(BAD_SCRIPTS)))
def test_what_is_no_script_is_refused_by_one_line(document: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_scripts(written(tmp_path, document))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


CALL = {"do": "call", "who": "Ann", "contract": "portal"}
BAD_MOVES: list[tuple[dict[str, Any], str]] = [
    ({"do": "prove"}, "there is no message yet"),
    ({"do": "settle", "proposal": 3}, "no proposal 3 (expected 0 to 0)"),
    ({"do": "settle", "attack": "gas"}, "attack 'gas': nothing"),
    ({"do": "pay", "who": "Ann", "to": "Zoe", "gwei": 1}, "unknown name 'Zoe' (expected Ann | Bob"),
    ({"do": "deposit", "who": "Ann", "gwei": 10**12}, "insufficient"),
    ({**CALL, "function": "steal"}, "has no function steal"),
    ({**CALL, "function": "deposit", "arguments": []}, "has no function deposit of 0 arguments"),
    ({**CALL, "function": "deposit", "arguments": ["0xgg"]}, "0xgg"),
    ({**CALL, "function": "force", "arguments": [7]}, "7 for bytes"),
    ({"do": "deploy", "who": "Ann", "name": "Bob", "code": b""}, "a second 'Bob'"),
    ({"do": "settle", "attack": "stack"}, "nothing in this block can be lied about so"),
]


@pytest.mark.parametrize(("move", "words"), BAD_MOVES, ids=range(len(BAD_MOVES)))
def test_a_move_that_the_standing_rollup_cannot_play_makes_its_script_void_and_no_other(
    move: dict[str, Any], words: str
) -> None:
    (void, whole), _ = hunt([script(*LIFE, move), script(*LIFE)], [])
    assert void.void.startswith(f"move {len(LIFE)}, {move['do']}")
    assert words in void.void
    assert len(void.seen) == len(LIFE)
    assert not whole.void


def code_of(words: str) -> bytes:
    """Return init code of a contract."""
    runtime = assemble(words)
    return assemble(f"PUSH2 {len(runtime)} PUSH1 14 PUSH1 0 CODECOPY PUSH2 {len(runtime)} PUSH1 0 RETURN") + runtime


SPIES = {
    "the hash of the portal's code": "PUSH1 0 CALLDATALOAD EXTCODEHASH",
    "the length of the portal's code": "PUSH1 0 CALLDATALOAD EXTCODESIZE",
    "the gas of a call": ("PUSH1 0 PUSH1 0 PUSH1 0 PUSH1 0 PUSH1 0 PUSH1 0 CALLDATALOAD GAS CALL POP GAS"),
}


@pytest.mark.parametrize("spy", SPIES)
def test_a_script_that_looks_at_code_or_gas_is_void(spy: str) -> None:
    pays = "PUSH1 0 PUSH1 0 PUSH1 0 PUSH1 0 PUSH3 0xffffff " + SPIES[spy] + " AND CALLER GAS CALL STOP"
    portal = RollupStage().rollup.contract.portal.rjust(32, b"\0")
    moves = [
        {"do": "deploy", "who": "Mallory", "name": "spy", "code": code_of(pays), "wei": 2**25},
        {"do": "poke", "who": "Mallory", "name": "spy", "data": portal},
    ]
    (played,), (row,) = hunt([script(*LIFE, *moves)], [PlantedContract("same", "portal", STANDING["portal"])])
    assert played.void.startswith("it looks at code, gas or time: move 4, poke")
    assert not row.findings


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{", "not JSON"),
        ([], "no compiled contract"),
        ({"abi": 7}, "no compiled contract"),
        ({"abi": [{"name": "transfer"}, 7]}, "neither a portal nor a dispute game"),
        ({"abi": [{"name": "propose"}]}, "bytecode: not hexadecimal: 'None'"),
        ({"abi": [{"name": ["propose"]}]}, "neither a portal nor a dispute game"),
    ],
)
def test_what_is_no_contract_of_the_rollup_is_refused_by_one_line(document: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_planted(written(tmp_path, document))
    assert words in str(caught.value)


@pytest.mark.parametrize("code", ["0xfe", "0x" + "5b" * 50_000], ids=["it fails", "too long"])
def test_a_contract_that_cannot_be_created_is_void_and_no_other(code: str, tmp_path: Path) -> None:
    path = written(tmp_path, {"abi": STANDING["portal"].abi, "bytecode": code}, "mine.json")
    good = PlantedContract("good", "game", STANDING["game"])
    _, (bad, well) = hunt([script(*LIFE)], [read_planted(path), good])
    assert bad.void.startswith("it cannot be created: ")
    assert not bad.findings
    assert (well.void, well.findings) == ("", {})


HOSTILE: list[tuple[Place, str, str]] = [
    ("portal", "loop: JUMPDEST PUSH @loop JUMP", "deposit"),  # burns all gas
    ("portal", "PUSH2 0xffff PUSH1 0 RETURN", "propose"),
    ("portal", "STOP", "propose"),
    ("game", "STOP", "propose"),
    ("game", "PUSH1 0 NOT PUSH1 0 MSTORE PUSH1 0x20 PUSH1 0 RETURN", "propose"),
    ("game", "PUSH1 0 NOT DUP1 PUSH1 0 MSTORE DUP1 PUSH1 0xa0 MSTORE PUSH2 0x400 PUSH1 0 RETURN", "propose"),
    ("game", "CALLER SELFDESTRUCT", "propose"),
    ("game", "INVALID", "propose"),
]


@pytest.mark.parametrize(("place", "code", "move"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_contract_is_found_and_harms_nobody(
    place: Place, code: str, move: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "SECONDS", 2.0)
    _, (row,) = hunt([script(*LIFE, *LIFE)], [with_code(tmp_path, place, code)])
    assert row.findings[0].what.startswith(move)


def faults_in(tmp_path: Path, text: str) -> list[PlantedFault]:
    return read_faults(written(tmp_path, text, "faults.toml"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[x", "not TOML"),
        ("a = 1", "a: no fault"),
        ('[a]\ncontract = "x"', "contract, old, new, harm"),
        ('[a]\ncontract = "x"\nold = ""\nnew = ""\nharm = 3', "harm is no text"),
        ("", "no fault"),
        ('[a]\ncontract = "x"\nold = ""\nnew = ""\nharm = " "', "no harm"),
        ('["../a"]\ncontract = "x"\nold = ""\nnew = ""\nharm = ""', "no fault"),
    ],
)
def test_what_is_no_fault_is_refused_by_one_line(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="faults") as caught:
        faults_in(tmp_path, text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (PlantedFault("a", "nothing", "x", "y", ""), "no contract named 'nothing'"),
        (PlantedFault("a", "optimistic_portal", "not there", "y", ""), "is there 0 times"),
        (PlantedFault("a", "optimistic_portal", "window =", "window =", ""), "is the same"),
        (PlantedFault("a", "optimistic_portal", "assert", "y", ""), "times (expected once in optimistic_portal)"),
    ],
)
def test_a_piece_must_be_in_the_source_once(fault: PlantedFault, words: str) -> None:
    with pytest.raises(InputError) as caught:
        _ = fault.source
    assert words in str(caught.value)


def test_students_get_the_open_scripts_and_no_solution() -> None:
    names = [name for name, _ in student_files(ROOT / "course")]
    assert {"course/capstone/rollup/open.json", "course/capstone/rollup/example.toml"} <= set(names)
    assert not [name for name in names if "faults" in name or "hunter" in name]


def test_what_pythons_parser_refuses_is_one_line() -> None:
    pytest.importorskip("vyper")
    fault = PlantedFault("a", "optimistic_portal", "self.nonce += 1", "self.nonce += (1", "it does not compile")
    with pytest.raises(InputError, match="line") as caught:
        fault.compiled()
    assert "\n" not in str(caught.value)


def test_who_pays_too_little_for_a_proposal_is_refused() -> None:
    (_, answer) = done({"do": "deposit", "who": "Ann", "gwei": 5}, {"do": "propose", "wei": 1})
    assert answer == Done(False, "not the bond")


def test_the_words_of_a_contract_reach_no_terminal_as_they_are(tmp_path: Path) -> None:
    """A planted contract refuses with a colour, a title of a window and too many letters."""
    words = b"\x1b[31m\x1b]0;you\x07" + b"x" * 300
    data = bytes.fromhex("08c379a0") + (32).to_bytes(32, "big") + len(words).to_bytes(32, "big") + words
    data += bytes(-len(data) % 32)
    store = " ".join(f"PUSH32 0x{data[i : i + 32].hex()} PUSH2 {i} MSTORE" for i in range(0, len(data), 32))
    _, (row,) = hunt([script(*LIFE)], [with_code(tmp_path, "portal", f"{store} PUSH2 {len(data)} PUSH1 0 REVERT")])
    what = row.findings[0].what
    assert what.isprintable()
    assert "“?[31m?]0;you?xxx" in what
    assert len(what) < 400


def test_files_by_number_tell_nothing(tmp_path: Path) -> None:
    pytest.importorskip("vyper")
    ((path, fault),) = plant(EXAMPLE, tmp_path, by_number=True)
    assert (path.name, fault.name) == ("0.json", "no-delay")
