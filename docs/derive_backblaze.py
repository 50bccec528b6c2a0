#!/usr/bin/env python3
"""Derives the Weibull lives of scenarios/machine-room.yaml from Backblaze's survival table.

    python3 docs/derive_backblaze.py ../shared/data

Standard library only. The table comes from a Cox model of Backblaze's drive records (zachmayer/backblaze_analysis): its
`years_97pct` is where the *lower* confidence bound of the survival curve falls to 97%, and `surv_5yr_lower` is the same
curve at five years of 365.25 days. Two points of one curve give a Weibull's shape. The scale then puts the best estimate
`surv_5yr` at five years. (Pairing `years_97pct` with `surv_5yr` would mix two curves: shapes from -4 to 3 come out.)
"""

import csv
import math
import sys
from pathlib import Path

MODELS = {"st4000dm000": "4 TB", "toshiba mg07aca14ta": "14 TB", "st16000nm001g": "16 TB"}
FIVE_YEARS = 5 * 365.25     # days


def main():
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    with open(data / "backblaze_survival_by_model.csv", newline="") as file:
        rows = {row["model"]: row for row in csv.DictReader(file)}
    print(f"{'model':22}{'drives':>8}{'drive-days':>12}{'failed':>8}{'shape':>8}{'scale, d':>10}{'5 years':>9}"
          f"{'rate/y':>8}{'of the Weibull':>16}")
    for model in MODELS:
        row = {key: float(value) for key, value in rows[model].items() if key != "model"}
        at_97, at_5y = 365.25 * row["years_97pct"], -math.log(row["surv_5yr_lower"])
        shape = math.log(at_5y / -math.log(0.97)) / math.log(FIVE_YEARS / at_97)
        scale = FIVE_YEARS / (-math.log(row["surv_5yr"])) ** (1 / shape)
        rate = row["failed"] / row["drive_days"] * 365
        implied = -math.log(row["surv_5yr"]) / 5
        print(f"{model:22}{row['n_unique']:8.0f}{row['drive_days']:12.0f}{row['failed']:8.0f}{shape:8.2f}{scale:10.0f}"
              f"{row['surv_5yr']:9.2%}{rate:8.2%}{implied:16.2%}")


if __name__ == "__main__":
    main()
