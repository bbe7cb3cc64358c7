"""A scheme as a picture: its steps, what leads from one to the next, and the way that one call took.

`flow` takes the steps from the same fields that are compiled, `words` says them as the author wrote them, `layout` puts
boxes and lines on a plane, `svg` and `text` (Mermaid, DOT) write it down. Knows no files and no calls but their events.
"""
