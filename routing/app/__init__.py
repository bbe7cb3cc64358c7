"""Wires adapters, decisions and releases into the engine, and publishes releases."""
