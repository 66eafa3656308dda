"""The report dialog: what can be asked, the form, the exact request, runs and schedules."""
