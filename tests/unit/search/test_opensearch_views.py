"""Points in time are few: each is shared by all who read in the same slice of time."""

from services.search.adapters.opensearch_index.views import HELD, Views
from services.search.ports import StoreUnavailableError


class _Engine:
    """Opens numbered views, and notes which are held until when."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.held: dict[str, float] = {}
        self.opened = 0

    async def open(self, seconds: int) -> str:
        self.opened += 1
        self.held[f"view-{self.opened}"] = self.now + seconds
        return f"view-{self.opened}"

    async def close(self, view: str) -> None:
        del self.held[view]

    def clock(self) -> float:
        return self.now

    def holds(self) -> int:
        return sum(until > self.now for until in self.held.values())


class _Shared:
    def __init__(self) -> None:
        self.told: dict[int, str] = {}
        self.broken = False
        self.broken_after_reading = False
        self.sooner: str | None = None

    async def find(self, slice_: int) -> str | None:
        self._check()
        self.broken = self.broken_after_reading
        return self.told.get(slice_)

    async def offer(self, slice_: int, view: str, seconds: int) -> str:
        self._check()
        assert seconds >= HELD
        return self.told.setdefault(slice_, self.sooner or view)

    def _check(self) -> None:
        if self.broken:
            raise StoreUnavailableError


def _replicas(engine: _Engine, shared: _Shared | None, count: int) -> list[Views]:
    return [Views(engine.open, engine.close, shared, engine.clock) for _ in range(count)]


async def test_replicas_share_the_view_of_a_slice_which_is_held_for_five_minutes() -> None:
    engine, shared = _Engine(), _Shared()
    replicas = _replicas(engine, shared, 5)
    most = 0
    for second in range(1_000):
        engine.now = 1_000_000 + second
        for replica in replicas:
            view = await replica.present()
            assert view.expires >= engine.now + HELD
            assert engine.held[view.id] >= view.expires
        most = max(most, engine.holds())

    assert engine.opened == len(shared.told)
    assert most <= 24


async def test_who_comes_second_closes_its_own_view() -> None:
    engine, shared = _Engine(), _Shared()
    [replica] = _replicas(engine, shared, 1)
    shared.sooner = await engine.open(330)

    assert (await replica.present()).id == "view-1"
    assert set(engine.held) == {"view-1"}


async def test_without_the_others_at_most_eight_views_are_held() -> None:
    for shared in (None, _Shared()):
        engine = _Engine()
        if shared:
            shared.broken = True
        [replica] = _replicas(engine, shared, 1)
        most = 0
        for second in range(1_000):
            engine.now = 1_000_000 + second
            view = await replica.present()
            assert engine.held[view.id] >= view.expires >= engine.now + HELD
            most = max(most, engine.holds())

        assert most <= 8


async def test_a_view_that_could_not_be_told_of_is_closed() -> None:
    engine, shared = _Engine(), _Shared()
    [replica] = _replicas(engine, shared, 1)
    shared.broken_after_reading = True

    assert (await replica.present()).id == "view-2"
    assert set(engine.held) == {"view-2"}
