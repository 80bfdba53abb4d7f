"""What the broker does: rules over facts, in layers that import downwards only."""
