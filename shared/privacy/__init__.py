"""Personal data at rest and on the way: keys, encrypted fields, sealed parts, and the log of every look."""
