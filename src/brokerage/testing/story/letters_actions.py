"""What is written in a story: complaints about others, what the manager makes of them, and news for all."""

from brokerage.errors import BrokerageError
from brokerage.records.complaints import ComplaintKind
from brokerage.testing.story.looking import canary
from brokerage.testing.story.world import CODES, Death, World, pick_of, told

__all__ = ["complain", "judge", "write_news"]

_KINDS = tuple(ComplaintKind)


def complain(world: World, pick: int, who: int, kind: int) -> str:
    """A party of a deal complains about the other; both then read what is kept about them."""
    deal = world.deal(pick, lambda deal: deal.paid_at is not None)
    if deal is None:
        return "there is nothing to complain about"
    box, said = deal.parties[who % 2], pick_of(_KINDS, kind)
    words = canary("words", world.next_letter())
    world.onlooker.own(box, words)
    made = world.ask(box, lambda desk: desk.complaints.file(deal.number, said, words))
    for reader in deal.parties:
        page = world.ask(reader, lambda desk: desk.complaints.page())
        if not isinstance(page, BrokerageError | Death):
            world.onlooker.look(reader, page)
    return f"member {box} complains about deal {deal.number} ({said.value}): {told(made)}"


def judge(world: World, pick: int, how: int) -> str:
    """The manager corrects or annuls a complaint."""
    complaints = world.chronicle.complaints
    if not complaints:
        return "nobody has complained"
    number = pick_of(list(complaints), pick)
    office = world.broker.office.complaints
    if how % 3 == 0:
        made = world.attempt(None, lambda: office.correct(number, points=how % 40))
        return f"the manager lets complaint {number} count {how % 40}: {told(made)}"
    if how % 3 == 1:
        made = world.attempt(None, lambda: office.correct(number, kind=pick_of(_KINDS, how // 3)))
        return f"the manager gives complaint {number} another kind: {told(made)}"
    made = world.attempt(None, lambda: office.annul(number, "it was not so"))
    return f"the manager annuls complaint {number}: {told(made)}"


def write_news(world: World, whom: int, mail: int) -> str:
    """The manager writes news, for all or for those with an offer in a category, and has it mailed or not."""
    code = None if whom % 2 else pick_of(CODES, whom // 2)
    made = world.attempt(
        None, lambda: world.broker.office.news.write("News", "There is news.", category=code, mail=bool(mail % 2))
    )
    return f"the manager writes news for {'all' if code is None else code}: {told(made)}"
