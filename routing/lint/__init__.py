"""What compiles and is doubtful all the same: `routing check`.

A lint is one class: its id, its manual as a docstring with a good and a bad example, and what it finds in one scheme
or in the whole folder. ``registry`` is the table of all. ``facts`` applies them to each scheme alone; its `Facts` are
kept between runs as the compiler keeps records. ``run`` applies them to all facts together and takes away what authors
allow. ``reading`` is the part that touches files.
Nothing here interprets schemes: what a call can reach is asked of the compiled dialplan.
"""
