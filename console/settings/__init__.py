"""What the console remembers: where it lies, profiles, preferences, window state, and the secret store."""
