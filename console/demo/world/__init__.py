"""The simulated call floor: a seeded discrete-event simulation whose only output is an append-only event log."""
