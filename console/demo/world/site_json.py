"""The site as plain JSON values: what ``GET /site`` tells, so that every report can be recomputed from outside."""

from __future__ import annotations

from typing import Any

from console.demo.world.directory import MONEY_SCALE, Directory
from console.demo.world.site import Site


def site_json(site: Site, days: list[dict[str, Any]]) -> dict[str, Any]:
    """Describe what no event changes; ``days`` names the days of the log.

    Things refer to each other as the event log does: queues by name, agents by key, everything else by number or
    name. ``id`` is the position in its list, counted from 1. Money is in 1/``money_scale`` of ``currency``.
    """
    book = site.directory
    return {
        "seed": site.seed,
        "days": days,
        "currency": book.currency,
        "money_scale": MONEY_SCALE,
        "queues": _queues(site),
        "agents": [
            {"id": agent.index + 1, "name": agent.name, "key": agent.key, "extension": agent.extension}
            | {"queues": [site.queue_names[queue] for queue in agent.queues]}
            for agent in site.agents
        ],
        "extensions": [
            {"id": each.index + 1, "number": each.number, "name": each.name, "key": each.key, "role": each.role}
            | {"agent": site.agent_keys[each.agent] if each.agent >= 0 else None, "dod": book.dods[each.dod].number}
            for each in book.extensions
        ],
        "teams": [
            {"id": team.index + 1, "name": team.name, "members": [book.extensions[one].number for one in team.members]}
            for team in book.teams
        ],
        "roles": list(book.roles),
        **_numbers(site, book),
        "pause_reasons": [{"name": each.name, "code": each.code or None} for each in book.pause_reasons],
        "account_codes": list(book.account_codes),
        "tags": list(book.tags),
        "rates": [
            {"id": rate.index + 1, "trunk": book.trunks[rate.trunk].name, "prefix": rate.prefix, "name": rate.name}
            | {"connection": rate.connection, "per_minute": rate.per_minute, "block_s": rate.block_s}
            for rate in book.rates
        ],
        "questions": [
            {"id": each.id, "text": each.text, "lowest": each.lowest, "highest": each.highest}
            for each in book.questions
        ],
        "caller_names": dict(sorted(site.caller_names.items())),
    }


def _queues(site: Site) -> list[dict[str, Any]]:
    rows = []
    for queue, settings in zip(site.queues, site.directory.queue_settings, strict=True):
        rows.append(
            {
                "id": queue.index + 1,
                "name": queue.name,
                "number": queue.extension,
                "members": [site.agent_keys[member] for member in site.members[queue.index]],
                "sla_ms": settings.sla_ms,
                "max_wait_ms": settings.max_wait_ms,
                "agent_timeout_ms": settings.agent_timeout_ms,
                "ring_strategy": settings.ring_strategy,
                "fail_to": settings.fail_kind,
                "fail_queue": site.queue_names[settings.fail_target] if settings.fail_target >= 0 else None,
                "exit_key": settings.exit_key,
                "callback_key": settings.callback_key,
                "survey": settings.survey,
                "leave_when_empty": settings.leave_when_empty,
            }
        )
    return rows


def _numbers(site: Site, book: Directory) -> dict[str, Any]:
    def place(kind: str, target: int) -> str:
        if kind == "queue":
            return site.queue_names[target]
        if kind == "ivr":
            return book.ivrs[target].number
        return book.ring_groups[target].number if kind == "ring_group" else book.extensions[target].number

    return {
        "trunks": [{"id": trunk.index + 1, "name": trunk.name} for trunk in book.trunks],
        "dids": [
            {"id": did.index + 1, "number": did.number, "name": did.name, "trunk": book.trunks[did.trunk].name}
            | {"kind": did.kind, "target": place(did.kind, did.target), "tag": did.tag, "url": did.url}
            for did in book.dids
        ],
        "dods": [
            {"id": dod.index + 1, "number": dod.number, "name": dod.name, "trunk": book.trunks[dod.trunk].name}
            for dod in book.dods
        ],
        "ivrs": [
            {"id": ivr.index + 1, "number": ivr.number, "name": ivr.name, "timeout_ms": ivr.timeout_ms}
            | {"keys": [{"key": key.key, "kind": key.kind, "target": place(key.kind, key.target)} for key in ivr.keys]}
            for ivr in book.ivrs
        ],
        "ring_groups": [
            {"id": group.index + 1, "number": group.number, "name": group.name, "ring_ms": group.ring_ms}
            | {"members": [book.extensions[member].number for member in group.members]}
            for group in book.ring_groups
        ],
    }
