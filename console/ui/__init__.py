"""The window: PySide6 over the engine; knows neither wire nor vendor."""
