"""Small classes that stand for the world in tests; tests/laws holds each against the real thing."""
