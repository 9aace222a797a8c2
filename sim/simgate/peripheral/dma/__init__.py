"""Controllers of direct memory access, and who asks them."""
