"""Trends: figures over time, and the agents' day, from the recording and live."""
