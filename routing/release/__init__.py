"""Releases on disk: publishing, the live one, the tables that calls name, and which are kept."""
