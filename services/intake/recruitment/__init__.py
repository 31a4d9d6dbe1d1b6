"""Recruitment: the members of a group that has succeeded bring others, who form the next groups and begin anew."""
