"""How many examples and steps the machines of tests take, which a profile may change."""

from hypothesis import HealthCheck, settings

__all__ = ["quick"]

_PLAIN = 100  # the examples of a profile that says nothing of them


def quick(examples: int, steps: int) -> settings:
    """Return settings of so many examples and steps; of more or fewer if the profile asks for more or fewer."""
    asked = settings()

    def chosen(usual: int, of_profile: int) -> int:
        if asked.max_examples == _PLAIN:
            return usual
        return (max if asked.max_examples > _PLAIN else min)(usual, of_profile)

    return settings(
        asked,
        max_examples=chosen(examples, asked.max_examples),
        stateful_step_count=chosen(steps, asked.stateful_step_count),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
