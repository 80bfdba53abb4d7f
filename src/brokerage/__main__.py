"""``python -m brokerage``: the command line, if the extra ``cli`` is installed."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line, or say what to install."""
    try:
        from brokerage.cli import application
    except ModuleNotFoundError as error:
        sys.exit(f"The command line needs {error.name}: install it with  pip install 'brokerage[cli]'")
    application()


if __name__ == "__main__":
    main()
