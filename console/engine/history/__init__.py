"""History: what the systems said, kept on this computer; for charts, rewind, back-tests and comparisons."""
