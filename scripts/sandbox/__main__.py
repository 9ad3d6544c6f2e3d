"""Runs the twin until it is stopped.

`python -m scripts.sandbox --port N --clock file:PATH --seed S --faults none|mild|harsh`
"""

import argparse

from scripts.sandbox.app import build_server, listen, url_of
from scripts.sandbox.profiles import PROFILES
from scripts.sandbox.world import open_world
from utils.clock import clock_from


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.sandbox", description="Stands in for Twilio and Resend.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--clock", default="system", help="system, at:ISO or file:PATH")
    parser.add_argument("--seed", default="1", help="the same seed repeats the same latencies and faults")
    parser.add_argument("--faults", choices=sorted(PROFILES), default="none")
    return parser.parse_args()


def main() -> None:
    arguments = read_arguments()
    world = open_world(clock_from(arguments.clock), arguments.seed, arguments.faults)
    listening = listen(arguments.port)
    server = build_server(world, lambda: print(f"twin ready {url_of(listening)}", flush=True))
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
