"""Supervisor Console: live queues, agents and callers of several phone systems, side by side."""

__version__ = "0.1.0"
