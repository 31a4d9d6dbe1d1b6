"""The papers that UU 27/2022 (personal data) asks for, made of what the system knows.

A register of what is done with data of persons (`activities.yaml` and the models), how long which of it is kept (the
settings that the code itself obeys), and who is told what on which basis (the published programmes). What nobody has
compared with the law says so; a deployment adds its own words in `papers.yaml` (docs/operations.md).
"""
