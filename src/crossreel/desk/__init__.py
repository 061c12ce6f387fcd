"""The operator's desk: every change by staff, permitted, audited and undoable.

The console's pages, the REST API and the command line call these functions alike; each takes the
application, who acts (``accounts.operator.Actor``) and what to change.
"""
