#!/usr/bin/env python3
"""Derives the figures of scenarios/github.yaml from the recorded incidents and the load balancer series.

    python3 docs/derive_github.py ../shared/data
    python3 docs/derive_github.py ../shared/data --incidents > incidents.csv

Standard library only. The second prints the incidents of the ten components as `ninefold sla forecast --backtest` reads them. It prints the `failures` and the weekly profile as the scenario carries them, then what the
record says and what the printed figures imply. tests/github.rs computes the same again in Rust and compares.
"""

import csv
import math
import sys
from datetime import datetime, timedelta
from pathlib import Path

COMPONENTS = ["Actions", "API Requests", "Codespaces", "Copilot", "Git Operations",
              "Issues", "Packages", "Pages", "Pull Requests", "Webhooks"]
IMPACTS = {"minor", "major", "critical"}
FROM, TO = datetime(2022, 3, 24), datetime(2025, 7, 1)      # the days that the file covers
PERIOD = (TO - FROM).total_seconds() / 60                   # minutes
LEVELS = [0.10, 0.50, 0.90, 0.99]


def incidents(path):
    """(components, begin, end) of the incidents that count, in minutes after FROM."""
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            if row["impact"] in IMPACTS:
                begin, end = (minutes(row[key]) for key in ("downtime_start", "downtime_end"))
                if end > begin:     # a few were opened and closed within a minute
                    yield set(row["components"].split("|")), begin, end


def minutes(text):
    return (datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") - FROM).total_seconds() / 60


def union(intervals):
    """Intervals that overlap or touch become one: a component cannot fail twice at once."""
    merged = []
    for begin, end in sorted(intervals):
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([begin, end])
    return [end - begin for begin, end in merged]


def quantile(values, p):
    """Linear between order statistics (the definition of numpy and of spreadsheets)."""
    values = sorted(values)
    place = p * (len(values) - 1)
    below = math.floor(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])


def weekly(path):
    """Mean requests in each hour of the week from Monday 00:00, relative to the mean of those 168 numbers."""
    hours = [[] for _ in range(168)]
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            when = datetime.strptime(row["timestamp"], "%Y-%m-%d %H:%M:%S")
            hours[24 * when.weekday() + when.hour].append(float(row["value"]))
    means = [sum(hour) / len(hour) for hour in hours]
    return [168 * mean / sum(means) for mean in means]


def print_incidents(record):
    print("service,start,duration_minutes")
    for names, begin, end in record:
        for name in sorted(names & set(COMPONENTS)):
            print(f"{name},{(FROM + timedelta(minutes=begin)).isoformat()}Z,{end - begin:.0f}")


def main():
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    record = list(incidents(data / "github_incidents.csv"))
    if "--incidents" in sys.argv:
        print_incidents(record)
        return
    outages = {name: union((b, e) for names, b, e in record if name in names) for name in COMPONENTS}

    print("failures:")
    for name, lengths in outages.items():
        mttf = (PERIOD - sum(lengths)) / len(lengths) / 60
        values = ", ".join(f"p{100 * p:.0f}: {quantile(lengths, p):.0f}m" for p in LEVELS)
        print(f"  {name} incident:")
        print(f"    {{hits: service, of: [{name}], mttf: {mttf:.1f}h, repair: {{quantiles: {{{values}}}}}}}")

    print("\nweekly:")
    profile = weekly(data / "nab_elb_request_count_8c0756.csv")
    for day in range(7):
        for half in (profile[24 * day:24 * day + 12], profile[24 * day + 12:24 * day + 24]):
            print("            " + ", ".join(f"{x:.2f}" for x in half) + ",")

    years = PERIOD / 60 / 24 / 365
    print(f"\nrecord: {PERIOD / 1440:.0f} days, {len(record)} incidents with a length, of them "
          f"{sum(names == {''} for names, _, _ in record)} that name no component")
    print(f"{'component':16}{'outages':>8}{'down, h':>10}{'h/year':>9}{'available':>12}{'mean, min':>11}{'longest':>9}")
    for name, lengths in outages.items():
        down = sum(lengths)
        print(f"{name:16}{len(lengths):8}{down / 60:10.1f}{down / 60 / years:9.1f}{1 - down / PERIOD:12.3%}"
              f"{down / len(lengths):11.1f}{max(lengths):9.0f}")
    chosen = set(COMPONENTS)
    joint = [names & chosen for names, _, _ in record if names & chosen]
    some = sum(union((b, e) for names, b, e in record if names & chosen)) / PERIOD
    alone = 1 - math.prod(1 - sum(lengths) / PERIOD for lengths in outages.values())
    print(f"\n{sum(len(names) > 1 for names in joint)} of {len(joint)} incidents hit several of these components; at least one is"
          f" hit {some:.2%} of the time,\nwhere components that fail independently would give {alone:.2%}")


if __name__ == "__main__":
    main()
