"""A service with a warm standby over two zones, replica by replica: figures for tests/cases_standby.rs.

python tests/reference/standby.py 30000

Looks at every replica at every event, and knows nothing of counts, slots or places: the next event is searched for, and all
ages are carried forward to it.
"""

import math
import random
import sys

REPLICAS, WANTED, HORIZON = 6, 3, 2000.0  # hours
SHAPE, MEAN, RATE = 2.0, 200.0, 0.25
SCALE = MEAN / math.gamma(1 + 1 / SHAPE)
SLOW = RATE ** (1 / SHAPE)  # a Weibull of a quarter of the hazard ages at half the pace
DETECTION, ZONE_DETECTION, WORKS = 0.25, 0.1, 0.8


def run(seed, failback):
    chance = random.Random(seed)
    zone_event = [chance.expovariate(1 / 400), chance.expovariate(1 / 400)]
    zone_up = [True, True]
    age = [0.0] * REPLICAS
    fails_at = [chance.weibullvariate(SCALE, SHAPE) for _ in range(REPLICAS)]
    repaired = [math.inf] * REPLICAS  # while failed
    active = [i < WANTED for i in range(REPLICAS)]
    ages_as_active = list(active)
    switch_done = [math.inf] * REPLICAS
    noticed = [math.inf] * REPLICAS
    now, down, onsets, running, was_up = 0.0, 0.0, 0, 0.0, True

    def up(i):
        return repaired[i] == math.inf and zone_up[i % 2]

    def empty():
        return WANTED - sum(active)

    def switch():
        free = [i for i in range(REPLICAS) if up(i) and not active[i] and switch_done[i] == math.inf]
        if free and chance.random() < WORKS:
            switch_done[free[0]] = now + chance.expovariate(1 / 0.5)

    def gone(i, detection):
        if active[i] or switch_done[i] < math.inf:
            noticed[i] = now + detection
        active[i], switch_done[i] = False, math.inf

    def back(i):
        noticed[i] = math.inf
        if empty():
            active[i] = ages_as_active[i] = True
            under_way = [j for j in range(REPLICAS) if switch_done[j] < math.inf]
            if len(under_way) > empty():
                switch_done[under_way[-1]] = math.inf
        elif failback and i < WANTED:
            other = max(j for j in range(REPLICAS) if active[j])
            active[other] = ages_as_active[other] = False
            active[i] = ages_as_active[i] = True
        else:
            ages_as_active[i] = False

    def try_again():
        under_way = sum(1 for time in switch_done if time < math.inf)
        unnoticed = sum(1 for time in noticed if time < math.inf)
        for _ in range(empty() - under_way - unnoticed):
            switch()

    while True:
        pace = [1.0 if ages_as_active[i] else SLOW for i in range(REPLICAS)]
        failure = [now + (fails_at[i] - age[i]) / pace[i] if repaired[i] == math.inf else math.inf for i in range(REPLICAS)]
        times = [failure, repaired, switch_done, noticed, zone_event]
        then, kind, i = min((time, kind, i) for kind, row in enumerate(times) for i, time in enumerate(row))
        end = min(then, HORIZON)
        for j in range(REPLICAS):
            if repaired[j] == math.inf:
                age[j] += pace[j] * (end - now)
        if not was_up:
            down += end - now
        running += sum(active) * (end - now)
        now = end
        if now == HORIZON:
            return down, onsets, running
        if kind == 0:
            repaired[i] = now + DETECTION + chance.expovariate(1 / 20)
            gone(i, DETECTION)
        elif kind == 1:
            repaired[i], age[i], fails_at[i] = math.inf, 0.0, chance.weibullvariate(SCALE, SHAPE)
            if up(i):
                back(i)
                try_again()
        elif kind == 2:
            switch_done[i] = math.inf
            active[i] = ages_as_active[i] = True
        elif kind == 3:
            noticed[i] = math.inf
            if empty() > sum(1 for time in switch_done if time < math.inf):
                switch()
        elif zone_up[i]:
            there = [j for j in range(REPLICAS) if up(j) and j % 2 == i]
            zone_up[i] = False
            for j in there:
                gone(j, ZONE_DETECTION)
            zone_event[i] = now + ZONE_DETECTION + chance.expovariate(1 / 10)
        else:
            zone_up[i] = True
            for j in range(REPLICAS):
                if j % 2 == i and repaired[j] == math.inf:
                    back(j)
            try_again()
            zone_event[i] = now + chance.expovariate(1 / 400)
        is_up = sum(active) == WANTED
        onsets += was_up and not is_up
        was_up = is_up


for failback in [False, True]:
    runs = [run(seed, failback) for seed in range(int(sys.argv[1]))]
    for name, column, unit in [("down", 0, HORIZON), ("onsets an hour", 1, HORIZON), ("running", 2, HORIZON)]:
        values = [r[column] / unit for r in runs]
        mean = sum(values) / len(values)
        error = (sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values)) ** 0.5
        print(f"failback {failback}: {name} {mean:.8f} +- {error:.2g}")
