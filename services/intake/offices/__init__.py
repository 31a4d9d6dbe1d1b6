"""The offices of the deployment: added, renamed, closed and handed over by administrators, without a restart."""
