"""Lints: checks for schemes that compile and are doubtful (`routing check`).

A lint is one class: its id, its manual as a docstring with a good and a bad example, and its findings in one scheme or
in the whole folder. ``registry`` lists all lints. ``facts`` applies them to each scheme alone and caches the result as
`SchemeFacts`, like the compiler its records. ``run`` applies them to all facts together and removes allowed findings.
``reading`` is the only part that reads files. Lints do not interpret schemes: what a call can reach is read from the
compiled dialplan.
"""
