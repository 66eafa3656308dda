"""The demo command: the window where there is a display, else screenshots and the live table in the terminal."""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from runner import system
from runner.ground import ROOT, RunError, child_env, say, shown
from runner.venvs import Venv, run_in

_CONSOLE: Final = ("-m", "console")
_WORLD_OPTIONS: Final = ("--seed", "--speed", "--queues", "--agents", "--site-zone")
_STEP_LIMIT_S: Final = 180


def run(arguments: list[str]) -> int:
    """Open the demo; ``arguments`` go to the console. Return its exit code, 0 after drawing off screen."""
    system.ensure(system.demo_needs())
    python = Venv("demo", "runtime.txt", installed=False).ensure()
    if system.has_display():
        say("Opening the demo …")
        return run_in(python, [*_CONSOLE, "--demo", *arguments], child_env())
    say("There is no display here, so the demo is drawn off screen.")
    if any(word.split("=")[0] == "--screenshot" for word in arguments):
        env = child_env({"QT_QPA_PLATFORM": "offscreen"})
        return run_in(python, [*_CONSOLE, "--demo", *arguments], env)
    _save_screenshots(python, arguments)
    _print_live_table(python, arguments)
    return 0


def _save_screenshots(python: Path, arguments: list[str]) -> None:
    folder = ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    for theme in ("dark", "light"):
        picture = folder / f"demo-{theme}.png"
        defaults = ["--screenshot", str(picture), "--after", "6", "--size", "1600x1000", "--theme", theme]
        _run_console(python, ["--demo", *defaults, *arguments], child_env({"QT_QPA_PLATFORM": "offscreen"}))
        if not picture.exists():
            raise RunError(f"The demo ended without writing {shown(picture)}.")
        say(f"Saved {shown(picture)}")


def _print_live_table(python: Path, arguments: list[str]) -> None:
    """Add the demo's servers as profiles of a throw-away configuration and print what they say right now."""
    with tempfile.TemporaryDirectory(prefix="supervisor-console-demo-") as home:
        env = child_env(
            {
                "SUPERVISOR_CONSOLE_HOME": home,
                # secrets come from variables below; the person's own keyring is left alone
                "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            }
        )
        with _demo_servers(python, _world_options(arguments), env) as profiles:
            for profile in profiles:
                _add_profile(python, profile, env)
            for profile in profiles:
                say("")
                say(f"{profile['name']}, live:")
                _run_console(python, ["live", profile["name"], "--once"], env)


def _add_profile(python: Path, profile: dict[str, Any], env: dict[str, str]) -> None:
    """Run ``profile add`` with the secrets in variables, as a scheduled job without a keyring would."""
    name, url, secrets = profile["name"], profile["url"], profile.get("secrets", {})
    for field, value in secrets.items():
        env[f"SUPERVISOR_CONSOLE_SECRET_{_variable_part(name)}_{_variable_part(field)}"] = value
    command = ["profile", "add", name, "--backend", profile["backend"], "--url", url]
    for field, value in profile.get("fields", {}).items():
        command += ["--set", f"{field}={value}"]
    if url.startswith("http:"):
        command.append("--allow-plain-http")
    lines = list(secrets.values()) if len(secrets) == 1 else [f"{field}={value}" for field, value in secrets.items()]
    _run_console(python, command, env, "".join(f"{line}\n" for line in lines))


def _variable_part(text: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in text.upper())


def _world_options(arguments: list[str]) -> list[str]:
    """Return those arguments that describe the simulated call centre, so that table and pictures show the same."""
    chosen: list[str] = []
    for at, word in enumerate(arguments):
        name, equals, _ = word.partition("=")
        if name in _WORLD_OPTIONS:
            chosen += [word] if equals else arguments[at : at + 2]
    return chosen


def _run_console(python: Path, arguments: list[str], env: dict[str, str], stdin: str | None = None) -> None:
    """Run the console to its end. With text for its standard input, its output is shown only when it fails."""
    pipe = None if stdin is None else subprocess.PIPE
    command = [str(python), *_CONSOLE, *arguments]
    try:
        done = subprocess.run(
            command, env=env, input=stdin or "", stdout=pipe, stderr=pipe, text=True, timeout=_STEP_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RunError(f"The console did not finish within {_STEP_LIMIT_S} s.") from error
    if done.returncode:
        told = f"{done.stdout or ''}{done.stderr or ''}"
        raise RunError(f"{told}The console ended with exit code {done.returncode}.")


@contextmanager
def _demo_servers(python: Path, options: list[str], env: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
    """Run the demo's servers; yield the profiles they announce when they are ready, stop them afterwards."""
    command = [str(python), *_CONSOLE, "demo-servers", *options]
    with subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as servers:
        try:
            assert servers.stdout is not None
            line = servers.stdout.readline()
            try:
                profiles = json.loads(line)["profiles"]
            except (ValueError, KeyError) as error:
                raise RunError("The demo servers did not start.") from error
            yield profiles
        finally:
            servers.send_signal(signal.SIGINT)
            try:
                servers.wait(10)
            except subprocess.TimeoutExpired:
                servers.kill()
