"""Key figures above the tables: a strip of large numbers."""
