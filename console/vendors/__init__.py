"""One folder per family of phone systems."""
