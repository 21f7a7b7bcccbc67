"""A place is read without trusting it: no link is followed, nothing unpacks without bounds, each refusal says why."""

from __future__ import annotations

import io
import os
import resource
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.teaching.desk import archive
from toyevm.teaching.desk.archive import Entry, open_place, read_inner_zip
from toyevm.teaching.grading.submission import MOST_BYTES

NOTEBOOK = b'{"cells": [], "nbformat": 4}'


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, data in members:
            made.writestr(name, data)
    return buffer.getvalue()


def member(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


def entries_of(data: bytes) -> dict[str, Entry]:
    return {"/".join(entry.path): entry for entry in read_inner_zip(data, "a.zip")}


def why(entry: Entry) -> str:
    try:
        entry.read()
    except InputError as error:
        return str(error)
    return ""


# --- zips -----------------------------------------------------------------------------------------------------------


def test_what_was_packed_is_read() -> None:
    found = entries_of(zipped(("ada/x.ipynb", NOTEBOOK), ("b.txt", b"")))
    assert {name: entry.read() for name, entry in found.items()} == {"ada/x.ipynb": NOTEBOOK, "b.txt": b""}


@pytest.mark.parametrize(
    "name",
    [
        "../ada/x.ipynb",
        "ada/../bob/x.ipynb",
        "/etc/x.ipynb",
        "C:/x.ipynb",
        "..\\bob\\x.ipynb",
        "ada//x.ipynb",
        "./x.ipynb",
    ],
)
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    (entry,) = read_inner_zip(zipped((name, NOTEBOOK)), "a.zip")
    assert entry.refused == why(entry) == "its name leads out of the archive"


@pytest.mark.parametrize("name", ["ada/x\n.ipynb", "ada\x1b[31m/x.ipynb", "\u202eada/x.ipynb"])
def test_a_name_that_a_terminal_would_obey_is_refused(name: str) -> None:
    (entry,) = read_inner_zip(zipped((name, NOTEBOOK)), "a.zip")
    assert "control characters" in entry.refused
    assert archive.shown(entry.path).isprintable()


def test_a_name_cut_by_a_null_is_refused() -> None:
    data = zipped(("ada_x.ipynb", NOTEBOOK)).replace(b"ada_x", b"ada\0x")
    (entry,) = read_inner_zip(data, "a.zip")
    assert entry.refused


def test_links_and_pipes_are_refused() -> None:
    members = [
        (member("link.ipynb", stat.S_IFLNK | 0o777), b"/etc/passwd"),
        (member("pipe.ipynb", stat.S_IFIFO | 0o644), b""),
        (member("plain.ipynb", stat.S_IFREG | 0o644), NOTEBOOK),
    ]
    found = entries_of(zipped(*members))
    assert [why(entry) for entry in found.values()] == ["a link", "not a plain file", ""]


def test_an_encrypted_file_is_refused_and_its_neighbour_read() -> None:
    data = bytearray(zipped(("a.ipynb", NOTEBOOK), ("b.ipynb", NOTEBOOK)))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of the first, in the directory
    data[6] |= 1
    found = entries_of(bytes(data))
    assert [why(entry) for entry in found.values()] == ["encrypted", ""]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_bounds_are_refused(method: int) -> None:
    (entry,) = read_inner_zip(zipped(("a.ipynb", NOTEBOOK), method=method), "a.zip")
    assert why(entry) == "packed in an unusual way"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_under_one_name_are_both_refused() -> None:
    entries = read_inner_zip(zipped(("a.ipynb", b"1"), ("a.ipynb", b"2"), ("b.ipynb", b"3")), "a.zip")
    assert [why(entry) for entry in entries] == ["there twice under the same name"] * 2 + [""]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_names_that_differ_by_a_backslash_are_both_refused() -> None:
    entries = read_inner_zip(zipped(("a/x.ipynb", b"1"), ("a\\x.ipynb", b"2")), "a.zip")
    assert [why(entry) for entry in entries] == ["there twice under the same name"] * 2


def test_a_bomb_is_refused_by_its_ratio_before_it_is_unpacked() -> None:
    (entry,) = read_inner_zip(zipped(("a.ipynb", b" " * (15 << 20))), "a.zip")
    assert why(entry).startswith("a bomb")


def test_a_dense_notebook_of_fair_size_is_read() -> None:
    assert read_inner_zip(zipped(("a.ipynb", b" " * (1 << 20))), "a.zip")[0].read() == b" " * (1 << 20)


@pytest.mark.parametrize("told", [True, False])
def test_a_file_over_the_limit_is_refused_whether_its_header_tells_or_not(told: bool) -> None:
    data = zipped(("a.ipynb", os.urandom(MOST_BYTES + 1)), method=zipfile.ZIP_STORED)
    if not told:
        size = struct.pack("<II", MOST_BYTES + 1, MOST_BYTES + 1)
        data = data.replace(size, struct.pack("<II", MOST_BYTES + 1, 100))
    (entry,) = read_inner_zip(data, "a.zip")
    assert why(entry).startswith(("too large", "damaged"))


def test_a_header_that_understates_the_size_gets_no_more_than_it_states() -> None:
    data = zipped(("a.ipynb", b" " * (64 << 20)))
    told = struct.pack("<I", 64 << 20)
    assert data.count(told) == 2
    (entry,) = read_inner_zip(data.replace(told, struct.pack("<I", 1 << 20)), "a.zip")
    assert why(entry) == "damaged in the archive"


def test_all_of_an_archive_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_UNPACKED", 100)
    entries = read_inner_zip(zipped(*((f"{number}.ipynb", b"x" * 40) for number in range(4))), "a.zip")
    assert [why(entry)[:11] for entry in entries] == ["", "", "the archive", "the archive"]


def overlapping(count: int, kernel: bytes) -> bytes:
    """A zip of many names for the same bytes, as Fifield's bomb has it."""
    packed = zlib.compress(kernel, 9)[2:-4]
    crc = zlib.crc32(kernel)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(packed), len(kernel), 1, 0) + b"0"
    directory = b"".join(
        struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, len(packed), len(kernel), 6, 0, 0, 0, 0, 0, 0
        )
        + f"{number:06}".encode()
        for number in range(count)
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(local) + len(packed), 0)
    return local + packed + directory + end


def test_files_that_overlap_are_refused_before_anything_is_unpacked() -> None:
    assert len(zipfile.ZipFile(io.BytesIO(overlapping(250, b"0" * 1000))).infolist()) == 250  # it does open
    with pytest.raises(InputError, match="overlap"):
        read_inner_zip(overlapping(250, b"0" * 1000), "a.zip")


def test_a_zip_of_very_many_files_is_refused_before_they_become_objects() -> None:
    with pytest.raises(InputError, match="a zip of 30,000 files"):
        read_inner_zip(overlapping(30_000, b""), "a.zip")


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip", zipped(("a.ipynb", NOTEBOOK))[:-30], zipped(("a", b"x"))[40:]])
def test_what_is_no_whole_zip_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(InputError, match="damaged or cut off") as caught:
        read_inner_zip(data, "a.zip")
    assert len(str(caught.value).splitlines()) == 1


def test_a_damaged_file_costs_only_itself() -> None:
    data = bytearray(zipped(("a.ipynb", b"one" * 50), ("b.ipynb", NOTEBOOK), method=zipfile.ZIP_STORED))
    data[data.index(b"oneone")] ^= 1
    assert [why(entry) for entry in read_inner_zip(bytes(data), "a.zip")] == ["damaged in the archive", ""]


def test_names_in_utf8_that_do_not_say_so_are_read() -> None:
    data = zipped(("José.ipynb", NOTEBOOK))
    flag = data.index(b"PK\x01\x02") + 9
    changed = data[:flag] + bytes([data[flag] & ~0x08]) + data[flag + 1 :]
    assert list(entries_of(changed[:7] + bytes([changed[7] & ~0x08]) + changed[8:])) == ["José.ipynb"]


SOUND = zipped(("ada/a.ipynb", NOTEBOOK * 3), ("bob/b.ipynb", b"x" * 200))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(SOUND)))
def test_no_damage_makes_the_reader_fall_over(changes: list[tuple[int, int]], length: int) -> None:
    data = bytearray(SOUND)
    for at, value in changes:
        data[at] = value
    for shape in (bytes(data), bytes(data[:length]), bytes(data[length:])):
        with suppress(InputError):
            for entry in read_inner_zip(shape, "a.zip"):
                why(entry)


@pytest.mark.skipif(sys.platform != "linux", reason="what /proc says")
def test_a_class_of_bombs_is_read_in_little_memory_and_time(tmp_path: Path) -> None:
    bomb = zipped(("01-sample.ipynb", b" " * (200 << 20)))
    place = tmp_path / "class.zip"
    place.write_bytes(zipped(*((f"s{number}/work.zip", bomb) for number in range(20)), method=zipfile.ZIP_STORED))
    script = (
        "import sys, time; from pathlib import Path; from toyevm.teaching.desk.intake import collect\n"
        "intake = collect(Path(sys.argv[1]), '01-sample')\n"
        "assert len(intake.handed) == 20 and all('large' in one.problem for one in intake.handed), intake.handed\n"
        "lines = Path('/proc/self/status').read_text().splitlines()\n"  # ru_maxrss would be ours, if that is more
        "print(*(line.split()[1] for line in lines if line.startswith('VmHWM')), time.process_time())"
    )
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))  # noqa: E731
    done = subprocess.run([sys.executable, "-c", script, place], capture_output=True, preexec_fn=limit, text=True)
    assert done.returncode == 0, done.stderr
    kilobytes, seconds = map(float, done.stdout.split())
    assert kilobytes < 200_000
    assert seconds < 20


# --- folders --------------------------------------------------------------------------------------------------------


def in_folder(place: Path) -> dict[str, str]:
    with open_place(place) as entries:
        return {"/".join(entry.path): why(entry) for entry in entries}


def link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def loop(path: Path) -> None:
    path.symlink_to(path.parent)


def huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)  # takes no room


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (link, "a link"),
        (loop, "a link"),
        (huge, "too large"),
        (os.mkfifo, "not a plain file"),
        (Path.touch, ""),
        (Path.mkdir, "a folder"),
    ],
)
def test_a_folder_gives_plain_files_only(tmp_path: Path, make: Callable[[Path], None], expected: str) -> None:
    make(tmp_path / "ada.ipynb")
    assert in_folder(tmp_path)["ada.ipynb"].startswith(expected)


def test_a_file_that_becomes_a_link_after_it_was_listed_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "x.ipynb").touch()
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / "x.ipynb").write_bytes(b"secret")
    with open_place(tmp_path) as entries:
        (tmp_path / "ada" / "x.ipynb").unlink()
        (tmp_path / "ada").rmdir()
        (tmp_path / "ada").symlink_to(tmp_path / "bob")
        assert why(entries[0]).startswith("cannot be read")


def test_names_that_are_no_text_are_named_and_refused(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.ipynb")).touch()
    (tmp_path / "a\nb.ipynb").touch()
    with open_place(tmp_path) as entries:
        assert all(entry.refused for entry in entries)
        assert {archive.shown(entry.path) for entry in entries} == {"?.ipynb", "a?b.ipynb"}


def test_hidden_folders_are_named_and_not_entered(tmp_path: Path) -> None:
    for folder in (".git", "ada/.ipynb_checkpoints", "__MACOSX"):
        (tmp_path / folder / "deep").mkdir(parents=True)
    assert list(in_folder(tmp_path)) == [".git", "__MACOSX", "ada/.ipynb_checkpoints"]


def test_folders_nested_without_end_are_not_entered(tmp_path: Path) -> None:
    (tmp_path / "/".join("d" * 100)).mkdir(parents=True)
    assert list(in_folder(tmp_path).values()) == ["too deep"]


def test_a_flood_of_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_FILES", 10)
    for number in range(11):
        (tmp_path / str(number)).touch()
    with pytest.raises(InputError, match="too many files"):
        in_folder(tmp_path)


@pytest.mark.parametrize("place", ["gone", "file", "pipe"])
def test_what_is_neither_a_folder_nor_a_zip_is_refused_in_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("no zip")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError) as caught:
        in_folder(tmp_path / place)
    assert len(str(caught.value).splitlines()) == 1


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["a/x.ipynb", "a/b/y.ipynb", "z.txt", "é.ipynb"]), st.binary(max_size=50), min_size=1
    )
)
def test_a_zip_gives_what_the_folder_gives(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    folder = tmp_path_factory.mktemp("place")
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    with open_place(folder) as entries:
        plain = [(entry.path, entry.read()) for entry in entries]
    assert plain == [(entry.path, entry.read()) for entry in read_inner_zip(zipped(*files.items()), "a.zip")]
