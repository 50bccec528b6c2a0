"""A shop on two zones with one person on call, in SimPy: the figures of tests/behaviour_reference.rs.

python rota.py 4000 prints each measure, its mean over replications (ratios: of sums) and its standard error.
Written from language.md alone; nothing of it is shared with the simulator.
"""

import math
import random
import statistics
import sys

import simpy

HORIZON = 2000.0  # hours
Z95 = 1.6448536269514722


class Replica:
    def __init__(self, zone=None):
        self.zone, self.own, self.clocks = zone, 0, []


class Shop:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.env = simpy.Environment()
        self.person = simpy.PriorityResource(self.env, 1)
        self.zones = {"a": 0, "b": 0}
        self.web = [Replica("ab"[i % 2]) for i in range(4)]
        self.db = [Replica() for _ in range(2)]
        self.db_bugs = 0
        self.down_since = {}
        self.outages = {"web": [], "db": [], "shop": []}
        self.busy = self.waited = 0.0
        self.in_line = 0.0
        self.asked = 0
        self.count = {}
        r = self.random
        sigma = math.log(8 / 2) / Z95
        crash = lambda: r.weibullvariate(200 / math.gamma(1 + 1 / 1.5), 1.5)
        mend = lambda: r.lognormvariate(math.log(2), sigma)
        for replica in self.web + self.db:
            self.env.process(self.clock("crash", replica, crash, lambda: 0.25, mend, 4))
        for replica in self.db:
            self.env.process(self.clock("wear", replica, lambda: r.gammavariate(4, 100), lambda: 0.0, lambda: 6.0, 4))
        for zone in self.zones:
            self.env.process(self.plain("zone", zone, lambda: r.expovariate(1 / 1500), 5 / 60, lambda: r.expovariate(1 / 3), 3))
        self.env.process(self.plain("bug", None, lambda: r.expovariate(1 / 1000), 0.0, lambda: r.uniform(1, 3), 2))
        self.env.run(HORIZON)
        for name, since in self.down_since.items():
            self.outages[name].append((since, HORIZON, False))

    def states(self):
        web = sum(x.own == 0 and self.zones[x.zone] == 0 for x in self.web) >= 3
        db = sum(x.own == 0 for x in self.db) >= 1 and self.db_bugs == 0
        return {"web": web, "db": db, "shop": web and db}

    def look(self):
        for name, up in self.states().items():
            if not up and name not in self.down_since:
                self.down_since[name] = self.env.now
            if up and name in self.down_since:
                self.outages[name].append((self.down_since.pop(name), self.env.now, True))

    def work(self, mend, priority, detection):
        """From the failure to the end of its repair."""
        if detection > 0:
            yield self.env.timeout(detection)
        asked = self.env.now
        request = self.person.request(priority=priority)
        try:
            yield request
        finally:
            self.in_line += min(self.env.now, HORIZON) - asked
        self.waited += self.env.now - asked
        self.asked += 1
        begun = self.env.now
        length = self.random.expovariate(6) + mend()
        self.busy += min(begun + length, HORIZON) - begun
        yield self.env.timeout(length)
        self.person.release(request)

    def clock(self, name, replica, life, detection, mend, priority):
        """A mode of a replica: its clock stands still while the replica is down by another mode."""
        me = self.env.active_process
        replica.clocks.append(me)
        while True:
            left = life()
            while left > 0:
                if replica.own > 0:
                    try:
                        yield self.env.event()
                    except simpy.Interrupt:
                        continue
                from_ = self.env.now
                try:
                    yield self.env.timeout(left)
                    left = 0
                except simpy.Interrupt:
                    left -= self.env.now - from_
            self.count[name] = self.count.get(name, 0) + 1
            self.change(replica, me, 1)
            yield from self.work(mend, priority, detection())
            self.change(replica, me, -1)

    def change(self, replica, me, by):
        replica.own += by
        for clock in replica.clocks:
            if clock is not me:
                # Only clocks that run or stand still listen; a sibling cannot be under repair meanwhile.
                clock.interrupt()
        self.look()

    def plain(self, name, zone, life, detection, mend, priority):
        while True:
            yield self.env.timeout(life())
            self.count[name] = self.count.get(name, 0) + 1
            self.hit(zone, 1)
            yield from self.work(mend, priority, detection)
            self.hit(zone, -1)

    def hit(self, zone, by):
        if zone is None:
            self.db_bugs += by
        else:
            self.zones[zone] += by
        self.look()


def main(replications):
    rows = []
    for seed in range(replications):
        shop = Shop(seed)
        row = {}
        for name, outages in shop.outages.items():
            row[f"{name} down"] = sum(end - begin for begin, end, _ in outages) / HORIZON
            row[f"{name} onsets"] = len(outages) / HORIZON
            row[f"{name} none"] = float(not outages)
            row[f"{name} longest"] = max((end - begin for begin, end, _ in outages), default=0.0)
            ended = [end - begin for begin, end, done in outages if done]
            row[f"{name} restored"] = (sum(ended), len(ended))
        row["busy"] = shop.busy / HORIZON
        row["waited"] = (shop.waited, shop.asked)
        for name in ("crash", "wear", "zone", "bug"):
            row[name] = shop.count.get(name, 0) / HORIZON
        rows.append(row)
    for key, first in rows[0].items():
        if isinstance(first, tuple):
            x, y = [row[key][0] for row in rows], [row[key][1] for row in rows]
            ratio = sum(x) / sum(y)
            error = statistics.stdev(a - ratio * b for a, b in zip(x, y)) / statistics.mean(y)
            print(f"{key:14} {ratio:.6g} ± {error / math.sqrt(len(rows)):.2g}")
        else:
            values = [row[key] for row in rows]
            print(f"{key:14} {statistics.mean(values):.6g} ± {statistics.stdev(values) / math.sqrt(len(values)):.2g}")


main(int(sys.argv[1]))
