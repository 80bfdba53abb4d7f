"""A real mail server of the tests' own, on this machine: it takes mail, refuses it, or cuts the line in the middle."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from threading import Thread
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from attrs import define, field, frozen

from brokerage.adapters.smtp import SmtpNotifier, Tls
from brokerage.records.effects import Mail
from brokerage.records.numbers import BoxNumber, ContactNumber
from brokerage.testing import Mood, Stage

__all__ = ["PASSWORD", "USER", "MailServer", "Turn", "served", "smtp_stage", "trusting"]

USER, PASSWORD = "office", "not-to-be-shown"


@frozen
class Turn:
    """What goes otherwise in one mail: the step, what is said there (``None``: the line is cut), and what is kept."""

    step: str
    reply: str | None
    keeps: bool = False


_TURNS = {
    Mood.WELL: Turn("", ""),
    Mood.FAILING: Turn("RCPT", "451 4.3.0 try later"),
    Mood.DECLINING: Turn("RCPT", "550 5.1.1 nobody here"),
    Mood.SLOW: Turn("DATA", None, keeps=True),
    Mood.LOST: Turn("DATA", None),
}


@define(eq=False)
class MailServer:
    """What a mail server was given, and what it will do with the next mails. Like many, it drops what it has already.

    Args:
        port: where it listens on this machine.
        needs_user: whether it takes mail only from whoever signed in.
        taken: every mail that it took, also again, with the reader's address.
        turns: what goes otherwise in the next mails.
    """

    port: int = 0
    needs_user: bool = False
    taken: list[tuple[EmailMessage, str]] = field(factory=list)
    turns: deque[Turn] = field(factory=deque)
    _turn: Turn = _TURNS[Mood.WELL]

    def then(self, *turns: Turn) -> None:
        """Take the next mails with these turns, and all after them well."""
        self.turns.extend(turns)

    def letters(self) -> list[tuple[EmailMessage, str]]:
        """Return the mails in the boxes of their readers: one for each Message-ID."""
        return list({letter["Message-ID"]: (letter, to) for letter, to in self.taken}.values())

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender of another mail."""
        if self.needs_user and not session.authenticated:
            return "530 5.7.0 sign in first"
        self._turn = self.turns.popleft() if self.turns else _TURNS[Mood.WELL]
        if refusal := self._otherwise("MAIL", server):
            return refusal
        envelope.mail_from, envelope.mail_options = address, options
        return "250 2.1.0 well"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the reader of a mail."""
        if refusal := self._otherwise("RCPT", server):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 well"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail itself."""
        refusal = self._otherwise("DATA", server)
        if refusal is None or self._turn.keeps:
            assert isinstance(envelope.content, bytes)
            letter = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            [to] = envelope.rcpt_tos
            self.taken.append((letter, to))
        return refusal or "250 2.0.0 well"

    def _otherwise(self, step: str, server: SMTP) -> str | None:
        """Say what goes otherwise at a step of this mail, if anything does there."""
        if self._turn.step != step:
            return None
        if self._turn.reply is None:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 nobody hears this"
        return self._turn.reply


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@cache
def trusting() -> ssl.SSLContext:
    """Return the context of somebody who trusts the certificates that were made here."""
    context = ssl.create_default_context()
    _authority().configure_trust(context)
    return context


def _certified(host: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    _authority().issue_cert(host).configure_cert(context)
    return context


def _signed_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    assert isinstance(given, LoginPassword)
    return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()), handled=False)


@contextmanager
def served(
    tls: Tls = Tls.NONE, *, host: str = "localhost", needs_user: bool = False, smtputf8: bool = True
) -> Iterator[MailServer]:
    """Run a mail server on a port of its own while the block runs.

    Args:
        tls: how it lets itself be reached.
        host: for whom its certificate is made out.
        needs_user: whether it takes mail only from whoever signed in.
        smtputf8: whether it takes addresses beyond ASCII.
    """
    mails = MailServer(needs_user=needs_user)
    loop = asyncio.new_event_loop()
    context = None if tls is Tls.NONE else _certified(host)
    starttls = context if tls is Tls.STARTTLS else None

    def conversation() -> SMTP:
        return SMTP(
            mails,
            loop=loop,
            hostname="localhost",
            tls_context=starttls,
            require_starttls=starttls is not None,
            enable_SMTPUTF8=smtputf8,
            auth_require_tls=starttls is not None,
            authenticator=_signed_in,
        )

    with _running(loop, conversation, context if tls is Tls.IMPLICIT else None) as port:
        mails.port = port
        yield mails


@contextmanager
def _running(
    loop: asyncio.AbstractEventLoop, conversation: Callable[[], asyncio.Protocol], context: ssl.SSLContext | None
) -> Iterator[int]:
    """Run a server in a thread of its own; give the port."""

    async def finish() -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await loop.shutdown_asyncgens()

    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        starting = loop.create_server(conversation, "127.0.0.1", 0, ssl=context)
        server = asyncio.run_coroutine_threadsafe(_all(starting), loop).result(10)
        yield server.sockets[0].getsockname()[1]
        asyncio.run_coroutine_threadsafe(finish(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _all(starting: Any) -> asyncio.Server:
    server: asyncio.Server = await starting
    return server


def smtp_stage(notifier: SmtpNotifier, server: MailServer) -> Stage[SmtpNotifier]:
    """Return a notifier on trial, with the server that it sends through."""

    def done() -> list[tuple[Mail, str]]:
        return [
            (Mail(BoxNumber(1), ContactNumber(1), letter["Subject"], letter.get_content().replace("\r\n", "\n")), to)
            for letter, to in server.letters()
        ]

    return Stage(port=notifier, done=done, expect=lambda *moods: server.then(*(_TURNS[mood] for mood in moods)))
