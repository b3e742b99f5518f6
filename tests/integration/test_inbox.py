"""The inbox over HTTP, without scripts: who gets in, what employees do, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import httpx
import pytest

from bot.rules.numbers import Numbers
from bot.settings import Settings
from bot.web.inbox import words
from tests.fakes.inbox import PASSWORD, Clock, Employee, Inbox, hidden_in, inbox_site, token_in


class Site(Inbox):
    """The inbox that all tests of this module share, and where it is."""

    base = ""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site(Settings.from_environment({}), Clock())
    with inbox_site(site) as site.base:
        yield site


@pytest.fixture
def anna(site: Site) -> Iterator[Employee]:
    with Employee(site.base, "Anna") as anna:
        yield anna


@pytest.fixture
def bram(site: Site) -> Iterator[Employee]:
    with Employee(site.base, "Bram") as bram:
        yield bram


@pytest.fixture
def cor(site: Site) -> Iterator[Employee]:
    with Employee(site.base, "Cor") as cor:
        yield cor


def text_of(answer: httpx.Response) -> str:
    """Return a page as one line without markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def whats(site: Site, number: int) -> list[str]:
    return [event.what for event in site.helpdesk.events(number)]


# --- getting in


def test_without_an_account_the_inbox_is_closed_and_says_how_to_open_it() -> None:
    inbox = Inbox(people=False)
    with inbox_site(inbox) as base, Employee(base) as stranger:
        shown = stranger.get("/inbox/", follow_redirects=True)
        assert shown.status_code == 403
        assert "make medewerker" in shown.text
        assert "<form" not in shown.text
        inbox.accounts.create("Anna", "medewerker", PASSWORD)
        assert stranger.login("Anna").status_code == 303, "no restart is needed"


def test_a_stranger_sees_the_login_page_and_nothing_else(site: Site) -> None:
    number = site.asked("Een geheime vraag").number
    with Employee(site.base) as stranger:
        for path in ("/inbox", "/inbox/", f"/inbox/vraag/{number}", "/inbox/accounts"):
            answer = stranger.get(path, follow_redirects=True)
            assert answer.url.path == "/inbox/inloggen"
            assert "geheime" not in answer.text
        for path in (f"/inbox/vraag/{number}/nieuw?na=0", "/inbox/stand"):
            assert stranger.get(path).status_code == 401
        answer = stranger.post(f"/inbox/vraag/{number}/sluit", data={"csrf": "x"})
        assert answer.status_code == 401
    assert site.helpdesk.load(number).state == "nieuw"


def test_the_login_leads_to_the_page_that_was_asked_for(site: Site) -> None:
    number = site.asked().number
    with Employee(site.base) as anna:
        asked = anna.get(f"/inbox/vraag/{number}", follow_redirects=True)
        fields = hidden_in(asked.text, "/inbox/inloggen")
        answer = anna.post("/inbox/inloggen", data={**fields, "naam": "Anna", "wachtwoord": PASSWORD})
        assert answer.headers["location"] == f"/inbox/vraag/{number}"


@pytest.mark.parametrize(
    "goal", ["https://boef.example/", "//boef.example", "/inbox//boef.example", "/inbox/../x", "/inbox/\\boef", "/plan"]
)
def test_the_login_never_leads_elsewhere(site: Site, goal: str) -> None:
    with Employee(site.base) as anna:
        answer = anna.login("Anna", naar=goal)
        assert answer.headers["location"] in ("/inbox/", "/inbox/../x")
        assert anna.get(answer.headers["location"], follow_redirects=True).url.host == "127.0.0.1"


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(site: Site) -> None:
    with Employee(site.base) as stranger:
        wrong, unknown = stranger.login("Anna", "fout wachtwoord"), stranger.login("Niemand", "fout wachtwoord")
    assert wrong.status_code == unknown.status_code == 422
    assert text_of(wrong) == text_of(unknown)
    assert words.WRONG_LOGIN in text_of(wrong)
    assert "fout wachtwoord" not in wrong.text


def test_too_many_tries_are_told_to_wait(site: Site) -> None:
    site.accounts.create("Dirk", "medewerker", PASSWORD)
    with Employee(site.base) as stranger:
        answers = [stranger.login("Dirk", "fout wachtwoord") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [422] * 5 + [429]
        assert answers[-1].headers["retry-after"] == "15"
        assert "Wacht 15 seconden" in text_of(answers[-1])
        assert stranger.login("Dirk").status_code == 429
        site.clock.go(seconds=16)
        assert stranger.login("Dirk").status_code == 303


def test_an_address_that_asks_too_often_is_told_to_wait() -> None:
    with inbox_site(Inbox(per_minute=3)) as base, Employee(base) as stranger:
        answers = [stranger.login("Anna", "fout wachtwoord") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert answers[-1].headers["retry-after"] == "20"


def test_the_session_is_new_at_every_login_and_over_at_logout(site: Site) -> None:
    with Employee(site.base) as anna:
        anna.cookies.set("ips_inbox", "vooraf-gekozen-door-een-ander", "127.0.0.1", "/inbox")
        assert anna.login("Anna").status_code == 303
        first = anna.cookies["ips_inbox"]
        assert first != "vooraf-gekozen-door-een-ander"
        assert anna.login("Anna").status_code == 303
        second = anna.cookies["ips_inbox"]
        assert site.accounts.who(first) is None, "the session that this browser had is over"
        assert site.accounts.who(second)
        csrf = token_in(anna.get("/inbox/").text)
        assert second not in anna.get("/inbox/").text
        assert anna.post("/inbox/uitloggen", data={"csrf": csrf}).headers["location"] == "/inbox/inloggen?uit=1"
        assert site.accounts.who(second) is None
        assert "ips_inbox" not in anna.cookies


def test_the_cookie_is_for_this_browser_and_these_pages_only(site: Site) -> None:
    with Employee(site.base) as anna:
        cookie = next(c for c in anna.login("Anna").headers.get_list("set-cookie") if c.startswith("ips_inbox="))
    assert {"HttpOnly", "Path=/inbox", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "secure" not in cookie.lower(), "over plain HTTP on loopback it would not come back"
    assert "max-age" not in cookie.lower(), "it goes with the browser"


def test_behind_tls_the_cookie_is_secure() -> None:
    inbox = Inbox(Settings.from_environment({"IPS_PUBLIC_URL": "https://ips.voorbeeld.nl"}))
    with inbox_site(inbox) as base, httpx.Client(base_url=base, trust_env=False) as anna:
        anna.headers.update({"Host": "ips.voorbeeld.nl", "Origin": "https://ips.voorbeeld.nl"})
        page = anna.get("/inbox/inloggen")
        assert "Secure" in page.headers["set-cookie"]
        name, value = page.headers["set-cookie"].partition(";")[0].split("=", 1)
        assert name == "__Secure-ips_inbox_login"
        fields = {"csrf": token_in(page.text), "naam": "Anna", "wachtwoord": PASSWORD}
        answer = anna.post("/inbox/inloggen", data=fields, headers={"Cookie": f"{name}={value}"})
        session = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("__Secure-ips_inbox="))
        assert {"Secure", "HttpOnly"} <= {part.strip() for part in session.split(";")}


def test_a_disabled_account_is_out_at_the_next_click(site: Site, anna: Employee) -> None:
    site.accounts.create("Els", "medewerker", PASSWORD)
    with Employee(site.base, "Els") as els:
        assert els.get("/inbox/").status_code == 200
        site.accounts.disable("Els")
        assert els.get("/inbox/").headers["location"].startswith("/inbox/inloggen")
        assert els.login("Els").status_code == 422
    assert anna.get("/inbox/").status_code == 200


def test_who_was_away_too_long_gets_the_text_back(site: Site) -> None:
    number = site.asked().number
    with Employee(site.base, "Anna") as anna:
        fields = anna.form(number, "antwoord")
        site.clock.go(minutes=61)
        typed = "Een lang <b>antwoord</b> dat niet verloren mag gaan."
        lapsed = anna.post(f"/inbox/vraag/{number}/antwoord", data={**fields, "tekst": typed})
    assert lapsed.status_code == 401
    assert "Een lang &lt;b&gt;antwoord&lt;/b&gt; dat niet verloren mag gaan." in lapsed.text
    assert f"naar=/inbox/vraag/{number}" in lapsed.text
    assert site.helpdesk.load(number).state == "nieuw"


# --- forms


def test_a_form_needs_the_token_of_its_session(site: Site, anna: Employee, bram: Employee) -> None:
    number = site.asked().number
    own = anna.form(number, "sluit")["csrf"]
    foreign = bram.form(number, "sluit")["csrf"]
    assert own != foreign
    for token in ({}, {"csrf": ""}, {"csrf": foreign}, {"csrf": "é"}):
        answer = anna.post(f"/inbox/vraag/{number}/sluit", data={**token, "x": "y"})
        assert answer.status_code == 403
        assert words.WRONG_FORM in text_of(answer)
    assert site.helpdesk.load(number).state == "nieuw"


@pytest.mark.parametrize("origin", ["https://boef.example", "null", "", "https://www.site.example"])
def test_a_form_on_another_site_is_refused(site: Site, anna: Employee, origin: str) -> None:
    """The last one may embed the chat, and still has no business here."""
    number = site.asked().number
    fields = anna.form(number, "sluit")
    anna.headers["Origin"] = origin
    if not origin:
        del anna.headers["Origin"]
    assert anna.post(f"/inbox/vraag/{number}/sluit", data=fields).status_code == 403
    assert site.helpdesk.load(number).state == "nieuw"


def test_the_login_form_can_not_be_sent_from_elsewhere(site: Site) -> None:
    with Employee(site.base) as stranger:
        page = token_in(stranger.get("/inbox/inloggen").text)
        fields = {"csrf": page, "naam": "Anna", "wachtwoord": PASSWORD}
        refused = stranger.post("/inbox/inloggen", data=fields, headers={"Origin": "https://boef.example"})
        assert refused.status_code == 403
        stranger.cookies.clear()
        lapsed = stranger.post("/inbox/inloggen", data=fields)
        assert lapsed.status_code == 403
        assert words.LOGIN_LAPSED in text_of(lapsed)
        assert "ips_inbox" not in stranger.cookies


def test_what_is_no_form_is_refused_in_dutch(site: Site, anna: Employee) -> None:
    number = site.asked().number
    path = f"/inbox/vraag/{number}/sluit"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    many = "&".join(f"a{n}=1" for n in range(200))
    for content, headers, status in (
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"tekst=" + b"x" * 600_000, form, 413),
        (many.encode(), form, 400),
        (b"\xff\xfe", form, 400),
    ):
        answer = anna.post(path, content=content, headers=headers)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert "Dit lukt niet" in text_of(answer)
    assert site.helpdesk.load(number).state == "nieuw"


@pytest.mark.parametrize(
    ("method", "path", "status", "told"),
    [
        ("GET", "/inbox/vraag/999999", 404, words.NO_TICKET),
        ("GET", "/inbox/vraag/abc", 404, words.NO_PAGE),
        ("GET", "/inbox/onzin", 404, words.NO_PAGE),
        ("GET", "/inbox/static/../desk.py", 404, words.NO_PAGE),
        ("GET", "/inbox/static/%2e%2e%2fdesk.py", 404, words.NO_PAGE),
        ("GET", "/inbox/vraag/1/sluit", 405, words.WRONG_METHOD),
        ("PUT", "/inbox/", 405, words.WRONG_METHOD),
        ("GET", "/inbox/oidc/begin", 404, words.NO_PAGE),
        ("GET", "/inbox/oidc/terug?code=x&state=y", 404, words.NO_PAGE),
    ],
)
def test_an_error_is_a_page_in_dutch(anna: Employee, method: str, path: str, status: int, told: str) -> None:
    answer = anna.request(method, path)
    if path.startswith("/inbox/static/.."):  # the client itself takes the dots out
        assert answer.status_code == 404
        return
    assert answer.status_code == status
    assert told in text_of(answer)
    assert 'lang="nl"' in answer.text


def test_a_store_that_is_away_is_said_in_dutch(site: Site, anna: Employee) -> None:
    number = site.asked().number
    form = anna.form(number, "notitie")
    site.tickets.down = True
    try:
        answer = anna.get(f"/inbox/vraag/{number}")
        noted = anna.post(f"/inbox/vraag/{number}/notitie", data={**form, "notitie": "Bel <b>morgen</b> terug."})
    finally:
        site.tickets.down = False
    assert answer.status_code == noted.status_code == 503
    assert words.STORE_DOWN in text_of(answer)
    assert "Bel &lt;b&gt;morgen&lt;/b&gt; terug." in noted.text, "what was typed is given back"


class Broken(Inbox):
    """An inbox whose numbers have a fault of ours."""

    def numbers(self, since: date) -> Numbers:
        raise RuntimeError(f"iets geheims {since}")


def test_a_fault_of_ours_is_a_page_that_tells_nothing() -> None:
    with inbox_site(Broken()) as base, Employee(base, "Cor") as cor:
        answer = cor.get("/inbox/cijfers")
        assert answer.status_code == 500
        assert words.BROKEN in text_of(answer)
        assert "geheims" not in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_every_answer_carries_its_headers(site: Site, anna: Employee) -> None:
    number = site.asked().number
    for path in ("/inbox", "/inbox/", f"/inbox/vraag/{number}", "/inbox/x", "/inbox/stand", "/inbox/inloggen"):
        headers = anna.get(path).headers
        assert headers["cache-control"] == "no-store"
        if path == "/inbox":
            continue
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
    for path in ("/inbox/static/inbox.css", "/inbox/static/inbox.js"):
        assert anna.get(path).headers["content-security-policy"] == policy
    page = anna.get(f"/inbox/vraag/{number}").text
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?! src=)", page), "nothing inline"


# --- the list


def test_the_list_has_what_must_be_done_first_on_top() -> None:
    inbox = Inbox()
    inbox.furnish()
    inbox.clock.go(hours=2)
    with inbox_site(inbox) as base, Employee(base, "Anna") as anna:
        page = anna.get("/inbox/").text
        assert re.findall(r'href="/inbox/vraag/(\d+)"', page) == ["2", "1", "5", "3"]
        shown = text_of(anna.get("/inbox/"))
        assert "4 vragen, waarvan 1 te laat" in shown
        assert "Te laat: het antwoord moest er vandaag om 11:00 zijn" in shown
        assert "Direct 1 Hoog 1 Normaal 2 Laag 0" in shown

        def found(query: str) -> list[str]:
            return re.findall(r'href="/inbox/vraag/(\d+)"', anna.get(f"/inbox/?{query}").text)

        assert found("urgentie=direct") == ["2"]
        assert found("onderwerp=financiering") == ["5"]
        assert found("status=wacht_op_vrager") == ["3"]
        assert found("status=opgelost") == ["4"]
        assert sorted(found("status=alles")) == ["1", "2", "3", "4", "5"]
        assert found("van=mij") == []
        assert found("van=niemand&urgentie=normaal") == ["5"]
        assert found("urgentie=<script>&status=x") == ["2", "1", "5", "3"]
        assert "Geen vragen die bij deze filters passen" in anna.get("/inbox/?van=mij").text
        inbox.helpdesk.take(5, "Anna")
        assert found("van=mij") == ["5"]


def test_an_empty_list_says_so() -> None:
    with inbox_site(Inbox()) as base, Employee(base, "Anna") as anna:
        assert "Er zijn geen open vragen" in anna.get("/inbox/").text


def test_the_mark_of_the_list_changes_with_it(site: Site, anna: Employee) -> None:
    before = anna.get("/inbox/stand").json()
    assert anna.get("/inbox/stand").json() == before
    site.asked()
    assert anna.get("/inbox/stand").json() != before


# --- a ticket


def test_a_ticket_shows_everything_that_an_answer_needs(anna: Employee, site: Site) -> None:
    inbox = Inbox()
    inbox.furnish()
    with inbox_site(inbox) as base, Employee(base, "Anna") as anna:
        shown = text_of(anna.get("/inbox/vraag/1"))
    for said in (
        "En telt een stagiair mee?",
        "Organisatie: beschermd wonen",
        "Er staat een termijn in van hooguit ongeveer een week. Daarom is de urgentie hoog.",
        "De bronnen geven hier een antwoord op.",
        "Hoogstens 25 cliënten per fte trajectbegeleiding. Precies 25 mag ook.",
        "kwaliteitscriterium 6",
        "petra@voorbeeld.nl",
        "Ik vind het goed dat jullie mijn adres gebruiken",
        "Antwoord uiterlijk vandaag om 14:00",
        "Bekeken, door Anna",
    ):
        assert said in shown


def test_looking_is_in_the_audit_trail(site: Site, anna: Employee) -> None:
    number = site.asked().number
    anna.get(f"/inbox/vraag/{number}")
    anna.get(f"/inbox/vraag/{number}/nieuw?na=0")
    looked = [event for event in site.helpdesk.events(number) if event.what == "bekeken"]
    assert [event.by for event in looked] == ["Anna"]


def test_an_answer_goes_to_the_asker_with_the_ticked_sources(site: Site, anna: Employee) -> None:
    inbox = Inbox()
    inbox.furnish()
    with inbox_site(inbox) as base, Employee(base, "Anna") as anna:
        sent = anna.do(1, "antwoord", tekst="Tussen de 20 en 25.\r\n\r\nGroet", bron="0")
        assert sent.headers["location"] == "/inbox/vraag/1?gedaan=antwoord"
        assert "Je antwoord is verstuurd." in text_of(anna.get(sent.headers["location"]))
    ticket = inbox.helpdesk.load(1)
    said = ticket.messages[-1]
    assert (said.who, said.by, said.text) == ("person", "Anna", "Tussen de 20 en 25.\n\nGroet")
    assert [ref.section for ref in said.sources] == ["kwaliteitscriterium 6"]
    assert (ticket.assignee, ticket.held, ticket.state) == ("Anna", True, "wacht_op_vrager")


def test_the_same_form_twice_is_done_once(site: Site, anna: Employee) -> None:
    number = site.asked().number
    for act, field in (("antwoord", "tekst"), ("notitie", "notitie")):
        fields = {**anna.form(number, act), field: f"Tekst van {act}"}
        answers = [anna.post(f"/inbox/vraag/{number}/{act}", data=fields) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {303}
    assert [m.who for m in site.helpdesk.load(number).messages] == ["asker", "person", "note"]


def test_the_second_employee_is_told_who_took_it_and_keeps_the_text(site: Site, anna: Employee, bram: Employee) -> None:
    number = site.asked().number
    fields = {**bram.form(number, "antwoord"), "tekst": "Het antwoord van Bram"}
    anna.do(number, "antwoord", tekst="Het antwoord van Anna")
    refused = bram.post(f"/inbox/vraag/{number}/antwoord", data=fields)
    assert refused.status_code == 409
    assert "Anna heeft deze vraag vandaag om" in text_of(refused)
    assert "Het antwoord van Bram</textarea>" in refused.text
    assert [m.by for m in site.helpdesk.load(number).messages if m.who == "person"] == ["Anna"]
    again = {**hidden_in(refused.text, f"/inbox/vraag/{number}/antwoord"), "tekst": "Aanvulling van Bram"}
    assert bram.post(f"/inbox/vraag/{number}/antwoord", data={**again, "overnemen": "1"}).status_code == 303
    ticket = site.helpdesk.load(number)
    assert ticket.assignee == "Bram"
    assert [m.by for m in ticket.messages if m.who == "person"] == ["Anna", "Bram"]


def test_what_came_in_meanwhile_is_shown_first_and_the_text_kept(site: Site, anna: Employee) -> None:
    number = site.asked().number
    fields = {**anna.form(number, "antwoord"), "tekst": "Mijn antwoord"}
    site.helpdesk.asker_said(number, "later", "O wacht, het gaat om cmd.")
    refused = anna.post(f"/inbox/vraag/{number}/antwoord", data=fields)
    assert refused.status_code == 409
    assert words.STALE in text_of(refused)
    assert "Vrager nieuw" in text_of(refused)
    assert text_of(refused).count(" nieuw ") >= 1
    assert "Mijn antwoord</textarea>" in refused.text
    again = {**hidden_in(refused.text, f"/inbox/vraag/{number}/antwoord"), "tekst": "Mijn antwoord over cmd"}
    assert anna.post(f"/inbox/vraag/{number}/antwoord", data=again).status_code == 303
    assert site.helpdesk.load(number).messages[-1].text == "Mijn antwoord over cmd"


def test_the_second_who_picks_it_up_is_told_so(site: Site, anna: Employee, bram: Employee) -> None:
    number = site.asked().number
    assert anna.do(number, "pak-op").status_code == 303
    fields = bram.form(number, "antwoord")
    refused = bram.post(f"/inbox/vraag/{number}/pak-op", data=fields)
    assert refused.status_code == 409
    assert "Anna heeft deze vraag" in text_of(refused)


def test_everything_that_can_be_done_with_a_ticket(site: Site, anna: Employee) -> None:
    number = site.asked().number
    load = site.helpdesk.load
    anna.do(number, "pak-op")
    assert (load(number).held, load(number).assignee) == (True, "Anna")
    anna.do(number, "geef-terug")
    assert (load(number).held, load(number).assignee) == (False, "")
    anna.do(number, "wijs-toe", aan="Bram")
    assert load(number).assignee == "Bram"
    anna.do(number, "wijs-toe", aan="")
    assert load(number).assignee == ""
    anna.do(number, "notitie", notitie="Even navragen")
    assert load(number).messages[-1].who == "note"
    anna.do(number, "wacht")
    assert load(number).state == "wacht_op_vrager"
    anna.do(number, "triage", onderwerp="training", urgentie="laag")
    assert (load(number).category, load(number).urgency) == ("training", "laag")
    anna.do(number, "had-geweten")
    assert len(site.questions.kept()) == 1
    assert "Gemeld: dit had de bot moeten weten" in text_of(anna.get(f"/inbox/vraag/{number}"))
    anna.do(number, "sluit")
    assert load(number).state == "opgelost"
    anna.do(number, "heropen")
    assert load(number).state == "nieuw"
    trail = {event.what for event in site.helpdesk.events(number) if event.by == "Anna"}
    done = {"opgepakt", "teruggegeven", "toegewezen", "notitie", "wacht", "triage_gewijzigd", "had_geweten"}
    assert done | {"opgelost", "heropend", "bekeken"} == trail
    shown = text_of(anna.get(f"/inbox/vraag/{number}"))
    assert "Indeling verbeterd (Training, Laag, eerst Kwaliteitscriteria en Normaal), door Anna" in shown
    assert "Toegewezen (aan Bram), door Anna" in shown


def test_what_an_asker_told_can_be_erased(site: Site, anna: Employee) -> None:
    number = site.asked("Wis mij alsjeblieft", summary=("Organisatie: ggz",), suggestion="Voorstel").number
    fields = {**anna.form(number, "antwoord"), "tekst": "Te laat"}
    anna.do(number, "wis")
    shown = text_of(anna.get(f"/inbox/vraag/{number}"))
    for gone in ("Wis mij alsjeblieft", "Organisatie: ggz", "Voorstel", "Gegevens wissen", "Heropen"):
        assert gone not in shown
    assert site.helpdesk.load(number).state == "opgelost"
    late = anna.post(f"/inbox/vraag/{number}/antwoord", data=fields)
    assert late.status_code == 422
    assert "gegevens gewist" in text_of(late)


@pytest.mark.parametrize(
    ("act", "fields", "told"),
    [
        ("antwoord", {"tekst": " \n\t "}, words.EMPTY_ANSWER),
        ("antwoord", {"tekst": "x" * 20_001}, "te lang"),
        ("notitie", {"notitie": ""}, words.EMPTY_NOTE),
        ("triage", {"onderwerp": "onzin", "urgentie": "laag"}, words.CHOOSE_CATEGORY),
        ("triage", {"onderwerp": "training", "urgentie": "morgen"}, words.CHOOSE_URGENCY),
        ("wijs-toe", {"aan": "Niemand van ons"}, words.CHOOSE_PERSON),
    ],
)
def test_what_can_not_be_done_is_said_on_the_page(
    site: Site, anna: Employee, act: str, fields: dict[str, str], told: str
) -> None:
    number = site.asked().number
    refused = anna.do(number, act, **fields)
    assert refused.status_code == 422
    assert told in text_of(refused)
    assert site.helpdesk.load(number).version == 1


def test_a_made_up_mark_of_a_form_is_refused(site: Site, anna: Employee) -> None:
    number = site.asked().number
    for key in ("", "kort", "x" * 65, "met spaties er in, dus fout"):
        assert anna.do(number, "antwoord", tekst="Hallo", sleutel=key).status_code == 403
    assert site.helpdesk.load(number).version == 1


def test_new_messages_come_without_a_reload(site: Site, anna: Employee) -> None:
    number = site.asked().number
    site.helpdesk.asker_said(number, "twee", "Nog <b>iets</b>")
    fresh = anna.get(f"/inbox/vraag/{number}/nieuw?na=1").json()
    assert [said["text"] for said in fresh["messages"]] == ["Nog <b>iets</b>"]
    assert (fresh["count"], fresh["version"]) == (2, site.helpdesk.load(number).version)
    for after in ("2", "", "x", "-1", "99999999999"):
        assert anna.get(f"/inbox/vraag/{number}/nieuw?na={after}").json()["messages"] == []
    assert anna.get("/inbox/vraag/99999/nieuw?na=0").status_code == 404


# --- roles


def test_what_is_for_beheerders_is_for_nobody_else(site: Site, anna: Employee, cor: Employee) -> None:
    for path in ("/inbox/accounts", "/inbox/bewaren"):
        refused = anna.get(path)
        assert refused.status_code == 403
        assert words.NOT_ALLOWED in text_of(refused)
        assert path not in anna.get("/inbox/").text
        assert cor.get(path).status_code == 200
        assert path in cor.get("/inbox/").text


def test_a_beheerder_switches_accounts_off_and_on_but_not_their_own(site: Site, anna: Employee, cor: Employee) -> None:
    site.accounts.create("Fien", "medewerker", PASSWORD)
    csrf = token_in(cor.get("/inbox/accounts").text)
    with Employee(site.base, "Fien") as fien:
        refused = anna.post("/inbox/accounts/zet", data={"csrf": token_in(anna.get("/inbox/").text), "naam": "Fien"})
        assert refused.status_code == 403
        assert cor.post("/inbox/accounts/zet", data={"csrf": csrf, "naam": "Fien", "stand": "uit"}).status_code == 303
        assert fien.get("/inbox/").status_code == 303
        cor.post("/inbox/accounts/zet", data={"csrf": csrf, "naam": "Fien", "stand": "aan"})
        assert fien.login("Fien").status_code == 303
    assert cor.post("/inbox/accounts/zet", data={"csrf": csrf, "naam": "Cor", "stand": "uit"}).status_code == 422
    assert cor.post("/inbox/accounts/zet", data={"csrf": csrf, "naam": "Niemand", "stand": "uit"}).status_code == 422


def test_numbers_are_for_all_and_their_export_for_beheerders(site: Site, anna: Employee, cor: Employee) -> None:
    shown = anna.get("/inbox/cijfers")
    assert shown.status_code == 200
    assert "<svg" in shown.text
    assert ".csv" not in shown.text
    assert anna.get("/inbox/cijfers/weken.csv").status_code == 403
    links = re.findall(r'href="(/inbox/cijfers/[a-z-]+\.csv\?weken=12)"', cor.get("/inbox/cijfers?weken=onzin").text)
    assert len(links) == 6
    for link in links:
        given = cor.get(link)
        assert given.headers["content-type"] == "text/csv; charset=utf-8"
        assert given.headers["content-disposition"].startswith("attachment; filename=")
        assert given.headers["cache-control"] == "no-store"
        assert given.content.startswith(b"\xef\xbb\xbf")
    assert cor.get("/inbox/cijfers/onzin.csv").status_code == 404
