"""The stage `monitoring.graduation`: an officer and a head sign whether she stands on her own feet."""
