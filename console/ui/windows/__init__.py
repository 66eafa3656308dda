"""The windows and dialogs: they build widgets, wire signals, and leave the work to the rooms below."""
