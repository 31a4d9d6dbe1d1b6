"""Notes: what an officer writes about a referral, a journey or a person for whoever goes on with it.

"Telephone not answered, I come again on Thursday." One mechanism for all of them: a slice says with a `Kind` of what
its notes are, who may see and write them, and asks `pages` and `api` to open the doors.
"""
