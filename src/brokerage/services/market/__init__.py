"""The blind market: offers, candidates, rounds and decisions (seed 3)."""
