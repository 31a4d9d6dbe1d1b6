"""Who is entitled to aid beside other aid: every grant is claimed for each person behind it before it is approved."""
