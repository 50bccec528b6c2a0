//! Replicas that follow the load, against values worked out by hand and against the rule of Kubernetes followed look by look.

mod common;

use common::{DAY, HOUR, Run, run};

/// Rounding of sums over weeks.
const CLOSE: f64 = 1e-9;

/// A service `web` of which a request takes 100 ms.
fn scenario(days: u32, traffic: &str, service: &str, rest: &str) -> String {
    format!(
        "name: case\nstart: 2026-01-05\nhorizon: {days}d\nzones: [a, b, c]\ntraffic: {{users: {{to: web, {traffic}}}}}\n\
         services: {{web: {{service_time: {{exponential: {{mean: 100ms}}}}, {service}}}}}\n{rest}\n"
    )
}

fn value(run: &Run, path: &str) -> f64 {
    run.value_at(path).unwrap_or_else(|| panic!("{path} was not observed"))
}

#[track_caller]
fn is(run: &Run, path: &str, exact: f64) {
    let value = value(run, path);
    assert!((value - exact).abs() <= CLOSE * exact.abs().max(1.0), "{path} is {value}, not {exact}");
}

/// The rule of the Horizontal Pod Autoscaler with its defaults, followed look by look. What it gave, in replica-seconds and decisions.
struct Followed {
    paid: f64,
    /// Replica-seconds at work or ready for it.
    ready: f64,
    ups: f64,
    downs: f64,
    /// Offered replica-seconds that those ready could not do.
    beyond: f64,
}

/// `busy` is how many replicas the requests of an hour would keep at work.
fn by_the_rule(
    days: u32,
    first: u32,
    (min, max): (u32, u32),
    target: f64,
    startup: f64,
    busy: impl Fn(usize) -> f64,
) -> Followed {
    let mut followed = Followed { paid: 0.0, ready: 0.0, ups: 0.0, downs: 0.0, beyond: 0.0 };
    let (mut wanted, mut ready) = (first, first);
    let mut starting: Vec<(f64, u32)> = Vec::new();
    let mut calls: Vec<(f64, u32)> = Vec::new();
    for look in 0..u64::from(days) * 5760 {
        let now = look as f64 * 15.0;
        // What the last 15 s showed: replicas that begin to serve at this instant did not do so then.
        let offered = busy(((now - 1.0).max(0.0) / HOUR) as usize);
        let served = f64::from(ready);
        starting.retain(|&(at, count)| {
            if at <= now {
                ready = count;
            }
            at > now
        });
        let at_work = offered.min(served);
        let over = at_work / (f64::from(wanted) * target);
        let under = at_work / (served * target);
        let called = if over > 1.1 || under < 0.9 { (at_work / target - 1e-9).ceil() as u32 } else { wanted };
        calls.push((now, called.clamp(min, max)));
        calls.retain(|call| call.0 > now - 300.0);
        let most = calls.iter().map(|call| call.1).max().unwrap_or(0);
        let called = calls.last().map_or(0, |call| call.1);
        let next = if called > wanted {
            followed.ups += 1.0;
            let next = called.min(wanted + wanted.max(4));
            starting.push((now + startup, next));
            next
        } else if most < wanted {
            followed.downs += 1.0;
            starting.retain(|start| start.1 <= most);
            ready = ready.min(most);
            most
        } else {
            wanted
        };
        wanted = next;
        if startup == 0.0 {
            ready = wanted;
        }
        followed.paid += 15.0 * f64::from(wanted);
        followed.ready += 15.0 * f64::from(ready);
        followed.beyond += 15.0 * (busy((now / HOUR) as usize) - f64::from(ready)).max(0.0);
    }
    followed
}

const DAILY: [f64; 24] =
    [0.4, 0.3, 0.3, 0.3, 0.3, 0.4, 0.6, 0.9, 1.1, 1.2, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 1.4, 1.5, 1.6, 1.6, 1.4, 1.0, 0.6];

fn of_day(hour: usize, mean: f64) -> f64 {
    mean * DAILY[hour % 24] * 24.0 / DAILY.iter().sum::<f64>()
}

#[test]
fn every_decision_is_that_of_the_rule() {
    // 20 servers a replica and 100 ms: 200/s keep one at work. At a target of 40% no queue matters.
    for (startup, mean) in [(0, 1800.0), (180, 1800.0), (600, 700.0)] {
        let autoscale = format!(
            "spread: zones, replicas: 12, concurrency: 20, balance: shared_queue, \
             autoscale: {{metric: utilization, target: 40%, min: 3, max: 60, startup: {startup}s}}"
        );
        let traffic = format!("rate: {mean}/s, daily: {DAILY:?}");
        let run = run(&scenario(14, &traffic, &autoscale, ""), 1, 1);
        let rule = by_the_rule(14, 12, (3, 60), 0.4, f64::from(startup), |hour| of_day(hour, mean / 200.0));
        assert!(rule.ups > 50.0 && rule.downs > 50.0 && rule.beyond == 0.0);
        is(&run, "services.web.autoscale.replicas_paid", rule.paid / (14.0 * DAY));
        is(&run, "services.web.replicas", rule.ready / (14.0 * DAY));
        is(&run, "services.web.autoscale.ups_per_day", rule.ups / 14.0);
        is(&run, "services.web.autoscale.downs_per_day", rule.downs / 14.0);
    }
}

#[test]
fn replicas_that_cannot_change_are_as_good_as_a_fixed_number() {
    let failures = "failures:\n  crash: {hits: replica, mttf: 10d, effect: down, detection: 1m, repair: {lognormal: {median: 20m, p95: 2h}}}\n  \
                    slow: {hits: replica, mttf: 20d, effect: {slower: 3}, repair: 2h}\n  \
                    zone: {hits: zone, mttf: 60d, effect: down, detection: 1m, repair: 3h}\n\
                    objectives: {o: {service: web, target: 99%, counts: requests}}";
    let traffic = format!("rate: 700/s, daily: {DAILY:?}");
    let service =
        |scale: &str| format!("spread: zones, replicas: 6, concurrency: 20, queue: 40, health_check: 20s, needs: 5{scale}");
    let fixed = run(&scenario(28, &traffic, &service(""), failures), 320, 3);
    let rule = ", autoscale: {metric: utilization, target: 50%, min: 6, max: 6, quota: 2, startup: 1m}";
    let scaled = run(&scenario(28, &traffic, &service(rule), failures), 320, 3);
    for measure in ["replicas", "outages_per_year"] {
        let (a, b) = (fixed.service("web", measure).value, scaled.service("web", measure).value);
        assert!(a == b, "{measure}: {a} fixed, {b} scaled");
    }
    // Looks cut the time over which load is followed, so that its steps are others: within a tenth of the interval, or 0.1%.
    for measure in ["error_rate", "utilization", "response_time.mean", "wait.mean", "wait.p99"] {
        let at = |run: &Run| run.at(&format!("services.web.{measure}"));
        let (a, b) = (at(&fixed), at(&scaled));
        let within = (0.1 * 1.96 * a.standard_error()).max(1e-3 * a.value);
        assert!((a.value - b.value).abs() <= within, "{measure}: {} fixed, {} scaled", a.value, b.value);
    }
}

#[test]
fn a_surge_overtakes_its_scaler_by_what_the_rule_takes() {
    // So many servers that what cannot be done at once is lost, and all else done: a fluid. From 5 replicas at work to 30.
    let autoscale = "replicas: 10, concurrency: 2000, queue: 0, balance: shared_queue, \
                     autoscale: {metric: utilization, target: 50%, min: 3, max: 100, startup: 2m}";
    let surge = "rate: 100000/s, surges: [{at: 2026-01-06T10:00, lasts: 5h, times: 6}]";
    let run = run(&scenario(2, surge, autoscale, ""), 1, 1);
    let offered = |hour| if (34..39).contains(&hour) { 30.0 } else { 5.0 };
    let rule = by_the_rule(2, 10, (3, 100), 0.5, 120.0, offered);
    let asked: f64 = (0..48).map(|hour| offered(hour) * HOUR).sum();
    let lost = rule.beyond / asked;
    // 10, 20, 40, 60 in turn, each two minutes and a look after the one before.
    assert!(rule.beyond > 20.0 * 135.0 && rule.beyond < 40.0 * 135.0, "{}", rule.beyond);
    is(&run, "services.web.autoscale.replicas_paid", rule.paid / (2.0 * DAY));
    let found = value(&run, "services.web.error_rate");
    // A square root of 20,000 servers is a part in 140 of them.
    assert!((found / lost - 1.0).abs() < 0.01, "{found} lost, not {lost}");
}

#[test]
fn what_a_lost_zone_takes_is_replaced_elsewhere_once_that_is_known() {
    let service = "spread: zones, replicas: 6, concurrency: 20, health_check: 0s, cost: 3600/h, \
                   autoscale: {metric: utilization, target: 50%, min: 2, max: 12, startup: 3m}";
    let zone =
        "failures: {zone: {hits: zone, of: [a], schedule: {first: 2026-01-06T10:00:00, every: 52w}, detection: 62s, repair: 2h}}";
    // Three of six at work, and three of four.
    let found = run(&scenario(2, "rate: 600/s", service, zone), 1, 1);
    let days = 2.0 * DAY;
    // Two are gone for 62 s until that is known, until the look at 75 s after the failure, and for 180 s more.
    let start = 75.0 + 180.0;
    // The repair is done 2 h after it was known, at 7,262 s; the look of 7,275 s finds three too many: the two that were lost, and the
    // one that stands between those in their place.
    let end = 7_275.0 - 7_262.0;
    is(&found, "services.web.replicas", (6.0 * days - 2.0 * start + 3.0 * end) / days);
    // Those that start are paid, those that are known to have failed are not.
    is(&found, "services.web.autoscale.replicas_paid", 6.0);
    is(&found, "cost.infrastructure", 6.0 * days);
    // With room for two in a zone there is no place for another.
    let full = run(&scenario(2, "rate: 600/s", &service.replace("max: 12", "max: 12, quota: 2"), zone), 1, 1);
    is(&full, "services.web.replicas", (6.0 * days - 2.0 * 7_262.0) / days);
}

#[test]
fn hours_have_their_own_minimum() {
    let service = "replicas: 4, concurrency: 20, \
                   autoscale: {metric: utilization, target: 50%, min: 4, max: 12, schedule: [{hours: mon-fri 08:00-18:00, min: 8}]}";
    let run = run(&scenario(14, "rate: 300/s", service, ""), 1, 1);
    // The look of 8:00 adds four; that of 18:00 calls for fewer, as do all up to that of 18:04:45, from which on nobody calls for eight.
    let daily = 10.0 * HOUR + 285.0;
    is(&run, "services.web.autoscale.replicas_paid", 4.0 + 4.0 * 10.0 * daily / (14.0 * DAY));
    is(&run, "services.web.autoscale.ups_per_day", 10.0 / 14.0);
}

#[test]
fn what_is_foreseen_is_there_in_time() {
    let pattern: Vec<f64> = (0..24).map(|hour| if (8..18).contains(&hour) { 3.0 } else { 1.0 }).collect();
    let traffic = format!("rate: 110000/s, daily: {pattern:?}");
    let service = |ahead: &str| {
        format!(
            "concurrency: 2000, queue: 0, balance: shared_queue, \
             autoscale: {{metric: utilization, target: 70%, min: 2, max: 100, startup: 4m{ahead}}}"
        )
    };
    let late = run(&scenario(7, &traffic, &service(""), ""), 1, 1);
    let in_time = run(&scenario(7, &traffic, &service(", ahead: 5m"), ""), 1, 1);
    assert!(value(&late, "services.web.error_rate") > 1e-3);
    assert!(in_time.value_at("services.web.error_rate").unwrap_or(0.0) < 1e-6);
    // Three at work by night and nine by day: five, and thirteen from the look of 7:55 on to that of 18:05, when what was called for
    // at six is out of the window. Five can become ten at once, and thirteen 15 s later.
    let day = 10.0 * HOUR + 600.0;
    is(&in_time, "services.web.autoscale.replicas_paid", 5.0 + (8.0 * day - 3.0 * 15.0) / DAY);
    is(&in_time, "services.web.autoscale.ups_per_day", 2.0);
    // Who does not look ahead needs two steps, and is content with twelve, which are within the tolerance.
    let rule = by_the_rule(7, 5, (2, 100), 0.7, 240.0, |hour| if (8..18).contains(&(hour % 24)) { 9.0 } else { 3.0 });
    is(&late, "services.web.autoscale.replicas_paid", rule.paid / (7.0 * DAY));
    is(&late, "services.web.autoscale.ups_per_day", 2.0);
}
