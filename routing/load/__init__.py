"""From YAML files to a checked model. Every problem of a folder in one run, each at its file, line and column."""
