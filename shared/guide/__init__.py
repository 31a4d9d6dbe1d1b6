"""A short guide for each role and page, in plain words: what is my job here, what can I do, what comes next."""
