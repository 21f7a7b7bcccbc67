"""`toyevm statetest`: the public format, on small tests of our own."""

from __future__ import annotations

import io
import lzma
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Answer, Command
from tests.support.statetests import NO_LOGS, state_test, sub_case, transfer, transfer_test, write
from tests.support.worlds import CONTRACT, contract, signed, world
from toyevm.transactions import encode_transaction

KEYS = {"file", "name", "fork", "index", "pass", "stateRoot", "logsHash", "error"}
ENDLESS = "loop: JUMPDEST PUSH @loop JUMP"


def endless_test() -> dict[str, Any]:
    pre = world({CONTRACT: contract(ENDLESS)})
    return state_test(pre, {"Cancun": [sub_case(signed(gas_limit=29_000_000), {})]})


def failing(answer: Answer) -> Any:
    """Return the rows of a command of which a case, but nothing else, failed."""
    assert (answer.code, answer.err) == (1, "")
    return answer.json


def test_a_good_case_passes_on_every_fork(toyevm: Command, tmp_path: Path) -> None:
    forks = ("London", "Paris", "Shanghai", "Cancun", "Prague", "Osaka")
    path = write(tmp_path / "t.json", {"transfer": transfer_test(*forks)})
    rows = toyevm.succeeds("statetest", path)
    expected = transfer_test()["post"]["Cancun"][0]
    assert rows == [
        {
            "file": str(path),
            "name": "transfer",
            "fork": fork,
            "index": 0,
            "pass": True,
            "stateRoot": expected["hash"],
            "logsHash": NO_LOGS,
            "error": None,
        }
        for fork in forks
    ]


@pytest.mark.parametrize("wrong", [{"hash": "0x" + "11" * 32}, {"logs": "0x" + "11" * 32}, {"expectException": "Any"}])
def test_a_wrong_expectation_fails_the_case_and_the_command(toyevm: Command, tmp_path: Path, wrong: Any) -> None:
    path = write(tmp_path / "t.json", {"transfer": transfer_test(**wrong)})
    (row,) = failing(toyevm("statetest", path))
    assert (row["pass"], row["stateRoot"]) == (False, transfer_test()["post"]["Cancun"][0]["hash"])


@pytest.mark.parametrize("expected", [True, False])
@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ("0x" + encode_transaction(signed(nonce=3)).hex(), "nonce-too-high"),
        ("0x", "empty transaction"),
        ("0xc0", "rejected"),
        ("0x05c0", "unknown transaction type"),
    ],
)
def test_a_rejection_passes_only_if_it_is_expected(
    toyevm: Command, tmp_path: Path, raw: str, error: str, expected: bool
) -> None:
    pre, tx, _ = transfer()
    changes = {"txbytes": raw, "expectException": "TransactionException.ANY" if expected else ...}
    test = state_test(pre, {"Cancun": [sub_case(tx, pre.accounts, **changes)]})
    answer = toyevm("statetest", write(tmp_path / "t.json", {"rejected": test}))
    (row,) = answer.json
    assert answer.code == (0 if expected else 1)
    assert row["pass"] is expected
    assert error in row["error"]
    assert row["stateRoot"] == test["post"]["Cancun"][0]["hash"]


def test_the_error_of_a_failing_call_is_reported(toyevm: Command, tmp_path: Path) -> None:
    pre = world(source="INVALID")
    path = write(tmp_path / "t.json", {"halt": state_test(pre, {"Cancun": [sub_case(signed(), {})]})})
    (row,) = failing(toyevm("statetest", path))
    assert (row["error"], row["pass"]) == ("invalid opcode", False)


def test_a_case_that_takes_too_long_does_not_stop_the_others(toyevm: Command, tmp_path: Path) -> None:
    path = write(tmp_path / "t.json", {"endless": endless_test(), "transfer": transfer_test()})
    slow, quick = failing(toyevm("statetest", path, "--timeout", "0.2"))
    assert slow == {
        "file": str(path),
        "name": "endless",
        "fork": "Cancun",
        "index": 0,
        "pass": False,
        "stateRoot": None,
        "logsHash": None,
        "error": "timeout",
    }
    assert quick["pass"]


def test_cases_of_unsupported_forks_are_left_out_and_counted(toyevm: Command, tmp_path: Path) -> None:
    test = transfer_test("Berlin", "Cancun", "Istanbul", "Prague")
    test["post"]["Istanbul"] *= 3
    path = write(tmp_path / "t.json", {"transfer": test})
    answer = toyevm("statetest", path)
    assert (answer.code, [row["fork"] for row in answer.json]) == (0, ["Cancun", "Prague"])
    assert answer.err.startswith("4 ")
    assert "unsupported" in answer.err
    assert [row["fork"] for row in toyevm.succeeds("statetest", path, "--fork", "prague")] == ["Prague"]


def test_every_row_carries_its_index(toyevm: Command, tmp_path: Path) -> None:
    test = transfer_test()
    test["post"]["Cancun"] = [*test["post"]["Cancun"], {**test["post"]["Cancun"][0], "hash": "0x"}]
    rows = failing(toyevm("statetest", write(tmp_path / "t.json", {"two": test})))
    assert [(row["index"], row["pass"]) for row in rows] == [(0, True), (1, False)]
    assert all(set(row) == KEYS for row in rows)


def folder(tmp_path: Path) -> Path:
    root = tmp_path / "tests"
    (root / "deep").mkdir(parents=True)
    for index, name in enumerate(("b.json", "a.json", "deep/c.json")):
        write(root / name, {f"transfer {index}": transfer_test()})
    write(root / "notes.txt", b"not a test")
    return root


def archive(root: Path, target: Path, mode: Any) -> Path:
    with tarfile.open(target, mode) as tar:
        tar.add(root, "tests")
    return target


def test_a_folder_and_an_archive_are_read_alike(toyevm: Command, tmp_path: Path) -> None:
    root = folder(tmp_path)
    expected = ["tests/a.json", "tests/b.json", "tests/deep/c.json"]
    rows = toyevm.succeeds("statetest", root)
    assert [os.path.relpath(row["file"], tmp_path) for row in rows] == expected
    for suffix, mode in ((".tar.xz", "w:xz"), (".tar.gz", "w:gz"), (".tar", "w")):
        rows = toyevm.succeeds("statetest", archive(root, tmp_path / f"t{suffix}", mode))
        assert [row["file"] for row in rows] == expected
        assert all(row["pass"] for row in rows)
    assert len(toyevm.succeeds("statetest", root, root / "a.json")) == 4


def test_two_processes_answer_like_one(toyevm: Command, tmp_path: Path) -> None:
    root = folder(tmp_path)
    assert toyevm.succeeds("statetest", "--jobs", "2", root) == toyevm.succeeds("statetest", root)
    write(root / "deep" / "d.json", {"x": 5})
    one, two = (toyevm("statetest", "--jobs", jobs, root) for jobs in (1, 2))
    assert (one, one.code, len(one.json)) == (two, 2, 3)
    assert "d.json x: not a state test" in one.err


def test_what_cannot_be_run_is_named_and_the_others_run(toyevm: Command, tmp_path: Path) -> None:
    root = folder(tmp_path)
    write(root / "0.json", b"{")
    write(root / "bb.json", {"no test": 5, "a transfer": transfer_test(), "no post": {**transfer_test(), "post": 5}})
    (root / "link.json").symlink_to(tmp_path / "nowhere.json")
    write(tmp_path / "cut.tar.xz", compressed(tmp_path)[:-5_000])
    answer = toyevm("statetest", root, tmp_path / "cut.tar.xz", root / "a.json")
    assert [row["name"] for row in answer.json] == [
        "transfer 1",
        "transfer 0",
        "a transfer",
        "transfer 2",
        "transfer 1",
    ]
    assert answer.code == 2
    said = answer.err.splitlines()
    assert all(line.startswith("toyevm: ") for line in said)
    named = [
        "0.json: not JSON",
        "bb.json no test: not a state test (expected env, pre, post and transaction), and 1 more like it",
        "link.json",
        "cut.tar.xz: not an",
    ]
    assert len(said) == len(named)
    assert all(name in line for name, line in zip(named, said, strict=True)), said


def test_a_case_that_fails_beside_one_that_cannot_be_run_is_bad_input(toyevm: Command, tmp_path: Path) -> None:
    path = write(tmp_path / "t.json", {"wrong": transfer_test(hash="0x" + "11" * 32), "bad": 5})
    answer = toyevm("statetest", path)
    assert ([row["pass"] for row in answer.json], answer.code) == ([False], 2)


def test_hidden_files_below_a_folder_are_passed_over(toyevm: Command, tmp_path: Path) -> None:
    """A release of execution-spec-tests has an index of its files in `.meta`; computers leave notes of their own."""
    root = folder(tmp_path)
    (root / ".meta").mkdir()
    index = {"root_hash": "0x00", "test_count": 3, "forks": ["Cancun"], "test_cases": []}
    for name in (".meta/index.json", "deep/._c.json"):
        write(root / name, index)
    expected = toyevm.succeeds("statetest", root / "a.json", root / "b.json", root / "deep" / "c.json")
    assert toyevm.succeeds("statetest", root) == expected
    assert len(toyevm.succeeds("statetest", archive(root, tmp_path / "t.tar.xz", "w:xz"))) == 3
    assert "index.json" in toyevm.refuses("statetest", root / ".meta" / "index.json")  # who names it, means it
    hidden = tmp_path / ".hidden"
    hidden.mkdir()
    write(hidden / "t.json", {"transfer": transfer_test()})
    assert len(toyevm.succeeds("statetest", hidden)) == 1
    write(root / "index.json", index)
    assert "index.json root_hash: not a state test" in toyevm("statetest", root).err  # nothing says what it is


@pytest.mark.parametrize("key", ["fixture-format", "fixture_format"])
def test_tests_that_say_they_are_of_another_kind_are_counted(toyevm: Command, tmp_path: Path, key: str) -> None:
    tests = {
        "ours": transfer_test() | {"_info": {key: "state_test"}},
        "theirs": {"_info": {key: "blockchain_test"}, "blocks": []},
        "another": {"_info": {key: "blockchain_test_engine"}, **transfer_test()},
    }
    answer = toyevm("statetest", write(tmp_path / "t.json", tests))
    assert ([row["name"] for row in answer.json], answer.code) == (["ours"], 0)
    assert answer.err == "2 tests that are no state tests were left out\n"


@pytest.mark.parametrize("write_hex", [lambda text: " " + text, lambda text: text.replace("0x", "0X"), str.upper])
def test_hex_is_read_as_other_readers_of_fixtures_do(toyevm: Command, tmp_path: Path, write_hex: Any) -> None:
    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {changed(key): changed(item) for key, item in value.items()}
        if isinstance(value, list):
            return [changed(item) for item in value]
        return write_hex(value) if isinstance(value, str) and value.startswith("0x") else value

    path = write(tmp_path / "t.json", {"transfer": changed(transfer_test())})
    assert [row["pass"] for row in toyevm.succeeds("statetest", path)] == [True]


def test_the_config_of_a_test_is_obeyed(toyevm: Command, tmp_path: Path) -> None:
    pre, _, post = transfer()
    other_chain = signed(to=next(iter(set(post) - set(pre.accounts) - {b"\xc0" * 20})), value=5, chain_id=7)
    cases = {"Cancun": [sub_case(other_chain, post)]}
    test = state_test(pre, cases, config={"chainid": "0x07"})
    (row,) = toyevm.succeeds("statetest", write(tmp_path / "t.json", {"chain 7": test}))
    assert row["pass"], row["error"]

    blobs = signed(type=3, to=CONTRACT, blob_hashes=(b"\x01" + bytes(31),) * 2, max_fee_per_blob_gas=1)
    schedule = {"Cancun": {"target": "0x01", "max": "0x01", "baseFeeUpdateFraction": "0x10"}}
    cases = {"Cancun": [sub_case(blobs, pre.accounts, expectException="TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED")]}
    test = state_test(pre, cases, config={"blobSchedule": schedule})
    (row,) = toyevm.succeeds("statetest", write(tmp_path / "t.json", {"one blob": test}))
    assert (row["pass"], row["error"]) == (True, "rejected: too-many-blobs: 2 against 1")


# Bad input

GOOD = transfer_test()


def changed(*path: Any, value: Any) -> dict[str, Any]:
    """Return the good test with one part replaced, or taken out (`...`)."""

    def change(part: Any, keys: tuple[Any, ...]) -> Any:
        if not keys:
            return value
        key, *rest = keys
        if isinstance(part, list):
            return [change(item, tuple(rest)) if i == key else item for i, item in enumerate(part)]
        new = {**part, key: change(part.get(key), tuple(rest))}
        return {k: v for k, v in new.items() if v is not ...}

    return {"bad": change(GOOD, path)}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b"5",
        b'"text"',
        {"bad": 5},
        {"bad": []},
        {"bad": {}},
        {"bad": {"_info": 5}},
        {"bad": {"_info": {"fixture-format": ["blockchain_test"]}}},
        changed("env", value=...),
        changed("env", value=[]),
        changed("env", "currentCoinbase", value=...),
        changed("env", "currentCoinbase", value="0x12"),
        changed("env", "currentNumber", value="one"),
        changed("env", "currentGasLimit", value=[]),
        changed("env", "currentBaseFee", value=-1),
        changed("pre", value=...),
        changed("pre", value=[]),
        changed("pre", value={"0x12": {}}),
        changed("pre", value={"0x" + "11" * 20: 5}),
        changed("transaction", value=...),
        changed("post", value=...),
        changed("post", value=[]),
        changed("post", value={"Cancun": 5}),
        changed("post", value={"Cancun": {}}),
        changed("post", value={"Cancun": [5]}),
        changed("post", value={"Cancun": [None]}),
        changed("post", value={"Berlin": 5}),
        changed("post", value={"Berlin": None}),
        changed("post", "Cancun", 0, "hash", value=...),
        changed("post", "Cancun", 0, "logs", value=...),
        changed("post", "Cancun", 0, "txbytes", value=...),
        changed("post", "Cancun", 0, "txbytes", value=5),
        changed("post", "Cancun", 0, "hash", value=5),
        changed("env", "currentNumber", value=hex(2**256)),
        changed("env", "currentBaseFee", value="0x1" + "0" * 5_000),
        changed("env", "currentExcessBlobGas", value="0x29b92700"),  # 700,000,000
        changed("env", "currentExcessBlobGas", value=hex(2**64 - 1)),
        changed("pre", value={"0x" + "11" * 20: {"balance": hex(2**256)}}),
        changed("pre", value={"0x" + "11" * 20: {"nonce": 2**64}}),
        changed("pre", value={"0x" + "11" * 20: {"storage": {"0x0": 2**256}}}),
        changed("pre", value={"0x" + "11" * 20: {"storage": {hex(2**256): "0x1"}}}),
        changed("post", "Cancun", 0, "txbytes", value="0x1"),
        changed("config", value=[]),
        changed("config", value={"chainid": "x"}),
        changed("config", value={"blobSchedule": 5}),
        changed("config", value={"blobSchedule": {"Cancun": 5}}),
        changed("config", value={"blobSchedule": {"Cancun": {"max": "0x1"}}}),
        changed(
            "config",
            value={"blobSchedule": {"Cancun": {"target": "0x1", "max": "0x1", "baseFeeUpdateFraction": "0x0"}}},
        ),
    ],
)
def test_a_malformed_test_is_refused(toyevm: Command, tmp_path: Path, content: Any) -> None:
    path = write(tmp_path / "bad.json", content)
    assert str(path) in toyevm.refuses("statetest", path)


def compressed(tmp_path: Path) -> bytes:
    """Return an archive whose content does not compress, so that every part of it matters."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:xz") as tar:
        noise = tarfile.TarInfo("noise.json")
        noise.size = 200_000
        tar.addfile(noise, io.BytesIO(os.urandom(noise.size)))
    return target.getvalue()


def test_a_broken_archive_is_refused(toyevm: Command, tmp_path: Path) -> None:
    whole = compressed(tmp_path)
    damaged = bytearray(whole)
    for position in range(100_000, 100_050):
        damaged[position] ^= 0x55
    for name, content in (
        ("no archive", b"hello"),
        ("empty", b""),
        ("cut", whole[:100_000]),
        ("damaged", bytes(damaged)),
        ("no tar inside", lzma.compress(b"hello" * 1_000)),
    ):
        path = write(tmp_path / f"{name}.tar.xz", content)
        assert str(path) in toyevm.refuses("statetest", path), name
    assert "missing" in toyevm.refuses("statetest", tmp_path / "missing.tar.xz")


def test_a_folder_with_an_unreadable_file_is_refused(toyevm: Command, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "link.json").symlink_to(tmp_path / "nowhere.json")
    assert "link.json" in toyevm.refuses("statetest", tmp_path / "a")


def test_a_folder_that_is_named_like_a_test_is_read_as_a_folder(toyevm: Command, tmp_path: Path) -> None:
    (tmp_path / "b" / "x.json").mkdir(parents=True)
    write(tmp_path / "b" / "x.json" / "t.json", {"transfer": transfer_test()})
    assert len(toyevm.succeeds("statetest", tmp_path / "b")) == 1


def test_an_empty_folder_gives_no_rows(toyevm: Command, tmp_path: Path) -> None:
    assert toyevm.succeeds("statetest", tmp_path) == []


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ([], "PATH"),
        (["nowhere.json"], "nowhere.json"),
        (["nowhere.json", "--jobs", "0"], "jobs"),
        (["nowhere.json", "--jobs", "two"], "jobs"),
        (["nowhere.json", "--timeout", "0"], "timeout"),
        (["nowhere.json", "--timeout", "-1"], "timeout"),
        (["nowhere.json", "--timeout", "soon"], "timeout"),
        (["nowhere.json", "--fork", "Berlin"], "Berlin"),
        (["nowhere.json", "--forks", "Cancun"], "--forks"),
    ],
)
def test_a_bad_option_is_refused(toyevm: Command, options: list[str], word: str) -> None:
    assert word in toyevm.refuses("statetest", *options)


@pytest.mark.parametrize("timeout", ["inf", "1e300", "nan"])
def test_an_absurd_time_limit_is_refused(toyevm: Command, tmp_path: Path, timeout: str) -> None:
    path = write(tmp_path / "t.json", {"transfer": transfer_test()})
    assert "--timeout" in toyevm.refuses("statetest", path, "--timeout", timeout)


def test_a_file_without_end_is_refused(toyevm: Command) -> None:
    assert "/dev/zero" in toyevm.refuses("statetest", "/dev/zero")
