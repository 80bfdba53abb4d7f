"""Tenders: calls, bids, judgement and awards, and who was appointed to carry and to settle (spec N3–N7)."""
