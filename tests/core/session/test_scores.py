from collections.abc import Mapping

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.events import Reading
from monitor.core.interaction import Position
from monitor.core.policy.model import Bound
from monitor.core.session.scores import Heard, fire, frame_of
from monitor.core.session.state import SessionState
from monitor.core.signals.base import Score
from monitor.core.watch import Watch, judge
from tests.builders import user
from tests.core.fakes import POLICY, STANDING, TOPIC

EDGES = st.sampled_from((-1.0, -0.5, 0.0, 0.5, 1.0))
BOUNDS = st.builds(Bound, EDGES, EDGES, persist=st.integers(1, 2), below=st.booleans())
TURNS = st.lists(st.dictionaries(st.sampled_from("abc"), EDGES, max_size=3), max_size=6)


@given(bounds=st.dictionaries(st.sampled_from("abc"), BOUNDS, max_size=3), turns=TURNS)
def test_fire_is_what_judging_every_bound_on_every_turn_says(
    bounds: Mapping[str, Bound], turns: list[dict[str, float]]
) -> None:
    state, watches = SessionState(system_id="bot", session_id="s"), {name: Watch() for name in bounds}
    policy = msgspec.structs.replace(POLICY.base, bounds=bounds)
    for index, values in enumerate(turns):
        frame = frame_of(user(), index, at=Position(TOPIC, 0, index), now=0.0, policy=POLICY, standing=STANDING)
        heard = Heard({name: Score(value) for name, value in values.items()}, {**values})
        fired = fire(state, msgspec.structs.replace(frame, policy=policy), heard)
        expected = [name for name, bound in bounds.items() if judge(watches[name], bound, values.get(name))]
        assert list(fired) == expected
        assert all(isinstance(reading, Reading) and reading.value == values[name] for name, reading in fired.items())
        assert set(state.active) == {name for name, watch in watches.items() if watch.active}
