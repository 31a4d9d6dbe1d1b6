"""Whether somebody qualifies, decided on what the registries say and on what officers have seen, and kept with it."""
