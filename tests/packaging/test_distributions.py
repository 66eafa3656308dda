"""What is built from the tree is complete: package, bundled files, entry points, licences."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import console
from tests.conventions.sources import ROOT

_LICENCES = ("LICENSE", "resources/fonts/OFL.txt", "icons/LICENSE")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build wheel and source archive without a network; return the folder they are in."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the wheel; return the folder."""
    folder = tmp_path_factory.mktemp("site-packages")
    (archive,) = built.glob("*.whl")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def sdist(built: Path) -> set[str]:
    """Return the names of the files in the source archive, without its top folder."""
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        return {member.name.partition("/")[2] for member in opened if member.isfile()}


def _names(folder: Path, pattern: str = "*") -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob(pattern) if path.is_file()}


def _source(folder: str, pattern: str = "*") -> set[str]:
    return {name for name in _names(ROOT / folder, pattern) if "__pycache__" not in name}


def test_wheel_holds_package_and_bundled_files(wheel: Path):
    assert _names(wheel / "console", "*.py") == _source("console", "*.py")
    assert _names(wheel / "console" / "_resources") == _source("resources")
    assert _names(wheel / "console" / "_icons") == _source("icons")


def test_wheel_holds_nothing_beside_the_package(wheel: Path):
    metadata = f"supervisor_console-{console.__version__}.dist-info"
    assert {path.name for path in wheel.iterdir()} == {"console", metadata}


def test_wheel_has_licences_and_entry_points(wheel: Path):
    metadata = wheel / f"supervisor_console-{console.__version__}.dist-info"
    assert _names(metadata / "licenses") == set(_LICENCES)
    entry_points = (metadata / "entry_points.txt").read_text("utf-8")
    assert "[console_scripts]\nsupervisor-console = console.app.main:main" in entry_points
    assert "[gui_scripts]\nsupervisor-console-gui = console.app.main:main" in entry_points


def test_unpacked_wheel_finds_its_files(wheel: Path, tmp_path: Path):
    code = (
        "from console import assets; print(assets.__file__);"
        "print(assets.icon_path('app')); print(*assets.font_paths(), sep='\\n')"
    )
    env = dict(os.environ) | {"PYTHONPATH": str(wheel)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) >= 4
    assert all(Path(line).is_relative_to(wheel.resolve()) for line in lines)


def test_sdist_can_be_built_and_tested_again(sdist: set[str]):
    assert set(_LICENCES) <= sdist
    assert {"pyproject.toml", "README.md", "CHANGELOG.md", "packaging/run.py", "tests/conftest.py"} <= sdist
    assert {"packaging/lock/runtime.txt", "packaging/lock/dev.txt", "packaging/lock/pins.txt"} <= sdist
    for folder in ("console", "resources", "icons"):
        assert {name for name in sdist if name.startswith(f"{folder}/")} == {
            f"{folder}/{name}" for name in _source(folder)
        }
