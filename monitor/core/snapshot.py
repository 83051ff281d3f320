"""States as bytes and back: msgpack with a schema version first. No pickle: writing to a topic runs no code."""

from typing import Any

import msgspec

from monitor.core.errors import SnapshotError


def dump(state: msgspec.Struct, schema: int) -> bytes:
    """Any state's bytes, its schema version first."""
    return msgspec.msgpack.encode((schema, state))


def load(data: bytes, kind: type[Any], schema: int) -> Any:  # noqa: ANN401 - an instance of ``kind``
    """A state of ``kind``. Raises SnapshotError for another version, or bytes that are no snapshot."""
    try:
        found, raw = msgspec.msgpack.decode(data, type=tuple[int, msgspec.Raw])
        if found != schema:
            raise SnapshotError(f"{kind.__name__}: snapshot has schema {found}, this version reads {schema}")
        return msgspec.msgpack.decode(raw, type=kind)
    except msgspec.MsgspecError as error:
        raise SnapshotError(f"{kind.__name__}: not a snapshot: {error}") from error
