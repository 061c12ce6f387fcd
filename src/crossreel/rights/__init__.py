"""Rights: licenses by title, territory, mode and time; THE availability predicate."""
