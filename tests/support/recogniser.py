"""A recogniser for tests: answers what it is told, or does what recognisers do at their worst.

Run as a command: ``python recogniser.py FAULT [FILE]``; the file gets its pid, and that of a child that it leaves.
"""

import json
import os
import signal
import sys
import time


def answer(request: dict, **facts: object) -> None:
    print(json.dumps({"id": request["id"], **facts}), flush=True)


def main(fault: str, file: str = "") -> None:
    if fault == "never ready":
        time.sleep(600)
    if fault == "nested at its start":
        print("[" * 15_000, flush=True)
    if fault == "leaves a child" and (child := os.fork()) == 0:
        time.sleep(600)
    if file:
        pids = [os.getpid(), *([child] if fault == "leaves a child" else [])]
        with open(file, "w", encoding="utf-8") as pid:
            pid.write(" ".join(map(str, pids)))
    print(json.dumps({"ready": True, "secrets": "ROUTING_ESL_PASSWORD" in os.environ}), flush=True)
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        sys.stdin.buffer.read(request["bytes"])
        match fault:
            case "hangs" | "leaves a child":
                time.sleep(600)
            case "dies":
                os.kill(os.getpid(), signal.SIGKILL)
            case "garbage":
                print("no JSON", flush=True)
            case "flood":
                sys.stdout.write("x" * 1_000_000)
                sys.stdout.flush()
            case "half":
                answer(request, text="sales")
            case "twice":
                for text in request["phrases"]:
                    answer(request, text=text, confidence=1)
            case "nested":
                print("[" * 15_000, flush=True)
            case "huge":
                print(f'{{"id": {request["id"]}, "text": "sales", "confidence": 1{"0" * 400}}}', flush=True)
            case "NaN":
                answer(request, text="sales", confidence=float("nan"))
            case _:
                answer(request, text=request["phrases"][0], confidence=request["bytes"])


if __name__ == "__main__":
    main(*sys.argv[1:])
