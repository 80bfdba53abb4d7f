"""Who comes, changes, leaves, is forgotten and comes back in a story; some are the person that another member is."""

from attrs import evolve

from brokerage.desks import MemberDesk
from brokerage.testing.story.looking import canary
from brokerage.testing.story.world import REASON, Newcomer, World, pick_of, told

__all__ = ["correct", "forget", "register", "stay", "withdraw"]

_MOST_MEMBERS = 12
_CARD, _ACCOUNT = 30_000_000, 12_000_000


def register(world: World, pick: int, shared: int, mail: int) -> str:
    """Somebody becomes a member, who may be the person that another one is or was."""
    if len(world.chronicle.members) >= _MOST_MEMBERS:
        return "nobody else comes"
    given = _newcomer(world, pick, shared)
    world.newcomers.append(given)
    own = len(world.newcomers)
    desk = world.attempt(
        None,
        lambda: world.broker.register(
            name=canary("Name", own),
            address=canary("Address", own),
            telephone=given.telephone,
            email=given.email,
            bank_account=given.bank_account,
            request_id=f"join {own}",
        ),
    )
    if not isinstance(desk, MemberDesk):
        return f"somebody wants to become a member: {told(desk)}"
    box = desk.number
    world.outside.till.cards[f"card of {box}"] = _CARD
    world.outside.till.accounts[f"account of {box}"] = _ACCOUNT
    world.saying = f"member {box} comes"
    world.check()
    world.ask(
        box,
        lambda desk: desk.account.choose_mail(
            candidates=bool(mail % 2), deals=bool(mail // 2 % 2), news=bool(mail // 4 % 2)
        ),
    )
    if mail % 3:
        world.ask(box, lambda desk: desk.account.allow_charging(f"account of {box}"))
    return world.saying


def correct(world: World, who: int, pick: int, shared: int) -> str:
    """A member corrects how to be reached and paid, and may turn out to be the person that another one is."""
    box, given = world.member(who), _newcomer(world, pick, shared)
    world.newcomers.append(given)
    made = world.ask(
        box,
        lambda desk: desk.account.correct(
            address=canary("Address", len(world.newcomers)),
            telephone=given.telephone,
            email=given.email,
            bank_account=given.bank_account,
        ),
    )
    return f"member {box} corrects everything but the name: {told(made)}"


def withdraw(world: World, who: int) -> str:
    """A member leaves."""
    box = world.member(who)
    return f"member {box} leaves: {told(world.ask(box, lambda desk: desk.account.withdraw(REASON)))}"


def forget(world: World, pick: int) -> str:
    """The manager forgets who has left."""
    former = world.chronicle.former
    if not former:
        return "nobody has left"
    box = pick_of(list(former), pick)
    made = world.attempt(None, lambda: world.broker.office.members.forget(box))
    return f"the manager forgets who had box {box}: {told(made)}"


def stay(world: World, who: int) -> str:
    """A member says that the membership is to go on."""
    box = world.member(who)
    return f"member {box} stays: {told(world.ask(box, lambda desk: desk.account.stay()))}"


def _newcomer(world: World, pick: int, shared: int) -> Newcomer:
    """Return contact details that nobody has; one time in six one of them is somebody else's."""
    own = len(world.newcomers) + 1
    email = canary("mail", own).replace(" ", "") + "@story.example"
    given = Newcomer(canary("555", own), email, canary("account", own))
    if not world.newcomers or shared % 6:
        return given
    other = pick_of(world.newcomers, pick)
    match shared // 6 % 3:
        case 0:
            return evolve(given, telephone=other.telephone)
        case 1:
            return evolve(given, email=other.email)
    return evolve(given, bank_account=other.bank_account)
