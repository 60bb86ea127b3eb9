"""Measures what the extractor finds against gold. README.md beside this tells of the articles."""
