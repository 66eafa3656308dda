"""Results of reports: the window, its table over a paged model, its charts, and saving to files."""
