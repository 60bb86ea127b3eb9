"""Ingest and relay over fakes in virtual time: every crash is tried, and a seed tells the whole story again."""
