"""Accounts: operators and their roles, sign-in, sessions, API tokens, the audit trail."""
