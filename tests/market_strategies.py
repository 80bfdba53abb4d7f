"""What members may offer, change and wait for while the broker is compared with the naive market."""

from datetime import timedelta

from hypothesis import strategies as st

from brokerage import Margin

HIGHEST = 10**15 - 1000  # far above all others, with room for carriage and for paying too much

PICKS = st.integers(0, 999)
CODES = st.sampled_from(("phones",) * 14 + ("boats", "repairs"))
COINS = st.sampled_from(("USD",) * 14 + ("JPY", "KWD"))
LEAST = st.one_of(st.integers(0, 8), st.integers(0, 40), st.sampled_from((0, 7, 7, HIGHEST)))
MOST = st.one_of(st.integers(6, 14), st.integers(0, 40), st.sampled_from((0, 12, 12, HIGHEST)))
NAMES = st.sampled_from(("Pixel 7", "pixel-7 new", "Seven PIXELS", "Boat"))
ATTRIBUTES = st.dictionaries(st.sampled_from(("colour", "size")), st.sampled_from(("red", "blue")), max_size=2)
_SOME = st.tuples(
    st.dictionaries(
        st.sampled_from(("colour", "size")), st.sets(st.sampled_from(("red", "blue")), min_size=1), max_size=1
    ),
    st.lists(st.sampled_from(("pixel", "PIXEL-7", "new")), max_size=1).map(tuple),
)
REQUIREMENTS: st.SearchStrategy[tuple[dict[str, set[str]], tuple[str, ...]]]
REQUIREMENTS = st.one_of(st.just(({}, ())), st.just(({}, ())), st.just(({}, ())), _SOME)
LIVES = st.sampled_from(
    (None,) * 8 + (timedelta(minutes=3), timedelta(hours=1), timedelta(days=2), timedelta(days=7, minutes=5))
)
STEPS = st.sampled_from(
    tuple(timedelta(minutes=minutes) for minutes in (0, 0.5, 2.5, 5, 5, 60, 62.5))
    + tuple(timedelta(days=days) for days in (1, 3, 7, 31))
)
SALES = st.tuples(PICKS, CODES, COINS, LIVES, LEAST, NAMES, ATTRIBUTES)
PURCHASES = st.tuples(PICKS, CODES, COINS, LIVES, MOST, REQUIREMENTS)
FACTORS = st.sampled_from(("1", "0.9", "0.5", "0.123456", "0"))
RATES = st.sampled_from(("0.1", "0.10", "0.5", "0", "0.333"))
MARGINS = st.sampled_from(tuple(Margin))

# Written differently, the same: e-mails by case and space, telephones and accounts by what stands between the digits.
EMAILS = st.sampled_from(
    ("ann@shop.example", " ANN@Shop.Example ", "bob@home.example", "cid@x.example", "dee@x.example")
)
TELEPHONES = st.sampled_from(("+1 555 0100", "001-555-0100", "15550101", "15550102", "15550103"))
ACCOUNTS = st.sampled_from(("US-1", "us 1", "US-2", "US-3", "US-4", "US-5"))
