"""Thresholds and service levels: the dialogs that set them. Imported when one is opened."""
