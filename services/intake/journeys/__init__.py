"""Opens journeys and carries them from stage to stage, until they end; every open one has somebody accountable."""
