"""PS-01 with real processes: kill -9 in the middle of saving, again and again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from console.settings.store import SettingsStore

KILLS = 30

CHILD = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from console.settings.disk import Disk
from console.settings.schema import Settings
from console.settings.store import SettingsStore

left = int(sys.argv[2])

def tick():
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

class Mortal(Disk):
    def create(self, path):
        tick(); return super().create(path)
    def write(self, handle, data):
        tick(); return super().write(handle, data[:1500])
    def sync(self, handle):
        tick(); super().sync(handle)
    def replace(self, source, target):
        tick(); super().replace(source, target)
    def sync_folder(self, folder):
        tick(); super().sync_folder(folder)

store = SettingsStore(Path(sys.argv[1]), disk=Mortal())
settings = store.load().settings
number = int(settings.profiles[0].fields["number"])
while True:
    number += 1
    profiles = tuple(replace(p, fields={"number": str(number), "text": "x" * 40}) for p in settings.profiles)
    settings = store.save(replace(settings, profiles=profiles)).require()
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX word")
def test_ps_01_thirty_kills_at_random_steps_lose_no_profile(tmp_path: Path) -> None:
    from .faults import profile

    path = tmp_path / "settings.json"
    from console.settings.schema import Settings

    SettingsStore(path).save(Settings(tuple(profile(f"p{n}", fields={"number": "0"}) for n in range(20))))
    dice = random.Random(20)
    reached = 0
    running: list[subprocess.Popen[bytes]] = []
    for _ in range(KILLS):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(path), str(dice.randrange(0, 60))])
        running.append(child)
        assert child.wait(60) == -signal.SIGKILL
        report = SettingsStore(path).load()
        assert report.messages == ()
        assert len(report.settings.profiles) == 20
        numbers = {p.fields["number"] for p in report.settings.profiles}
        assert len(numbers) == 1  # one save or the other, never a mixture
        now = int(numbers.pop())
        assert now >= reached
        reached = now
        assert not [name for name in os.listdir(tmp_path) if ".tmp-" in name]
    assert reached > KILLS / 2
