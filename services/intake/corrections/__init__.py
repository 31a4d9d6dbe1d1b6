"""Her right to correct: she asks, somebody who did not note it decides, and every copy that was shared is corrected."""
