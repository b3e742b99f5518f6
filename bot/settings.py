"""The only reader of the environment: every setting with its name, default and help, declared once."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.errors import SettingError

_META = "setting"


@dataclass(frozen=True)
class Declaration:
    """What a setting is called, what it does, its default as people write it, and how its text is read."""

    name: str
    help: str
    default: str
    read: Callable[[str], Any]
    secret: bool = False


def _text(value: str) -> str:
    return value


def _folder(value: str) -> Path:
    if not value:
        raise ValueError("mag niet leeg zijn")
    return Path(value)


def _address(value: str) -> str:
    if value == "localhost":
        return value
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise ValueError("moet een IP-adres of localhost zijn") from None


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise ValueError(f"moet een heel getal van {low} tot en met {high} zijn")
        return int(value)

    return read


def _one_of(*known: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in known:
            raise ValueError(f"moet {' of '.join(known)} zijn")
        return value

    return read


def _seconds(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0.1 <= number <= 300:
        raise ValueError("moet een aantal seconden van 0.1 tot en met 300 zijn")
    return number


def _names(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _origins(value: str) -> tuple[str, ...]:
    origins = _names(value)
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or f"{parts.scheme}://{parts.netloc}" != origin:
            raise ValueError(
                f"bevat geen geldige herkomst: {origin} (bedoeld is bijvoorbeeld https://www.voorbeeld.nl)"
            )
    return origins


def _site(value: str) -> str:
    if value and (len(_origins(value)) != 1 or "," in value):
        raise ValueError("moet één adres zijn, bijvoorbeeld https://ips.voorbeeld.nl")
    return value


def _redis(value: str) -> str:
    if value and (urlsplit(value).scheme not in ("redis", "rediss") or not urlsplit(value).hostname):
        raise ValueError("moet eruitzien als redis://host:6379/0")
    return value


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))
    if value and (not secure or not parts.netloc or parts.query or parts.fragment):
        raise ValueError("moet een adres zijn dat met https:// begint, precies zoals de aanbieder het noemt")
    return value


def _contact(value: str) -> str:
    if value and not re.fullmatch(r"https://[^\s<>\"']{4,200}|[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+", value, re.ASCII):
        raise ValueError("moet een e-mailadres of een adres met https:// zijn")
    return value


def _guid(value: str) -> str:
    if value and not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value.lower()):
        raise ValueError("moet eruitzien als 01234567-89ab-cdef-0123-456789abcdef")
    return value.lower()


def _guids(value: str) -> tuple[str, ...]:
    return tuple(_guid(each) for each in _names(value))


def _mail_address(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9._+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}", value):
        raise ValueError("moet één mailadres zijn, zoals helpdesk@voorbeeld.nl")
    return value.lower()


def _staff(value: str) -> tuple[str, ...]:
    for each in _names(value):
        _mail_address(f"x{each}" if each.startswith("@") else each)
    return tuple(each.lower() for each in _names(value))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _chance(value: str) -> float | None:
    if not value:
        return None
    if not re.fullmatch(r"0\.[5-9]\d*|1(?:\.0+)?", value):
        raise ValueError("moet een getal van 0.5 tot en met 1 zijn, of leeg")
    return float(value)


def _long_secret(value: str) -> str:
    if value and len(value) < 24:
        raise ValueError("moet minstens 24 tekens hebben")
    return value


_WEEKDAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
_OFFICE = re.compile(r"(\w\w)(?:-(\w\w))? (\d\d?)[.:](\d\d)-(\d\d?)[.:](\d\d)")
URGENCIES = ("direct", "hoog", "normaal", "laag")


def _office_hours(value: str) -> tuple[tuple[int, time, time], ...]:
    """Read "ma-do 9.00-17.00, vr 9.00-12.30" as (weekday, from, until)."""
    week: list[tuple[int, time, time]] = []
    for part in _names(value):
        read = _OFFICE.fullmatch(part.lower())
        try:
            if read is None:
                raise ValueError
            first, last = (_WEEKDAYS.index(day) for day in (read[1], read[2] or read[1]))
            opens, closes = time(int(read[3]), int(read[4])), time(int(read[5]), int(read[6]))
            if first > last or opens >= closes:
                raise ValueError
        except ValueError:
            raise ValueError(
                f"is niet te lezen bij {part} (bedoeld is bijvoorbeeld ma-do 9.00-17.00, vr 9.00-12.30)"
            ) from None
        week += [(day, opens, closes) for day in range(first, last + 1)]
    week.sort()
    if not week:
        raise ValueError("moet ten minste één dag noemen")
    if any(one[0] == two[0] and two[1] < one[2] for one, two in pairwise(week)):
        raise ValueError("noemt een dag twee keer voor dezelfde tijd")
    return tuple(week)


def _dates(value: str) -> frozenset[date]:
    try:
        return frozenset(date.fromisoformat(part) for part in _names(value))
    except ValueError:
        raise ValueError("moet datums noemen zoals 2026-12-24, met komma's ertussen") from None


def _deadlines(value: str) -> tuple[tuple[str, int], ...]:
    """Read "direct=1,hoog=4" as pairs; an urgency that isn't named has no deadline."""
    pairs = [part.partition("=") for part in _names(value)]
    names = [name.strip() for name, _, _ in pairs]
    if not set(names) <= set(URGENCIES) or len(set(names)) < len(names):
        raise ValueError(f"mag alleen noemen, elk één keer: {', '.join(URGENCIES)}")
    return tuple((name, _whole(1, 2000)(hours.strip())) for name, (_, _, hours) in zip(names, pairs, strict=True))


_CATEGORY = re.compile(r"[a-z_]{2,40}")


def _pairs(value: str) -> tuple[tuple[str, str], ...]:
    """Read "financiering=Financiën,training=Opleiding" as pairs."""
    pairs = [tuple(half.strip() for half in part.partition("=")[::2]) for part in _names(value)]
    if any(not _CATEGORY.fullmatch(name) or not other for name, other in pairs):
        raise ValueError("moet eruitzien als onderwerp=naam, met komma's ertussen")
    return tuple((name, other) for name, other in pairs)


def _minutes(value: str) -> tuple[tuple[str, int], ...]:
    """Read "direct=15,hoog=60" as pairs."""
    pairs = _pairs(value)
    if not {name for name, _ in pairs} <= {"direct", "hoog"}:
        raise ValueError("mag alleen direct en hoog noemen")
    return tuple((name, _whole(1, 10_000)(minutes)) for name, minutes in pairs)


def _slack_channel(value: str) -> str:
    if value and not re.fullmatch(r"[CG][A-Z0-9]{5,20}", value):
        raise ValueError("moet de id van een kanaal zijn, zoals C0123ABCD")
    return value


def _teams_channel(value: str) -> str:
    if value and not re.fullmatch(r"19:[\w.-]{5,150}@thread\.(?:tacv2|skype)", value, re.ASCII):
        raise ValueError("moet de id van een kanaal zijn, zoals 19:…@thread.tacv2")
    return value


def _server(value: str) -> str:
    parts = urlsplit(value)
    own = parts.hostname in ("127.0.0.1", "::1", "localhost")
    strange = parts.username or parts.password or parts.query or parts.fragment
    if value and (parts.scheme not in (("https", "http") if own else ("https",)) or not parts.hostname or strange):
        raise ValueError("moet een adres zijn dat met https:// begint")
    return value


def _told(value: str) -> str:
    """Read a place to tell: slack:C…, teams:19:…, mail:adres or an address with https."""
    kind, _, rest = value.partition(":")
    readers = {"slack": _slack_channel, "teams": _teams_channel}
    if kind in readers and rest:
        readers[kind](rest)
    elif kind == "mail" and re.fullmatch(r"[^@\s,;<>\"]+@[\w-]+(?:\.[\w-]+)+", rest):
        return value
    elif value and (urlsplit(value).scheme != "https" or not urlsplit(value).hostname or urlsplit(value).username):
        raise ValueError("moet beginnen met slack:, teams:, mail: of https://")
    return value


def _setting(name: str, default: str, read: Callable[[str], Any], help: str) -> Any:
    return field(metadata={_META: Declaration(name, help, default, read)})


def _secret(name: str, help: str, read: Callable[[str], Any] = _text) -> Any:
    return field(repr=False, metadata={_META: Declaration(name, help, "", read, secret=True)})


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set. Build it with `from_environment`; a secret that isn't set is empty."""

    host: str = _setting("IPS_HOST", "127.0.0.1", _address, "Address of the public port.")
    port: int = _setting("IPS_PORT", "8080", _whole(1, 65535), "The public port.")
    data: Path = _setting("IPS_DATA", "var", _folder, "Folder for the database and the logs.")  # noqa: RUF009
    database_url: str = _setting(
        "IPS_DATABASE_URL", "", _text, "SQLAlchemy URL of the dossiers; empty: one SQLite file in IPS_DATA."
    )
    rasa_port: int = _setting("IPS_RASA_PORT", "5005", _whole(1, 65535), "Rasa's port, on loopback only.")
    actions_port: int = _setting(
        "IPS_ACTIONS_PORT", "5055", _whole(1, 65535), "The action server's port, on loopback only."
    )
    model: str = _setting("IPS_MODEL", "models", _text, "Rasa model, or the folder that holds it.")
    rasa_workers: int = _setting(
        "IPS_RASA_WORKERS",
        "1",
        _whole(1, 32),
        "Rasa processes, each with an action server; on IPS_RASA_PORT, IPS_ACTIONS_PORT and the ports after them.",
    )
    web_workers: int = _setting(
        "IPS_WEB_WORKERS", "1", _whole(1, 32), "Processes behind the public port; more than one need IPS_REDIS_URL."
    )
    redis_url: str = _setting(
        "IPS_REDIS_URL", "", _redis, "Redis that several web processes or machines share; empty: there is one."
    )
    shared_key: str = _secret(
        "IPS_SHARED_KEY",
        "Long random text, the same on every machine: encrypts what they share in Redis. One machine makes its own.",
    )
    max_message: int = _setting("IPS_MAX_MESSAGE", "8000", _whole(1, 20000), "Longest message, in characters.")
    plan_days: int = _setting(
        "IPS_PLAN_DAYS", "90", _whole(1, 3650), "Days without activity after which an implementation plan is deleted."
    )
    question_days: int = _setting(
        "IPS_QUESTION_DAYS", "180", _whole(1, 3650), "Days that a masked question without a good answer is kept."
    )
    rate_per_minute: int = _setting(
        "IPS_RATE_PER_MINUTE", "60", _whole(1, 100000), "Messages a minute that one sender may send."
    )
    rate_per_address: int = _setting(
        "IPS_RATE_PER_ADDRESS", "1200", _whole(1, 1000000), "Requests a minute that one client address may send."
    )
    rasa_timeout: float = _setting(
        "IPS_RASA_TIMEOUT", "20", _seconds, "Seconds that a visitor waits for an answer before the holding reply."
    )
    most_at_once: int = _setting(
        "IPS_MOST_AT_ONCE",
        "60",
        _whole(1, 10000),
        "Messages that one web process lets be answered at the same time; beyond it visitors hear that it is busy.",
    )
    conversation_days: int = _setting(
        "IPS_CONVERSATION_DAYS", "30", _whole(1, 3650), "Days that a conversation without activity is kept."
    )
    allowed_origins: tuple[str, ...] = _setting(
        "IPS_ALLOWED_ORIGINS",
        "",
        _origins,
        "Sites that may embed the chat, comma-separated, as https://www.example.nl.",
    )
    trusted_proxies: tuple[str, ...] = _setting(
        "IPS_TRUSTED_PROXIES", "127.0.0.1", _names, "Addresses of reverse proxies whose X-Forwarded-For is believed."
    )
    site: str = _setting(
        "IPS_PUBLIC_URL", "", _site, "Address at which people reach the public port, for links in Slack and Teams."
    )
    slack_signing_secret: str = _secret(
        "IPS_SLACK_SIGNING_SECRET", "Signing secret of the Slack app; without it and the token Slack is off."
    )
    slack_bot_token: str = _secret("IPS_SLACK_BOT_TOKEN", "Bot token of the Slack app (xoxb-...).")
    slack_api_url: str = _setting(
        "IPS_SLACK_API_URL", "https://slack.com/api", _text, "Slack's Web API; another one is for tests."
    )
    office_hours: tuple[tuple[int, time, time], ...] = _setting(
        "IPS_OFFICE_HOURS",
        "ma-vr 9.00-17.00",
        _office_hours,
        "When employees answer, Dutch time, as ma-do 9.00-17.00, vr 9.00-12.30; public holidays are closed.",
    )
    closed_days: frozenset[date] = _setting(
        "IPS_CLOSED_DAYS", "", _dates, "Days beside the public holidays on which nobody answers, as 2026-12-24."
    )
    deadlines: tuple[tuple[str, int], ...] = _setting(
        "IPS_DEADLINES",
        "direct=1,hoog=4,normaal=16,laag=40",
        _deadlines,
        "Office hours within which a question gets its answer, by urgency; one that is left out has no deadline.",
    )
    ticket_days: int = _setting(
        "IPS_TICKET_DAYS", "365", _whole(1, 3650), "Days after closing that a ticket and its audit trail are kept."
    )
    contact_days: int = _setting(
        "IPS_CONTACT_DAYS", "30", _whole(1, 3650), "Days after closing that an asker's contact details are kept."
    )
    metrics_token: str = _secret(
        "IPS_METRICS_TOKEN", "Bearer token for /metrics from elsewhere; without it only loopback may read it."
    )
    log_format: str = _setting(
        "IPS_LOG_FORMAT", "json", _one_of("json", "text"), "Form of a log line: json, or text to read by eye."
    )
    institute: str = _setting(
        "IPS_INSTITUTE", "", _text, "Name of the institute that offers the assistant, for the privacy page."
    )
    privacy_contact: str = _setting(
        "IPS_PRIVACY_CONTACT", "", _contact, "Where people ask about their data: an e-mail address or an https address."
    )
    security_contact: str = _setting(
        "IPS_SECURITY_CONTACT", "", _contact, "Where a leak is reported, the same way; empty: there is no security.txt."
    )

    teams_app_id: str = _setting("IPS_TEAMS_APP_ID", "", _guid, "App id of the Teams bot; empty: Teams is off.")
    teams_app_password: str = _secret("IPS_TEAMS_APP_PASSWORD", "Client secret of the Teams bot.")
    teams_tenants: tuple[str, ...] = _setting(
        "IPS_TEAMS_TENANTS", "", _guids, "Tenants whose people may use the Teams bot, comma-separated ids."
    )
    teams_app_tenant: str = _setting(
        "IPS_TEAMS_APP_TENANT", "", _guid, "Tenant of a single-tenant Teams bot; empty for a multi-tenant one."
    )
    inbox_idle_minutes: int = _setting(
        "IPS_INBOX_IDLE_MINUTES", "60", _whole(5, 720), "Minutes without use after which an employee is logged out."
    )
    inbox_hours: int = _setting(
        "IPS_INBOX_HOURS", "10", _whole(1, 24), "Hours after which an employee must log in again in any case."
    )
    oidc_issuer: str = _setting(
        "IPS_OIDC_ISSUER", "", _issuer, "Issuer of the OpenID Connect provider that employees log in with; empty: off."
    )
    oidc_client_id: str = _setting("IPS_OIDC_CLIENT_ID", "", _text, "Client id of the inbox at that provider.")
    oidc_client_secret: str = _secret("IPS_OIDC_CLIENT_SECRET", "Client secret of the inbox at that provider.")
    oidc_name_claim: str = _setting(
        "IPS_OIDC_NAME_CLAIM", "preferred_username", _text, "Claim that holds an employee's name, unique per person."
    )
    oidc_role_claim: str = _setting(
        "IPS_OIDC_ROLE_CLAIM", "roles", _text, "Claim that holds the roles; a path with dots goes deeper."
    )
    oidc_employees: str = _setting(
        "IPS_OIDC_EMPLOYEES", "medewerker", _text, "Value in that claim that makes somebody a medewerker."
    )
    oidc_admins: str = _setting(
        "IPS_OIDC_ADMINS", "beheerder", _text, "Value in that claim that makes somebody a beheerder."
    )

    zammad_url: str = _setting("IPS_ZAMMAD_URL", "", _server, "Address of Zammad; empty: Zammad is off.")
    zammad_token: str = _secret("IPS_ZAMMAD_TOKEN", "Access token of IPS-wijzer's own user in Zammad.")
    zammad_webhook_secret: str = _secret(
        "IPS_ZAMMAD_WEBHOOK_SECRET", "HMAC SHA1 Signature Token of the webhook in Zammad."
    )
    zammad_group: str = _setting("IPS_ZAMMAD_GROUP", "Users", _text, "Group in Zammad of a ticket.")
    zammad_groups: tuple[tuple[str, str], ...] = _setting(
        "IPS_ZAMMAD_GROUPS", "", _pairs, "Other groups by category, as financiering=Finance,training=Training."
    )
    zammad_priorities: tuple[tuple[str, str], ...] = _setting(
        "IPS_ZAMMAD_PRIORITIES",
        "direct=3 high,hoog=3 high,normaal=2 normal,laag=1 low",
        _pairs,
        "Priority in Zammad by urgency.",
    )
    zammad_customer: str = _setting(
        "IPS_ZAMMAD_CUSTOMER", "", _text, "Login in Zammad of whose the tickets are; empty: the token's own user."
    )
    staff_slack: str = _setting(
        "IPS_STAFF_SLACK_CHANNEL", "", _slack_channel, "Channel in Slack where employees answer; empty: none."
    )
    staff_teams: str = _setting(
        "IPS_STAFF_TEAMS_CHANNEL", "", _teams_channel, "Channel in Teams where employees answer; empty: none."
    )
    notify: str = _setting(
        "IPS_NOTIFY",
        "",
        _told,
        "Who is told at once of a direct or hoog question: slack:C…, teams:19:…, mail:address or https://….",
    )
    notify_higher: str = _setting(
        "IPS_NOTIFY_HIGHER", "", _told, "Who is told when nobody takes such a question in time; like IPS_NOTIFY."
    )
    notify_minutes: tuple[tuple[str, int], ...] = _setting(
        "IPS_NOTIFY_MINUTES", "direct=15,hoog=60", _minutes, "Minutes that such a question may be nobody's."
    )

    mail_address: str = _setting(
        "IPS_MAIL_ADDRESS", "", _mail_address, "The helpdesk's own mail address; empty: mail is off."
    )
    mail_name: str = _setting("IPS_MAIL_NAME", "Helpdesk IPS", _text, "Name beside that address.")
    mail_secret: str = _secret(
        "IPS_MAIL_SECRET", "Signs the mails about tickets, 24 characters or more; without it mail is off.", _long_secret
    )
    mail_ca: str = _setting(
        "IPS_MAIL_CA", "", _text, "File with the authority of the mail servers; empty: the system's."
    )
    mail_max_bytes: int = _setting(
        "IPS_MAIL_MAX_BYTES", "10000000", _whole(10_000, 100_000_000), "Largest mail that is fetched whole."
    )
    mail_desk: str = _setting(
        "IPS_MAIL_DESK", "", _mail_address, "Mailbox where employees read and answer tickets; empty: no such mails."
    )
    mail_staff: tuple[str, ...] = _setting(
        "IPS_MAIL_STAFF", "", _staff, "Addresses and @domains whose people may answer by mail, comma-separated."
    )
    mail_authserv: str = _setting(
        "IPS_MAIL_AUTHSERV", "", _text, "Name of our mail server in Authentication-Results; empty: not looked at."
    )
    mail_answer_from: float | None = _setting(
        "IPS_MAIL_ANSWER_FROM", "", _chance, "How sure the triage must be to answer by mail (0.5 to 1); empty: never."
    )
    imap_host: str = _setting("IPS_IMAP_HOST", "", _text, "Server to fetch mail from; empty: no mail comes in.")
    imap_port: int = _setting("IPS_IMAP_PORT", "993", _whole(1, 65535), "Its port.")
    imap_tls: str = _setting("IPS_IMAP_TLS", "tls", _one_of("tls", "starttls", "geen"), "tls, starttls or geen (none).")
    imap_user: str = _setting("IPS_IMAP_USER", "", _text, "User name there.")
    imap_password: str = _secret("IPS_IMAP_PASSWORD", "Password there.")
    imap_folder: str = _setting("IPS_IMAP_FOLDER", "INBOX", _text, "Folder that is read.")
    imap_done_folder: str = _setting(
        "IPS_IMAP_DONE_FOLDER", "", _text, "Folder to move a mail to once it has a ticket; empty: marked as read."
    )
    imap_seconds: float = _setting("IPS_IMAP_SECONDS", "30", _seconds, "Seconds between two looks.")
    imap_look_back: int = _setting(
        "IPS_IMAP_LOOK_BACK", "0", _whole(0, 30), "Days of mail to take in at the first look; 0: only what is new."
    )
    smtp_host: str = _setting("IPS_SMTP_HOST", "", _text, "Server that sends mail; empty: mail is off.")
    smtp_port: int = _setting("IPS_SMTP_PORT", "587", _whole(1, 65535), "Its port.")
    smtp_tls: str = _setting(
        "IPS_SMTP_TLS", "starttls", _one_of("tls", "starttls", "geen"), "tls, starttls or geen (none)."
    )
    smtp_user: str = _setting("IPS_SMTP_USER", "", _text, "User name there; empty: no login.")
    smtp_password: str = _secret("IPS_SMTP_PASSWORD", "Password there.")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read all settings from `environ` (default: the process's); raises SettingError, one line with the name."""
        environ = os.environ if environ is None else environ
        settings = cls(**{each.name: _read(each.metadata[_META], environ) for each in fields(cls)})
        settings._check_mail()
        if settings.web_workers > 1 and not settings.redis_url:
            raise SettingError("IPS_WEB_WORKERS", "boven 1 vraagt om IPS_REDIS_URL")
        if 0 < len(settings.shared_key) < 32:
            raise SettingError("IPS_SHARED_KEY", "moet minstens 32 tekens lang zijn")
        return settings

    @classmethod
    def declarations(cls) -> tuple[Declaration, ...]:
        """Return every setting's declaration, in order."""
        return tuple(each.metadata[_META] for each in fields(cls))

    def _check_mail(self) -> None:
        """Raise SettingError for mail that would go round, or over the network without TLS."""
        if self.mail_desk and self.mail_desk == self.mail_address:
            raise SettingError("IPS_MAIL_DESK", "moet een ander adres zijn dan IPS_MAIL_ADDRESS")
        for name, host, tls in (
            ("IPS_IMAP_TLS", self.imap_host, self.imap_tls),
            ("IPS_SMTP_TLS", self.smtp_host, self.smtp_tls),
        ):
            if tls == "geen" and host and not _is_loopback(host):
                raise SettingError(name, "mag alleen geen zijn voor een server op deze machine")

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the dossiers."""
        return self.database_url or f"sqlite:///{self.data / 'ips-wijzer.sqlite'}"

    @property
    def rasa_workers_urls(self) -> tuple[tuple[str, str], ...]:
        """Where each Rasa listens, and its action server."""
        return tuple(
            (f"http://127.0.0.1:{self.rasa_port + number}", f"http://127.0.0.1:{self.actions_port + number}")
            for number in range(self.rasa_workers)
        )

    @property
    def public_url(self) -> str:
        """The address to show to people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def link_base(self) -> str:
        """What links to our own documents begin with."""
        return self.site or self.public_url


def _read(declaration: Declaration, environ: Mapping[str, str]) -> Any:
    value = environ.get(declaration.name, declaration.default).strip() or declaration.default
    try:
        return declaration.read(value)
    except ValueError as problem:
        raise SettingError(declaration.name, str(problem)) from None
