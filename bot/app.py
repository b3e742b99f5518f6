"""Wires the assistant: knowledge, store and service. The web process and the action server both use it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from bot.accounts import Accounts
from bot.drawing import draw
from bot.errors import StoreError
from bot.helpdesk import Helpdesk
from bot.knowledge.loader import load
from bot.model import Advice, Knowledge, Plan
from bot.planning import Planning
from bot.ports import (
    ConversationStore,
    CountStore,
    DeliveryStore,
    DossierStore,
    FeedbackStore,
    MailLog,
    PlanStore,
    QuestionLog,
    TicketStore,
)
from bot.rules.facts import parse_facts
from bot.rules.numbers import Numbers, numbers
from bot.rules.officehours import OfficeHours
from bot.service import Service
from bot.settings import Settings
from bot.store.accounts import SqlAccountStore
from bot.store.conversations import SqlConversationStore
from bot.store.counts import SqlCountStore
from bot.store.deliveries import SqlDeliveryStore
from bot.store.forms import SqlForms
from bot.store.leases import SqlLeases
from bot.store.mail import SqlMailLog
from bot.store.plans import SqlPlanStore
from bot.store.questions import SqlQuestionLog
from bot.store.sql import SqlDossierStore
from bot.store.tickets import SqlTicketStore

log = logging.getLogger(__name__)

CLEAN_UP, CLEAN_UP_SECONDS = "clean-up", 6 * 3600.0  # the lease for it


@dataclass(frozen=True)
class Assistant:
    """The parts of a running assistant."""

    settings: Settings
    knowledge: Knowledge
    store: DossierStore
    questions: QuestionLog
    service: Service
    plans: PlanStore
    conversations: ConversationStore
    deliveries: DeliveryStore
    tickets: TicketStore
    helpdesk: Helpdesk
    accounts: Accounts
    counts: CountStore
    feedback: FeedbackStore
    mails: MailLog
    forms: SqlForms
    leases: SqlLeases | None  # with one web process there is nobody to share the work with

    def draw(self, plan: Plan, form: str) -> bytes:
        """Return a plan's document as "docx", "pdf" or "md"."""
        return draw(plan, form, self.knowledge, utc_now())

    def clean_up(self) -> None:
        """Forget plans, links, missed questions, tickets and contact details past their days; raises StoreError.

        Of several processes one does so, and again when it could not finish.
        """
        if self.leases is None:
            self._clean_up()
        elif self.leases.take(CLEAN_UP, CLEAN_UP_SECONDS):
            try:
                self._clean_up()
                self.leases.sweep()
            except StoreError:
                self.leases.give_back(CLEAN_UP)
                raise

    def _clean_up(self) -> None:
        now = utc_now()
        tickets_before = now - timedelta(days=self.settings.ticket_days)
        contacts_before = now - timedelta(days=self.settings.contact_days)
        tickets, contacts = self.helpdesk.clean_up(tickets_before, contacts_before)
        plans = self.plans.delete_older(now - timedelta(days=self.settings.plan_days))
        questions = self.questions.delete_older((now - timedelta(days=self.settings.question_days)).date())
        self.forms.delete_older(now - timedelta(days=self.settings.conversation_days))
        log.info("clean-up: %d plans and %d missed questions deleted", plans, questions)
        self.accounts.clean_up()
        self.mails.delete_older(tickets_before)
        self.counts.delete_older(tickets_before.date())
        log.info("clean-up: %d tickets and the contact details of %d deleted", tickets, contacts)

    def numbers(self, since: date) -> Numbers:
        """Return the numbers for the institute since a day; raises StoreError."""
        begin = datetime(since.year, since.month, since.day, tzinfo=timezone.utc)
        return numbers(
            since,
            self.counts.counts(since),
            self.tickets.all(since=begin),
            self.helpdesk.trails(),
            self.questions.kept(),
            self.feedback.feedback(begin),
            self.helpdesk.hours,
            dict(self.settings.deadlines),
        )

    def advise(self, request: Mapping[str, Any]) -> Advice:
        """Return the advice on the facts of a request of POST /api/v1/advice; raises InputError."""
        return self.service.advise(parse_facts(request, self.knowledge))


def build(settings: Settings) -> Assistant:
    """Load the knowledge and open the store; raises KnowledgeError or StoreError."""
    knowledge = load()
    store, questions = SqlDossierStore(settings.store_url, utc_now), SqlQuestionLog(settings.store_url)
    plans = SqlPlanStore(settings.store_url, utc_now)
    conversations = SqlConversationStore(settings.store_url, utc_now)
    deliveries = SqlDeliveryStore(settings.store_url)
    planning = Planning(knowledge, plans, utc_now, settings.plan_days)
    tickets = SqlTicketStore(settings.store_url, utc_now)
    hours = OfficeHours(settings.office_hours, settings.closed_days)
    helpdesk = Helpdesk(tickets, utc_now, hours, dict(settings.deadlines), questions)
    counts = SqlCountStore(settings.store_url)
    service = Service(knowledge, store, questions, utc_now, planning, helpdesk, counts)
    forms = SqlForms(settings.store_url, utc_now)
    leases = SqlLeases(settings.store_url, utc_now) if settings.redis_url else None
    return Assistant(
        settings=settings,
        knowledge=knowledge,
        store=store,
        questions=questions,
        service=service,
        plans=plans,
        conversations=conversations,
        deliveries=deliveries,
        tickets=tickets,
        helpdesk=helpdesk,
        accounts=accounts_of(settings),
        counts=counts,
        feedback=conversations,
        mails=SqlMailLog(settings.store_url),
        forms=forms,
        leases=leases,
    )


def accounts_of(settings: Settings) -> Accounts:
    """Return the employees' accounts; raises StoreError for a bad URL."""
    idle, longest = timedelta(minutes=settings.inbox_idle_minutes), timedelta(hours=settings.inbox_hours)
    return Accounts(SqlAccountStore(settings.store_url), utc_now, idle=idle, longest=longest)


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(timezone.utc)
