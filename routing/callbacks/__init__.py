"""Orders to call clients back, in the journal's database. Imports the model only; who dials is in the engine."""
