"""Schedules: the operating system's own scheduler runs `report run`, with the window closed as well."""
