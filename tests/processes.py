"""What other processes that tests start need, to find the package and the tests' own modules."""

import os
import sys

__all__ = ["ENVIRONMENT"]

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
