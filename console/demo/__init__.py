"""The embedded demo call centre: one simulated floor, served in the vendors' own wire formats on loopback.

It runs as a process of its own (``python -m console.demo``) and imports nothing else of this program, so that
a client and its server can never share a mistake.
"""
