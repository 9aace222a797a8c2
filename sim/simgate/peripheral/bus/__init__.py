"""Controllers of serial buses and cameras."""
