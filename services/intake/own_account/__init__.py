"""What an officer does about her own account: her password, her sessions, how she is reached."""
