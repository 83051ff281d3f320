"""``python -m tests.delivery --seeds 10000``: fault schedules against the delivery protocol until one breaks it."""

import argparse
import sys
import time

from monitor.delivery.rules import ALL_RULES, Rule
from tests.delivery.check import Violation, check
from tests.delivery.world import World

TAIL = 120
REPORT_EVERY = 500


def run(seed: int, rules: frozenset[Rule] = ALL_RULES, *, trace: bool = False) -> tuple[World, str | None]:
    """One world; answers it, and what it violated."""
    world = World(seed, rules=rules, trace=trace)
    try:
        world.run()
        check(world)
    except Violation as violation:
        return world, str(violation)
    except Exception as error:
        if trace:
            raise
        return world, f"raised {error!r}"
    return world, None


def show(seed: int, rules: frozenset[Rule], violation: str, tail: int) -> None:
    """What a person needs to understand a failure: the same seed again, with its schedule."""
    world, _ = run(seed, rules, trace=False)
    print(f"\nseed {seed} VIOLATED: {violation}")
    print(
        f"settings: write_every={world.write_every} refresh_every={world.refresh_every} "
        f"latest={world.from_latest} disorder={world.disorder} delivery_timeout={world.delivery_timeout}"
    )
    print("\n".join(world.notes[-tail:]))


def main(arguments: list[str] | None = None) -> int:
    """Run; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.delivery", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--without", action="append", default=[], choices=[rule.name for rule in Rule])
    parser.add_argument("--verbose", action="store_true", help="every event of a failing seed")
    parser.add_argument("--tail", type=int, default=TAIL)
    options = parser.parse_args(arguments)
    rules = ALL_RULES - {Rule[name] for name in options.without}
    began = time.perf_counter()
    for done, seed in enumerate(range(options.start, options.start + options.seeds), start=1):
        _, violation = run(seed, rules)
        if violation is not None:
            show(seed, rules, violation, options.tail)
            return 1
        if done % REPORT_EVERY == 0 or done == options.seeds:
            rate = done / (time.perf_counter() - began)
            print(f"{done} seeds, {rate:.0f}/s, no violation", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
