"""Deterministic simulation: a seed drives a whole broker through a long and unlucky story, checked after every step."""
