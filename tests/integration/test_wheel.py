"""A wheel is enough: it carries the course, nothing that marks students, and opens in an empty folder.

No network is needed: hatchling is in the environment, and the wheel's dependencies are ours. With dependencies from a
package index, and JupyterLab answering, it is tried by `.ci/wheel`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.architecture.test_files import machine_paths
from tests.conftest import REPOSITORY
from tests.teaching.grading.leaks import SHOWN, leaks
from toyevm.teaching.grading.build_hook import CourseHook
from toyevm.teaching.grading.bundle import bundle_files
from toyevm.teaching.lab.course import MATERIAL, course_root
from toyevm.teaching.lab.workspace import MANIFEST, prepare_workspace

LESSON = "01-the-machine"
# What the builder itself makes, in the place of the bundle's own files about the project.
OF_THE_SDIST = {"PKG-INFO", ".gitignore", "CHANGELOG.md", "README.md"}


def run(*command: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that must succeed."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "TOYEVM_MODE")}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done


def build(root: Path, target: str, out: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", out, folder=root)
    (made,) = out.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(REPOSITORY, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def in_wheel(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build(REPOSITORY, "sdist", folder)) as opened:
        opened.extractall(
            folder / "unpacked", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {})
        )  # 3.11.4
    (root,) = (folder / "unpacked").iterdir()
    return root


@pytest.fixture(scope="module")
def in_sdist(sdist: Path) -> dict[str, bytes]:
    return {path.relative_to(sdist).as_posix(): path.read_bytes() for path in sdist.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel, and the packages, but not the toyevm, of the environment of this test."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, folder=folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    packages = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder).stdout.strip()
    )
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel,
        folder=folder)  # fmt: skip
    ours = [entry for entry in sys.path if entry.endswith("-packages")]
    (packages / "ours.pth").write_text("\n".join(ours))  # the .pth files there, an editable toyevm's, are not read
    return python


def test_the_wheel_holds_what_the_bundle_holds(in_wheel: dict[str, bytes]) -> None:
    about = {name for name, _ in bundle_files(REPOSITORY) if "/" not in name}
    bundle = {name: data for name, data in bundle_files(REPOSITORY) if name not in about}
    carried = {name.removeprefix(f"toyevm/{MATERIAL}/"): data for name, data in in_wheel.items()}
    assert {name: data for name, data in carried.items() if ".dist-info/" not in name} == bundle


def test_the_sdist_holds_what_the_bundle_holds(in_sdist: dict[str, bytes]) -> None:
    bundle = dict(bundle_files(REPOSITORY))
    assert in_sdist.keys() ^ bundle.keys() <= OF_THE_SDIST
    assert [name for name in bundle.keys() - OF_THE_SDIST if in_sdist[name] != bundle[name]] == []


def test_the_wheel_made_from_the_sdist_is_the_same(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    assert build(sdist, "wheel", tmp_path).read_bytes() == wheel.read_bytes()


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_nothing_that_marks_students_is_in_it(kind: str, request: pytest.FixtureRequest) -> None:
    files: dict[str, bytes] = request.getfixturevalue(f"in_{kind}")
    assert [leak for leak in leaks(files, REPOSITORY / "solutions") if leak not in SHOWN] == []
    private = ("marking.toml", "solutions/", "instructor/", "tests/", "__pycache__")
    assert [name for name in files if any(word in name for word in private)] == []
    assert {name for name, data in files.items() if machine_paths(data.decode(errors="replace"))} == set()


def test_marking_data_in_a_wheel_is_found(in_wheel: dict[str, bytes]) -> None:
    marking = (REPOSITORY / "solutions" / LESSON / "marking.toml").read_bytes()
    files = {**in_wheel, f"toyevm/{MATERIAL}/course/{LESSON}/notes.md": marking}
    assert any("notes.md" in leak for leak in leaks(files, REPOSITORY / "solutions"))


def test_the_installed_wheel_makes_the_working_copy_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    command = installed.with_name("toyevm.exe" if os.name == "nt" else "toyevm")
    done = run(command, "lab", "--prepare-only", folder=tmp_path)
    assert "my-course" in done.stderr
    prepare_workspace(REPOSITORY / "course", tmp_path / "expected")
    assert contents(tmp_path / "my-course") == contents(tmp_path / "expected")
    assert (tmp_path / "my-course" / MANIFEST).exists()


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("place", ["an empty folder", "the working copy"])
def test_a_lesson_finds_its_items(installed: Path, tmp_path: Path, place: str) -> None:
    where = tmp_path
    if place == "the working copy":
        prepare_workspace(REPOSITORY / "course", tmp_path)
        where = tmp_path / "exercises" / LESSON
    program = f"from toyevm.teaching.lab import lesson; x = lesson('{LESSON}'); print(x.items.points, x._folder)"
    points, folder = run(installed, "-c", program, folder=where).stdout.split()
    assert int(points) > 0
    expected = installed.parents[1] if place == "an empty folder" else tmp_path
    assert Path(folder).is_relative_to(expected.resolve())


@pytest.mark.parametrize(("version", "carried"), [("editable", False), ("standard", True)])
def test_an_editable_install_carries_no_second_course(tmp_path: Path, version: str, carried: bool) -> None:
    hook = CourseHook(str(REPOSITORY), {}, None, None, str(tmp_path), "wheel")
    build_data: dict[str, dict[str, str]] = {"force_include": {}}
    hook.initialize(version, build_data)
    hook.finalize(version, build_data, "")
    assert bool(build_data["force_include"]) is carried
    assert not any(Path(path).exists() for path in build_data["force_include"])


def test_a_course_inside_the_package_comes_before_one_beside_it(tmp_path: Path) -> None:
    package = tmp_path / "toyevm"
    package.mkdir()
    assert course_root(package) == tmp_path
    shutil.copytree(REPOSITORY / "course", package / MATERIAL / "course")
    assert course_root(package) == package / MATERIAL
