"""The sample workspace: real films that may be shown freely, and a simulated audience."""
