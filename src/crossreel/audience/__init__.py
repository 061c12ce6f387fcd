"""The audience: viewers, their events, interaction matrices and splits."""
