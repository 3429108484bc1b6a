"""`make fuzz`: a hundred thousand requests, one in ten over a socket. Ends with 1 if anything was wrong."""

import argparse
import random
import sys

from hostile.fuzz import run

parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
parser.add_argument("--seed", type=int, default=random.randrange(10**6))
parser.add_argument("--first", type=int, default=0, help="the number of the first request")
parser.add_argument("--count", type=int, default=90_000, help="how many in process")
parser.add_argument("--outside", type=int, default=10_000, help="how many over a socket")
options = parser.parse_args()
print(f"seed {options.seed}", flush=True)
report = run(options.seed, options.first, options.count, options.outside)
print(report)
sys.exit(1 if report.findings else 0)
