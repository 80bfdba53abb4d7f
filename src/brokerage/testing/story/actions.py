"""The table of everything that can happen in a story: to let something else happen, write a function and add a row."""

from collections.abc import Callable, Sequence
from enum import Enum
from itertools import accumulate
from random import Random

from attrs import field, frozen

from brokerage.testing.story import item_actions as items
from brokerage.testing.story import letters_actions as letters
from brokerage.testing.story import market_actions as market
from brokerage.testing.story import news
from brokerage.testing.story import order_actions as orders
from brokerage.testing.story import people_actions as people
from brokerage.testing.story import settling_actions as settling
from brokerage.testing.story import tender_actions as tenders
from brokerage.testing.story import time_actions as time
from brokerage.testing.story import trouble_actions as trouble

__all__ = ["ACTIONS", "Action", "Step", "Way", "drawn", "steps_of"]

_PICKS = 1000
_MEMBERS = ("register",) * 4
_SERVICES = ("enlist", "enlist", "call_service", "bid", "bid", "wait_for_answers")
_OFFERS = ("sell", "buy") * 4
_ITEMS = ("offer_item", *("reserve",) * 3, "call_supply", *("bid",) * 3)
_OFTENER = 4


class Way(Enum):
    """By which of the two ways to a deal something happens: blindly in the market, or with items and tenders."""

    MARKET = "market"
    ITEMS = "items"


@frozen
class Action:
    """Something that can happen.

    Args:
        name: as stories write it: one word.
        weight: how often it happens, beside the others.
        picks: how many numbers it takes.
        act: lets it happen in a world, and returns in a sentence what did. Its numbers, from 0 to 999, choose among
            what there is, each modulo how much there is, so that a story still makes sense when steps are left out.
        is_fault: whether it only prepares what goes wrong in the step that follows.
        way: by which way to a deal it happens, if it is not common to both: a third of all stories have more of the
            one, and a third more of the other.
    """

    name: str
    weight: int
    picks: int
    act: Callable[..., str]
    is_fault: bool = field(default=False, kw_only=True)
    way: Way | None = field(default=None, kw_only=True)


ACTIONS = (
    Action("register", 5, 3, people.register),
    Action("sell", 16, 5, market.sell, way=Way.MARKET),
    Action("buy", 16, 5, market.buy, way=Way.MARKET),
    Action("amend", 3, 3, market.amend, way=Way.MARKET),
    Action("cancel", 2, 2, market.cancel, way=Way.MARKET),
    Action("acknowledge", 2, 1, market.acknowledge, way=Way.MARKET),
    Action("look", 2, 2, market.look, way=Way.MARKET),
    Action("decide", 20, 5, market.decide, way=Way.MARKET),
    Action("decide_again", 4, 2, market.decide_again, way=Way.MARKET),
    Action("pay", 4, 2, market.pay),
    Action("transfer", 12, 3, settling.transfer),
    Action("bank_tells", 4, 2, news.bank_tells),
    Action("move_goods", 12, 3, settling.move_goods),
    Action("carrier_tells", 4, 2, news.carrier_tells),
    Action("contradict", 1, 2, news.contradict),
    Action("tell_all", 1, 0, news.tell_all),
    Action("perform", 5, 2, settling.perform),
    Action("confirm", 5, 2, settling.confirm),
    Action("card_house_tells", 2, 2, news.card_house_tells),
    Action("call_off", 2, 2, trouble.call_off),
    Action("send_back", 6, 1, trouble.send_back),
    Action("dispute", 3, 2, trouble.dispute),
    Action("answer", 3, 2, trouble.answer),
    Action("settle_dispute", 2, 2, trouble.settle_dispute),
    Action("bounce", 3, 2, trouble.bounce),
    Action("charge_back", 5, 3, trouble.charge_back),
    Action("decline", 2, 2, trouble.decline),
    Action("manage", 5, 3, trouble.manage),
    Action("withdraw", 2, 1, people.withdraw),
    Action("forget", 1, 1, people.forget),
    Action("correct", 2, 3, people.correct),
    Action("stay", 1, 1, people.stay),
    Action("complain", 3, 3, letters.complain),
    Action("judge", 2, 2, letters.judge),
    Action("write_news", 1, 2, letters.write_news),
    Action("offer_item", 6, 5, items.offer_item, way=Way.ITEMS),
    Action("move_release", 2, 3, items.move_release, way=Way.ITEMS),
    Action("withdraw_item", 1, 2, items.withdraw_item, way=Way.ITEMS),
    Action("watch", 3, 4, items.watch, way=Way.ITEMS),
    Action("browse", 2, 3, items.browse, way=Way.ITEMS),
    Action("reserve", 24, 5, items.reserve, way=Way.ITEMS),
    Action("amend_reservation", 2, 4, items.amend_reservation, way=Way.ITEMS),
    Action("cancel_reservation", 2, 2, items.cancel_reservation, way=Way.ITEMS),
    Action("enlist", 3, 3, tenders.enlist, way=Way.ITEMS),
    Action("call_supply", 5, 5, tenders.call_supply, way=Way.ITEMS),
    Action("call_service", 4, 5, tenders.call_service, way=Way.ITEMS),
    Action("take_back", 1, 1, tenders.take_back, way=Way.ITEMS),
    Action("look_in_file", 2, 1, tenders.look_in_file, way=Way.ITEMS),
    Action("bid", 24, 5, tenders.bid, way=Way.ITEMS),
    Action("withdraw_bid", 2, 2, tenders.withdraw_bid, way=Way.ITEMS),
    Action("accept", 3, 2, tenders.accept, way=Way.ITEMS),
    Action("refuse", 2, 2, tenders.refuse, way=Way.ITEMS),
    Action("reply", 28, 2, orders.reply, way=Way.ITEMS),
    Action("confirm_purchase", 3, 2, orders.confirm_purchase, way=Way.ITEMS),
    Action("decline_purchase", 2, 2, orders.decline_purchase, way=Way.ITEMS),
    Action("confirm_order", 2, 2, orders.confirm_order, way=Way.ITEMS),
    Action("decline_order", 2, 2, orders.decline_order, way=Way.ITEMS),
    Action("match", 2, 0, time.match, way=Way.MARKET),
    Action("run_due", 14, 0, time.run_due),
    Action("wait", 9, 1, time.wait),
    Action("wait_for_due", 5, 0, time.wait_for_due),
    Action("wait_for_answers", 14, 1, time.wait_for_answers, way=Way.ITEMS),
    Action("set_terms", 1, 4, time.set_terms),
    Action("crash", 7, 1, time.crash, is_fault=True),
    Action("fail", 5, 2, time.fail, is_fault=True),
    Action("trouble", 2, 3, time.trouble),
)
"""Everything that can happen, and how often."""


@frozen
class Step:
    """One step of a story in plain values: what happens, and the numbers that were drawn for it."""

    name: str
    picks: tuple[int, ...] = ()

    def text(self) -> str:
        """Return the step as stories write it.

        >>> Step("sell", (3, 1)).text()
        'sell 3 1'
        """
        return " ".join((self.name, *map(str, self.picks)))


def steps_of(story: str) -> tuple[Step, ...]:
    """Return the steps of a story that is written down.

    >>> steps_of("open 1 0 0, match, wait 7")
    (Step(name='open', picks=(1, 0, 0)), Step(name='match', picks=()), Step(name='wait', picks=(7,)))
    """
    lines = (line.split() for line in story.split(","))
    return tuple(Step(words[0], tuple(map(int, words[1:]))) for words in lines if words)


def drawn(seed: int, count: int, actions: Sequence[Action] = ACTIONS) -> tuple[Step, ...]:
    """Return the steps that a seed determines, behind the step "open".

    Some members come and offer or reserve first, in half of all stories after carriers and payment providers were
    called; and half of all stories end with all news told.
    """
    chance = Random(seed)
    pick, rarer = chance.randrange, chance.choice((None, *Way))
    weights = list(accumulate(action.weight * (1 if action.way is rarer and rarer else _OFTENER) for action in actions))
    steps = [Step("open", tuple(pick(_PICKS) for _ in range(6)))]
    first = _MEMBERS + _SERVICES * pick(2) + (_ITEMS if rarer is Way.MARKET else _OFFERS)
    begin = [action for name in first for action in actions if action.name == name][:count]
    for action in begin + chance.choices(actions, cum_weights=weights, k=count - len(begin)):
        steps.append(Step(action.name, tuple(pick(_PICKS) for _ in range(action.picks))))
    return (*steps, Step("tell_all")) if pick(2) else tuple(steps)
