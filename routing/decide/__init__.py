"""Pure decision functions: call facts and an answer in, a decision out. Knows no socket, clock or file."""
