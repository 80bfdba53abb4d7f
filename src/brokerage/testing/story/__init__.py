"""Deterministic simulation: a seed drives a whole broker through a long and unlucky story, checked after every step.

``actions`` is the table of what can happen, ``world`` where it does, ``telling`` draws, plays and shortens.
"""
