"""The alert engine: rules run over the frames, what they find, and what they would have found."""
