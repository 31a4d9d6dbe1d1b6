"""The head of each service's logs, told to another service every day, so that a cut end does not pass unseen.

A chain of hashes shows a line that was changed or taken out of its middle, and a cut beginning, because lines are
counted from one. Only somebody who has noted its head elsewhere sees that its last lines are gone, or that all of it
was written anew.
"""
