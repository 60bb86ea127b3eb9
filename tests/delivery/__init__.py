"""Shared by integration tests, soak and bench: generated articles, processes to kill, proxies that cut, the laws."""
