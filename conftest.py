"""Runs the examples in the documents, and settles how hypothesis tries: the same way each time where CI says so.

Where code is changed on purpose, the profile ``mutants`` makes the first failure enough; ``few`` is for a Python that
stands between two on which all examples are tried.
"""

import os
from doctest import ELLIPSIS

from hypothesis import Phase, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

settings.register_profile("steady", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.register_profile(
    "mutants", deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)
settings.register_profile("few", settings.get_profile("steady"), max_examples=20)
settings.load_profile("steady")

collect_ignore = ["docs/conf.py"]  # it needs Sphinx, which only the documents have

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()],
    patterns=["README.md", "docs/**/*.md", "docs/*.md"],
).pytest()
