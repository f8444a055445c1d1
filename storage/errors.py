"""What can go wrong on this floor. None of it is a person's mistake."""


class StaleStatusError(Exception):
    """A conditional write found that the row has already left the status it was to leave."""


class LeaseLostError(Exception):
    """An operation is no longer held by who wanted to write to it."""


class KeyLostError(Exception):
    """A value was encrypted with a key that is no longer given. ``key_id`` names it."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the encryption key {key_id!r} is not among the given keys")
        self.key_id = key_id


class SealBrokenError(Exception):
    """An encrypted value does not belong to its row, or was changed."""
