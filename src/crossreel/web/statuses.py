"""The web's table over the error tree: which HTTP status each error class answers with."""

from __future__ import annotations

from crossreel import errors
from crossreel.web.phrasebook import N_

__all__ = ["HEADINGS", "STATUSES", "heading_for", "status_of"]

STATUSES: dict[type[errors.CrossreelError], int] = {
    errors.CrossreelError: 500,
    errors.BadInput: 400,
    errors.BadValue: 400,
    errors.BadFile: 422,
    errors.BadRows: 422,
    errors.UnknownId: 404,
    errors.Conflict: 409,
    errors.WrongUse: 400,
    errors.Missing: 503,
    errors.MissingExtra: 503,
    errors.MissingProgram: 503,
    errors.MissingModel: 503,
    errors.MissingWorkspace: 503,
    errors.OutsideFailure: 502,
    errors.NotAllowed: 403,
}
"""Every class of the tree has its own line; a test compares the table with the tree."""

HEADINGS: dict[int, tuple[str, str]] = {
    400: (N_("That did not work"), N_("Something in the address or the form is not as it should be.")),
    403: (N_("Not allowed"), N_("This may not be done from here.")),
    404: (N_("Not found"), N_("There is nothing at this address.")),
    405: (N_("Not this way"), N_("This address cannot be used like that.")),
    409: (N_("It has changed meanwhile"), N_("What you sent contradicts what is stored.")),
    413: (N_("Too much at once"), N_("More was sent than this page takes.")),
    415: (N_("Not a form"), N_("This address only takes forms of this site.")),
    422: (N_("It could not be read"), N_("The data that were sent cannot be used.")),
    500: (N_("Our mistake"), N_("Something broke on our side; it has been written down.")),
    502: (N_("A partner does not answer"), N_("A service that is not ours failed.")),
    503: (N_("Not ready yet"), N_("Something that this page needs has not been set up.")),
}
"""Status -> what its page says first, and in one sentence."""


def status_of(error: errors.CrossreelError) -> int:
    """The status for an error: its class's, else its nearest listed parent's."""
    return next(STATUSES[cls] for cls in type(error).__mro__ if cls in STATUSES)


def heading_for(status: int) -> tuple[str, str]:
    """Heading and sentence of a status; those of 400 or 500 where it has none of its own."""
    return HEADINGS.get(status) or HEADINGS[500 if status >= 500 else 400]
