"""Who may do what: offices, officers, their roles and areas, accounts and tokens. It knows nothing of HTTP."""
