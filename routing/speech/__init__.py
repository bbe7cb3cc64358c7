"""Voices: the commands of `speech` of the project, which turn a text into a WAV file."""
