"""One page for what is not daily work: the rights of persons over their data, and what keeps the records right."""
