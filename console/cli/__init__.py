"""The console without a window: commands over the same core. Imports no Qt."""
