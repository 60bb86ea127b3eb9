"""One suite over the fakes and over the real things: what passes here may stand for the other."""
