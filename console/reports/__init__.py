"""Reports: definitions as data, values, plans, results. Pure but for the table engine; knows no vendor, no network."""
