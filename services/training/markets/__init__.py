"""Markets: fairs, modern shops, online shops and off-takers, and what was really sold there."""
