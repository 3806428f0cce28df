"""Small probes that look for what must not tell bona fide from attack (data.md section 3)."""
