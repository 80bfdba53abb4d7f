"""A user of PostgreSQL with the rights that the page on it names can run a market, and one with fewer is told so."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from brokerage import BankTransfer, Brokerage
from brokerage.adapters.sql import SqlStore
from brokerage.errors import StoreFailure, StoreReadOnly
from databases import DATABASES

pytestmark = pytest.mark.databases

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "postgresql.md"
[RIGHTS] = re.findall(r"```sql\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def markets_own(postgresql_url: str) -> Iterator[str]:
    """Return the URL for a user of the name that the page gives, who has those rights."""
    with DATABASES.server.connection(str(make_url(postgresql_url).database)) as admin:
        for statement in filter(str.strip, RIGHTS.split(";")):
            admin.execute(statement)
        yield make_url(postgresql_url).set(username="market").render_as_string()
        admin.execute("DROP OWNED BY market")
        admin.execute("DROP ROLE market")


def test_the_rights_are_enough(markets_own: str) -> None:
    """With them members trade; tables are neither made nor changed."""
    with SqlStore(markets_own, create=False) as store:
        broker = Brokerage(store=store)
        broker.office.add_category("goods", rate="0.10")
        ann, bob = (
            broker.register(
                name=name,
                address=f"{name} Row",
                telephone=f"555 01{at}",
                email=f"{name}@home.example",
                bank_account=f"US-{at}",
            )
            for at, name in enumerate(("Ann", "Bob"), start=10)
        )
        sale = ann.sell("goods", "lamp", min_price="80.00", currency="USD")
        want = bob.buy("goods", max_price="100.00", currency="USD")
        assert broker.match() == 2
        [candidate] = bob.candidates(want)
        bought = bob.decide(want, sale, price=candidate.total, pay_by=BankTransfer())
        broker.advise_payment(reference=bought.reference, amount="92.00", currency="USD", notice="1")
        assert ann.deal(bought.number).status == "Transaction Settled"


def test_who_lacks_a_right_is_told(markets_own: str) -> None:
    """A right that is taken away is missed where it is needed, and named."""
    with DATABASES.server.connection(str(make_url(markets_own).database)) as admin, SqlStore(markets_own) as store:
        broker = Brokerage(store=store)
        admin.execute("REVOKE INSERT ON categories FROM market")
        with pytest.raises(StoreReadOnly, match=r"permission denied for table categories.*give this user the rights"):
            broker.office.add_category("goods", rate="0.10")
        admin.execute("REVOKE SELECT ON categories FROM market")
        with pytest.raises(StoreFailure, match="permission denied for table categories"):
            broker.office.categories()


def test_a_schema_of_its_own(postgresql_url: str) -> None:
    """Tables stand where the search path of the URL says."""
    name = str(make_url(postgresql_url).database)
    with DATABASES.server.connection(name) as admin:
        admin.execute("CREATE SCHEMA trading")
        with SqlStore(f"{postgresql_url}&options=-csearch_path%3Dtrading") as store:
            Brokerage(store=store).office.add_category("goods", rate="0.10")
        assert admin.execute("SELECT count(*) FROM trading.categories").fetchone() == (1,)
        assert admin.execute("SELECT count(*) FROM public.categories").fetchone() == (0,)
