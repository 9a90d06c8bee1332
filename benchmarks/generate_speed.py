"""How long a user waits: engine start to Ready, the first motion, and a warm motion of the longest kind.

    python benchmarks/generate_speed.py [--weights FOLDER] [--threads 2] [--runs 10]

Medians; the warm motion is split into text, decoding steps, tokenizer and clip.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the engine's own command line has it

from engine.pipeline import MotionPipeline, Timings  # noqa: E402
from engine.protocol import events, wire  # noqa: E402
from engine.protocol.messages import to_message  # noqa: E402
from engine.protocol.requests import MAX_SECONDS, GenerateRequest  # noqa: E402

REQUEST = GenerateRequest("a person walks forward and waves the right hand", MAX_SECONDS, 0)


def main() -> int:
    """Measure and print."""
    options = _options()
    import torch

    torch.set_num_threads(options.threads)
    place = ["--weights", str(options.weights)] if options.weights else []
    print(f"torch {torch.__version__}, {options.threads} threads, {options.runs} runs, medians in seconds")
    starts = [measure_start([*place, "--device", "cpu"], options.threads) for _ in range(max(3, options.runs // 3))]
    print(f"start to Ready            {statistics.median(ready for ready, _ in starts):6.3f}")
    print(f"start to the first motion {statistics.median(first for _, first in starts):6.3f}")
    warm = measure_warm(MotionPipeline.load(options.weights, "cpu"), options.runs)
    print(f"warm motion of {MAX_SECONDS:g} s      {statistics.median(t.total for t in warm):6.3f}")
    for stage in ("text", "decode", "tokenizer", "clip"):
        print(f"  {stage:<24}{statistics.median(getattr(t, stage) for t in warm):6.3f}")
    return 0


def measure_start(arguments: Sequence[str], threads: int) -> tuple[float, float]:
    """Seconds from starting a child process to its Ready, and to the end of a job sent at once."""
    command = [sys.executable, "-s", "-m", "engine", "serve", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    pipe, started = subprocess.PIPE, time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe) as child:
        assert child.stdin is not None and child.stdout is not None
        wire.write_message(child.stdin, {**to_message(REQUEST)[0], "id": 1})
        times = []
        for wanted in (events.Ready, events.Finished):
            while not isinstance(event := _next(child.stdout), wanted):
                if isinstance(event, events.Failed):
                    raise SystemExit(f"{event.message} {event.advice}")
            times.append(time.perf_counter() - started)
        child.stdin.close()
    return times[0], times[1]


def measure_warm(pipeline: MotionPipeline, runs: int) -> list[Timings]:
    """Timings of `runs` motions after two that warm up."""
    return [pipeline.generate([REQUEST])[0].timings for _ in range(runs + 2)][2:]


def _next(stream: object) -> events.Event:
    message = wire.read_message(stream)  # type: ignore[arg-type]
    if message is None:
        raise SystemExit("The engine ended early; what it wrote above says why.")
    return events.from_message(*message)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=10)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
