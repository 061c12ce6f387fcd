"""Adapters that keep things: SQL records, the event log, blobs; ``app`` wires them in."""
