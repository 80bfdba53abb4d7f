"""The office of members: their files, the reasons for which they leave, and being forgotten (spec M2, M3, M7, K2)."""

from brokerage.house import House
from brokerage.pages import Listing
from brokerage.records.numbers import BoxNumber
from brokerage.records.withdrawals import WithdrawalReason
from brokerage.services.inputs import page_size, position
from brokerage.services.membership import MemberFile

__all__ = ["MembersOffice"]


class MembersOffice:
    """Where the manager looks after members; get it as the office's ``members``."""

    def __init__(self, house: House) -> None:
        self._house = house

    def show(self, box: BoxNumber) -> MemberFile:
        """Return the file of a member, or of whoever was a member under that box.

        Args:
            box: the number of the box.

        Raises:
            UnknownMember: nobody has or had it.
        """
        house = self._house
        return house.store.read(lambda tx: house.member_files.show(tx, box))

    def page(self, *, after: BoxNumber | None = None, size: int | None = None) -> Listing[MemberFile]:
        """Return a page of the files of members and former members, by box.

        Args:
            after: the box of the last file that was read, ``None`` to begin.
            size: how many, 10 as the policy says.

        Raises:
            InvalidChoice: ``after`` or ``size`` is no whole number of the right range.
        """
        house = self._house
        length, start = page_size(size, house.policy), position(0 if after is None else after, "after")
        return house.store.read(lambda tx: house.member_files.page(tx, start, length))

    def forget(self, box: BoxNumber) -> MemberFile:
        """Put a pseudonym in the place of everything personal that is known of a former member (spec M7).

        Books, deals and complaints are kept, and so are the keyed hashes by which the person would be recognised. What
        members wrote about commodities is kept too: it describes goods. An e-mail that was not sent yet is dropped.

        Args:
            box: the number of the box that he or she had.

        Returns:
            The file as it is then.

        Raises:
            StillMember: he or she has not left.
            UnknownMember: nobody had the box.
        """
        house, now = self._house, self._house.clock.now()
        former = house.commit(lambda tx: house.leaving.forget(tx, box, now))
        return self.show(former.box)

    def add_reason(self, code: str, text: str) -> WithdrawalReason:
        """Add a reason that members may give when they leave (spec K2).

        Args:
            code: what members write; codes that differ only by case or compatibility form are one. ``"dormant"`` is
                the broker's own.
            text: what it means, for members to read.

        Returns:
            The reason; one that was deleted and is added again has its count still.

        Raises:
            InvalidText: a text is blank or too long.
            ReasonExists: the code is taken.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.reasons.add(tx, code, text, now))

    def correct_reason(self, code: str, text: str) -> WithdrawalReason:
        """Correct the text of a reason.

        Args:
            code: which.
            text: what it means.

        Raises:
            InvalidText: a text is blank or too long.
            UnknownReason: there is no such reason.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.reasons.correct(tx, code, text, now))

    def delete_reason(self, code: str) -> None:
        """Delete a reason: nobody can give it any more. If somebody did, it keeps its place in :meth:`reasons`.

        Args:
            code: which.

        Raises:
            InvalidText: the code is blank or too long.
            UnknownReason: there is no such reason, or it was deleted before.
        """
        house, now = self._house, self._house.clock.now()
        house.commit(lambda tx: house.reasons.delete(tx, code, now))

    def reasons(self) -> Listing[WithdrawalReason]:
        """Return every reason with how many members left for it: the analysis of withdrawals (spec M3, K2).

        The counts are kept as members leave; nothing is searched for them.
        """
        return self._house.store.read(self._house.reasons.all)
