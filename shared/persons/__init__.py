"""Which records are one person: told by intake's registry, kept by every service that asks by person."""
