"""Turns for the fault runs: seeded sessions of several systems with something for every part of the pipeline."""

import json
import random
from collections.abc import Iterator

SAYINGS = (
    ("user", "Hello, I have a question about my order."),
    ("user", "That is not right, you told me something else before. I want to speak to a person."),
    ("user", "I don't understand what you mean, can you explain that again?"),
    ("user", "This is ridiculous, I am really angry about this service."),
    ("user", "Thank you, that was helpful."),
    ("assistant", "Your order 4711 arrives on Friday."),
    ("assistant", "Your order 4711 does not arrive on Friday, it arrives on Monday."),
    ("assistant", "Your refund of 20 euros is on its way."),
    ("assistant", "Unfortunately your claim has been denied and this decision is final."),
)
SYSTEMS = ("airline-desk", "loan-helper", "shop-bot", "it-desk", "copy-studio")


def turns(count: int, *, seed: int = 1, sessions: int = 60) -> Iterator[tuple[bytes, bytes]]:
    """(key, value) of ``count`` turns; sessions interleave, some end, event time moves on and now and then jumps."""
    rng = random.Random(seed)
    clock, number = 1_760_000_000.0, 0
    live = [f"s{index}" for index in range(sessions)]
    for index in range(count):
        clock += rng.expovariate(1 / 3) + (2400 if rng.random() < 0.002 else 0)
        place = rng.randrange(len(live))
        session = live[place]
        role, text = rng.choice(SAYINGS)
        turn = {
            "id": f"{seed}-{index}",
            "ts": round(clock - rng.random() * 20, 3),
            "system_id": SYSTEMS[hash_of(session) % len(SYSTEMS)],
            "session_id": session,
            "role": role,
            "text": text,
        }
        if role == "assistant":
            turn |= {"autonomy": rng.choice(["support", "recommend", "act"]), "latency_ms": rng.randrange(200, 4000)}
        if rng.random() < 0.05:
            turn["ends_session"] = True
            number += 1
            live[place] = f"s{sessions + number}"
        yield session.encode(), json.dumps(turn).encode()


def hash_of(text: str) -> int:
    """Stable between processes."""
    return sum(text.encode()) * 7 + len(text)
