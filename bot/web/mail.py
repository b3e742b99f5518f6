"""Mail at the public port's side: looks in the mailbox now and then, and lets each mail become what it must."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from bot.errors import MailError, NotReady, StoreError
from bot.helpdesk import Helpdesk
from bot.mail import texts
from bot.mail.imap import ImapMailbox
from bot.mail.line import Line
from bot.mail.signing import Signer
from bot.mail.smtp import SmtpMailer
from bot.model import Knowledge, MailListing, MailPlace, RawMail, Ticket, TicketEvent
from bot.ports import Clock, Mailbox, Mailer, MailLog, MailSession
from bot.settings import Settings
from bot.web.holding import Holding
from bot.web.mail_in import MailIntake, Ways
from bot.web.mail_out import DESK_FOLLOWER, FOLLOWER, MailFollower
from bot.web.triage import Triager

log = logging.getLogger(__name__)

OUT = ("mail_address", "mail_secret", "smtp_host")  # without these mail is off
IN = ("mail_address", "mail_secret", "imap_host", "imap_user", "imap_password")  # and without these none comes in
LONGEST_PAUSE = 900.0
FAILS = 5  # how often a mail may fail in a way that we did not foresee, before a ticket says that it is there
MOST_WAITS = 6  # for the triage, which takes half an hour with its pauses: then a person judges the mail
MOST_AT_ONCE = 50  # mails of one look: then the connection is made anew


class MailPort:
    """Fetches mail for ever, with longer pauses while that fails. `follower` is to be run by `Followers`."""

    def __init__(
        self,
        box: Mailbox,
        intake: MailIntake,
        mails: MailLog,
        now: Clock,
        *,
        every_seconds: float,
        first_days: int,
        holding: Holding | None = None,
    ) -> None:
        self._box, self._intake, self._mails, self._now = box, intake, mails, now
        self._every, self._first_days, self._holding = every_seconds, first_days, holding or Holding()
        self._failed: dict[tuple[int, int], int] = {}  # by UIDVALIDITY and UID
        self._waited: dict[tuple[int, int], int] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to fetch; on the event loop."""
        self._task = asyncio.get_running_loop().create_task(self._fetch_for_ever())

    async def close(self) -> None:
        """Stop; what is not taken in stays in the mailbox."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _fetch_for_ever(self) -> None:
        pause = self._every
        while True:
            try:
                async with self._holding.hold("reading mail") as held:  # one process reads the mailbox
                    more = await self.look() if held else False
                pause = 0.0 if more else self._every
            except (MailError, StoreError, NotReady) as problem:
                pause = min(max(2 * pause, self._every), LONGEST_PAUSE)
                log.warning("mail must wait %d seconds: %s", pause, problem)
            except Exception as problem:  # a bug of ours must not stop the mail
                pause = min(max(2 * pause, self._every), LONGEST_PAUSE)
                log.error("mail failed: %s", type(problem).__name__)
            await asyncio.sleep(pause)

    async def look(self) -> bool:
        """Take in what is new, in order; tell whether more is waiting. Raises MailError, StoreError, NotReady."""
        with ExitStack() as stack:
            session = await run_in_threadpool(stack.enter_context, self._box.open())
            try:
                return await self._take_in(session)
            finally:
                await run_in_threadpool(stack.close)

    async def _take_in(self, session: MailSession) -> bool:
        place = await run_in_threadpool(self._mails.place, self._box.name)
        listing: MailListing = await run_in_threadpool(session.listing, place, self._first_days)
        now = listing.uids if not listing.in_order else listing.uids[:MOST_AT_ONCE]
        waits: Exception | None = None
        for uid in now:
            problem = await self._take(session, (listing.validity, uid))
            waits = waits or problem
            if listing.in_order and waits is None:
                await self._note(listing.validity, uid)
        if waits:
            raise waits
        here = (place.validity, place.uid) if place else None
        if len(now) == len(listing.uids) and here != (listing.validity, listing.end):
            await self._note(listing.validity, listing.end)
        return len(now) < len(listing.uids)

    async def _take(self, session: MailSession, which: tuple[int, int]) -> Exception | None:
        """Take a mail in; return what stands in its way. Raises MailError and StoreError: then nothing goes on.

        The mails behind one that must wait are looked at all the same: one may speak of danger to life.
        """
        _validity, uid = which
        lost = self._failed.get(which, 0) >= FAILS  # it can't be fetched or taken in: a ticket says so
        try:
            raw = _unreadable(*which) if lost else await run_in_threadpool(session.fetch, uid)
            done = raw is not None and await self._intake.take(raw, self._waited.get(which, 0) >= MOST_WAITS)
        except NotReady as problem:
            self._waited[which] = self._waited.get(which, 0) + 1
            return problem
        except StoreError:
            raise
        except Exception as problem:
            self._failed[which] = self._failed.get(which, 0) + 1
            log.error("mail %d failed %d times: %s", uid, self._failed[which], type(problem).__name__)
            if isinstance(problem, MailError):
                raise
            return problem if self._failed[which] <= 2 * FAILS else None
        if done and not lost:
            await run_in_threadpool(session.done, uid)
        return None

    async def _note(self, validity: int, uid: int) -> None:
        await run_in_threadpool(self._mails.note_place, self._box.name, MailPlace(validity, uid, self._now()))


@dataclass(frozen=True)
class Mail:
    """The parts that are set up: `port` fetches, `follower` sends.

    `mailer` and `mail_id`, which makes the Message-ID of a ticket's mail, are for others who send mail: by that id an
    answer to it finds its ticket.
    """

    mailer: Mailer | None = None
    mail_id: Callable[[int, str], str] | None = None
    follower: MailFollower | None = None
    port: MailPort | None = None

    @property
    def handlers(self) -> dict[str, Callable[[TicketEvent, Ticket | None], Awaitable[None]]]:
        """Return what `Followers` must run."""
        if self.follower is None:
            return {}
        return {FOLLOWER: self.follower.handle, DESK_FOLLOWER: self.follower.handle_for_desk}


def _unreadable(validity: int, uid: int) -> RawMail:
    """Return what stands for a mail that we can't get at."""
    message_id = f"{validity}.{uid}@onleesbaar.invalid"
    return RawMail(uid, f"Subject: {texts.UNREADABLE}\r\nMessage-ID: <{message_id}>\r\n\r\n".encode(), False)


def mail_of(
    settings: Settings,
    helpdesk: Helpdesk,
    triager: Triager | None,
    mails: MailLog,
    knowledge: Knowledge,
    now: Clock,
    holding: Holding | None = None,
) -> Mail:
    """Return what of mail is set up, with a line in the log for what is not."""
    if missing := missing_settings(settings, *OUT):
        log.info("Mail staat uit: %s niet gezet.", ", ".join(missing))
        return Mail()
    signer = Signer(settings.mail_secret, settings.mail_address.rpartition("@")[2])
    mailer = SmtpMailer(smtp_line(settings), settings.mail_address, settings.mail_name, now)
    follower = MailFollower(
        helpdesk, mailer, mails, signer, knowledge, now, desk=settings.mail_desk, base=settings.link_base
    )
    if triager is None or (missing := missing_settings(settings, *IN)):
        log.info("Mail ophalen staat uit: %s niet gezet.", ", ".join(missing))
        return Mail(mailer, signer.message_id, follower)
    ways = Ways(
        settings.mail_address,
        settings.mail_desk,
        settings.mail_staff,
        settings.mail_authserv,
        settings.mail_answer_from,
    )
    alarm = knowledge.texts["safety"]
    intake = MailIntake(helpdesk, triager, mails, signer, alarm, ways, now, follower.tell, follower.alarm)
    port = MailPort(
        imap_box(settings, now),
        intake,
        mails,
        now,
        every_seconds=settings.imap_seconds,
        first_days=settings.imap_look_back,
        holding=holding,
    )
    return Mail(mailer, signer.message_id, follower, port)


def smtp_line(settings: Settings) -> Line:
    """Return how to reach the server that sends."""
    return Line(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_tls,
        settings.smtp_user,
        settings.smtp_password,
        settings.mail_ca,
    )


def imap_box(settings: Settings, now: Clock) -> ImapMailbox:
    """Return the mailbox that is read."""
    line = Line(
        settings.imap_host,
        settings.imap_port,
        settings.imap_tls,
        settings.imap_user,
        settings.imap_password,
        settings.mail_ca,
    )
    return ImapMailbox(line, settings.imap_folder, settings.imap_done_folder, settings.mail_max_bytes, now)


def missing_settings(settings: Settings, *fields: str) -> tuple[str, ...]:
    """Return the names of the settings of these fields that are empty."""
    return tuple(f"IPS_{field.upper()}" for field in fields if not getattr(settings, field))
