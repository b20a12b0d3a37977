"""Which fault strikes what, when and for how long: drawn from a seed, printed before it begins."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tests.faults.estate import Estate
from tests.faults.faults import FAULTS, Fault

LANES = 2
STRUCK = 0.8
"""Most of a lane's time that a fault lasts; the rest is calm."""


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault as scheduled; `calm_s` before it."""

    fault: Fault
    target: str
    calm_s: float
    seconds: float

    def __str__(self) -> str:
        return f"{self.fault.name}: {self.target}, {self.seconds:.1f} s"


Lane = Sequence[Strike]


def draw(seed: int, estate: Estate, count: int, seconds: float) -> list[list[Lane]]:
    """Segments of lanes. Between two segments the estate is calm, and Redis is emptied there.

    `count` faults in all; every kind that the estate can have comes before any comes again.
    """
    dice = random.Random(f"{seed} faults")
    possible = [fault for fault in FAULTS if fault.targets(estate)]
    drawn: list[Fault] = []
    while len(drawn) < count:
        drawn += dice.sample(possible, len(possible))
        possible = [fault for fault in possible if not fault.once]
    # What a lane has for each, the fault and the calm before it.
    each_s = seconds * LANES / count
    strikes = [_strike(dice, fault, estate, each_s) for fault in drawn[:count]]
    dice.shuffle(strikes)
    segments = 3 if count >= 12 else 2
    return [
        [strikes[at :: segments * LANES][:] for at in range(segment, segments * LANES, segments)]
        for segment in range(segments)
    ]


def _strike(dice: random.Random, fault: Fault, estate: Estate, each_s: float) -> Strike:
    target = dice.choice(fault.targets(estate))
    seconds = dice.uniform(0.2, 1.0) * min(fault.longest_s, each_s * STRUCK)
    return Strike(fault, target, dice.uniform(0, 2) * (each_s - seconds), seconds)


class Nemesis:
    """Carries a schedule out; two faults never strike the same part at once."""

    def __init__(self, estate: Estate, say: Callable[[str], None]) -> None:
        self._estate = estate
        self._say = say
        self._struck = asyncio.Condition()
        self._targets: set[str] = set()
        self._begun = time.monotonic()
        self.struck: list[str] = []
        self.failed: list[str] = []

    async def carry_out(self, lanes: Sequence[Lane]) -> None:
        await asyncio.gather(*map(self._lane, lanes))

    async def _lane(self, lane: Lane) -> None:
        for strike in lane:
            await asyncio.sleep(strike.calm_s)
            parts = _parts(self._estate, strike.target)
            async with self._struck:
                await self._struck.wait_for(partial(self._targets.isdisjoint, parts))
                self._targets |= parts
            try:
                self.note(str(strike))
                self.struck.append(f"{strike.fault.name}: {strike.target.rpartition('>')[2]}")
                await asyncio.to_thread(
                    strike.fault.strike, self._estate, strike.target, strike.seconds
                )
            except Exception as error:  # noqa: BLE001  (told at the end; the run goes on)
                self.failed.append(f"{strike}: {error!r}")
                self.note(f"could not be done: {error!r}")
            finally:
                async with self._struck:
                    self._targets -= parts
                    self._struck.notify_all()

    def note(self, line: str) -> None:
        self._say(f"  {time.monotonic() - self._begun:6.1f} s  {line}")


def _parts(estate: Estate, target: str) -> set[str]:
    """What a fault of this target may not share with another one."""
    if target == "all":
        return {replica.label for replica in estate.replicas}
    if target.startswith("articles.") or target == "streams":
        return {"redis"}
    if target.startswith("node-"):
        return {"nodes"}
    return {target}
