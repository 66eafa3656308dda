"""A scripted loopback server that misbehaves on purpose and records every byte it gets."""

from tests.faultserver.server import Call, FaultServer, hang, raw, reply, reset

__all__ = ["Call", "FaultServer", "hang", "raw", "reply", "reset"]
