"""The four services and the two places that put them together: the command line and the embedded default."""
