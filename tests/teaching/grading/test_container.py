"""What is asked of podman or docker, and that answers come back. A real container runs under the mark `container`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from toyevm.errors import InputError
from toyevm.teaching.grading import container
from toyevm.teaching.grading.sandbox import Limits, Sandbox, hidden_files, open_sandbox
from toyevm.teaching.lab.course import PACKAGE

STEPS = [
    {"cell": "a", "source": "answer = open('data/seven.txt').read()"},
    {"item": "x", "answer": "answer", "calls": None},
]
# Instead of an engine: write down what was asked, and run the command where the volumes are, on this very machine.
ENGINE = f"""#!{sys.executable} -I
import json, os, sys
words = sys.argv[1:]
with open({{log!r}}, "a") as log:
    log.write(json.dumps(words) + "\\n")
if words[0] != "run":
    sys.exit({{code}})
python = words[words.index("toyevm-marking") + 1:]
volumes = dict(word.split(":")[:2][::-1] for before, word in zip(words, words[1:]) if before == "--volume")
place = lambda text: text.replace("/package", os.path.dirname(volumes["/package/toyevm"]))
job = json.load(sys.stdin)
job["folder"] = volumes[job["folder"]]
job["limits"]["threads"] = -1
pipe, end = os.pipe()
with os.fdopen(end, "w") as file:
    json.dump(job, file)
os.dup2(pipe, 0)
assert python[:4] == ["timeout", "--signal=KILL", python[2], "python3"]
os.execv(sys.executable, [sys.executable, *map(place, python[4:])])
"""


@pytest.fixture(params=["podman", "docker"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    return make_engine(str(request.param), tmp_path, monkeypatch)


def make_engine(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, code: int = 0) -> str:
    """Put an engine of that name, and nothing else, where programs are looked for."""
    path = folder / name
    path.write_text(ENGINE.format(log=str(folder / "log"), code=code))
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return str(path)


def asked(folder: Path) -> list[list[str]]:
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def test_an_answer_comes_back_from_an_engine(engine: str, tmp_path: Path) -> None:
    outcome = Sandbox("container").run(STEPS, {"data/seven.txt": b"seven"})
    assert outcome.answers == {"x": {"value": '"seven"'}}
    assert outcome.ended == ""


def test_the_engine_is_asked_to_keep_everything_away(engine: str, tmp_path: Path) -> None:
    Sandbox("container", Limits(memory=1 << 28, threads=5)).run(STEPS)
    (words,) = asked(tmp_path)
    options = words[: words.index("toyevm-marking")]
    given = dict(pairwise(options))
    expected = {
        "--network": "none", "--memory": "268435456", "--memory-swap": "268435456", "--pids-limit": "5", "--cpus": "1",
        "--cap-drop": "ALL", "--security-opt": "no-new-privileges", "--user": "65534:65534", "--ipc": "private",
        "--pull": "never", "--workdir": "/marking",
    }  # fmt: skip
    assert expected.items() <= given.items()
    assert {"--rm", "--interactive", "--read-only"} <= set(options)
    volumes = [word for before, word in pairwise(options) if before == "--volume"]
    assert all(word.endswith(":ro") for word in volumes)
    assert {word.split(":")[0] for word in volumes} - {"/dev/null", str(PACKAGE)} == {volumes[-1].split(":")[0]}
    masked = {word.split(":")[1] for word in volumes if word.startswith("/dev/null:")}
    assert masked == {f"/package/toyevm/{path.relative_to(PACKAGE).as_posix()}" for path in hidden_files()}
    assert any("derivations.py" in name for name in masked)


def test_a_container_that_had_to_be_ended_is_removed_by_its_name(engine: str, tmp_path: Path) -> None:
    steps = [
        {"cell": "a", "source": "import os, signal\nsignal.signal(14, signal.SIG_IGN)\nimport time\ntime.sleep(60)"}
    ]
    Sandbox("container", Limits(wall_seconds=1.5)).run(steps)
    run, remove, *_ = asked(tmp_path)
    assert remove == ["rm", "--force", run[run.index("--name") + 1]]


def test_the_folder_with_the_lessons_files_does_not_stay(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    Sandbox("container").run(STEPS, {"data/seven.txt": b"seven"})
    assert [path.name for path in tmp_path.glob("toyevm-*")] == []


def test_where_there_is_no_bubblewrap_a_container_is_used(engine: str) -> None:
    assert open_sandbox([]).isolation == "container"


def test_an_engine_without_the_image_says_how_to_make_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_engine("podman", tmp_path, monkeypatch, code=1)
    with pytest.raises(InputError, match=r"podman cannot be used.*podman build --tag toyevm-marking"):
        open_sandbox([])


def test_the_containerfile_lies_where_the_help_says() -> None:
    path, context = container.HELP.split("--file ")[1].rstrip(")").split()
    assert (Path(context) / "pyproject.toml").is_file()
    program = re.search(r'python -c "(.*)" > ', Path(path).read_text().replace("\\\n", ""))
    assert program
    source = program[1].replace("\\\\", "\\").replace("/tmp", context)
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert {"numpy", "matplotlib", "ipywidgets", "pycryptodome"} <= set(
        re.findall(r"^[\w-]+", done.stdout, re.MULTILINE)
    )


@pytest.mark.container
def test_a_real_container_answers() -> None:
    if complaint := container.complaint():
        pytest.skip(complaint)
    assert Sandbox("container").run(STEPS, {"data/seven.txt": b"seven"}).answers == {"x": {"value": '"seven"'}}
