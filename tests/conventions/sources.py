"""The repository's files as the convention tests see them: found by pattern, so that new rooms are covered at once."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "console"


def python_files(*folders: str) -> list[Path]:
    """Return the Python files below folders of the repository, sorted; every folder that is not there adds none."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """Return the path inside the repository, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def calls(path: Path) -> Iterator[tuple[int, str, ast.Call]]:
    """Yield line, dotted name and node of each call; the name is ``""`` for what is called without one."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func), node


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` for a chain of attributes; what is not a name at its start is left out (``.exec``)."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full module name of each absolute import, wherever in the file it stands."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def modules() -> list[str]:
    """Return the names of all modules of the package that can be imported without starting the program."""
    names = []
    for path in python_files("console"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] == "__main__":
            continue
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def text_files() -> list[Path]:
    """Return the text files that belong to the repository: those git knows or would take, else all but hidden ones."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0:
        paths = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    else:  # an unpacked source archive
        paths = [
            path
            for path in ROOT.rglob("*")
            if not any(part.startswith(".") or part in {"__pycache__", "build", "dist"} for part in path.parts)
        ]
    return sorted(path for path in paths if path.is_file() and path.suffix not in {".otf", ".png", ".ico", ".icns"})
