"""Ports made real: the in-memory store and pretend gateways, the system clock, and values as JSON."""
