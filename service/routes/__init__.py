"""REST: parse, call, answer."""
