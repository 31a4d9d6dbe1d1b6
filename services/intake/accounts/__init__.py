"""Officers' accounts: how they begin, change and end. They are intake's alone."""
