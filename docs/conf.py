"""How Sphinx makes the documents: Markdown pages, and the reference from the docstrings."""

from enum import Enum
from importlib.metadata import version as version_of
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.napoleon import Config, GoogleDocstring

project = "brokerage"
author = "the brokerage maintainers"
version = release = version_of("brokerage")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["drawings"]

nitpicky = True
# Other projects' pages are not looked up, so that the documents build without a network; type variables have no page.
nitpick_ignore_regex = [
    ("py:.*", r"(collections|datetime|decimal|enum|fractions|pathlib|ssl|types|typing)\..*"),
    ("py:.*", r"(cattrs|hypothesis|rich|sqlalchemy|typer)\..*"),
    ("py:.*", r"(.*\.)?_\w+"),
]

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

html_theme = "furo"
html_title = "brokerage"
html_show_copyright = False
html_show_sourcelink = False
pygments_style = "friendly"

add_module_names = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"

_NOT_MADE_BY_USERS = {
    "brokerage.desks.account.MemberAccount",
    "brokerage.desks.buyer.BuyerDesk",
    "brokerage.desks.claims.DealClaims",
    "brokerage.desks.complaints.MemberComplaints",
    "brokerage.desks.contractors.ContractorDesk",
    "brokerage.desks.market.MemberDesk",
    "brokerage.desks.seller.SellerDesk",
    "brokerage.office.analysis.Analysis",
    "brokerage.office.cases.DealCases",
    "brokerage.office.complaints.ComplaintsOffice",
    "brokerage.office.contractors.ContractorsOffice",
    "brokerage.office.desk.Office",
    "brokerage.office.items.ItemsOffice",
    "brokerage.office.members.MembersOffice",
    "brokerage.office.news.NewsOffice",
    "brokerage.office.orders.OrdersOffice",
    "brokerage.office.tenders.TendersOffice",
    "brokerage.simulation.Replay",
}
_SECTIONS = Config(napoleon_use_rtype=False)


def setup(app: Sphinx) -> None:
    """Hook the functions below into the build."""
    app.connect("autodoc-process-docstring", _read_sections)
    app.connect("autodoc-process-signature", _shorten_signature)
    app.connect("autodoc-skip-member", _show_speaking_names)
    app.connect("missing-reference", _find_by_short_name)


def _read_sections(app: Sphinx, what: str, name: str, documented: Any, options: Any, lines: list[str]) -> None:
    """Turn ``Args``, ``Returns`` and ``Raises`` into fields; a constant's first line is a sentence and not its type."""
    if what in ("module", "class", "exception", "function", "method"):
        lines[:] = GoogleDocstring(lines, _SECTIONS, app, what, name, documented, options).lines()


def _shorten_signature(
    app: Sphinx, what: str, name: str, documented: Any, options: Any, signature: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """Hide how a thing is made that users do not make, and the marker of a default that is made anew each time."""
    if name in _NOT_MADE_BY_USERS or (what == "class" and _has_no_making(documented)):
        return "", None
    return signature and signature.replace("= NOTHING", "= ..."), returned


def _has_no_making(documented: Any) -> bool:
    """Say whether a class is a list of values, or a Protocol."""
    return (isinstance(documented, type) and issubclass(documented, Enum)) or bool(
        getattr(documented, "_is_protocol", False)
    )


def _show_speaking_names(app: Sphinx, what: str, name: str, documented: Any, skip: bool, options: Any) -> bool | None:
    """Show values of an enumeration, and properties, also where their names say enough without a docstring."""
    is_private = name.startswith("_")
    return False if isinstance(documented, Enum | property) and not is_private else None


def _find_by_short_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.Element | None:
    """Find what is called by a part of its name, or stands in the reference where it is imported from or defined."""
    if node.get("refdomain") != "py":
        return None
    domain, target = env.domains.python_domain, node["reftarget"]
    found = domain.find_obj(env, None, None, target, None, 1)
    short = target.rpartition(".")[2]
    found = found or domain.find_obj(env, None, None, f"brokerage.{short}", None, 0)
    found = found or domain.find_obj(env, None, None, short, None, 1)
    found = [each for each in found if not each[1].aliased]
    if len(found) != 1:
        return None
    return domain.resolve_xref(env, node["refdoc"], app.builder, node["reftype"], found[0][0], node, content)
