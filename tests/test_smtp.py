"""Mail goes out through a real mail server, and whatever that server answers is told as the port tells it."""

import logging
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from brokerage.adapters.smtp import SmtpNotifier, Tls
from brokerage.adapters.system import ManualClock
from brokerage.errors import GatewayError, InvalidChoice, InvalidText, NoAnswer
from brokerage.ports import Answer
from brokerage.records.effects import Mail
from brokerage.records.numbers import BoxNumber, ContactNumber
from brokerage.testing import NotifierContract, Stage
from builders import World, world
from mail_servers import PASSWORD, USER, MailServer, Turn, served, smtp_stage, trusting

SENDER = "office@market.example"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def notifier(server: MailServer, tls: Tls = Tls.NONE, **more: Any) -> SmtpNotifier:
    """Return a notifier that sends through a server of the test's own."""
    given: dict[str, Any] = {"secret": b"secret", "context": trusting(), "timeout": 5.0, "clock": ManualClock(NOON)}
    return SmtpNotifier("localhost", SENDER, port=server.port, tls=tls, **{**given, **more})


def mail(subject: str = "Offer 1", body: str = "text\n") -> Mail:
    """Return a mail to a member."""
    return Mail(BoxNumber(1), ContactNumber(1), subject, body)


class TestSmtpNotifier(NotifierContract):
    """Mail through a server: in the clear, encrypted after a word or at once, with and without signing in."""

    @pytest.fixture(params=[Tls.NONE, Tls.STARTTLS, Tls.IMPLICIT], ids=lambda tls: tls.value)
    def stage(self, request: pytest.FixtureRequest) -> Iterator[Stage[Any]]:
        """The notifier on trial."""
        tls = request.param
        who = {} if tls is Tls.NONE else {"user": USER, "password": PASSWORD}
        with served(tls, needs_user=bool(who)) as server:
            yield smtp_stage(notifier(server, tls, **who), server)


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server without encryption."""
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def shared() -> Iterator[MailServer]:
    """One mail server for many mails."""
    with served() as running:
        yield running


def test_a_mail_says_what_it_is(server: MailServer) -> None:
    """A mail has sender, reader, subject, date, an id, and says that a machine wrote it."""
    assert notifier(server, name="Zoë's Market").send("mail:1", mail("Größe"), " ann@shop.example ") == Answer(True)
    [(letter, to)] = server.taken
    assert to == "ann@shop.example"
    assert (letter["From"], letter["To"]) == (f"Zoë's Market <{SENDER}>", "ann@shop.example")
    assert (letter["Subject"], letter["Auto-Submitted"]) == ("Größe", "auto-generated")
    assert letter["Date"].datetime == NOON
    assert letter.get_content() == "text\r\n"


def test_a_message_id_tells_repeats_apart_and_nothing_else(server: MailServer) -> None:
    """One key is one Message-ID, in any process with that secret; the key cannot be read or tried out from it."""
    keys = ["mail:lost:17:4", "mail:lost:17:4", "mail:lost:17:5"]
    for key in keys:
        notifier(server).send(key, mail(), "ann@shop.example")
    notifier(server, secret=b"another").send(keys[0], mail(), "ann@shop.example")
    first, again, other, foreign = [letter["Message-ID"] for letter, _ in server.taken]
    assert first == again
    assert len({first, other, foreign}) == 3
    assert re.fullmatch(r"<[0-9a-f]{64}@market\.example>", first)


@settings(max_examples=60)
@given(subject=st.text(max_size=120), body=st.text(max_size=300))
@example("a\r\nBcc: spy@evil.example", ".\r\n..\n.\r\nQUIT\n")
@example("a\x0bBcc: x\x85b\u2028c\x00", "trailing \n\ttabs\t\nlone\rreturn")
@example("=?utf-8?q?a=0D=0Ab?=", "From the start\n" + "long " * 400)
@example("本 ⚡" * 60, "no end of line ⚡")
@example("x" * 1500, "")
def test_any_text_arrives_as_it_is(shared: MailServer, subject: str, body: str) -> None:
    """Any Unicode arrives: the subject on one line, without what cannot be printed, and the text line by line."""
    shared.taken.clear()
    assert notifier(shared).send("key", mail(subject, body), "ann@shop.example").approved
    [(letter, to)] = shared.taken
    printed = re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", subject).strip()
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    assert letter["Subject"] == printed
    assert letter.get_content().replace("\r\n", "\n") == (lines if lines.endswith("\n") else lines + "\n")
    assert (to, letter["Bcc"], letter["Cc"]) == ("ann@shop.example", None, None)
    assert len(letter.keys()) == 9


ADDRESSES = [
    "",
    "forgotten 7",
    "ann",
    "@",
    "ann@",
    "ann@shop.example\r\nRCPT TO:<spy@evil.example>",
    "ann@shop.example>\nDATA",
    "Ann <ann@shop.example>",
    "ann@shop.example, spy@evil.example",
    "ann@shop.example\x00",
    "ann@shop.example spy@evil.example",
    "ann\u2028@shop.example",
    "a" * 250 + "@b.example",
]


@pytest.mark.parametrize("to", ADDRESSES)
def test_what_is_no_address_is_declined(server: MailServer, to: str) -> None:
    """Mail to what is no single plain address is declined for good, and the server hears nothing of it."""
    assert notifier(server).send("key", mail(), to) == Answer(False, "no address that mail can go to")
    assert server.taken == []


@pytest.mark.parametrize("to", ["zoë@home.example", "ann@größe.example", "用户@例え.example"])
def test_addresses_beyond_ascii_go_where_the_server_takes_them(server: MailServer, to: str) -> None:
    """An address beyond ASCII is written as it is, to a server that offers SMTPUTF8; by another it is declined."""
    assert notifier(server).send("key", mail("Größe"), to).approved
    [(letter, reader)] = server.taken
    assert (reader, letter["To"], letter["Subject"]) == (to, to, "Größe")
    with served(smtputf8=False) as plain:
        assert not notifier(plain).send("key", mail(), to).approved
        assert plain.taken == []


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize("reply", ["550 5.1.1 nobody here", "554 no", "552 5.2.2 box of ann@shop.example is full"])
def test_what_is_refused_for_good_is_declined(server: MailServer, step: str, reply: str) -> None:
    """A mail that the server refuses for good is declined, with its code and without its words."""
    server.then(Turn(step, reply))
    answer = notifier(server).send("key", mail(), "ann@shop.example")
    code = re.match(r"\d{3}( \d\.\d\.\d)?", reply)
    assert code is not None
    assert answer == Answer(False, f"{'reader' if step == 'RCPT' else 'message'}: {code[0]}")
    assert server.taken == []


LATER = [
    ("MAIL", "451 4.3.0 later", "sender: 451 4.3.0"),
    ("MAIL", "550 5.1.8 you may not", "sender: 550 5.1.8"),
    ("RCPT", "450 4.2.0 ann@shop.example is greylisted", "reader: 450 4.2.0"),
    ("RCPT", "421 closing", "reader: 421"),
    ("RCPT", "530 sign in first", "reader: 530"),
    ("RCPT", "554 5.7.1 relay access denied", "reader: 554 5.7.1"),
    ("DATA", "452 4.3.1 full", "message: 452 4.3.1"),
    ("DATA", "550 5.7.1 looks like spam", "message: 550 5.7.1"),
    ("MAIL", None, "sender: SMTPServerDisconnected"),
    ("RCPT", None, "reader: SMTPServerDisconnected"),
]


@pytest.mark.parametrize(("step", "reply", "problem"), LATER)
def test_what_is_refused_for_now_is_a_failure(server: MailServer, step: str, reply: str | None, problem: str) -> None:
    """What is refused for now, or because of who sends, did nothing; it goes out when it is sent again."""
    server.then(Turn(step, reply))
    with pytest.raises(GatewayError) as failure:
        notifier(server).send("key", mail(), "ann@shop.example")
    assert type(failure.value) is GatewayError
    assert (failure.value.field, failure.value.value) == ("mail server", problem)
    assert notifier(server).send("key", mail(), "ann@shop.example").approved
    assert len(server.taken) == 1


def refused(sender: SmtpNotifier) -> str:
    """Return what a notifier says of a mail that it could not send; nothing of smtplib's hangs on it."""
    with pytest.raises(GatewayError) as failure:
        sender.send("key", mail(), "ann@shop.example")
    assert type(failure.value) is GatewayError
    assert failure.value.__context__ is failure.value.__cause__ is None
    return str(failure.value.value)


def test_a_server_that_is_down_is_a_failure() -> None:
    """Where nobody listens, nothing was sent."""
    with served() as gone:
        pass
    assert refused(notifier(gone)) == "reach the server: ConnectionRefusedError"


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (b"", "reach the server: SMTPServerDisconnected"),
        (b"554 5.3.2 not today\r\n", "reach the server: 554 5.3.2"),
        (b"HTTP/1.1 400 Bad Request\r\n", "reach the server: -1"),
    ],
)
def test_what_is_no_mail_server_in_time_is_a_failure(said: bytes, problem: str) -> None:
    """Whoever says nothing in time, or that it takes no mail, or something else altogether, got nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=_say, args=(listening, said), daemon=True).start()
        silent = MailServer(port=listening.getsockname()[1])
        assert refused(notifier(silent, timeout=0.2)) == problem


def _say(listening: socket.socket, said: bytes) -> None:
    """Say something, and more only when a patient caller would have left long ago."""
    line, _ = listening.accept()
    with line, suppress(ConnectionError):
        line.settimeout(5)
        line.sendall(said)
        try:
            while line.recv(100):
                pass
        except TimeoutError:
            line.sendall(b"554 too late\r\n")


@pytest.mark.parametrize("reply", [b"", b"nonsense\r\n"])
def test_no_answer_to_the_message_is_no_answer(reply: bytes) -> None:
    """Where the server has all of a mail and never says what it did with it, nobody pretends to know."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=_take_and_say, args=(listening, reply), daemon=True).start()
        silent = MailServer(port=listening.getsockname()[1])
        with pytest.raises(NoAnswer):
            notifier(silent, timeout=0.2).send("key", mail(), "ann@shop.example")


def _take_and_say(listening: socket.socket, reply: bytes) -> None:
    line, _ = listening.accept()
    with line, line.makefile("rb") as heard:
        for said in (b"220 here\r\n", b"250 hello\r\n", b"250 sender\r\n", b"250 reader\r\n", b"354 go on\r\n"):
            line.sendall(said)
            heard.readline()
        while heard.readline() not in (b".\r\n", b""):
            pass
        line.sendall(reply)
        heard.readline()


def test_what_follows_the_servers_yes_changes_nothing() -> None:
    """A server that took a mail and vanishes before it is left has taken it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=_take_and_say, args=(listening, b"250 taken\r\n"), daemon=True).start()
        vanishing = MailServer(port=listening.getsockname()[1])
        assert notifier(vanishing, timeout=0.5).send("key", mail(), "ann@shop.example").approved


def test_a_server_without_encryption_hears_nothing(server: MailServer) -> None:
    """Where encryption is wanted and not offered, neither mail nor password is sent."""
    wary = notifier(server, Tls.STARTTLS, user=USER, password=PASSWORD)
    assert refused(wary) == "encrypt: the server does not offer it"
    assert server.taken == []


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_a_certificate_must_be_trusted_and_right(tls: Tls) -> None:
    """A server whose certificate nobody vouches for, or that is made out for another, gets nothing."""
    with served(tls) as server:
        stranger = SmtpNotifier("localhost", SENDER, port=server.port, tls=tls, secret=b"secret", timeout=5.0)
        assert "certificate" in refused(stranger)
    with served(tls, host="other.example") as server:
        assert "localhost" in refused(notifier(server, tls))
        assert server.taken == []


def test_a_wrong_password_is_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    """A password that is refused is told by its code, and stands in no error, log or picture of the notifier."""
    caplog.set_level(logging.DEBUG)
    with served(Tls.STARTTLS, needs_user=True) as server:
        wrong = notifier(server, Tls.STARTTLS, user=USER, password="a-wrong-secret")
        assert refused(wrong) == "sign in: 535 5.7.8"
        unsigned = notifier(server, Tls.STARTTLS)
        assert refused(unsigned) == "sender: 530 5.7.0"
        assert server.taken == []
    assert "a-wrong-secret" not in repr(wrong) + str(wrong) + caplog.text


WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"host": ""}, InvalidText, "host"),
    ({"host": "mail.example\r\n"}, InvalidText, "host"),
    ({"host": "größe.example"}, InvalidText, "host"),
    ({"host": "a" * 64 + ".example"}, InvalidText, "host"),
    ({"sender": "office"}, InvalidText, "sender"),
    ({"sender": "Office <office@market.example>"}, InvalidText, "sender"),
    ({"sender": "büro@market.example"}, InvalidText, "sender"),
    ({"name": "Market\nBcc: spy@evil.example"}, InvalidText, "name"),
    ({"port": 0}, InvalidChoice, "port"),
    ({"port": 65536}, InvalidChoice, "port"),
    ({"port": "25"}, InvalidChoice, "port"),
    ({"timeout": 0}, InvalidChoice, "timeout"),
    ({"timeout": 601}, InvalidChoice, "timeout"),
    ({"timeout": float("nan")}, InvalidChoice, "timeout"),
    ({"timeout": None}, InvalidChoice, "timeout"),
    ({"secret": b""}, InvalidChoice, "secret"),
    ({"secret": "a-wrong-secret"}, InvalidChoice, "secret"),
    ({"user": "office"}, InvalidChoice, "user"),
    ({"password": "a-wrong-secret"}, InvalidChoice, "user"),
    ({"user": "office", "password": "a-wrong-secret\n"}, InvalidText, "password"),
    ({"user": "office", "password": "a-wrong-secret-ö"}, InvalidText, "password"),
    ({"user": "office", "password": "a-wrong-secret", "tls": Tls.NONE}, InvalidChoice, "tls"),
]


@pytest.mark.parametrize(("wrong", "error", "name"), WRONG)
def test_wrong_settings_are_refused(wrong: dict[str, Any], error: type[Exception], name: str) -> None:
    """A setting that cannot be is refused by name when the notifier is made, without showing a secret."""
    given: dict[str, Any] = {"host": "mail.example", "sender": SENDER, "secret": b"secret", **wrong}
    with pytest.raises(error) as refusal:
        SmtpNotifier(**given)
    assert getattr(refusal.value, "field", None) == name
    assert "a-wrong-secret" not in str(refusal.value)


@pytest.mark.parametrize(("tls", "port"), [(Tls.STARTTLS, 587), (Tls.IMPLICIT, 465), (Tls.NONE, 25)])
def test_each_way_has_its_usual_port(tls: Tls, port: int) -> None:
    """Without a port the usual one is taken."""
    assert SmtpNotifier("mail.example", SENDER, secret=b"secret", tls=tls).port == port


def mailing(server: MailServer) -> World:
    """Return a broker whose mail goes out through a server."""
    return world(outside=lambda gateways: evolve(gateways, notifier=notifier(server)))


def test_a_member_gets_the_mail_of_a_candidate(server: MailServer) -> None:
    """What a broker writes to its members arrives: a seller and a buyer who meet are both told."""
    place = mailing(server)
    ann, bob = place.join("Ann"), place.join("Bob")
    for desk in (ann, bob):
        desk.account.choose_mail(candidates=True)
    server.taken.clear()
    sale = ann.sell("goods", "Größe 40", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    told = {to: (letter["Subject"], letter.get_content()) for letter, to in server.taken}
    assert [place.contact(desk).email for desk in (ann, bob)] == sorted(told)
    assert f"sale offer {sale}" in told["Ann@example.com"][1]
    assert f"purchase offer {want}" in told["Bob@example.com"][1]


def test_a_broker_sends_again_until_the_mail_is_taken(server: MailServer) -> None:
    """A server that refuses for now, then takes a mail without saying so, shows its reader one mail in the end."""
    place = mailing(server)
    server.then(Turn("RCPT", "450 4.2.0 Ann@example.com is greylisted"), Turn("DATA", None, keeps=True))
    place.join("Ann")
    for _ in range(3):
        place.wait(timedelta(hours=2))
    assert len(server.taken) == 2
    [(letter, to)] = server.letters()
    assert (letter["Subject"], to) == ("Welcome", "Ann@example.com")
    events = place.read(lambda tx: list(tx.journal.read(0, 1000)))
    assert "greylisted" not in repr(events)
    assert "example.com is" not in repr(events)
