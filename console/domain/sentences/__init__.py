"""The sentences about reports, one file a subject; `console.domain.messages` puts them into its catalogue."""
