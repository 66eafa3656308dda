"""Forms built from declared fields: one editor per kind, one row per field."""
