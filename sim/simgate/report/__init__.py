"""What people and other programs read at the end of a run: tables and JSON."""
