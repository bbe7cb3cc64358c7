"""Pure decision functions: facts of a call and an answer in, a decision out. No sockets, clocks or files."""
