"""A stand-in for the torch engine: speaks the same protocol, behaves as the request's text says.

Started like the engine (`fake_engine.py -s -m engine serve`). A script that starts it can be named as the engine's
Python: asked for anything but the engine, it says that nothing is missing.

Words in the text: "slow" takes twenty steps of a tenth of a second, or of MMM_FAKE_STEP; "deaf" does not listen to a
cancel; "die" ends with exit code 3 in the middle; "garbage" sends bytes that are no message; "fail" answers Failed;
"long" makes a clip of 9.8 s. MMM_FAKE_START in the environment: "weights" fails to load, "slow" takes a second to load,
"protocol" speaks another version, "silent" never gets ready, "die" ends at once.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time

STEP = float(os.environ.get("MMM_FAKE_STEP", "0.1"))  # seconds


def main() -> None:
    if "engine" not in sys.argv:
        print("[[3, 11], []]")
        return
    sys.path.insert(0, os.environ["PYTHONPATH"])
    from engine.protocol import PROTOCOL_VERSION, events, messages, requests, wire

    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def say(event: events.Event) -> None:
        wire.write_message(out, *events.to_message(event))

    start = os.environ.get("MMM_FAKE_START", "")
    print("fake engine starts", file=sys.stderr, flush=True)
    if start == "die":
        sys.exit(7)
    if start == "silent":
        sys.stdin.buffer.read()
        return
    if start == "weights":
        say(events.Failed(None, events.FailureKind.WEIGHTS, "The weights are missing.", "Install them again."))
        return
    if start == "slow":
        time.sleep(1.0)
    say(events.Ready(99 if start == "protocol" else PROTOCOL_VERSION, "fake", "cpu"))

    inbox: queue.Queue[object] = queue.Queue()
    cancelled: set[int] = set()

    def listen() -> None:
        while (message := wire.read_message(sys.stdin.buffer)) is not None:
            header, arrays = message
            request = messages.from_message(header, arrays)
            if isinstance(request, requests.CancelRequest):
                cancelled.add(request.job)
            else:
                inbox.put((header["id"], request))
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        job, request = inbox.get()
        work(job, request, say, cancelled, out, events)


def work(job, request, say, cancelled, out, events) -> None:
    text = text_of(request)
    steps = 20 if "slow" in text else 100_000 if "deaf" in text else 4
    pause = STEP if "slow" in text or "deaf" in text else 0.005
    for step in range(steps):
        if job in cancelled and "deaf" not in text:
            say(events.Cancelled(job))
            return
        say(events.Progress(job, step / steps, f"Step {step + 1} of {steps}"))
        time.sleep(pause)
        if step == 1 and "die" in text:
            print("fake engine dies as told", file=sys.stderr, flush=True)
            os._exit(3)  # an ordinary exit would trip over the thread that holds stdin
        if step == 1 and "garbage" in text:
            out.write(
                b'{"kind": "finished", "job": 1e999, "arrays": [["root", "|O", [3]]]}\n\x80\x04\x95' + os.urandom(4096)
            )
            out.flush()
            time.sleep(30)
    if "fail" in text:
        say(events.Failed(job, events.FailureKind.REQUEST, "That cannot be done.", "Ask for something else.", "trace"))
    else:
        import fake_motion

        say(events.Finished(job, fake_motion.make_takes(request)))


def text_of(request) -> str:
    parts = [*getattr(request, "gaps", ()), *getattr(request, "segments", ())]
    return " ".join([getattr(request, "text", ""), *(part.text for part in parts)])


if __name__ == "__main__":
    main()
