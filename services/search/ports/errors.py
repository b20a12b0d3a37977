"""What goes wrong outside of the service, as use cases know it."""


class IndexUnavailableError(Exception):
    """The engine as a whole does not answer, or refuses everything: wait and try again."""


class ViewExpiredError(Exception):
    """The view of a relevance cursor is gone; the reader starts again at the first page."""


class StoreUnavailableError(Exception):
    """Redis does not answer: wait and try again."""


class HubUnavailableError(Exception):
    """The hub does not answer, or does not want it: try again later."""


class RebuildFailedError(Exception):
    """The new index does not hold what it should; the one in use goes on. The message says what."""
