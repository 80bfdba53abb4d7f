"""What clocks, chance and password hashers keep."""

from datetime import timedelta

from brokerage.ports import Clock, Entropy, PasswordHasher
from brokerage.testing.contracts.laws import Contract

__all__ = ["ClockContract", "EntropyContract", "PasswordHasherContract"]

_SALT, _OTHER_SALT = bytes(range(16)), bytes(range(1, 17))
_PASSWORD = "correct horse, Zürich ⚡"


class ClockContract(Contract):
    """What a :class:`~brokerage.gateways.Clock` keeps. The fixture ``clock`` gives the adapter."""

    def test_the_present_is_aware(self, clock: Clock) -> None:
        """An instant says how far it is from UTC."""
        assert clock.now().utcoffset() is not None

    def test_the_present_is_in_utc(self, clock: Clock) -> None:
        """No instant is away from UTC, so that texts made of instants compare."""
        assert (clock.now().utcoffset() or timedelta(0)) == timedelta(0)

    def test_time_does_not_go_back(self, clock: Clock) -> None:
        """Of many readings none is before the one before it."""
        readings = [clock.now() for _ in range(50)]
        assert sorted(readings) == readings


class EntropyContract(Contract):
    """What :class:`~brokerage.gateways.Entropy` keeps. The fixture ``entropy`` gives the adapter."""

    def test_as_many_bytes_as_asked(self, entropy: Entropy) -> None:
        """A token is bytes of the size asked for, also of none."""
        for size in (0, 1, 5, 16, 32, 1000):
            token = entropy.token(size)
            assert isinstance(token, bytes)
            assert len(token) == size

    def test_no_token_comes_twice(self, entropy: Entropy) -> None:
        """Of a hundred tokens that are long enough none is like another."""
        assert len({entropy.token(16) for _ in range(100)}) == 100

    def test_every_byte_is_possible(self, entropy: Entropy) -> None:
        """Every value of a byte turns up: no token is text, or of fewer bits than it looks."""
        assert set(b"".join(entropy.token(1024) for _ in range(16))) == set(range(256))


class PasswordHasherContract(Contract):
    """What a :class:`~brokerage.gateways.PasswordHasher` keeps. The fixture ``hasher`` gives the adapter.

    Make it as cheap as it can be: the laws are not about its cost.
    """

    def test_the_password_is_verified(self, hasher: PasswordHasher) -> None:
        """A kept text is its own password's."""
        assert hasher.verify(_PASSWORD, hasher.hash(_PASSWORD, _SALT))

    def test_another_password_is_not_verified(self, hasher: PasswordHasher) -> None:
        """A kept text is no other password's, however like its own."""
        kept = hasher.hash(_PASSWORD, _SALT)
        for other in ("", _PASSWORD[:-1], _PASSWORD + " ", _PASSWORD.upper(), kept):
            assert not hasher.verify(other, kept)

    def test_long_passwords_differ_to_the_end(self, hasher: PasswordHasher) -> None:
        """Passwords of a thousand characters that differ in the last one are two passwords."""
        assert not hasher.verify("a" * 1023 + "b", hasher.hash("a" * 1024, _SALT))

    def test_any_text_can_be_a_password(self, hasher: PasswordHasher) -> None:
        """Also characters that no encoding knows, and the null character."""
        for password in ("\ud800 unpaired", "null\0byte"):
            assert hasher.verify(password, hasher.hash(password, _OTHER_SALT))

    def test_the_salt_matters(self, hasher: PasswordHasher) -> None:
        """One password under two salts is kept as two texts."""
        assert hasher.hash(_PASSWORD, _SALT) != hasher.hash(_PASSWORD, _OTHER_SALT)

    def test_the_password_is_not_kept(self, hasher: PasswordHasher) -> None:
        """What is kept shows nothing of the password."""
        assert _PASSWORD not in hasher.hash(_PASSWORD, _SALT)

    def test_the_decoy_is_nobodys(self, hasher: PasswordHasher) -> None:
        """The decoy can be verified as any kept text, and no password is its."""
        for password in ("", "password", hasher.decoy):
            assert not hasher.verify(password, hasher.decoy)
