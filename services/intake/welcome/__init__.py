"""How the first administrator begins: by a code that the machine's operator reads in the terminal."""
