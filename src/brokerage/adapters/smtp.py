"""E-mail through a mail server, by SMTP: the port that effects of the kind ``Mail`` go to.

A mail server knows no keys, so the key of an effect is its mail's Message-ID, sealed: whoever sends the same effect
twice sends the same Message-ID twice, and mailboxes that drop what they have already show it once. What a server says
is never repeated in an answer or an error, for it may name the reader: only its code is, such as ``550 5.1.1``.
"""

import hmac
import re
import ssl
from binascii import b2a_qp
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.header import Header
from email.utils import format_datetime, formataddr
from enum import Enum
from smtplib import SMTP, SMTP_SSL, SMTPNotSupportedError, SMTPResponseException

from attrs import field, frozen

from brokerage.adapters.system import SystemClock
from brokerage.errors import GatewayError, InvalidChoice, InvalidText, NoAnswer
from brokerage.ports import Answer, Clock
from brokerage.records.effects import Mail

__all__ = ["SmtpNotifier", "Tls"]

_GATEWAY = "mail server"
_LONGEST_ADDRESS = 254
_LONGEST_LINE = 900
_LONGEST_TIMEOUT = 600.0
_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f-\x9f<>()\[\],;:\\\"@]+@[^\s\x00-\x20\x7f-\x9f<>()\[\],;:\\\"@]+")
_HOST = re.compile(r"[0-9A-Za-z_:][0-9A-Za-z_.:-]{0,252}")
_PRINTED = re.compile(r"[!-~]+")
_STATUS = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
_UNPRINTED = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_FIRST_DOTS = re.compile(rb"^\.", re.MULTILINE)


class Tls(Enum):
    """How the way to a mail server is kept from being read and changed."""

    STARTTLS = "starttls"
    """The connection begins in the clear and is encrypted before anything is said; usual for port 587."""

    IMPLICIT = "implicit"
    """The connection is encrypted from its first byte; usual for port 465."""

    NONE = "none"
    """Nothing is encrypted: for a server on the same machine, without a password; usual for port 25."""


_PORTS = {Tls.STARTTLS: 587, Tls.IMPLICIT: 465, Tls.NONE: 25}


class _Failed(Exception):
    """A step with a server went wrong, in words of ours; with the code of a refusal, or 0 if there was none."""

    def __init__(self, step: str, problem: str, code: int = 0, status: str = "") -> None:
        self.problem = f"{step}: {problem}"
        self.code = code
        self.status = status
        super().__init__(self.problem)

    @property
    def is_for_good(self) -> bool:
        """Whether the mail itself is refused for good: not for now, and not because the broker may not send at all."""
        return 500 <= self.code < 600 and self.code not in (530, 535, 538) and not self.status.startswith("5.7.")


@frozen(eq=False)
class SmtpNotifier:
    """Sends e-mail through a mail server, a connection for each mail.

    A connection of its own costs a mail some round trips, and leaves nothing that goes stale, is shared by threads, or
    has to be closed; effects are sent one by one, and rarely in quick succession.

    What comes back, by the step at which it went wrong:

    ============================================  ==================  ============================  ==================
    step                                          refused with 4xx    refused with 5xx              no answer in time
    ============================================  ==================  ============================  ==================
    reach the server, encrypt, sign in, sender    ``GatewayError``    ``GatewayError``              ``GatewayError``
    reader                                        ``GatewayError``    declined                      ``GatewayError``
    the message itself                            ``GatewayError``    declined                      ``NoAnswer``
    ============================================  ==================  ============================  ==================

    Declined is for good. After a ``GatewayError`` nothing was sent, after ``NoAnswer`` nobody knows; the broker sends
    again, under the same key. A 5xx that speaks of who sends (530, 535, 538, and 5.7 of policies) is a
    ``GatewayError``: it is mended at the broker or at the server, and the mail goes out then.

    Args:
        host: the server's name or address, in ASCII.
        sender: the address that mail comes from, in ASCII.
        secret: the key under which Message-IDs are made, so that nobody reads the broker's numbers in them; the same
            in all processes and after a restart, such as the broker's own.
        name: what readers see of the sender beside the address.
        port: from 1 to 65535; without one 587, 465 or 25, as ``tls`` is.
        tls: how the way to the server is kept.
        user: who signs in, in printed ASCII; without one nobody does.
        password: the user's; printed ASCII. It is shown nowhere.
        timeout: how long each of the server's answers (about ten for a mail) may take, in seconds, up to 600.
        context: whom to trust, if not those whom the system trusts.
        clock: gives a mail its date.

    Raises:
        InvalidText: an address, the host, the user or the password is none.
        InvalidChoice: the secret is empty, or port or timeout is out of range; there is a user without a password or a
            password without a user; or a password would go over a connection that anybody can read.

    >>> SmtpNotifier("mail.market.example", "office@market.example", secret=b"32 bytes", user="office", password="pw")
    SmtpNotifier(host='mail.market.example', sender='office@market.example', tls=<Tls.STARTTLS: 'starttls'>, port=587)
    """

    host: str
    sender: str
    _secret: bytes = field(kw_only=True, repr=False)
    name: str = field(default="", kw_only=True, repr=False)
    tls: Tls = field(default=Tls.STARTTLS, kw_only=True)
    port: int = field(kw_only=True)
    _user: str | None = field(default=None, kw_only=True, repr=False)
    _password: str | None = field(default=None, kw_only=True, repr=False)
    timeout: float = field(default=30.0, kw_only=True, repr=False)
    _context: ssl.SSLContext | None = field(kw_only=True, repr=False)
    _clock: Clock = field(factory=SystemClock, kw_only=True, repr=False)

    @port.default
    def _usual_port(self) -> int:
        return _PORTS[self.tls]

    @_context.default
    def _whom_the_system_trusts(self) -> ssl.SSLContext | None:
        return None if self.tls is Tls.NONE else ssl.create_default_context()

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.host, str) or not _HOST.fullmatch(self.host) or not _has_short_labels(self.host):
            raise InvalidText("host", self.host, "a host's name or address", "write it in ASCII, without a port")
        if not isinstance(self.sender, str) or not _is_address(self.sender) or not self.sender.isascii():
            raise InvalidText("sender", self.sender, "an e-mail address", "write it in ASCII, without a name")
        if not isinstance(self.name, str) or _UNPRINTED.sub(" ", self.name) != self.name:
            raise InvalidText("name", self.name, "a name on one line", "leave out what cannot be printed")
        if type(self.port) is not int or not 1 <= self.port <= 65535:
            raise InvalidChoice("port", self.port, "a port from 1 to 65535", "leave it out for the usual one")
        if type(self.timeout) not in (int, float) or not 0 < self.timeout <= _LONGEST_TIMEOUT:
            raise InvalidChoice("timeout", self.timeout, "seconds up to 600", "choose some 30 seconds")
        if not isinstance(self._secret, bytes) or not self._secret:
            raise InvalidChoice("secret", "(not shown)", "bytes that are not empty", "pass the broker's own secret")
        self._check_signing_in()

    def _check_signing_in(self) -> None:
        if (self._user is None) != (self._password is None):
            raise InvalidChoice("user", "one of them only", "a user with a password, or neither", "pass both")
        for what, given in (("user", self._user), ("password", self._password)):
            if given is not None and not (isinstance(given, str) and _PRINTED.fullmatch(given)):
                raise InvalidText(what, "(not shown)", "printed ASCII without blanks", "choose another one")
        if self._user is not None and self.tls is Tls.NONE:
            raise InvalidChoice("tls", self.tls, "an encrypted way for a password", "use Tls.STARTTLS or Tls.IMPLICIT")

    def send(self, key: str, task: Mail, to: str) -> Answer:
        """Send an e-mail to an address.

        An address with letters beyond ASCII needs a server that offers SMTPUTF8. Subjects are put on one line.

        Args:
            key: the key of the effect, from which the Message-ID is made.
            task: the subject and the text, any Unicode.
            to: the reader's address, without a name.

        Returns:
            Approved if the server took the mail; declined, with the server's code, if it refused it for good.

        Raises:
            GatewayError: nothing was sent; the class says when.
            NoAnswer: the server had all of the mail, and its answer never came.
        """
        to = to.strip()
        if not _is_address(to):
            return Answer(False, "no address that mail can go to")
        message = self._message(key, task, to)
        try:
            with self._signed_in() as server:
                return _handed_over(server, self.sender, to, message)
        except _Failed as failed:
            problem = failed.problem
        # Not where it was caught: nothing that smtplib held, such as a password, hangs on our error.
        raise GatewayError(_GATEWAY, problem)

    @contextmanager
    def _signed_in(self) -> Iterator[SMTP]:
        """Reach the server, with whatever encryption and signing in is wanted, and leave it in the end."""
        domain = self.sender.partition("@")[2]
        with _step("reach the server"):
            if self.tls is Tls.IMPLICIT:
                server: SMTP = SMTP_SSL(self.host, self.port, domain, timeout=self.timeout, context=self._context)
            else:
                server = SMTP(self.host, self.port, domain, timeout=self.timeout)
        try:
            if self.tls is Tls.STARTTLS:
                with _step("encrypt"):
                    server.starttls(context=self._context)
            with _step("greet"):
                server.ehlo_or_helo_if_needed()
            if self._user is not None and self._password is not None:
                with _step("sign in"):
                    server.login(self._user, self._password)
            yield server
            with suppress(OSError):  # the mail is on its way: whatever becomes of the farewell changes nothing
                server.quit()
        finally:
            server.close()

    def _message(self, key: str, task: Mail, to: str) -> bytes:
        headers = {
            "From": formataddr((self.name, self.sender)),
            "To": to,
            "Subject": _subject(task.subject),
            "Date": format_datetime(self._clock.now()),
            "Message-ID": self._message_id(key),
            "Auto-Submitted": "auto-generated",
            "MIME-Version": "1.0",
            "Content-Type": 'text/plain; charset="utf-8"',
            "Content-Transfer-Encoding": "quoted-printable",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        lines = task.body.replace("\r\n", "\n").replace("\r", "\n")
        body = b2a_qp(lines.encode("utf-8", "replace"), istext=True).replace(b"\n", b"\r\n")
        return head.encode("utf-8") + b"\r\n" + body + (b"" if body.endswith(b"\n") else b"\r\n")

    def _message_id(self, key: str) -> str:
        """The key, sealed: it may name what its reader must not know, such as the number of another's deal."""
        seal = hmac.digest(self._secret, b"message-id:" + key.encode("utf-8", "replace"), "sha256")
        return f"<{seal.hex()}@{self.sender.partition('@')[2]}>"


def _handed_over(server: SMTP, sender: str, to: str, message: bytes) -> Answer:
    """Offer a mail to a server that waits for one."""
    options = () if to.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
    if options and not server.has_extn("smtputf8"):
        return Answer(False, "an address beyond ASCII, to which this server cannot send")
    with _step("sender"):
        _accepted(server.mail(sender, options))
    try:
        with _step("reader"):
            _accepted(server.docmd("RCPT", f"TO:<{to}>"))
        with _step("message"):
            _accepted(server.docmd("DATA"), 354)
        code, reply = _delivered(server, message)
        with _step("message"):
            _accepted((code, reply))
    except _Failed as failed:
        if failed.is_for_good:
            return Answer(False, failed.problem)
        raise
    return Answer(True)


def _delivered(server: SMTP, message: bytes) -> tuple[int, bytes]:
    """Hand over the message itself. From here to the server's answer nobody can know whether it has it."""
    try:
        server.send(_FIRST_DOTS.sub(b"..", message) + b".\r\n")
        code, reply = server.getreply()
    except OSError as error:
        problem = _words(error)
    else:
        if 200 <= code < 600:
            return code, reply
        problem = "no code of SMTP"
    raise NoAnswer(_GATEWAY, f"message: {problem}")


def _accepted(answer: tuple[int, bytes], *wanted: int) -> None:
    code, reply = answer
    if code not in (wanted or range(200, 300)):
        raise SMTPResponseException(code, reply)


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Say at which step a server refused or was lost, and nothing of what it said but its code."""
    try:
        yield
    except SMTPResponseException as error:
        reply = error.smtp_error
        status = _STATUS.match(reply if isinstance(reply, bytes) else reply.encode("utf-8", "replace"))
        shown = status[1].decode("ascii") if status else ""
        raise _Failed(name, f"{error.smtp_code} {shown}".rstrip(), error.smtp_code, shown) from None
    except OSError as error:
        raise _Failed(name, _words(error)) from None


def _words(error: OSError) -> str:
    """Name an error of the system, of TLS or of smtplib without anything that the server said."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate: {error.verify_message}"
    if isinstance(error, SMTPNotSupportedError):
        return "the server does not offer it"
    return type(error).__name__


def _is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None and len(text.encode("utf-8", "replace")) <= _LONGEST_ADDRESS


def _has_short_labels(host: str) -> bool:
    """Whether no part of a host's name is longer than names on the net can be."""
    return all(len(label) <= 63 for label in host.split("."))


def _subject(text: str) -> str:
    """A subject on one line, in words that every server passes on: a line break would begin another header."""
    line = _UNPRINTED.sub(" ", text).strip()
    if line.isascii() and len(line) <= _LONGEST_LINE and "=?" not in line:
        return line
    return Header(line, "utf-8", header_name="Subject").encode(linesep="\r\n")
