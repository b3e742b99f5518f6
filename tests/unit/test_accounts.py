"""Employees' accounts: logging in, back-off, sessions, and what is no good as a name or a password."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from bot.accounts import FREE_TRIES, FREE_TRIES_OF_ADDRESS, LONGEST_PAUSE, Accounts, pause_after
from bot.errors import InvalidValue, LoginRefused
from tests.fakes.accounts import QUICK, MemoryAccountStore
from tests.fakes.inbox import PASSWORD, Clock

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(clock: Clock) -> Accounts:
    made = Accounts(MemoryAccountStore(), clock, hasher=QUICK, idle=timedelta(minutes=30), longest=timedelta(hours=8))
    made.create("Anna", "medewerker", PASSWORD)
    return made


def refused(accounts: Accounts, name: str, password: str, address: str = HERE) -> int:
    """Return the seconds to wait that a refused login tells."""
    with pytest.raises(LoginRefused) as told:
        accounts.login(name, password, address)
    return told.value.seconds


def test_who_has_the_password_gets_a_session_of_their_own(accounts: Accounts) -> None:
    one, two = accounts.login("anna", PASSWORD, HERE), accounts.login("  Anna ", PASSWORD, HERE)
    assert one != two
    assert len(one) >= 43
    anna = accounts.who(one)
    assert anna
    assert (anna.name, anna.role) == ("Anna", "medewerker")
    accounts.logout(one)
    assert accounts.who(one) is None
    assert accounts.who(two) == accounts.get("anna")


def test_passwords_are_hashed_with_argon2_and_never_shown(accounts: Accounts) -> None:
    anna = accounts.get("anna")
    assert anna.password.startswith("$argon2id$")
    assert PASSWORD not in repr(anna)
    assert anna.password not in repr(anna)


def test_nobody_else_gets_in(accounts: Accounts) -> None:
    accounts.welcome("https://login.example 42", "bram", "medewerker")
    for name, password in (("anna", PASSWORD + "."), ("cor", PASSWORD), ("anna", ""), ("bram", ""), ("", "")):
        assert refused(accounts, name, password) == 0


def test_too_many_tries_make_a_name_wait_ever_longer(accounts: Accounts, clock: Clock) -> None:
    waits = []
    for _ in range(FREE_TRIES + 3):
        if wait := refused(accounts, "anna", "fout wachtwoord"):
            waits.append(wait)
            assert refused(accounts, "anna", PASSWORD, ELSEWHERE) == wait, "not even the right one, from elsewhere"
            clock.go(seconds=wait)
            refused(accounts, "anna", "fout wachtwoord")
    assert waits == [15, 30, 60]
    clock.go(seconds=120)
    assert accounts.login("anna", PASSWORD, HERE)
    assert refused(accounts, "anna", "fout wachtwoord") == 0, "a good login forgives"


def test_an_unknown_name_waits_just_the_same(accounts: Accounts) -> None:
    known = [refused(accounts, "anna", "fout wachtwoord", HERE) for _ in range(FREE_TRIES + 1)]
    unknown = [refused(accounts, "niemand", "fout wachtwoord", ELSEWHERE) for _ in range(FREE_TRIES + 1)]
    assert known == unknown


def test_one_address_can_not_try_all_names(accounts: Accounts) -> None:
    for number in range(FREE_TRIES_OF_ADDRESS):
        assert refused(accounts, f"naam{number}", "fout wachtwoord") == 0
    assert refused(accounts, "anna", PASSWORD)
    assert accounts.login("anna", PASSWORD, ELSEWHERE)


def test_one_computer_with_many_addresses_is_one(accounts: Accounts) -> None:
    for number in range(FREE_TRIES_OF_ADDRESS):
        assert refused(accounts, f"naam{number}", "fout wachtwoord", f"2001:db8:0:1::{number}") == 0
    assert refused(accounts, "anna", PASSWORD, "2001:db8:0:1:ffff::1")
    assert accounts.login("anna", PASSWORD, "2001:db8:0:2::1")


def test_an_office_behind_one_address_is_not_locked_out(accounts: Accounts) -> None:
    for _ in range(2 * FREE_TRIES_OF_ADDRESS):
        assert accounts.login("anna", PASSWORD, HERE)


def test_tries_at_the_same_time_count_as_well(accounts: Accounts) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: refused(accounts, "anna", "fout wachtwoord"), range(20)))
    assert waits.count(0) == FREE_TRIES


def test_pauses_grow_to_a_bound() -> None:
    pauses = [pause_after(tries, FREE_TRIES) for tries in range(200)]
    assert pauses == sorted(pauses)
    assert pauses[FREE_TRIES - 1] == timedelta(0) < pauses[FREE_TRIES]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_session_ends_when_it_is_not_used(accounts: Accounts, clock: Clock) -> None:
    token = accounts.login("anna", PASSWORD, HERE)
    for _ in range(4):
        clock.go(minutes=20)
        assert accounts.who(token)
    clock.go(minutes=31)
    assert accounts.who(token) is None
    clock.go(minutes=-30)
    assert accounts.who(token) is None, "what ended doesn't come back"


def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(accounts: Accounts, clock: Clock) -> None:
    token = accounts.login("anna", PASSWORD, HERE)
    for _ in range(3):
        clock.go(minutes=10)
        assert accounts.who(token, active=False)
    clock.go(minutes=1)
    assert accounts.who(token, active=False) is None


def test_a_session_ends_at_the_end_of_the_day_in_any_case(accounts: Accounts, clock: Clock) -> None:
    token = accounts.login("anna", PASSWORD, HERE)
    for _ in range(24):
        clock.go(minutes=20)
        assert accounts.who(token)
    clock.go(minutes=20)
    assert accounts.who(token) is None


def test_a_closed_account_is_out_at_once_and_stays_out(accounts: Accounts) -> None:
    token = accounts.login("anna", PASSWORD, HERE)
    accounts.disable("ANNA")
    assert accounts.who(token) is None
    assert refused(accounts, "anna", PASSWORD) == 0
    accounts.enable("anna")
    assert accounts.who(token) is None
    assert accounts.who(accounts.login("anna", PASSWORD, HERE))


def test_a_new_password_ends_the_sessions_of_the_old_one(accounts: Accounts) -> None:
    token = accounts.login("anna", PASSWORD, HERE)
    accounts.set_password("anna", "een heel ander lang wachtwoord")
    assert accounts.who(token) is None
    assert refused(accounts, "anna", PASSWORD) == 0
    assert accounts.login("anna", "een heel ander lang wachtwoord", HERE)


def test_a_new_role_holds_at_once(accounts: Accounts) -> None:
    token = accounts.login("anna", PASSWORD, HERE)
    accounts.set_role("anna", "beheerder")
    anna = accounts.who(token)
    assert anna
    assert anna.role == "beheerder"


def test_an_old_hash_is_made_anew_at_the_next_login(clock: Clock) -> None:
    store = MemoryAccountStore()
    Accounts(store, clock, hasher=QUICK).create("Anna", "medewerker", PASSWORD)
    stronger = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    accounts = Accounts(store, clock, hasher=stronger)
    accounts.login("anna", PASSWORD, HERE)
    assert not stronger.check_needs_rehash(accounts.get("anna").password)
    assert accounts.login("anna", PASSWORD, HERE)


def test_openid_connect_makes_an_account_and_updates_its_role(accounts: Accounts) -> None:
    first = accounts.welcome("https://login.example 42", "bram", "medewerker")
    second = accounts.welcome("https://login.example 42", "bram van dam", "beheerder")
    bram = accounts.who(first)
    assert bram == accounts.who(second)
    assert bram
    assert (bram.name, bram.role) == ("bram", "beheerder")
    accounts.disable("bram")
    with pytest.raises(LoginRefused):
        accounts.welcome("https://login.example 42", "bram", "beheerder")


def test_openid_connect_takes_over_no_account_by_its_name(accounts: Accounts) -> None:
    with pytest.raises(LoginRefused):
        accounts.welcome("https://login.example 43", "ANNA", "beheerder")
    assert accounts.get("anna").role == "medewerker"


@pytest.mark.parametrize("name", ["", "a", " ", "<b>x</b>", "a\nb\x00", "-streep", "x" * 61, "punt.", "‮omgekeerd"])
def test_a_name_that_is_no_good(accounts: Accounts, name: str) -> None:
    with pytest.raises(InvalidValue):
        accounts.create(name, "medewerker", PASSWORD)


@pytest.mark.parametrize("name", ["bo", "Anna de Vries", "j.o'neil@ggz.example", "Zoë", "d’Ancona-Smit", "x" * 60])
def test_a_name_that_is_good(accounts: Accounts, name: str) -> None:
    assert accounts.create(name, "medewerker", PASSWORD).name == name


@pytest.mark.parametrize("password", ["", "kort", "x" * 201, "aaaaaaaaaaaaaaaa", "abababababababab", "bramvandambra"])
def test_a_password_that_is_no_good(accounts: Accounts, password: str) -> None:
    with pytest.raises(InvalidValue):
        accounts.create("bramvandam", "medewerker", password)


def test_what_else_is_refused(accounts: Accounts) -> None:
    with pytest.raises(InvalidValue, match="al een account"):
        accounts.create("ANNA", "medewerker", PASSWORD)
    with pytest.raises(InvalidValue, match="medewerker of beheerder"):
        accounts.create("bram", "baas", PASSWORD)
    with pytest.raises(InvalidValue, match="geen account"):
        accounts.disable("niemand")
    accounts.welcome("https://login.example 42", "bram", "medewerker")
    with pytest.raises(InvalidValue, match="eigen organisatie"):
        accounts.set_password("bram", PASSWORD)
