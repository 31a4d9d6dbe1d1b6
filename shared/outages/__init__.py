"""When a service's bells did not ring: what a clock should have done in such a time was done late, or not at all.

See decision 21. Nothing moves because of an outage; it is only remembered, so that what passed in it can be named.
"""
