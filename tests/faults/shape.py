"""What a fleet is made of, and how much of a fault an experiment runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shape:
    """The processes of a fleet.

    `children`: processes of a worker's pool. `room`: bytes of the disk for pictures, which is the
    machine's where it is 0. `shifting`: whether the fleet's clocks can be moved. `lease`: seconds
    of a lease; short, so that nobody waits long for its end.
    """

    workers: int = 2
    children: int = 2
    schedulers: int = 2
    room: int = 0
    shifting: bool = False
    lease: float = 4.0
    variables: Mapping[str, str] = field(default_factory=dict)


#: A fleet as most experiments need it.
PLAIN = Shape()
#: What a small run allows on top of every bound on seconds: it shares its machine with other tests.
BUSY = 10.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much: pictures, how often the fault happens, seconds that it lasts, seconds a picture.

    `requests`: how many are sent to the API that meets the fault. `leeway`: how many times a bound
    on seconds may be taken.
    """

    pictures: int = 0
    times: int = 0
    seconds: float = 0.0
    each: float = 0.0
    requests: int = 0
    leeway: float = 1.0
