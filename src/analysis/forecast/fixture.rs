//! Made-up results that exercise every part of the forecast: outages drawn by a tiny generator, and the edges.

use super::{Counts, FailureInput, Input, ObjectiveInput, ServiceInput, TeamInput, WindowKind, YEAR};
use crate::run::Warmup;
use crate::run::runs::{
    CostRuns, DemandCurve, FailureRuns, Incident, ObjectiveRuns, Outage, Runs, ServiceRuns, TeamRuns, Timeline, WindowRuns, sum,
};
use crate::stats::{Joint, Moments, Proportion, Sketch};

const DAY: f64 = 86_400.0;
pub const HOSTILE: &str = "<script>alert('x')</script> & \"co\"\u{1b}[31m";

/// Results, and what only outlives an input.
pub struct World {
    pub runs: Runs,
    pub typical: Timeline,
    pub bad: Timeline,
    pub demand: Vec<DemandCurve>,
    names: Vec<String>,
    objectives: Vec<ObjectiveInput>,
}

/// A generator good enough for pictures.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -self.unit().ln() * mean
    }
}

const FAILURES: [&str; 9] = [
    "host crash",
    "zone outage",
    "disk wear",
    "patch night",
    "bad release",
    "certificate expired",
    "switch fails",
    HOSTILE,
    "a failure with a name so long that no legend of any chart could ever hope to hold it whole",
];

fn names(services: usize) -> Vec<String> {
    let known =
        ["web", "catalog", "checkout", "db", "recommendations", HOSTILE, "payment-provider-in-another-region-of-the-world"];
    (0..services).map(|i| known.get(i).map_or(format!("worker {i}"), |n| (*n).to_owned())).collect()
}

/// A whole year of a shop: so many services, outages that come so many times a year, and two replications to a draw.
pub fn shop(services: usize, replications: u64, outages: f64) -> World {
    let mut dice = Dice(42);
    let all: Vec<ServiceRuns> = (0..services).map(|s| service(&mut dice, s, replications / 2, outages)).collect();
    let names = names(services);
    let promise = |name: &str, service, target, counts, window| ObjectiveInput {
        name: name.to_owned(),
        service,
        target,
        counts,
        window,
        latency: None,
        has_credits: false,
    };
    let mut objectives = vec![
        ObjectiveInput {
            latency: Some(2.0),
            has_credits: true,
            ..promise("shopping works", 0, 0.999, Counts::Requests, WindowKind::Month)
        },
        promise("catalog up", 1, 0.9999, Counts::Time, WindowKind::Quarter),
        promise(HOSTILE, 2, 0.99, Counts::Slices { length: 60.0, good: 0.99 }, WindowKind::Rolling(30.0 * DAY)),
    ];
    objectives.retain(|o| o.service < services);
    let runs = Runs {
        horizon: YEAR,
        replications,
        per_draw: 2,
        events: 1_234_567,
        wall_seconds: 0.83,
        interrupted: false,
        warmup: Warmup::asked(0.0),
        requests: None,
        objectives: objectives.iter().map(|o| objective(&mut dice, o, replications / 2, outages)).collect(),
        failures: FAILURES.iter().enumerate().map(|(f, _)| failure(&mut dice, f, replications / 2, outages)).collect(),
        releases: Vec::new(),
        teams: vec![TeamRuns {
            busy: moments(&mut dice, 0.08, replications / 2),
            waiting: moments(&mut dice, 0.002, replications / 2),
            wait: pair(&mut dice, 340.0 * 12.0, 12.0, replications / 2),
        }],
        cost: CostRuns {
            infrastructure: moments(&mut dice, 84_000.0, replications / 2),
            credits: moments(&mut dice, 2_300.0, replications / 2),
            repairs: Moments::default(),
            lost_revenue: Moments::default(),
            total: moments(&mut dice, 86_300.0, replications / 2),
        },
        services: all,
        typical: 17,
        bad: 903,
        downtimes: Vec::new(),
    };
    World {
        typical: timeline(&mut dice, 17, 6, outages),
        bad: timeline(&mut dice, 903, 25, outages),
        demand: (0..services.min(3)).map(demand).collect(),
        runs,
        names,
        objectives,
    }
}

/// Replications in which nothing happened at all.
pub fn quiet() -> World {
    shop(3, 1000, 0.0)
}

impl World {
    pub fn input(&self) -> Input<'_> {
        let mut input = Input::new("storefront", &self.runs, &self.typical, &self.bad);
        input.about = Some("A web shop over three zones, growing 4 % a month.".to_owned());
        input.start = "2026-01-01T00:00[Europe/Berlin]".parse().unwrap();
        input.version = "0.1.0".to_owned();
        input.model_hash = "5f1c09aa".to_owned();
        input.services = self
            .names
            .iter()
            .enumerate()
            .map(|(i, n)| ServiceInput {
                name: n.clone(),
                can_fail: i != 3,
                can_err: true,
                replicas_without_zone: (i == 0).then_some(6),
            })
            .collect();
        input.failures = FAILURES.iter().map(|n| FailureInput { name: (*n).to_owned(), has_cost: false }).collect();
        input.teams = vec![TeamInput { name: "on-call".to_owned(), people: 2 }];
        input.objectives = self.objectives.clone();
        input.demand = &self.demand;
        input
    }
}

fn service(dice: &mut Dice, index: usize, draws: u64, outages: f64) -> ServiceRuns {
    let mut runs = ServiceRuns { causes: vec![Moments::default(); FAILURES.len()], ..ServiceRuns::default() };
    // The fourth service cannot fail, the fifth has no traffic.
    let rate = if index == 3 { 0.0 } else { outages / (1.0 + index as f64) };
    for _ in 0..draws {
        let factor = 0.3 + 1.4 * dice.unit();
        let mut sums = [0.0; sum::N];
        let (mut both, mut causes, mut calm) = (Vec::new(), vec![0.0; FAILURES.len()], 0);
        for _ in 0..2 {
            let (mut t, mut down, mut longest, mut first) = (0.0, 0.0, 0.0f64, None);
            // A rate of 0 puts the first outage at infinity.
            loop {
                t += if rate > 0.0 { dice.exponential(YEAR / rate / factor) } else { f64::INFINITY };
                if t >= YEAR {
                    break;
                }
                first = first.or(Some(t));
                let length = 60.0 + dice.exponential(1500.0) * dice.exponential(1.0);
                let cut = length.min(YEAR - t);
                runs.outage_lengths.add(cut, cut == length);
                let cause = ((dice.unit() * dice.unit() * 1.4 * FAILURES.len() as f64) as usize).min(FAILURES.len() - 1);
                causes[cause] += cut;
                sums[sum::ONSETS] += 1.0;
                if cut == length {
                    sums[sum::ENDED] += 1.0;
                    sums[sum::DETECTION] += 30.0;
                    sums[sum::ACKNOWLEDGEMENT] += 240.0f64.min(length - 30.0);
                }
                (t, down, longest) = (t + cut, down + cut, longest.max(cut));
            }
            sums[sum::DOWN] += down;
            sums[sum::UP] += YEAR - down;
            if index != 4 {
                let requests = 900.0 * YEAR * (0.8 + 0.4 * dice.unit());
                sums[sum::REQUESTS] += requests;
                sums[sum::GOOD] += requests * (1.0 - down / YEAR);
                sums[sum::BUSY] += 41.0 * YEAR;
                sums[sum::SERVERS] += 108.0 * (YEAR - down);
            }
            calm += u64::from(first.is_none());
            runs.first_outage.add(first.unwrap_or(YEAR));
            runs.first_outage_censored += u64::from(first.is_none());
            runs.longest.add(longest);
            runs.replicas.add(9.0 - 0.01 * dice.unit());
            runs.unavailability.add(down / YEAR);
            runs.unserved.add(down / YEAR);
            both.push(down / YEAR);
        }
        runs.sums.add(&sums);
        runs.no_outage.add_cluster(calm, 2);
        runs.up_at_end.add_cluster(2, 2);
        runs.components.add_cluster(&both);
        for (all, one) in runs.causes.iter_mut().zip(causes) {
            all.add(one / 2.0);
        }
    }
    runs
}

fn objective(dice: &mut Dice, o: &ObjectiveInput, draws: u64, outages: f64) -> ObjectiveRuns {
    let rolling = matches!(o.window, WindowKind::Rolling(_));
    let length = if matches!(o.window, WindowKind::Quarter) { YEAR / 4.0 } else { YEAR / 12.0 };
    let starts: Vec<f64> =
        if rolling { Vec::new() } else { (0..12).map(|k| f64::from(k) * length).take_while(|t| *t < YEAR - 1.0).collect() };
    let mut by_window: Vec<WindowRuns> = starts
        .iter()
        .map(|from| WindowRuns {
            from: *from,
            to: (from + length).min(YEAR),
            complete: *from > 0.0,
            attainment: Joint::default(),
            breach: Proportion::default(),
            broken_by: Proportion::default(),
            credits: Moments::default(),
            tiers: Vec::new(),
            shortfall: Sketch::default(),
        })
        .collect();
    let budget_times: Vec<f64> = (0..=365).map(|d| f64::from(d) * DAY).collect();
    let mut budget_spent = vec![Sketch::default(); budget_times.len()];
    let (mut breach, mut windows, mut all) = (Proportion::default(), Joint::default(), Joint::default());
    let (mut left, mut credits, mut worst) = (Moments::default(), Moments::default(), Moments::default());
    for _ in 0..draws {
        let (mut broken, mut complete, mut lowest, mut good) = (0.0, 0.0f64, 1.0f64, 0.0);
        for w in &mut by_window {
            let bad = if outages > 0.0 && dice.unit() < 0.35 { dice.exponential(3e-4 * outages / 5.0) } else { 0.0 };
            w.attainment.add(&[2.0 * (1.0 - bad), 2.0]);
            good += 2.0 * (1.0 - bad);
            if w.complete {
                let b = bad > 1.0 - o.target;
                w.breach.add_cluster(u64::from(b) * 2, 2);
                broken += f64::from(u8::from(b));
                complete += 1.0;
                lowest = lowest.min(1.0 - bad);
                left.add(1.0 - bad / (1.0 - o.target));
            }
            w.credits.add(if bad > 1.0 - o.target { 500.0 } else { 0.0 });
        }
        let n = starts.len().max(1) as f64;
        all.add(&if rolling { [2.0 * (1.0 - 1e-4 * outages), 2.0] } else { [good, 2.0 * n] });
        breach.add_cluster(if broken > 0.0 { 2 } else { 0 }, 2);
        windows.add(&[broken, complete.max(1.0)]);
        credits.add(broken * 5000.0);
        worst.add(lowest);
        let mut spent = 0.0;
        for (k, t) in budget_times.iter().enumerate() {
            if starts.iter().any(|s| t - s > 0.0 && t - s <= DAY) {
                spent = 0.0;
            }
            if outages > 0.0 && dice.unit() < 0.02 {
                spent += dice.exponential(0.6);
            }
            budget_spent[k].add(spent);
        }
    }
    ObjectiveRuns {
        hurt: if outages > 0.0 { draws } else { 0 },
        attainment: all,
        breach: Some(breach),
        windows,
        budget_left: left,
        credits,
        worst_window: worst,
        by_window,
        budget_spent,
        budget_times,
    }
}

fn failure(dice: &mut Dice, index: usize, draws: u64, outages: f64) -> FailureRuns {
    let often = if outages > 0.0 { 20.0 / (1.0 + index as f64) } else { 0.0 };
    FailureRuns {
        count: moments(dice, often, draws),
        duration: pair(dice, often * 900.0, often, draws),
        cost: Moments::default(),
        parts: None,
    }
}

fn moments(dice: &mut Dice, mean: f64, n: u64) -> Moments {
    let mut m = Moments::default();
    for _ in 0..n {
        m.add(mean * (0.7 + 0.6 * dice.unit()));
    }
    m
}

fn pair(dice: &mut Dice, a: f64, b: f64, n: u64) -> Joint<2> {
    let mut joint = Joint::default();
    for _ in 0..n {
        joint.add(&[a * (0.7 + 0.6 * dice.unit()), b * (0.9 + 0.2 * dice.unit())]);
    }
    joint
}

fn timeline(dice: &mut Dice, replication: u64, n: u32, outages: f64) -> Timeline {
    if outages == 0.0 {
        return Timeline { replication, ..Timeline::default() };
    }
    let mut t = 0.0;
    let mut timeline = Timeline { replication, ..Timeline::default() };
    for i in 0..n {
        t = (t + dice.exponential(YEAR / f64::from(n) * 0.6)).min(YEAR - 9000.0);
        let end = (i + 1 < n).then_some(t + 60.0 + dice.exponential(4000.0));
        timeline.incidents.push(Incident {
            failure: i % 9,
            thing: format!("web {i}"),
            began: t,
            detected: Some(t + 30.0),
            acknowledged: Some(t + 200.0),
            repaired: end,
        });
        if i % 2 == 0 {
            timeline.outages.push(Outage { service: i % 3, began: t, ended: end, failure: Some(i % 9) });
        }
    }
    timeline
}

fn demand(service: usize) -> DemandCurve {
    let times: Vec<f64> = (0..365).map(|d| (f64::from(d) + 0.5) * DAY).collect();
    let begins = (0..365).map(|d| f64::from(d) * DAY).collect();
    let surge = |t: f64| if (330.0..334.0).contains(&(t / DAY)) { 1.6 } else { 1.0 };
    let mean: Vec<f64> =
        times.iter().map(|t| 900.0 / (1.0 + service as f64) * 1.04f64.powf(t / YEAR * 12.0) * surge(*t)).collect();
    let at = |f: f64| mean.iter().zip(&times).map(|(m, t)| m * (1.6 + f * 0.3 * t / YEAR)).collect::<Vec<f64>>();
    DemandCurve {
        service: service as u32,
        peak_p5: at(-1.0),
        peak_p50: at(0.0),
        peak_p95: at(1.0),
        times,
        begins,
        mean,
        capacity: if service == 2 { f64::INFINITY } else { 260.0 },
        replicas: 9,
    }
}
