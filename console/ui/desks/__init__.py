"""Desks: what the main window opens besides its panes. Each is imported once the window has been painted."""
