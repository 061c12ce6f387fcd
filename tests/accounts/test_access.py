from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crossreel.accounts import access
from crossreel.accounts.operator import COMMAND_LINE, ROLES, Permission, Role, check_name
from crossreel.accounts.passwords import hash_password, verify_password
from crossreel.accounts.repository import AccountStore
from crossreel.app import open_app
from crossreel.errors import BadValue, Conflict, NotAllowed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSWORD = "four quiet tin boats"


@pytest.fixture
def store(tmp_path: Path) -> AccountStore:
    return open_app(tmp_path / "home", create=True).accounts


def test_signing_in_gives_a_session_that_ends(store: AccountStore) -> None:
    access.add_operator(store, "Ada@Example.org", Role.EDITOR, PASSWORD, NOW)
    signed = access.sign_in(store, "ada@example.ORG", PASSWORD, "127.0.0.1", NOW)
    actor = access.session_actor(store, signed.secret, NOW)
    assert actor is not None
    assert (actor.operator, actor.permissions) == ("ada@example.org", ROLES[Role.EDITOR])
    late = NOW + timedelta(hours=access.SESSION_HOURS)
    assert access.session_actor(store, signed.secret, late) is None
    assert access.session_actor(store, "made-up", NOW) is None
    access.end_session(store, signed.secret)
    assert access.session_actor(store, signed.secret, NOW) is None


def test_five_failures_close_the_door_for_a_while_even_to_the_right_password(store: AccountStore) -> None:
    access.add_operator(store, "ada", Role.EDITOR, PASSWORD, NOW)
    for _ in range(access.MOST_FAILURES):
        with pytest.raises(NotAllowed, match="wrong"):
            access.sign_in(store, "ada", "not the password", "127.0.0.1", NOW)
    with pytest.raises(NotAllowed, match="Too many"):
        access.sign_in(store, "ada", PASSWORD, "127.0.0.1", NOW)
    later = NOW + timedelta(minutes=access.FAILURE_MINUTES, seconds=1)
    assert access.sign_in(store, "ada", PASSWORD, "127.0.0.1", later).session.operator == "ada"


def test_a_wrong_name_and_a_wrong_password_sound_the_same(store: AccountStore) -> None:
    access.add_operator(store, "ada", Role.EDITOR, PASSWORD, NOW)
    told = set()
    for name, password in (("ada", "wrong wrong wrong"), ("eve", PASSWORD)):
        with pytest.raises(NotAllowed) as error:
            access.sign_in(store, name, password, "127.0.0.1", NOW)
        told.add(str(error.value))
    assert len(told) == 1


def test_disabling_ends_sessions_and_tokens_at_once(store: AccountStore) -> None:
    access.add_operator(store, "root", Role.ADMINISTRATOR, PASSWORD, NOW)
    access.add_operator(store, "ada", Role.EDITOR, PASSWORD, NOW)
    signed = access.sign_in(store, "ada", PASSWORD, "127.0.0.1", NOW)
    issued = access.issue_token(store, "ada", "ci", frozenset({Permission.READ}), NOW)
    assert access.token_actor(store, issued.text, NOW) is not None
    access.change_operator(store, "ada", disabled=True)
    assert access.session_actor(store, signed.secret, NOW) is None
    assert access.token_actor(store, issued.text, NOW) is None


def test_tokens_are_cut_to_their_scopes_and_expire(store: AccountStore) -> None:
    access.add_operator(store, "ada", Role.EDITOR, PASSWORD, NOW)
    issued = access.issue_token(store, "ada", "report", frozenset({Permission.READ}), NOW, days=1)
    actor = access.token_actor(store, issued.text, NOW)
    assert actor is not None
    assert actor.permissions == {Permission.READ}
    assert issued.text not in repr(store.tokens())
    assert access.token_actor(store, issued.text + "x", NOW) is None
    assert access.token_actor(store, issued.text, NOW + timedelta(days=1)) is None
    with pytest.raises(NotAllowed):
        access.issue_token(store, "ada", "too much", frozenset({Permission.ADMINISTER}), NOW)


def test_the_last_administrator_stays(store: AccountStore) -> None:
    access.add_operator(store, "root", Role.ADMINISTRATOR, PASSWORD, NOW)
    for change in ({"disabled": True}, {"role": Role.REPORTER}):
        with pytest.raises(Conflict):
            access.change_operator(store, "root", **change)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "x" * 300, "ada@example.org"])
def test_weak_passwords_are_refused_without_being_repeated(store: AccountStore, password: str) -> None:
    with pytest.raises(BadValue) as error:
        access.add_operator(store, "ada@example.org", Role.EDITOR, password, NOW)
    assert password not in str(error.value)


@pytest.mark.parametrize("name", ["", "ab", "a b c", "x" * 70, "ünïcode", "-ada"])
def test_names_that_cannot_be_used(name: str) -> None:
    with pytest.raises(BadValue):
        check_name(name)


def test_passwords_are_argon2id_and_an_empty_hash_never_fits() -> None:
    stored = hash_password(PASSWORD)
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, PASSWORD)
    assert not verify_password(stored, PASSWORD + " ")
    assert not verify_password("", PASSWORD)
    assert not verify_password("not a hash", PASSWORD)


def test_the_command_line_may_do_everything() -> None:
    for permission in Permission:
        COMMAND_LINE.require(permission)
