"""Bugs that are planted into the engine from outside, each in one place, to see the simulation find them.

Every one replaces a function or a method while a test runs; the source knows nothing of them.
"""

from collections.abc import Callable
from typing import Any

from attrs import frozen

import brokerage.services.effects as effects
import brokerage.services.market.candidates as candidates
import brokerage.services.market.decisions as decisions
import brokerage.services.market.offers as offers
import brokerage.services.market.reading as reading
import brokerage.services.reserving.agreeing as agreeing
import brokerage.services.reserving.items as items
import brokerage.services.reserving.orders as ordering
import brokerage.services.reserving.pool as pool
import brokerage.services.reserving.preparing as preparing
import brokerage.services.reserving.reservations as reservations
import brokerage.services.settlement.deals as settling
import brokerage.services.settlement.refunds as refunds
import brokerage.services.settlement.reversals as reversals
import brokerage.services.tendering.awards as awards
import brokerage.services.tendering.files as files
import brokerage.services.tendering.reading as tender_reading
import planted_agreements as agreements
import planted_inside as inside
import planted_outside as outside
from brokerage.adapters.memory.ledger import MemoryLedger
from brokerage.house import House
from brokerage.services.cases import Cases
from brokerage.services.complaints import Complaints
from brokerage.services.effects import Relay
from brokerage.services.housekeeping import Housekeeping
from brokerage.services.market.decisions import Decisions
from brokerage.services.market.offers import Offers
from brokerage.services.reserving.course import OrderCourse
from brokerage.services.reserving.looking import Looking
from brokerage.services.reserving.order_lists import OrderLists
from brokerage.services.reserving.orders import Orders
from brokerage.services.settlement import (
    CardPayments,
    Course,
    Delivery,
    Disbursements,
    Reception,
    Refunds,
    Settlement,
)
from brokerage.services.tendering import Tenders
from brokerage.testing.story.invariants import Invariant

(
    BALANCED,
    BOOKED_AS_IT_WAS,
    NOTHING_OVERDRAWN,
    OUT_OF_ITS_OWN,
    ONE_PAYOUT,
    NO_MORE_THAN_CAME,
    ONE_ORDER,
    ALL_MONEY_KNOWN,
    NOTICES_KEPT,
    SENT_AS_WRITTEN,
    DEAL_MOVES,
    OFFER_MOVES,
    ITEM_MOVES,
    RESERVATION_MOVES,
    TENDER_MOVES,
    ORDER_MOVES,
    ENDED,
    EVERY_CHANGE_TOLD,
    COUNTED,
    POOLED,
    SERVED,
    BOTH_CONFIRMED,
    WITHIN_TERMS,
    SEALED,
    POINTS_FOLLOW,
    ONE_BUYER,
    ONE_DEAL_A_REQUEST,
    WRONG_PRICE,
    BLIND,
    PROPER_ERRORS,
    DEADLINES_KEPT,
    ALL_ENDS,
    CASES_CLOSE,
    OUTBOX_EMPTIES,
) = Invariant

__all__ = ["PLANTED", "PlantedBug"]


@frozen
class PlantedBug:
    """A bug: what is replaced by what, by which invariant it is found, and in how many steps its story fits.

    ``first`` is the seed to begin with: one from which on it is found soon.
    """

    name: str
    owner: Any
    attribute: str
    made: Callable[[Any], Any]
    invariant: Invariant
    steps: int = 20
    first: int = 0


PLANTED = (
    PlantedBug("double payout", Disbursements, "_send", outside.double_payout, ONE_PAYOUT),
    PlantedBug("payout into the account of another", effects, "account_of", outside.foreign_account, ONE_PAYOUT),
    PlantedBug("payout tried again under another key", Relay, "_postpone", outside.rekeyed, ONE_PAYOUT, first=17),
    PlantedBug("refund after payout", Settlement, "_complete_if_done", outside.refund_after_payout, OUT_OF_ITS_OWN),
    PlantedBug("refund after payout, without a claim", settling, "claim", outside.no_claim, OUT_OF_ITS_OWN),
    PlantedBug("chargeback after payout, without a claim", reversals, "claim", outside.no_claim, OUT_OF_ITS_OWN),
    PlantedBug("refund of more than came", Refunds, "send", outside.too_much_back, NO_MORE_THAN_CAME, first=8),
    PlantedBug("escrow emptied twice", refunds, "set_aside", outside.overdrawn, NOTHING_OVERDRAWN),
    PlantedBug("lost notice", Housekeeping, "_take", outside.confirmed_unkept, NOTICES_KEPT),
    PlantedBug("notice never confirmed", Housekeeping, "_take", outside.never_confirmed, NOTICES_KEPT),
    PlantedBug("notice booked as often as it comes", Reception, "take", outside.booked_again, BOOKED_AS_IT_WAS),
    PlantedBug(
        "money not booked when the deal lapsed",
        Settlement,
        "receive",
        outside.unbooked_after_lapse,
        BOOKED_AS_IT_WAS,
        first=9,
    ),
    PlantedBug(
        "money booked though it never moved",
        Relay,
        "_try",
        outside.answered_though_it_failed,
        BOOKED_AS_IT_WAS,
        first=10,
    ),
    PlantedBug("revived deal", Settlement, "receive", inside.revived_deal, ENDED, first=9),
    PlantedBug("goods moved before they are paid", Delivery, "_moved_on", inside.carried_unpaid, DEAL_MOVES),
    PlantedBug("goods ordered twice", Settlement, "_paid", outside.ordered_twice, ONE_ORDER),
    PlantedBug("offer closed as it cannot be", offers, "close", inside.closed_wrongly, OFFER_MOVES),
    PlantedBug("change without an event", Course, "put", inside.silent_change, EVERY_CHANGE_TOLD),
    PlantedBug("ended offers that are still counted", Offers, "_closed", inside.uncounted, COUNTED),
    PlantedBug("complaints that count nothing", Complaints, "_count", inside.uncounted_points, POINTS_FOLLOW),
    PlantedBug("sale sold twice", Decisions, "decide", inside.sold_twice, ONE_BUYER),
    PlantedBug("double use of a request id", decisions, "remember_request", inside.forgetful, ONE_DEAL_A_REQUEST),
    PlantedBug("any price will do", decisions, "check_total", inside.any_price, WRONG_PRICE),
    PlantedBug(
        "effect under a key that is not written down", Relay, "_perform", outside.key_of_the_moment, SENT_AS_WRITTEN, 3
    ),
    PlantedBug("effect sent before the commit", House, "commit", outside.sent_before_commit, SENT_AS_WRITTEN, 3),
    PlantedBug("leaked limit", candidates, "candidate_view", inside.leaked_limit, BLIND),
    PlantedBug("leaked identity", reading, "bought_view", inside.leaked_identity, BLIND),
    PlantedBug(
        "card held before that is written down",
        CardPayments,
        "with_authorisation",
        outside.no_intent,
        ALL_MONEY_KNOWN,
        first=69,
    ),
    PlantedBug("deadline forgotten", Settlement, "deadline", inside.forgotten_deadline, ALL_ENDS),
    PlantedBug("deadlines that nobody looks at", Housekeeping, "_deadline", inside.late_deadlines, DEADLINES_KEPT),
    PlantedBug("disputes that stay open cases", Cases, "close", inside.never_closed, CASES_CLOSE),
    PlantedBug("mails that are never sent", Relay, "_try", outside.no_welcome, OUTBOX_EMPTIES),
    PlantedBug("an error that is none of ours", offers, "own_offer", inside.no_error_of_ours, PROPER_ERRORS, first=19),
    PlantedBug(
        "release moved of what is on the market",
        items,
        "announced",
        agreements.behind_the_register,
        ITEM_MOVES,
        first=15,
    ),
    PlantedBug(
        "reservation completed without a deal", pool, "move_reservation", agreements.ended_wrongly, RESERVATION_MOVES, 5
    ),
    PlantedBug("tender awarded to nobody", awards, "move_tender", agreements.awarded_to_nobody, TENDER_MOVES, 6),
    PlantedBug("seller asked before any buyer", OrderCourse, "ask_buyers", agreements.skipped_buyers, ORDER_MOVES),
    PlantedBug("demand that is not counted", reservations, "change_demand", agreements.nothing_counted, POOLED, 5),
    PlantedBug("reservation counted after its deal", agreeing, "_count", agreements.uncounted_reservation, COUNTED),
    PlantedBug("reservation that leaves an order uncounted", OrderCourse, "drop", agreements.dropped_uncounted, SERVED),
    PlantedBug("kept by a fallen order", pool, "move_reservation", agreements.kept_by_a_fallen_order, SERVED, first=13),
    PlantedBug("owed before both have confirmed", Orders, "confirm", agreements.owed_at_once, BOTH_CONFIRMED),
    PlantedBug("any total will do", ordering, "check_total", inside.any_price, WRONG_PRICE, first=9),
    PlantedBug("order of too few units", OrderCourse, "go_on", agreements.any_number_of_units, WITHIN_TERMS),
    PlantedBug("order of too many units", preparing, "chosen", agreements.capacity_forgotten, WITHIN_TERMS, first=36),
    PlantedBug("sealed bids that the manager sees", files, "_is_opened", agreements.seals_broken, SEALED),
    PlantedBug("sealed bids that the journal tells", Tenders, "_note", agreements.opened_early, SEALED),
    PlantedBug("bids that others are shown", tender_reading, "bid_view", agreements.leaked_bid, BLIND),
    PlantedBug("limits that an item tells", Looking, "item", agreements.told_limits, BLIND),
    PlantedBug("buyers whom an order names", OrderLists, "show", agreements.named_buyers, BLIND),
    PlantedBug(
        "order changed without an event", OrderCourse, "put", agreements.silent_order, EVERY_CHANGE_TOLD, first=7
    ),
    PlantedBug("order that waits for ever", OrderCourse, "ask_buyers", agreements.forgotten_order, ALL_ENDS, first=16),
    PlantedBug("tenders that nobody opens", Housekeeping, "_tenders", agreements.no_deadlines, DEADLINES_KEPT, 5),
    PlantedBug("orders that nobody ends", Housekeeping, "_orders", agreements.no_deadlines, DEADLINES_KEPT, first=14),
    PlantedBug("a ledger that cannot add", MemoryLedger, "balance", outside.cannot_add, BALANCED),
)
"""Every bug that the simulation must find."""
