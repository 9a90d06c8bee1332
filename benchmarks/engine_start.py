"""Engine start to Ready, as the add-on starts it, and the first motion after it.

python benchmarks/engine_start.py [--engine PYTHON] [--weights FOLDER] [--device auto|cpu|cuda] [--runs 3]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from blender_mmm.engine_door import events, messages, requests  # noqa: E402
from blender_mmm.jobs.engine_process import EngineProcess, Gone  # noqa: E402
from blender_mmm.jobs.environment import EngineSettings, find_command  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", default="")
    parser.add_argument("--weights", default="")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    settings = EngineSettings(options.engine, options.device, options.weights)
    for run in range(options.runs):
        print(f"run {run + 1}:", *measure(settings))


def measure(settings: EngineSettings) -> list[str]:
    """Start, ask, stop; what each took."""
    began = time.perf_counter()
    engine = EngineProcess(lambda: find_command(settings))
    try:
        ready = hear(engine, events.Ready)
        started = time.perf_counter()
        request = requests.GenerateRequest("a person walks forward", requests.MAX_SECONDS, 0)
        times = []
        for job in (1, 2):
            engine.send({**messages.to_message(request)[0], "id": job})
            hear(engine, events.Finished)
            times.append(time.perf_counter())
    finally:
        closing = time.perf_counter()
        engine.close()
        closed = time.perf_counter() - closing
    return [
        f"to Ready {started - began:.2f} s on {ready.device},",
        f"first motion {times[0] - started:.2f} s, second {times[1] - times[0]:.2f} s, to stop {closed:.2f} s",
    ]


def hear(engine: EngineProcess, kind: type):
    """The next event of a kind; ends the program with the engine's sentence when it fails."""
    while True:
        for incoming in engine.poll():
            if isinstance(incoming, Gone):
                sys.exit(str(incoming.failure))
            if isinstance(incoming, events.Failed):
                sys.exit(f"{incoming.message} {incoming.advice}")
            if isinstance(incoming, kind):
                return incoming
        time.sleep(0.002)


if __name__ == "__main__":
    main()
