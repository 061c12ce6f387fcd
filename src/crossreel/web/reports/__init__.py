"""Reports as single HTML files: findings first, figures with their uncertainty, tables behind."""
