"""The second step of signing in: a code from an officer's own telephone (TOTP), and recovery codes on paper."""
