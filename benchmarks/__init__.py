"""How fast the engine is, beside a floor without checks and beside order books of other people."""
