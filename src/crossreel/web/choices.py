"""What a visitor chose, kept in one signed cookie; and the token that guards the forms."""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from crossreel.errors import BadFile, BadInput, NotAllowed
from crossreel.values.ids import ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["THEMES", "Choices", "Cookies", "site_secret"]

THEMES = ("dark", "light")
"""The looks a visitor can choose; the first is the storefront's own."""
_YEAR = 365 * 24 * 3600
_KEY_FILE = "web.key"


def site_secret(home: Path) -> bytes:
    """The key that signs cookies, 32 random bytes in ``home``, made at first use (mode 0600).

    Raises:
        BadFile: the file is there but does not hold a key.
    """
    path = home / _KEY_FILE
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    key = path.read_bytes()
    if len(key) != 32:
        raise BadFile(
            path, "does not hold 32 bytes", advice="Delete it; a new key is made at the next start."
        )
    return key


@dataclass(frozen=True, slots=True)
class Choices:
    """What a visitor chose; None means not yet.

    Attributes:
        viewer: the profile looked through.
        own: the visitor's own profile, made with the first rating.
        theme: ``light`` or ``dark``; "" is the storefront's own, dark.
    """

    territory: Territory | None = None
    language: Language | None = None
    viewer: ViewerId | None = None
    own: ViewerId | None = None
    theme: str = ""

    def to_dict(self) -> dict[str, str]:
        """The choices as short JSON."""
        named = {"t": self.territory, "l": self.language, "v": self.viewer, "o": self.own}
        return {
            **{key: str(value) for key, value in named.items() if value is not None},
            **({"h": self.theme} if self.theme else {}),
        }

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Choices:
        """Reads them back. Raises ``BadInput`` when a value is no longer valid."""
        text = {key: str(document[key]) for key in ("t", "l", "v", "o") if key in document}
        return cls(
            territory=Territory.parse(text["t"]) if "t" in text else None,
            language=Language.parse(text["l"]) if "l" in text else None,
            viewer=ViewerId.parse(text["v"]) if "v" in text else None,
            own=ViewerId.parse(text["o"]) if "o" in text else None,
            theme=theme if (theme := document.get("h")) in THEMES else "",
        )


class Cookies:
    """Reads and writes the site's two cookies.

    Forms are guarded by a signed double submit: a random value in a cookie, and in the form a
    token that signs that value together with fresh random bytes (so that it is different in each
    page and a compressed page tells nothing of it).

    Args:
        secret: signs both cookies.
        secure: send them over HTTPS only.
    """

    def __init__(self, secret: bytes, *, secure: bool) -> None:
        prefix = "__Host-" if secure else ""
        self._choices_name = f"{prefix}crossreel"
        self._form_name = f"{prefix}crossreel-form"
        self._secure = secure
        self._choices = URLSafeSerializer(secret, salt="choices")
        self._form_secret = hmac.digest(secret, b"crossreel forms", "sha256")

    def choices(self, request: Request) -> Choices:
        """The visitor's choices; a forged, outdated or broken cookie counts as none."""
        text = request.cookies.get(self._choices_name, "") if "cookie" in request.headers else ""
        try:
            document = self._choices.loads(text) if text else {}
            return Choices.from_dict(document if isinstance(document, dict) else {})
        except (BadData, BadInput):
            return Choices()

    def keep(self, response: Response, choices: Choices) -> None:
        """Stores the choices with the visitor for a year."""
        self._set(response, self._choices_name, str(self._choices.dumps(choices.to_dict())), _YEAR)

    def form_key(self, request: Request) -> str:
        """The visitor's form cookie, or a new value for it."""
        found = request.cookies.get(self._form_name, "")
        return found if len(found) == 32 and found.isalnum() else secrets.token_hex(16)

    def keep_form_key(self, request: Request, response: Response, key: str) -> None:
        """Sets the form cookie unless the visitor has it."""
        if request.cookies.get(self._form_name) != key:
            self._set(response, self._form_name, key, None)

    def form_token(self, key: str) -> str:
        """A token for one form; it fits only the cookie ``key``."""
        return self._sign(key, secrets.token_hex(4))

    def _sign(self, key: str, salt: str) -> str:
        """``salt`` and the HMAC-SHA256 of both; the salt makes every page's token another one."""
        return f"{salt}.{hmac.digest(self._form_secret, f'{salt}.{key}'.encode(), 'sha256').hex()}"

    def check_form(self, request: Request, token: str) -> None:
        """Refuses a form that this site did not give to this visitor.

        Raises:
            NotAllowed: the token and the cookie do not belong together, or the browser says that
                the form came from another site.
        """
        key = request.cookies.get(self._form_name, "")
        right = self._sign(key, token.partition(".")[0])
        ours = bool(key) and hmac.compare_digest(right.encode(), token.encode())
        from_here = request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
        if not ours or not from_here:
            raise NotAllowed(
                "This form did not come from a page that this site gave to your browser.",
                advice="Go back, reload the page and send the form again; cookies must be allowed.",
            )

    def _set(self, response: Response, name: str, value: str, age: int | None) -> None:
        # Names and values are of our own making and need no quoting, so no cookie parser is asked.
        parts = [f"{name}={value}", "HttpOnly", "Path=/", "SameSite=lax"]
        parts += [f"Max-Age={age}"] if age is not None else []
        parts += ["Secure"] if self._secure else []
        response.headers.append("set-cookie", "; ".join(parts))
