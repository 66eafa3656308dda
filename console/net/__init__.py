"""The wire: HTTP and websocket for the vendor rooms, with limits, trust, redaction and one error translation."""
