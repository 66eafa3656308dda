"""Which wire servers a demo starts. A further vendor adds one factory here and nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from console.demo.quirks import check_owners, read_quirks
from console.demo.servers.asternic import AsternicServer
from console.demo.servers.asternic_quirks import Quirks as AsternicQuirks
from console.demo.servers.base import Stage, WireServer
from console.demo.servers.xima import CHRONICALL, XIMA, XimaServer
from console.demo.servers.xima_quirks import Quirks as XimaQuirks
from console.demo.servers.yeastar import YeastarServer
from console.demo.servers.yeastar_quirks import Quirks as YeastarQuirks

Factory = Callable[[Stage], WireServer]


def _chronicall(stage: Stage) -> WireServer:
    return XimaServer(stage, CHRONICALL, stage.options.chronicall_port)


def _xima(stage: Stage) -> WireServer:
    return XimaServer(stage, XIMA, stage.options.xima_port, read_quirks("xima", XimaQuirks, stage.options.quirks))


def _asternic(stage: Stage) -> WireServer:
    return AsternicServer(stage, quirks=read_quirks("asternic", AsternicQuirks, stage.options.quirks))


def _yeastar(stage: Stage) -> WireServer:
    return YeastarServer(stage, quirks=read_quirks("yeastar", YeastarQuirks, stage.options.quirks))


FACTORIES: tuple[Factory, ...] = (_chronicall, _xima, _asternic, _yeastar)


def check_quirks(given: Iterable[str]) -> None:
    """Refuse quirks that no server has. ValueError says so in a plain sentence."""
    check_owners(given, ("asternic", "xima", "yeastar"))
    read_quirks("xima", XimaQuirks, given)
    read_quirks("asternic", AsternicQuirks, given)
    read_quirks("yeastar", YeastarQuirks, given)
