"""The few ideas everything stands on: ids, time, money, errors, settings. It imports nothing of ours."""
