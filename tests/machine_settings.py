"""How many examples and steps the machines of tests take, which a profile may change."""

from hypothesis import HealthCheck, settings

__all__ = ["quick"]

_PLAIN = 100  # the examples of a profile that says nothing of them


def quick(examples: int, steps: int) -> settings:
    """Return settings of so many examples and steps, unless the profile asks for others than Hypothesis does."""
    asked = settings()
    is_plain = asked.max_examples == _PLAIN
    return settings(
        asked,
        max_examples=examples if is_plain else asked.max_examples,
        stateful_step_count=steps if is_plain else asked.stateful_step_count,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
