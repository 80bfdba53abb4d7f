"""What proves a rule or an adapter of one's own; needs the extra ``testing`` (pytest and hypothesis)."""
