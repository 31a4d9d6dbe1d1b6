"""`kail up`: all of Kail on one machine, as one tree of processes that is started, watched and stopped together."""
