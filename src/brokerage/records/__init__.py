"""What is remembered: frozen facts, typed numbers, and lifecycles as tables with pure transition functions."""
