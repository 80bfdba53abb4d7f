"""Terms of the solver Z3 that behave like the integers which the production arithmetic is written for.

Where a claim does not rest on prices being whole it is proved for real numbers, and so for integers among them. Where
it does, an integer is a real number of which no more is known than that it lies at least 1 from every other integer
that it does not equal, and from their negatives: it proves more than is claimed, and products of reals are what the
solver decides surely and fast. A counterexample is looked for among true integers.
"""

from itertools import combinations
from typing import Any

import z3
from attrs import field, frozen

__all__ = ["AnyRounding", "AnyRule", "Facts", "PairRate", "Term", "Undecided", "Unrounded"]

PATIENCE = 5000
"""How long the solver may think about one claim, in milliseconds; none takes a tenth of it."""


class Undecided(Exception):
    """The solver did not find out, or the arithmetic branched on a term that nothing assumed settles."""


@frozen(eq=False)
class Facts:
    """What is assumed; it grows by what operations on terms define."""

    known: list[Any] = field(factory=list)
    _integers: list[Any] = field(factory=list)

    def assume(self, *terms: "Term") -> None:
        """Assume that each of the terms is true."""
        self.known.extend(term.inner for term in terms)

    def integer(self, name: str) -> "Term":
        """Return any integer."""
        return self._integer(z3.Real(name))

    def another_integer(self) -> "Term":
        """Return any integer, under a name of its own."""
        return self._integer(z3.FreshReal("integer"))

    def real(self, name: str) -> "Term":
        """Return any real number."""
        return Term(z3.Real(name), self)

    def another_real(self) -> "Term":
        """Return any real number, under a name of its own."""
        return Term(z3.FreshReal("real"), self)

    def implies(self, condition: "Term", consequence: "Term") -> "Term":
        """Return that one truth brings another."""
        return Term(z3.Implies(condition.inner, consequence.inner), self)

    def prove(self, claim: "Term") -> None:
        """Pass if the claim follows from what is assumed.

        Raises:
            AssertionError: it does not; the message holds values that break it.
            Undecided: the solver did not find out.
        """
        model = _model(self._prover(claim))
        assert model is None, model

    def follows(self, claim: "Term") -> bool:
        """Say whether the claim follows from what is assumed; raises as :meth:`prove` does when undecided."""
        return _model(self._prover(claim)) is None

    def smallest_counterexample(self, claim: "Term", *terms: "Term") -> tuple[int, ...] | None:
        """Look for true integers under which all that is assumed holds and the claim does not.

        Args:
            claim: what is to be broken.
            terms: whose values are wanted, each as small as possible, the first one first.

        Returns:
            The values; ``None`` if nothing breaks the claim.

        Raises:
            Undecided: the solver did not find out.
        """
        solver = z3.Solver()
        solver.add(*self.known, z3.Not(claim.inner))
        solver.add(*(integer == z3.ToReal(z3.FreshInt()) for integer in self._integers))
        model = _model(solver)
        if model is None:
            return None
        found = []
        for term in terms:
            while model is not None:
                value = model.eval(term.inner, model_completion=True)
                solver.push()
                solver.add(term.inner < value)
                model = _model(solver)
                solver.pop()
            solver.add(term.inner == value)
            model = _model(solver)
            found.append(int(value.as_long()))
        return tuple(found)

    def _integer(self, inner: Any) -> "Term":
        self._integers.append(inner)
        return Term(inner, self)

    def _prover(self, claim: "Term") -> Any:
        solver = z3.SolverFor("QF_NRA")
        for one, other in combinations(self._integers, 2):
            for same in (other, -other):
                solver.add(z3.Or(one <= same - 1, one == same, one >= same + 1))
        solver.add(*self.known, z3.Not(claim.inner))
        return solver


def _model(solver: Any) -> Any:
    """Return values that satisfy a solver, ``None`` if there are none."""
    solver.set("timeout", PATIENCE)
    answer = solver.check()
    if answer == z3.unknown:
        raise Undecided(solver.reason_unknown())
    return solver.model() if answer == z3.sat else None


@frozen(eq=False)
class Term:
    """A number or a truth value, known to the solver by name or by how it is made of others."""

    inner: Any
    facts: Facts

    def __neg__(self) -> "Term":
        return self._of(-self.inner)

    def __add__(self, other: "Term | int") -> "Term":
        return self._of(self.inner + _number(other))

    def __radd__(self, other: int) -> "Term":
        return self._of(other + self.inner)

    def __sub__(self, other: "Term | int") -> "Term":
        return self._of(self.inner - _number(other))

    def __rsub__(self, other: int) -> "Term":
        return self._of(other - self.inner)

    def __mul__(self, other: "Term | int") -> "Term":
        if isinstance(other, Term) and z3.is_bool(other.inner):
            return self._of(z3.If(other.inner, self.inner, 0))
        return self._of(self.inner * _number(other))

    def __rmul__(self, other: int) -> "Term":
        return self._of(other * self.inner)

    def __floordiv__(self, other: "Term | int") -> "Term":
        """Return the quotient by a positive divisor, rounded down: some integer that fits the definition of it."""
        quotient = self.facts.another_integer()
        self.facts.assume((quotient * other <= self) & (self < (quotient + 1) * other))
        return quotient

    def __mod__(self, other: int) -> "Term":
        return self - self // other * other

    def __lt__(self, other: "Term | int") -> "Term":
        return self._of(self.inner < _number(other))

    def __le__(self, other: "Term | int") -> "Term":
        return self._of(self.inner <= _number(other))

    def __gt__(self, other: "Term | int") -> "Term":
        return self._of(self.inner > _number(other))

    def __ge__(self, other: "Term | int") -> "Term":
        return self._of(self.inner >= _number(other))

    def __eq__(self, other: object) -> Any:
        return self._of(self.inner == _number(other))

    def __and__(self, other: "Term") -> "Term":
        return self._of(z3.And(self.inner, other.inner))

    def __or__(self, other: "Term") -> "Term":
        return self._of(z3.Or(self.inner, other.inner))

    def __bool__(self) -> bool:
        if self.facts.follows(self):
            return True
        if self.facts.follows(self._of(z3.Not(self.inner))):
            return False
        raise Undecided(str(self.inner))

    def _of(self, inner: Any) -> "Term":
        return Term(inner, self.facts)


def _number(value: object) -> Any:
    """Return what the solver calculates with; a truth counts as 1 or 0, as in Python."""
    inner = value.inner if isinstance(value, Term) else value
    return z3.If(inner, 1, 0) if z3.is_bool(inner) else inner


@frozen(eq=False)
class PairRate:
    """The rate of a pair, of terms, in place of a :class:`fractions.Fraction`."""

    numerator: Any
    denominator: Any


@frozen(eq=False)
class AnyRule:
    """A margin rule that may give anything at all for a pair: a fraction of which nothing needs to be known."""

    numerator: Any
    denominator: Any
    name: str = "any"

    def margin(self, _min_price: Any, _max_price: Any, _rate: Any) -> tuple[Any, Any]:
        """Return it."""
        return self.numerator, self.denominator


@frozen(eq=False)
class Unrounded:
    """No rounding: the price is the quotient itself."""

    facts: Facts

    def round(self, numerator: Term, denominator: Term | int) -> Term:
        """Return the number whose product with the denominator is the numerator."""
        price = self.facts.another_real()
        self.facts.assume(price * denominator == numerator)
        return price


@frozen(eq=False)
class AnyRounding:
    """Any rounding that is monotone and leaves some numbers alone; nothing else is known of it.

    Of the axioms ("for every two numbers", "for every integer") only the cases that a proof is about are stated, and
    not even that it gives integers: to assume less proves more.

    Args:
        facts: where the axioms go.
        fixed: integers that it leaves alone.
    """

    facts: Facts
    fixed: tuple[Term, ...]
    _seen: list[tuple[Term, Any, Term]] = field(factory=list)

    def round(self, numerator: Term, denominator: Term | int) -> Term:
        """Return some price that stands to all others given so far as the axioms want it."""
        price = self.facts.another_real()
        for one, below, its_price in [*((fixed, 1, fixed) for fixed in self.fixed), *self._seen]:
            less, more = one * denominator <= numerator * below, one * denominator >= numerator * below
            self.facts.assume(
                self.facts.implies(less, its_price <= price), self.facts.implies(more, its_price >= price)
            )
        self._seen.append((numerator, denominator, price))
        return price
