"""Seed replies of Xima CCaaS: those of Chronicall, with the lists of agents and skills beside them."""

from __future__ import annotations

from dataclasses import replace

from console.vendors.xima.flavour import XIMA
from tests.fuzz.seeds_chronicall import SEEDS as CHRONICALL_SEEDS
from tests.fuzz.seeds_chronicall import bodies, opener

AGENTS = {"agents": [{"agent": "Jürgen Groß(481)", "type": "UC"}, {"agent": "Ann(482)", "type": "CC"}]}
SKILLS = {"skills": [{"name": "Sales(70)"}, {"name": "Support(71)"}]}

SEEDS = replace(
    CHRONICALL_SEEDS,
    answers={**CHRONICALL_SEEDS.answers, "agents": bodies(AGENTS), "skills": bodies(SKILLS)},
    open=opener(XIMA),
)
