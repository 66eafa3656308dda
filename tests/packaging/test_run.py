"""``packaging/run.py``: versions, usage, environments that heal, system libraries, one maker at a time."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conventions.sources import ROOT

RUN = ROOT / "packaging" / "run.py"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Import the runner as ``run.py`` does, with its environments below a folder of the test."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    import runner.checks
    import runner.command
    import runner.demo
    import runner.ground
    import runner.relock
    import runner.system
    import runner.venvs

    for room in (runner.ground, runner.venvs, runner.system):
        monkeypatch.setattr(room, "VENVS", tmp_path / ".venv")
    return runner


def _run(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(RUN), *arguments], capture_output=True, text=True, check=False, **options
    )


def test_unknown_command_gives_usage_and_2():
    done = _run("fly")
    assert done.returncode == 2
    assert "There is no command 'fly'." in done.stderr
    assert "usage: python3 packaging/run.py COMMAND" in done.stderr
    assert done.stdout == ""


def test_no_command_gives_usage_and_2():
    assert _run().returncode == 2


def test_help_gives_usage_and_0(tmp_path):
    done = _run("--help", cwd=tmp_path)
    assert done.returncode == 0
    for command in ("demo", "test", "bench", "lock"):
        assert f"\n  {command} " in done.stdout


def test_other_pythons_are_told():
    code = (
        "import runpy, sys; sys.version_info = (3, 10, 4, 'final', 0); sys.argv = ['run.py', 'test'];"
        f"runpy.run_path({str(RUN)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "runs on Python 3.11, 3.12 and 3.13; this is Python 3.10.4" in done.stderr


def test_the_version_check_can_be_read_by_every_python():
    """No annotation, no f-string, no future import: an old Python must reach the sentence, not a syntax error."""
    tree = ast.parse(RUN.read_text("utf-8"), feature_version=(3, 4))
    nodes = list(ast.walk(tree))
    assert not [node for node in nodes if isinstance(node, (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr))]
    assert not [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "__future__"]


def test_settings_that_spoil_an_installation_are_left_out(runner, monkeypatch):
    for name in ("PYTHONDONTWRITEBYTECODE", "PIP_NO_COMPILE", "PIP_TARGET", "PYTHONPATH"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PIP_INDEX_URL", "kept: the machine knows its index")
    env = runner.ground.child_env({"QT_QPA_PLATFORM": "offscreen"})
    assert {"PYTHONDONTWRITEBYTECODE", "PIP_NO_COMPILE", "PIP_TARGET", "PYTHONPATH"}.isdisjoint(env)
    assert env["PIP_INDEX_URL"].startswith("kept")
    assert env["QT_QPA_PLATFORM"] == "offscreen"


def test_failure_shows_the_end_of_the_log(runner, tmp_path):
    log = tmp_path / "pip.log"
    code = "print(*range(100), sep='\\n'); raise SystemExit(4)"
    with pytest.raises(runner.ground.RunError) as caught:
        runner.ground.logged([sys.executable, "-c", code], log, "Installing")
    text = str(caught.value)
    assert "  | 99\nInstalling failed (exit code 4)" in text
    assert str(log) in text
    assert "  | 60\n" not in text


# --- environments -------------------------------------------------------------------------------------------------


@pytest.fixture
def venv(runner, monkeypatch, tmp_path):
    """Return an environment that is made without pip, in no time; ``.made`` counts how often."""
    lock = tmp_path / "lock.txt"
    lock.write_text("one==1\n")
    made = runner.venvs.Venv("demo", str(lock), installed=False)
    made.made = 0
    made.lock = lock

    def logged(command, log, what, env=None):
        if command[1:3] == ["-m", "venv"]:
            made.made += 1
            made.python.parent.mkdir(parents=True)
            made.python.touch()

    monkeypatch.setattr(runner.venvs, "logged", logged)
    monkeypatch.setattr(made, "_write_path_file", lambda: None)
    return made


def test_complete_environment_is_used_again(venv):
    assert venv.ensure() == venv.ensure() == venv.python
    assert venv.made == 1


def test_environment_is_made_again_when_the_lock_changes(venv, capsys):
    venv.ensure()
    venv.lock.write_text("one==2\n")
    venv.ensure()
    assert venv.made == 2
    assert "incomplete or out of date" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["stamp", "interpreter"])
def test_half_made_environment_is_made_again(venv, damage):
    venv.ensure()
    (venv.python if damage == "interpreter" else next(venv.folder.glob("*.ready"))).unlink()
    venv.ensure()
    assert venv.made == 2


def test_interrupted_making_leaves_no_stamp(venv, runner, monkeypatch):
    def interrupted() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(venv, "_add_project", interrupted)
        with pytest.raises(KeyboardInterrupt):
            venv.ensure()
    venv.ensure()
    assert venv.made == 2


def test_second_run_waits_for_the_first_and_uses_its_environment(runner, venv, tmp_path):
    """The other process holds the lock file until it has written a complete environment."""
    (tmp_path / ".venv").mkdir()
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from runner import venvs\n"
        "with venvs._sole_maker(Path(sys.argv[2])):\n"
        "    print('held', flush=True); input()\n"
        "    Path(sys.argv[3]).parent.mkdir(parents=True); Path(sys.argv[3]).touch()\n"
        "    Path(sys.argv[4]).write_text(sys.argv[5])\n"
    )
    arguments = [ROOT / "packaging", tmp_path / ".venv" / "demo.lock", venv.python]
    arguments += [venv.folder / "supervisor-console.ready", venv._key()]
    with subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        said = []

        def say(text: str) -> None:  # called when this run finds the lock held
            said.append(text)
            other.stdin.write("\n")
            other.stdin.flush()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(runner.venvs, "say", say)
            venv.ensure()
    assert said == ["Another run is making this environment; waiting for it …"]
    assert venv.made == 0


# --- system libraries ---------------------------------------------------------------------------------------------


@pytest.fixture
def debian(runner, monkeypatch):
    """Return a list of commands that a Debian without two libraries was given; installing makes them appear."""
    commands: list[list[str]] = []
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(runner.system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(runner.system, "_is_known", lambda package: package == "libb")
    monkeypatch.setattr(runner.system, "_lacks_venv", lambda: False)
    monkeypatch.setattr(runner.system.Need, "is_met", lambda need: any("install" in command for command in commands))
    monkeypatch.setattr(runner.system, "logged", lambda command, log, what, env=None: commands.append(list(command)))
    return commands


def _needs(runner) -> tuple:
    return runner.system._needs("liba.so.1 liba1\nlibb.so.2 libbt64 libb\nlibb-more.so.2 libbt64 libb")


def test_root_installs_what_is_missing_once(runner, debian, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    runner.system.ensure(_needs(runner))
    runner.system.ensure(_needs(runner))
    update, install = debian
    assert update[-1] == "update"
    assert install[0] == "apt-get"
    assert install[-3:] == ["--no-install-recommends", "liba1", "libb"]


def test_others_are_given_the_line_to_type(runner, debian, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(runner.ground.RunError) as caught:
        runner.system.ensure(_needs(runner))
    assert caught.value.code == 3
    assert "apt-get install -y --no-install-recommends liba1 libb" in str(caught.value)
    assert debian == []


def test_other_systems_are_told_and_go_on(runner, debian, monkeypatch, capsys):
    monkeypatch.setattr(runner.system.shutil, "which", lambda name: None)
    runner.system.ensure(_needs(runner))
    assert "lacks liba.so.1, libb.so.2, libb-more.so.2" in capsys.readouterr().err
    assert debian == []


def test_a_library_that_does_not_load_is_missing(runner):
    assert not runner.system.Need("libno-such-thing.so.9", ("x",)).is_met()
    assert not runner.system.Need("no-such-program-here", ("x",)).is_met()


# --- the demo without a display -----------------------------------------------------------------------------------


def test_a_named_display_that_does_not_answer_is_none(runner, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-4711")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert not runner.system.has_display()


def test_world_options_reach_the_servers_too(runner):
    chosen = runner.demo._world_options(["--seed", "7", "--theme", "dark", "--agents=300", "--size", "800x600"])
    assert chosen == ["--seed", "7", "--agents=300"]


def test_secrets_go_into_the_named_variables(runner):
    assert runner.demo._variable_part("Zürich floor 2") == "Z_RICH_FLOOR_2"


_FAKE_CONSOLE = """
import json, os, sys, time
from pathlib import Path

words = sys.argv[1:]
with open(os.environ["FAKE_LOG"], "a") as log:
    secret = {k: v for k, v in os.environ.items() if k.startswith("SUPERVISOR_CONSOLE_SECRET_")}
    given = sys.stdin.read() if words[0] == "profile" else ""
    log.write(json.dumps({"words": words, "secret": secret, "stdin": given}) + chr(10))
if words[0] == "--demo":
    Path(words[words.index("--screenshot") + 1]).write_bytes(b"png")
elif words[0] == "demo-servers":
    profile = {"name": "North floor", "backend": "xima", "url": "http://127.0.0.1:1", "fields": {"poll": "1"}}
    print(json.dumps({"profiles": [profile | {"secrets": {"key": "k-1"}}]}), flush=True)
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        with open(os.environ["FAKE_LOG"], "a") as log:
            log.write(json.dumps({"words": ["servers stopped"]}) + chr(10))
elif words[0] == "live":
    print("Sales  3 waiting")
"""


def test_demo_without_a_display_draws_and_prints(runner, monkeypatch, tmp_path, capfd):
    fake, log = tmp_path / "fake.py", tmp_path / "calls"
    fake.write_text(_FAKE_CONSOLE, encoding="utf-8")
    monkeypatch.setenv("FAKE_LOG", str(log))
    monkeypatch.setattr(runner.demo, "_CONSOLE", (str(fake),))
    monkeypatch.setattr(runner.demo, "ROOT", tmp_path)
    monkeypatch.setattr(runner.demo.system, "ensure", lambda needs: None)
    monkeypatch.setattr(runner.demo.system, "has_display", lambda: False)
    monkeypatch.setattr(runner.demo.Venv, "ensure", lambda venv: Path(sys.executable))

    assert runner.command.main(["demo", "--", "--seed", "7"]) == 0

    said = capfd.readouterr().out
    assert "no display here" in said
    assert "North floor, live:\nSales  3 waiting" in said
    assert {path.name for path in (tmp_path / "screenshots").iterdir()} == {"demo-dark.png", "demo-light.png"}
    calls = [json.loads(line) for line in log.read_text().splitlines()]
    dark, light, servers, add, live, stopped = (call["words"] for call in calls)
    assert dark[-2:] == light[-2:] == servers[-2:] == ["--seed", "7"]
    assert add[:3] == ["profile", "add", "North floor"]
    assert add[3:] == [
        *("--backend", "xima", "--url", "http://127.0.0.1:1", "--set", "poll=1"),
        "--allow-plain-http",
    ]
    assert calls[3]["stdin"] == "k-1\n"
    assert calls[3]["secret"] == {"SUPERVISOR_CONSOLE_SECRET_NORTH_FLOOR_KEY": "k-1"}
    assert live == ["live", "North floor", "--once"]
    assert stopped == ["servers stopped"]
