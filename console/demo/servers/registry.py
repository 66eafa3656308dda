"""Which wire servers a demo starts. A further vendor adds one factory here and nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from console.demo.servers.asternic import AsternicServer
from console.demo.servers.base import Stage, WireServer
from console.demo.servers.xima import CHRONICALL, XIMA, XimaServer
from console.demo.servers.yeastar import YeastarServer

Factory = Callable[[Stage], WireServer]


def _chronicall(stage: Stage) -> WireServer:
    return XimaServer(stage, CHRONICALL, stage.options.chronicall_port)


def _xima(stage: Stage) -> WireServer:
    return XimaServer(stage, XIMA, stage.options.xima_port)


FACTORIES: tuple[Factory, ...] = (_chronicall, _xima, AsternicServer, YeastarServer)
