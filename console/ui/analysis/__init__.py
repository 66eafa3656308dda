"""Analyses over the recording and the systems' own reports: what if there were more agents, do the figures agree."""
