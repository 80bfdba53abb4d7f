"""The manager's news: one record an item, read in boxes, mailed in batches by housekeeping (spec M8)."""

from typing import Any

import pytest

from brokerage import EventKind, MemberDesk
from brokerage.errors import RequestReused
from brokerage.ports import Transaction
from brokerage.records.numbers import BoxNumber, NewsNumber
from builders import DAY, World, immediate, world


def unread(desk: MemberDesk) -> list[str]:
    """Return the subjects of the news in a member's box."""
    return [item.subject for item in desk.box().news]


def mailed(place: World, subject: str) -> list[int | None]:
    """Return the boxes to which an item was mailed, in that order."""
    return [mail.box for mail in place.mailbox.sent if mail.subject == subject]


def crowd(place: World, count: int) -> list[MemberDesk]:
    """Return that many new members who want news by e-mail."""
    desks = [place.join(f"Member{at}") for at in range(count)]
    for desk in desks:
        desk.account.choose_mail(news=True)
    return desks


def test_news_for_everybody_stand_in_every_box_until_acknowledged() -> None:
    """An item stands in each box until its member has seen it, and on the pages of all news afterwards."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    place.broker.office.news.write("First", "Read this")
    assert unread(ann) == unread(bob) == ["First"]
    ann.acknowledge()
    place.broker.office.news.write("Second", "And this")
    assert (unread(ann), unread(bob)) == (["Second"], ["Second", "First"])
    assert [item.subject for item in ann.news()] == ["Second", "First"]


def test_news_in_every_form_of_the_box() -> None:
    """Text, HTML, JSON and tables have the news; without any, text and HTML leave the empty table out."""
    place = world()
    ann = place.join("Ann")
    assert "news" not in ann.box().text() + ann.box().html() + repr(ann.box())
    assert ann.box().plain()["news"] == {"items": [], "next": None, "may_be_more": False}
    place.broker.office.news.write("<Open>", "From nine")
    box = ann.box()
    assert "From nine" in box.text()
    assert "&lt;Open&gt;" in box.html()
    assert "&lt;Open&gt;" in box._repr_html_()
    assert box.tables().news.rows == ((1, place.clock.now(), "<Open>", "From nine"),)
    assert box.plain()["news"]["items"] == [
        {"number": 1, "at": "2026-01-05T12:01:00Z", "subject": "<Open>", "text": "From nine"}
    ]


def test_news_for_some() -> None:
    """What is for some boxes stands in these and in no other; a box that is named twice has it once."""
    place = world()
    ann, bob, eve = (place.join(name) for name in ("Ann", "Bob", "Eve"))
    item = place.broker.office.news.write("For two", "x", boxes=iter([bob.number, ann.number, ann.number]))
    assert item.boxes == (ann.number, bob.number)
    assert (unread(ann), unread(bob), unread(eve)) == (["For two"], ["For two"], [])
    assert [len(desk.news()) for desk in (ann, bob, eve)] == [1, 1, 0]


def test_news_for_a_category() -> None:
    """What is for a category stands in the box of whoever has an offer listed there when the box is read."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    sale = ann.sell("goods", "Thing", min_price=1, currency="USD")
    place.broker.office.news.write("For goods", "x", category="GOODS")
    assert (unread(ann), unread(bob)) == (["For goods"], [])
    bob.buy("goods", max_price=0, currency="USD")
    assert unread(bob) == ["For goods"]
    ann.cancel(sale)
    ann.acknowledge()
    assert list(ann.news()) == []


def test_who_joins_later_gets_no_old_news() -> None:
    """News from before somebody became a member is not addressed to him or her."""
    place = world()
    place.broker.office.news.write("Old", "x", mail=True)
    place.clock.set(place.clock.now() + DAY)
    ann = crowd(place, 1)[0]
    place.broker.office.news.write("New", "x", mail=True)
    assert (unread(ann), [item.subject for item in ann.news()]) == (["New"], ["New"])
    place.broker.run_due()
    assert (mailed(place, "Old"), mailed(place, "New")) == ([], [ann.number])


def test_withdrawn_news_are_gone() -> None:
    """An item that was taken back leaves boxes and pages, is mailed to nobody more, and stays on the manager's page."""
    place = world()
    [ann] = crowd(place, 1)
    office = place.broker.office
    item = office.news.write("Wrong", "x", mail=True)
    office.news.withdraw(item.number)
    place.broker.run_due()
    assert (unread(ann), list(ann.news()), mailed(place, "Wrong")) == ([], [], [])
    [shown] = office.news.page()
    assert (shown.withdrawn, shown.mailing, shown.table().rows[0][4]) == (True, False, "everybody")


def test_a_box_shows_a_page_of_news() -> None:
    """More news than a page stand on the pages that follow, from the mark in the box on."""
    place = world(immediate(page_size=2))
    ann = place.join("Ann")
    for at in range(5):
        place.broker.office.news.write(f"News {at}", "x")
    first = ann.box().news
    rest = ann.news(size=3, after=first.next)
    assert [item.number for item in (*first, *rest)] == [5, 4, 3, 2, 1]
    assert (len(first), rest.next) == (2, None)


def test_pages_pass_over_a_bounded_number() -> None:
    """News for categories of others is passed over up to the policy's bound; going on from the mark finds the rest."""
    place = world(immediate(checks_per_page=2))
    ann = place.join("Ann")
    place.broker.office.news.write("For all", "x")
    for _ in range(5):
        place.broker.office.news.write("For goods", "x", category="goods")
    found, mark, pages = list[str](), None, 0
    while True:
        page = ann.news(after=mark)
        found += [item.subject for item in page]
        mark, pages = page.next, pages + 1
        if mark is None:
            break
        assert page.may_be_more
    assert (found, pages) == (["For all"], 3)


def test_the_manager_pages_through_everything() -> None:
    """The manager's page has every item, newest first, with whom it is for."""
    place = world()
    ann = place.join("Ann")
    office = place.broker.office
    office.news.write("One", "x", boxes=[ann.number])
    office.news.write("Two", "x", category="goods")
    office.news.write("Three", "x")
    first = office.news.page(size=2)
    items = [*first, *office.news.page(size=2, after=first.next)]
    assert [(item.subject, item.audience) for item in items] == [
        ("Three", "everybody"),
        ("Two", "offers in goods"),
        ("One", "boxes 1"),
    ]


def test_news_are_mailed_to_who_chose_it() -> None:
    """Housekeeping mails an item to the members addressed who asked for news by e-mail, each once."""
    place = world()
    ann, _, eve = crowd(place, 3)
    bob = place.join("Bob")
    eve.sell("goods", "Thing", min_price=1, currency="USD")
    office = place.broker.office
    office.news.write("To all", "x", mail=True)
    office.news.write("To two", "x", boxes=[ann.number, bob.number], mail=True)
    office.news.write("To goods", "x", category="goods", mail=True)
    office.news.write("Unmailed", "x")
    assert place.broker.next_due() == place.clock.now()
    report = place.broker.run_due()
    assert report.news == 4 + 2 + 4
    assert [mailed(place, subject) for subject in ("To all", "To two", "To goods", "Unmailed")] == [
        [1, 2, 3],
        [1],
        [3],
        [],
    ]
    assert place.broker.run_due().news == 0
    assert all(not item.mailing for item in office.news.page())


def test_mailing_goes_in_batches() -> None:
    """No unit of work mails to more than 200 members, and what one has done is not done again after a crash."""
    place = world()
    crowd(place, 450)
    place.broker.office.news.write("To all", "x", mail=True)
    newsroom, now = place.broker._house.newsroom, place.clock.now()

    def batch(tx: Transaction) -> tuple[int, Any]:
        looked = newsroom.mail(tx, now)
        return looked, tx.news.get(NewsNumber(1))

    done = [place.store.run(batch) for _ in range(2)]
    assert [(looked, item.mailed, item.mailing) for looked, item in done] == [(200, 200, True), (200, 400, True)]
    place.broker.run_due()
    assert mailed(place, "To all") == list(range(1, 451))


def test_mailing_to_exactly_full_batches_ends() -> None:
    """Where the last batch is full, the next one is empty and ends it."""
    place = world()
    desks = crowd(place, 200)
    place.broker.office.news.write("To some", "x", boxes=[desk.number for desk in desks], mail=True)
    place.broker.run_due()
    assert mailed(place, "To some") == [desk.number for desk in desks]
    assert place.broker.next_due() is None


def test_an_item_is_one_record() -> None:
    """Writing to everybody writes one fact and one event, however many members there are."""
    place = world()
    crowd(place, 20)
    before = place.read(lambda tx: tx.journal.last())
    place.broker.office.news.write("To all", "x")
    events = place.read(lambda tx: tx.journal.read(before, 10))
    assert [event.kind for _, event in events] == [EventKind.NEWS_WRITTEN]


def test_acknowledging_without_news_writes_nothing() -> None:
    """Only what is new since the last time is remembered as seen."""
    place = world()
    ann = place.join("Ann")

    def version() -> int:
        activity = place.read(lambda tx: tx.activities.get(BoxNumber(ann.number)))
        assert activity is not None
        return activity.version

    place.broker.office.news.write("To all", "x")
    ann.acknowledge()
    before = version()
    ann.acknowledge()
    assert version() == before == 1


def test_news_repeated() -> None:
    """Under one request id news is written once, and another item under it is refused."""
    place = world()
    ann = place.join("Ann")
    news = place.broker.office.news
    first = news.write("News", "x", boxes=[ann.number], mail=True, request_id="r")
    before = place.state()
    assert first == news.write("News", "x", boxes=iter([ann.number]), mail=True, request_id="r")
    with pytest.raises(RequestReused):
        news.write("News", "y", boxes=[ann.number], mail=True, request_id="r")
    assert before == place.state()
    news.withdraw(first.number)
    assert news.write("News", "x", boxes=[ann.number], mail=True, request_id="r").withdrawn
