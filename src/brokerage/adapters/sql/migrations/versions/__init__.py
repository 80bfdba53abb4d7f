"""One step a module, applied by Alembic in the order of their numbers; none is ever changed once it was released."""
