"""The running console without a face: sessions, the store of live state, profiles. Plain asyncio, no Qt."""
