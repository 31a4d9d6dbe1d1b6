"""How officers sign in: a token for programs, a session for people, and the page that both doors start from."""
