"""Wallboards: full-screen pages of large figures, tables and charts, arranged in place."""
