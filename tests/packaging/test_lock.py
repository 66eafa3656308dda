"""The lock is complete, hashed, the same wherever it is made, and keeps the versions that were chosen on purpose."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.conventions.sources import ROOT

LOCKS = ROOT / "packaging" / "lock"


def _locked(name: str) -> dict[str, str]:
    """Return version by normalised package name."""
    found = re.findall(r"^([\w.-]+)==(\S+)", (LOCKS / name).read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in found}


def _wanted(requirements: list[str]) -> set[str]:
    return {re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", text)[0]).lower() for text in requirements}


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_every_package_has_hashes_and_no_address(name: str):
    text = (LOCKS / name).read_text("utf-8")
    entries = re.split(r"^(?=[\w])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "--index-url" not in text


def test_lock_covers_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runtime, dev = _locked("runtime.txt"), _locked("dev.txt")
    assert _wanted(project["project"]["dependencies"]) <= set(runtime)
    assert _wanted(project["dependency-groups"]["dev"]) <= set(dev)
    assert _wanted(project["build-system"]["requires"]) <= set(dev), "the project is installed without a network"
    assert dev | runtime == dev, "both environments run the same versions"


def test_pins_are_kept():
    pins = Path(LOCKS / "pins.txt").read_text("utf-8")
    chosen = re.findall(r"^([\w.-]+)==(\S+)$", pins, re.MULTILINE)
    assert chosen
    runtime = _locked("runtime.txt")
    assert {name: runtime[name.lower()] for name, _ in chosen} == dict(chosen)
