import msgspec

from monitor.core.signals.aftermath import LossOfControl, NewProblem

BEFORE = msgspec.msgpack.encode({"value": 0.6, "spoke": True, "answered": True})
"""What both kept until they kept only what they look at; changelogs still hold such states."""


def test_states_keep_what_is_looked_at_and_no_more() -> None:
    assert NewProblem.State.__struct_fields__ == ("spoke", "answered")
    assert LossOfControl.State.__struct_fields__ == ("value",)


def test_states_stored_before_load_with_what_still_counts() -> None:
    problem, loss = (msgspec.msgpack.decode(BEFORE, type=each.State) for each in (NewProblem, LossOfControl))
    assert msgspec.structs.asdict(problem) == {"spoke": True, "answered": True}
    assert msgspec.structs.asdict(loss) == {"value": 0.6}


def test_states_stored_now_load_where_both_kept_everything() -> None:
    class Everything(msgspec.Struct):
        value: float = 0.0
        spoke: bool = False
        answered: bool = False

    for kind, given in ((NewProblem, {"spoke": True, "answered": True}), (LossOfControl, {"value": 0.6})):
        stored = msgspec.msgpack.encode(kind.State(**given))
        found = msgspec.structs.asdict(msgspec.msgpack.decode(stored, type=Everything))
        assert found == {"value": 0.0, "spoke": False, "answered": False} | given
