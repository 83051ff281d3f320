"""How sure a figure is: 95 % intervals by drawing sessions again, seeded. Turns of one session are not independent."""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from monitor.evaluate.cases import Cases, Numbers
from monitor.evaluate.figures import FIGURES, value

DRAWS = 400
SEED = 7
ENDS = (2.5, 97.5)


class Estimate(Struct, frozen=True):
    """A figure with the ends of its interval."""

    value: float
    low: float
    high: float


def estimates(figures: tuple[str, ...], cases: Cases, draws: int = DRAWS) -> dict[str, Estimate | None]:
    """Each figure with its interval, None where it is undefined; all are taken of the same draws."""
    prepared = {name: FIGURES[name].of(cases) for name in figures}
    drawn = {name: np.empty(draws) for name in figures}
    for index, weights in enumerate(_draws(cases, draws)):
        for name, figure in prepared.items():
            drawn[name][index] = figure(weights)
    return {name: _between(value(name, cases), drawn[name]) for name in figures}


def _draws(cases: Cases, draws: int) -> Iterator[Numbers]:
    """Weights of the cases: how often their session was drawn."""
    _, session = np.unique(cases.session, return_inverse=True)
    sessions = int(session.max()) + 1 if len(session) else 0
    random = np.random.RandomState(SEED)  # its stream is the same in all versions of numpy, the newer one's is not
    for _ in range(draws):
        times = np.bincount(random.randint(0, max(1, sessions), sessions), minlength=sessions)
        yield times[session].astype(np.float64)


def _between(found: float, drawn: Numbers) -> Estimate | None:
    known = drawn[~np.isnan(drawn)]
    if np.isnan(found) or not len(known):
        return None
    low, high = np.percentile(known, ENDS)
    return Estimate(float(found), float(low), float(high))
