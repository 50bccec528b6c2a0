//! The scenarios that both fidelities run: small, and each about one thing.

use Measure::{Mean, P99, Utilization};

/// What is compared of each service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    Utilization,
    Errors,
    Mean,
    P99,
}

/// One scenario.
pub struct Case {
    pub name: &'static str,
    /// The scenario, but for its name, start and horizon.
    pub body: String,
    /// How long each replication is, and the warm-up before it, seconds.
    pub seconds: f64,
    pub warmup: f64,
    pub replications: u64,
    /// Theory knows the mean response time exactly.
    pub exact: bool,
    /// What is known to be further off than it should be, by service.
    pub misses: &'static [(&'static str, Measure)],
}

impl Case {
    /// So many replications of so many seconds each, after a minute of warm-up.
    fn new(name: &'static str, replications: u64, seconds: f64, body: String) -> Self {
        Self { name, body, seconds, warmup: 60.0, replications, exact: false, misses: &[] }
    }

    /// As [`Case::new`], where theory knows the mean response time.
    fn exact(name: &'static str, replications: u64, seconds: f64, body: String) -> Self {
        Self { exact: true, ..Self::new(name, replications, seconds, body) }
    }

    fn misses(self, misses: &'static [(&'static str, Measure)]) -> Self {
        Self { misses, ..self }
    }

    /// The scenario as a file has it.
    pub fn text(&self) -> String {
        format!("name: case\nstart: 2026-01-01\nhorizon: {}s\nzones: [a, b, c, d]\n{}", self.seconds, self.body)
    }
}

/// One service, called `web`, that is asked `rate` times a second.
fn alone(rate: f64, service: &str) -> String {
    format!("traffic: {{users: {{to: web, rate: {rate}/s}}}}\nservices: {{web: {{{service}}}}}\n")
}

/// `web` without work of its own, asked `rate` times a second, with one call of `db`.
fn calling(rate: f64, call: &str, db: &str) -> String {
    format!("traffic: {{users: {{to: web, rate: {rate}/s}}}}\nservices:\n  web: {{calls: [{{to: db{call}}}]}}\n  db: {{{db}}}\n")
}

/// `web` with 2 ms of work calls `app` with 5 ms, which calls `db` with 10 ms; `web` and `app` also have these words.
fn chain(web: &str, app: &str, call: &str) -> String {
    let (two, five, ten) = (work(2.0), work(5.0), work(10.0));
    format!(
        "traffic: {{users: {{to: web, rate: 70/s}}}}\nservices:\n  web: {{{two}{web}, calls: [{{to: app{call}}}]}}\n  \
         app: {{{five}{app}, calls: [{{to: db{call}}}]}}\n  db: {{{ten}}}\n"
    )
}

/// Exponential work of so many milliseconds.
fn work(milliseconds: f64) -> String {
    format!("service_time: {{exponential: {{mean: {milliseconds}ms}}}}")
}

/// All of them.
pub fn cases() -> Vec<Case> {
    [queues(), balances(), calls(), failures(), overloads()].into_iter().flatten().collect()
}

fn queues() -> Vec<Case> {
    let one = work(10.0);
    let heavy = "service_time: {lognormal: {mean: 10ms, cv: 2}}";
    let regular = "traffic: {users: {to: web, rate: 120/s, arrivals: regular}}\nservices: {web: {";
    vec![
        Case::exact("M/M/1 at load 0.3", 10, 1_800.0, alone(30.0, &one)),
        Case::exact("M/M/1 at load 0.7", 10, 3_600.0, alone(70.0, &one)),
        Case::exact("M/M/1 at load 0.95", 20, 7_200.0, alone(95.0, &one)),
        Case::exact(
            "M/M/8, one queue, load 0.85",
            10,
            900.0,
            alone(680.0, &format!("{one}, replicas: 8, balance: shared_queue")),
        ),
        Case::exact("M/G/1, cv 2, load 0.7", 20, 7_200.0, alone(70.0, heavy)),
        Case::new("M/D/4 at load 0.9", 10, 1_800.0, alone(360.0, "service_time: 10ms, concurrency: 4")),
        Case::exact("M/M/2/10 at load 1.3", 10, 900.0, alone(260.0, &format!("{one}, concurrency: 2, queue: 8"))),
        Case::new("D/M/1/5 at load 1.2", 10, 1_800.0, format!("{regular}{one}, queue: 4}}}}\n")),
    ]
}

fn balances() -> Vec<Case> {
    let (two, one) = (format!("{}, replicas: 4, concurrency: 2", work(10.0)), format!("{}, replicas: 10", work(10.0)));
    vec![
        Case::exact("4 M/M/2 at random, load 0.8", 10, 900.0, alone(640.0, &format!("{two}, balance: random"))),
        Case::new("4 M/M/2 in turn, load 0.8", 10, 900.0, alone(640.0, &format!("{two}, balance: round_robin"))),
        Case::new("4 M/M/2, the least busy, load 0.8", 10, 900.0, alone(640.0, &format!("{two}, balance: least_busy"))),
        Case::new("10 M/M/1, best of two, load 0.8", 10, 900.0, alone(800.0, &format!("{one}, balance: {{power_of: 2}}"))),
    ]
}

fn calls() -> Vec<Case> {
    let (five, ten) = (work(5.0), work(10.0));
    vec![
        Case::new("a chain of held calls", 10, 3_600.0, chain(", concurrency: 8", ", concurrency: 8", ""))
            .misses(&[("web", Utilization), ("app", Utilization)]),
        Case::new("the same with fewer servers", 10, 3_600.0, chain(", concurrency: 6", ", concurrency: 4", "")).misses(&[
            ("web", Utilization),
            ("web", Mean),
            ("web", P99),
            ("app", Utilization),
            ("app", Mean),
        ]),
        Case::new("a chain of released calls", 10, 3_600.0, chain("", "", ", while: released")),
        Case::new(
            "a fork of three calls",
            10,
            1_800.0,
            format!(
                "traffic: {{users: {{to: web, rate: 70/s}}}}\nservices:\n  \
                 web: {{calls: [{{to: a}}, {{to: b, together: true}}, {{to: c, together: true}}]}}\n  \
                 a: {{{five}}}\n  b: {{{ten}}}\n  c: {{{five}, concurrency: 2}}\n"
            ),
        ),
        Case::new("a timeout with wasted work", 10, 1_800.0, calling(70.0, ", timeout: 50ms", &ten)),
        Case::new("a timeout that takes work back", 10, 1_800.0, calling(90.0, ", timeout: 50ms, timed_out: cancelled", &ten)),
        Case::new("a cache", 10, 1_800.0, calling(300.0, ", hits: 75%", &ten)),
        Case::new("a soft call with a timeout", 10, 1_800.0, calling(70.0, ", needed: false, timeout: 50ms", &ten))
            .misses(&[("web", P99)]),
    ]
}

fn failures() -> Vec<Case> {
    let ten = work(10.0);
    let errs =
        "failures: {fault: {hits: service, of: [db], schedule: {first: 2026-01-01}, repair: never, effect: {errors: 20%}}}\n";
    let slow = "failures: {slow: {hits: zone, of: [a], schedule: {first: 2026-01-01}, repair: never, effect: {slower: 3}}}\n";
    let slow_for_a_while =
        "failures: {slow: {hits: zone, of: [a], schedule: {first: '2026-01-01T00:05'}, repair: 2m, effect: {slower: 5}}}\n";
    let crash = "failures: {crash: {hits: replica, of: [web], mttf: 20m, repair: {exponential: {mean: 2m}}}}\n";
    vec![
        Case::new("retries of a callee that errs", 10, 1_800.0, calling(60.0, ", retries: {max: 2, backoff: 20ms}", &ten) + errs),
        Case::new("one slow replica of four", 10, 1_800.0, alone(100.0, &format!("{ten}, replicas: 4, spread: zones")) + slow),
        Case::new(
            "a slow replica behind a timeout",
            10,
            1_800.0,
            calling(100.0, ", timeout: 60ms", &format!("{ten}, replicas: 4, spread: zones")) + slow,
        ),
        Case::new(
            "a replica that was too slow for a while",
            40,
            1_200.0,
            calling(160.0, ", timeout: 200ms", &format!("{ten}, replicas: 4, spread: zones")) + slow_for_a_while,
        ),
        Case::new(
            "replicas that crash under load",
            40,
            14_400.0,
            alone(240.0, &format!("{ten}, replicas: 4, queue: 20")) + crash,
        ),
    ]
}

fn overloads() -> Vec<Case> {
    let ten = work(10.0);
    let surge = |rate: &str, lasts: &str| {
        format!("traffic: {{users: {{to: web, rate: {rate}, surges: [{{at: '2026-01-01T00:05', lasts: {lasts}, times: 2}}]}}}}\n")
    };
    let storm = |budget: &str| {
        surge("280/s", "10s")
            + &format!(
                "services:\n  web: {{calls: [{{to: db, timeout: 1s, retries: {{max: 1{budget}}}}}]}}\n  db: {{capacity: 300/s}}\n"
            )
    };
    let twice = ", retries: {max: 2, backoff: 20ms}";
    let overload = ", timeout: 500ms, retries: {max: 2, budget: 5%}";
    let constant = "capacity: 100/s, queue: 5";
    vec![
        Case::new("retries to a full queue", 10, 1_800.0, calling(80.0, ", retries: {max: 2}", &format!("{ten}, queue: 10"))),
        Case::new("retries to four full queues", 10, 900.0, calling(340.0, twice, &format!("{ten}, replicas: 4, queue: 10"))),
        Case::new("retries to a full queue, constant work", 10, 900.0, calling(90.0, ", retries: {max: 3}", constant))
            .misses(&[("web", P99), ("db", P99)]),
        Case::new("a surge", 60, 1_200.0, surge("60/s", "1m") + &format!("services: {{web: {{{ten}}}}}\n")),
        Case::new("an overload with retries, budget 5%", 10, 900.0, calling(110.0, overload, &format!("{ten}, queue: 30"))),
        Case::new("metastable: a surge and retries", 10, 1_200.0, storm("")),
        Case::new("metastable, with a budget of 5%", 40, 1_200.0, storm(", budget: 5%")).misses(&[
            ("web", Mean),
            ("web", P99),
            ("db", Mean),
            ("db", P99),
        ]),
    ]
}
