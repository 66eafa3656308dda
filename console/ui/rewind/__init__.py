"""Rewind: the whole window at a recorded moment, unmistakably marked; and what is recorded, and where."""
