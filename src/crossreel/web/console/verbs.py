"""How the fields of the filter language are spoken of: the verbs of each kind of field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["KINDS", "FieldKind"]


@dataclass(frozen=True, slots=True)
class FieldKind:
    """How fields of one kind are spoken of.

    Attributes:
        verbs: canonical words -> how many values follow: "0", "1", "2" (``between A and B``), "n"
            (``one of A, B``) or "days" (``within N days``).
        also: other spellings -> canonical words.
    """

    verbs: Mapping[str, str]
    also: Mapping[str, str]


_PRESENCE = {"is missing": "0", "is known": "0"}
KINDS: dict[str, FieldKind] = {
    "text": FieldKind(
        {
            "contains": "1",
            "does not contain": "1",
            "is": "1",
            "is not": "1",
            "starts with": "1",
            **_PRESENCE,
        },
        {"has": "contains", "begins with": "starts with", "=": "is", "!=": "is not"},
    ),
    "set": FieldKind(
        {"is": "1", "is not": "1", "is one of": "n", "is none of": "n", **_PRESENCE},
        {
            "in": "is one of",
            "is in": "is one of",
            "is not one of": "is none of",
            "not in": "is none of",
            "=": "is",
            "!=": "is not",
            "has": "is",
        },
    ),
    "number": FieldKind(
        {
            "is": "1",
            "is not": "1",
            "is over": "1",
            "is under": "1",
            "is at least": "1",
            "is at most": "1",
            "is between": "2",
            **_PRESENCE,
        },
        {
            **dict.fromkeys(("over", ">", "after", "is after", "more than", "is more than"), "is over"),
            **dict.fromkeys(("under", "<", "before", "is before", "less than", "is less than"), "is under"),
            **dict.fromkeys(("at least", ">=", "from", "since"), "is at least"),
            **dict.fromkeys(("at most", "<=", "up to"), "is at most"),
            "between": "is between",
            "=": "is",
            "!=": "is not",
        },
    ),
    "date": FieldKind(
        {
            "before": "1",
            "after": "1",
            "on": "1",
            "between": "2",
            "within": "days",
            "never": "0",
            "ever": "0",
        },
        {
            **dict.fromkeys(("is before", "by", "<"), "before"),
            **dict.fromkeys(("is after", "is over", ">"), "after"),
            **dict.fromkeys(("is", "is on", "="), "on"),
            **dict.fromkeys(("is between",), "between"),
            **dict.fromkeys(("in", "is within"), "within"),
            **dict.fromkeys(("is missing", "is never"), "never"),
            **dict.fromkeys(("is known",), "ever"),
        },
    ),
    "place": FieldKind({"in": "as"}, {"is in": "in"}),
}
