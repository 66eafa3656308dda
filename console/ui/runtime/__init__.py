"""Qt and asyncio under one roof: the loop, dialogs that are awaited, throttles, and the bridge from the store."""
