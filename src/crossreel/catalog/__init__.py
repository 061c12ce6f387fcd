"""The catalog: titles, people, localized texts; search; feeds in."""
