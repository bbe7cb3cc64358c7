"""A scheme as a diagram: its steps, the connections between them, and the path of one call.

`flow` builds the graph from the compiled fields, `labels` its texts as the author wrote them, `layout` places boxes and
lines, `svg` and `text` (Mermaid, DOT) write the output. Of calls it only knows events; only `read` touches files.
"""
