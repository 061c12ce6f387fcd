"""Writers: one file per format family, each takes a ``Document`` and says what it cannot carry."""
