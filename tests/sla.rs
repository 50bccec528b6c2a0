//! `ninefold sla report|forecast|compliance`: the numbers that the commands print, against closed forms and hand computation.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Runs `ninefold sla QUESTION` on a scenario text.
fn asked(folder: &Path, text: &str, question: &str, more: &[&str]) -> Output {
    let file = folder.join("case.yaml");
    std::fs::write(&file, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ninefold"));
    command.args(["sla", question, file.to_str().unwrap(), "--out", folder.join("out").to_str().unwrap()]);
    command.args(more).output().unwrap()
}

/// Its summary.
fn summary(text: &str, question: &str, more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let done = asked(folder.path(), text, question, &[more, &["--json"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

/// An estimate is the exact value, within twice its 95% interval: wrong by chance once in ten thousand times.
#[track_caller]
fn is(estimate: &Value, exact: f64) {
    let part = |name: &str| estimate[name].as_f64().unwrap_or_else(|| panic!("no {name} in {estimate}"));
    let (value, half) = (part("value"), (part("high") - part("low")) / 2.0);
    assert!(half > 0.0 && (value - exact).abs() <= 2.0 * half, "{value} ± {half}, not {exact}");
}

fn value(estimate: &Value) -> f64 {
    estimate["value"].as_f64().unwrap_or_else(|| panic!("no value in {estimate}"))
}

/// One month of 30 days, up at its start.
fn month(mttf: &str, repair: &str, objective: &str) -> String {
    format!(
        "name: one month\nstart: 2026-06-01\nhorizon: 30d\nservices: {{unit: {{}}}}\n\
         failures: {{unit fails: {{hits: replica, mttf: {mttf}, repair: {repair}}}}}\n\
         objectives: {{promise: {{service: unit, target: 99.9%, counts: time, {objective}}}}}\n"
    )
}

/// Takács (1957), also Barlow and Proschan: P(downtime in [0, t] ≤ x) = Σ Poisson(n; λ(t − x)) `G_n(x)`, for 720 h and 0.72 h of
/// downtime: up 720 h and repaired in 0.5 h, exponential; up 168 h and repaired in two stages of 0.125 h.
#[test]
fn a_month_is_kept_as_often_as_the_law_of_downtime_says() {
    for (mttf, repair, kept) in [
        ("720h", "{exponential: {mean: 0.5h}}", 0.738_218_619_614_270_4),
        ("168h", "{erlang: {k: 2, mean: 0.25h}}", 0.326_141_299_856_368_86),
    ] {
        for window in ["window: calendar month", "window: rolling 30d"] {
            let text = month(mttf, repair, window);
            for question in ["report", "forecast"] {
                let found = summary(&text, question, &["--replications", "20000"]);
                let promise = &found["objectives"]["promise"];
                is(&promise["breach_probability"], 1.0 - kept);
                is(&promise["periods"][0]["breach_probability"], 1.0 - kept);
                is(&promise["periods"][0]["broken_by_then"], 1.0 - kept);
                // More likely broken than kept, or not.
                let first = &promise["first_likely_breach"]["period"];
                assert_eq!(first.as_str(), (kept < 0.5).then_some("2026-06"), "{promise}");
            }
            let found = summary(&text, "compliance", &["--threshold", "99.9%", "--replications", "20000"]);
            is(&found["objectives"]["unit"]["breach_probability"], 1.0 - kept);
        }
    }
}

/// With repairs of exactly 0.5 h the same law needs no convolution: P(downtime ≤ x) = P(N ≤ ⌊x / 0.5 h⌋) of a Poisson number N of
/// mean (720 h − x) / MTTF.
#[test]
fn tiers_of_credits_are_as_likely_as_the_closed_form_says() {
    let mttf = 72.0;
    let at_most = |x: f64| {
        let mean = (720.0 - x) / mttf;
        let (mut term, mut sum) = ((-mean).exp(), 0.0);
        for n in 0..=(x / 0.5) as u32 {
            sum += term;
            term *= mean / f64::from(n + 1);
        }
        sum
    };
    // 99.5 % of 720 h are 3.6 h down, 99 % are 7.2 h.
    let (tenth, quarter) = (at_most(7.2) - at_most(3.6), 1.0 - at_most(7.2));
    let credits = "window: calendar month, fee: 1000, credits: [{below: 99.5%, credit: 10%}, {below: 99%, credit: 25%}]";
    let found = summary(&month("72h", "0.5h", credits), "report", &["--replications", "20000"]);
    let credits = &found["objectives"]["promise"]["credits"];
    let window = &credits["windows"][0];
    assert_eq!((&window["window"], &window["tiers"][0]["below"]), (&Value::from("2026-06"), &Value::from(0.99)));
    is(&window["tiers"][0]["probability"], quarter);
    is(&window["tiers"][1]["probability"], tenth);
    is(&window["expected"], 100.0 * tenth + 250.0 * quarter);
    is(&credits["expected"], 100.0 * tenth + 250.0 * quarter);
    // Downtime comes in halves of an hour: its median is 5 h (P(N ≤ 9) is 47 %, P(N ≤ 10) 59 %), one in twenty has 2.5 h at most
    // (P(N ≤ 4) is 3 %, P(N ≤ 5) 7 %); the sketch is right to 0.4 %.
    let june = &found["objectives"]["promise"]["periods"][0];
    for (name, hours, before) in [("attainment_p50", 5.0, 0.5), ("attainment_p95", 2.5, 0.05)] {
        assert!(at_most(hours - 0.5) < before - 0.015 && at_most(hours) > before + 0.015);
        let down = 720.0 * (1.0 - june[name].as_f64().unwrap());
        assert!((down / hours - 1.0).abs() < 0.004, "{name}: {down} h");
    }
    // 99.9 % is no tier: what is paid is less likely than a breach.
    is(&found["objectives"]["promise"]["breach_probability"], 1.0 - at_most(0.72));
}

/// 1,200 requests a second that grow by 7% a month reach the 4,000 that can be served after ln(4000/1200)/ln 1.07 = 17.79 months of
/// 365/12 days: on 26 June 2027. In the days that June has left at most 1.1% are too many; of July's, 4,000 (e^(g t) − 1) / e^(g t)
/// from t = 0.15 to 1.16 months: 4.3%. With 99% promised July is the first month that is broken.
#[test]
fn growth_breaks_the_promise_in_the_month_that_arithmetic_says() {
    let text = "name: growing\nstart: 2026-01-01\nhorizon: 1y\ntraffic: {t: {to: s, rate: 1200/s}}\n\
                services: {s: {service_time: {exponential: {mean: 1s}}, concurrency: 4000, queue: 0}}\n\
                objectives: {served: {service: s, target: 99%, counts: requests}}\n";
    let month = 365.0 / 12.0;
    let (crossing, growth) = ((4000.0_f64 / 1200.0).ln() / 1.07_f64.ln(), 1.07_f64.ln());
    assert!((crossing - 17.794_810_145_991_84).abs() < 1e-12);
    // Days after 1 January 2026: 1 July 2027 is 546, 1 August 577.
    let (from, to) = (546.0 / month - crossing, 577.0 / month - crossing);
    let came = 4000.0 * ((growth * to).exp() - (growth * from).exp()) / growth;
    let lost = 1.0 - 4000.0 * (to - from) / came;
    assert!((0.04..0.05).contains(&lost));

    let found = summary(text, "forecast", &["--growth-rate", "7%/mo", "--timeframe", "24mo", "--replications", "4"]);
    let served = &found["objectives"]["served"];
    let first = &served["first_likely_breach"];
    assert_eq!((&first["period"], &first["from_seconds"]), (&Value::from("2027-07"), &Value::from(546.0 * 86_400.0)));
    let july = &served["periods"][18];
    assert_eq!(july["period"], "2027-07");
    // As a fluid; of 4,000 servers chance makes a little more of it.
    let attained = value(&july["attainment"]);
    assert!(attained < 1.0 - lost && attained > 1.0 - lost - 0.005, "{attained}, not {}", 1.0 - lost);
    // As it is written nothing grows, and nothing is lost.
    assert_eq!(summary(text, "forecast", &["--replications", "4"])["objectives"]["served"]["first_likely_breach"], Value::Null);
}

const SHOP: &str = "
name: shop
start: 2026-01-15
horizon: 1y
timezone: Europe/Berlin
traffic: {people: {to: web, rate: {low: 30/s, high: 50/s}, growth: 3%/mo}}
services:
  web: {replicas: 2, concurrency: 2, service_time: 20ms, queue: 20, calls: [{to: db}]}
  db: {}
failures:
  crash: {hits: replica, of: [web], mttf: 20d, repair: {lognormal: {median: 20m, p95: 2h}}}
  loss: {hits: service, of: [db], mttf: 60d, repair: 30m}
objectives:
  buying: {service: web, target: 99.9%, counts: requests, window: rolling 30d}
  data: {service: db, target: 99.9%, counts: time, window: calendar quarter}
";

#[test]
fn periods_add_up_to_the_horizon_and_watching_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.yaml");
    std::fs::write(&file, SHOP).unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_ninefold"));
    run.args(["run", file.to_str().unwrap(), "--json", "--replications", "200", "--out", folder.path().to_str().unwrap()]);
    let run: Value = serde_json::from_slice(&run.output().unwrap().stdout).unwrap();
    let [monthly, quarterly] =
        ["monthly", "quarterly"].map(|period| summary(SHOP, "report", &["--period", period, "--replications", "200"]));
    for name in ["buying", "data"] {
        let sums = |found: &Value| {
            let periods = found["objectives"][name]["periods"].as_array().unwrap().clone();
            let sum = |what: &str| periods.iter().map(|period| period[what].as_f64().unwrap()).sum::<f64>();
            (periods.len(), sum("good"), sum("counted"))
        };
        let attained = value(&run["objectives"][name]["attainment"]);
        let (months, quarters) = (sums(&monthly), sums(&quarterly));
        assert_eq!((months.0, quarters.0), (13, 5), "the first and the last are partial");
        for (_, good, counted) in [months, quarters] {
            assert!((good / counted - attained).abs() < 1e-12, "{name}: {good} of {counted}, not {attained}");
        }
        assert!((months.2 / quarters.2 - 1.0).abs() < 1e-12);
        assert_eq!(monthly["objectives"][name]["attainment"], run["objectives"][name]["attainment"]);
    }
    // What was agreed by quarter is judged by quarter, whatever it is told by.
    let data = |found: &Value| found["objectives"]["data"]["breach_probability"].clone();
    assert_eq!(data(&monthly), run["objectives"]["data"]["breach_probability"]);
    assert_eq!(data(&quarterly), data(&monthly));
    // Whole months of 31 days are counted whole: February of 2026 has 28.
    let february = &monthly["objectives"]["data"]["periods"][1];
    assert_eq!((&february["period"], february["counted"].as_f64()), (&Value::from("2026-02"), Some(28.0 * 86_400.0)));
    assert_eq!(monthly["objectives"]["data"]["periods"][0]["complete"], false);
}

/// A failure that does no harm leaves the others as they are: the same as a scenario that does not have it.
#[test]
fn what_is_left_out_is_left_out_and_nothing_else() {
    let found = summary(SHOP, "forecast", &["--replications", "200"]);
    let drivers = found["objectives"]["data"]["drivers"].as_array().unwrap();
    let causes: Vec<&str> = drivers.iter().map(|driver| driver["cause"].as_str().unwrap()).collect();
    assert_eq!(causes, ["nothing", "loss", "crash", "every failure"], "what matters most comes first");
    let buying = found["objectives"]["buying"]["drivers"].as_array().unwrap();
    for cause in ["loss", "crash"] {
        let set = format!("failures.{cause}=null");
        let alone = summary(SHOP, "report", &["--replications", "200", "--set", &set]);
        let without = buying.iter().find(|driver| driver["cause"] == cause).unwrap();
        let (left, exact) = (value(&without["attainment"]), value(&alone["objectives"]["buying"]["attainment"]));
        assert!((left - exact).abs() < 1e-9, "without {cause}: {left}, not {exact}");
    }
    // Without any failure the database is always there, which bounds what is not seen.
    assert_eq!(drivers[3]["attainment"]["value"], Value::Null);
    assert_eq!(drivers[3]["attainment"]["high"], 1.0);
}

/// Up 30 d and down 2 h by one failure, up 60 d and down 1 h by the other: four fifths and one fifth of what is lost.
#[test]
fn what_drives_a_promise_is_what_takes_the_most_of_it() {
    let text = "name: two\nstart: 2026-01-01\nhorizon: 1y\nservices: {s: {}}\nfailures:\n  \
                rare: {hits: service, of: [s], mttf: 60d, repair: 1h}\n  often: {hits: service, of: [s], mttf: 30d, repair: 2h}\n\
                objectives: {up: {service: s, target: 99.9%, counts: time}}\n";
    let found = summary(text, "forecast", &["--replications", "400"]);
    let drivers = found["objectives"]["up"]["drivers"].as_array().unwrap();
    let causes: Vec<&str> = drivers.iter().map(|driver| driver["cause"].as_str().unwrap()).collect();
    assert_eq!(causes, ["nothing", "often", "rare", "every failure"]);
    for (driver, part) in [(&drivers[1], 0.8), (&drivers[2], 0.2)] {
        let end = |name: &str| driver["spared"][name].as_f64().unwrap();
        assert!(end("low") <= part && part <= end("high") && end("low") > 0.0, "{driver}: {part}");
    }
    assert_eq!(drivers[3]["spared"]["value"], 1.0);
}

/// A service `app` over others, and what `compliance` says it can keep at most.
fn ceiling(services: &str, objectives: &str) -> Value {
    let traffic = "traffic: {t: {to: app, rate: 1/s}}";
    let text = format!(
        "name: case\nstart: 2026-01-01\nhorizon: 31d\n{traffic}\nservices: {{{services}}}\nobjectives: {{{objectives}}}\n"
    );
    let found = summary(&text, "compliance", &["--threshold", "99.95%", "--replications", "2"]);
    found["ceilings"]["app"].clone()
}

#[track_caller]
fn promised(bound: &Value, exact: f64, possible: bool) {
    let value = bound["promised"].as_f64().unwrap_or_else(|| panic!("no bound in {bound}"));
    assert!((value - exact).abs() < 1e-14, "{value}, not {exact}");
    assert_eq!(bound["possible"], possible);
}

/// Composite agreements as Microsoft's guide computes them (web app 99.95%, database 99.99%, a queue of 99.9% as its fallback), a
/// chain of four of AWS, and ten dependencies of five nines ("The calculus of service availability", ACM Queue 2017).
#[test]
fn a_promise_is_bounded_by_the_product_of_those_it_rests_on() {
    let promise = |service: &str, target: &str| format!("{service} up: {{service: {service}, target: {target}, counts: time}}");
    let both = format!("{}, {}", promise("front", "99.95%"), promise("sql", "99.99%"));
    let chain = "app: {calls: [{to: front}, {to: sql}]}, front: {}, sql: {}";
    promised(&ceiling(chain, &both), 0.999_400_05, false);

    let fallback = "app: {calls: [{to: front}], up_when: {any: [sql, line]}}, front: {}, sql: {}, line: {}";
    promised(&ceiling(fallback, &format!("{both}, {}", promise("line", "99.9%"))), 0.999_499_900_05, false);

    let external = |name: &str, promised: &str| format!("{name}: {{external: {{availability: {promised}, outage: 1h}}}}");
    let aws =
        [("lb", "99.99%"), ("vm", "99.99%"), ("rds", "99.95%"), ("s3", "99.9%")].map(|(name, of)| external(name, of)).join(", ");
    let calls = "app: {calls: [{to: lb}, {to: vm}, {to: rds}, {to: s3}]}";
    promised(&ceiling(&format!("{calls}, {aws}"), ""), 0.998_300_809_885_005, false);

    let names: Vec<String> = (0..10).map(|i| format!("d{i}")).collect();
    let calls = names.iter().map(|name| format!("{{to: {name}}}")).collect::<Vec<_>>().join(", ");
    let ten = names.iter().map(|name| external(name, "99.999%")).collect::<Vec<_>>().join(", ");
    promised(&ceiling(&format!("app: {{calls: [{calls}]}}, {ten}"), ""), 0.999_900_004_499_880_5, true);
}

#[test]
fn what_is_shared_counts_once_and_what_is_seldom_asked_counts_less() {
    let provider = "x: {external: {availability: 99.9%, outage: 1h}}";
    // Two services that promise nothing rest on the same provider: 99.9%, not its square.
    let shared =
        format!("app: {{calls: [{{to: b}}, {{to: c}}]}}, b: {{calls: [{{to: x}}]}}, c: {{calls: [{{to: x}}]}}, {provider}");
    promised(&ceiling(&shared, ""), 0.999, false);
    // A tenth of the requests asks it: 1 − 0.1 × 0.1%.
    let seldom = format!("app: {{calls: [{{to: x, per_request: 0.1}}]}}, {provider}");
    promised(&ceiling(&seldom, ""), 0.9999, true);
    // What is not needed bounds nothing.
    assert_eq!(ceiling(&format!("app: {{calls: [{{to: x, needed: false}}]}}, {provider}"), ""), Value::Null);
    // A service that promises answers for what it rests on itself.
    let behind = format!("app: {{calls: [{{to: b}}]}}, b: {{calls: [{{to: x}}]}}, {provider}");
    promised(&ceiling(&behind, "b up: {service: b, target: 99.99%, counts: time}"), 0.9999, true);
}

#[test]
fn compliance_ends_with_1_where_the_threshold_is_not_kept_and_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let judge = |threshold: &str, more: &[&str]| {
        asked(folder.path(), SHOP, "compliance", &[&["--threshold", threshold, "--replications", "64", "--quiet"], more].concat())
    };
    let failing = judge("99.99%", &["--fail-on", "breach"]);
    assert_eq!(failing.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&failing.stderr), "not kept at 99.99 %: web, db\n");
    assert_eq!(judge("99.99%", &[]).status.code(), Some(0));
    assert_eq!(judge("90%", &["--fail-on", "breach"]).status.code(), Some(0));
    for file in
        ["summary.json", "report.html", "tables/sla-periods.csv", "tables/sla-ceilings.parquet", "charts/breach-by-period.svg"]
    {
        assert!(folder.path().join("out").join(file).is_file(), "{file}");
    }
}

#[test]
fn a_dashboard_has_a_line_for_each_promise() {
    let folder = tempfile::tempdir().unwrap();
    let done = asked(folder.path(), SHOP, "report", &["--format", "dashboard", "--replications", "64"]);
    let text = String::from_utf8(done.stdout).unwrap();
    for name in ["buying", "data"] {
        assert_eq!(text.lines().filter(|line| line.starts_with(name)).count(), 1, "{text}");
    }
    assert!(text.lines().count() < 16, "{text}");
    let nothing = asked(
        folder.path(),
        "name: n\nstart: 2026-01-01\nhorizon: 60d\nservices: {a: {}}\n",
        "report",
        &["--format", "dashboard"],
    );
    assert!(String::from_utf8(nothing.stdout).unwrap().contains("Nothing is promised"));
    let one = asked(folder.path(), SHOP, "report", &["--format", "dashboard", "--replications", "64", "--services", "db"]);
    assert!(!String::from_utf8(one.stdout).unwrap().contains("buying"));
}

#[test]
fn what_is_asked_wrongly_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let incidents = folder.path().join("incidents.csv");
    let incidents = incidents.to_str().unwrap();
    let wrong = |question: &str, more: &[&str], says: &str| {
        let done = asked(folder.path(), SHOP, question, more);
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{text}");
        assert!(text.contains(says), "{says}: {text}");
    };
    wrong("report", &["--services", "wbe"], "did you mean `web`?");
    wrong("report", &["--fidelity", "request"], "leave out `--fidelity request`");
    wrong("compliance", &[], "--threshold");
    wrong("compliance", &["--threshold", "100%"], "like `99.9%`");
    wrong("compliance", &["--threshold", "99.9%", "--horizon", "20d"], "no whole month lies within the horizon");
    wrong("forecast", &["--timeframe", "6mo", "--horizon", "1y"], "--horizon");
    wrong("forecast", &["--growth-rate", "15%"], "per what time");
    wrong("forecast", &["--set", "traffic.people=null", "--growth-rate", "15%/mo"], "the scenario has none");
    wrong("forecast", &["--backtest", incidents], "cannot read");
    for (file, says) in [
        ("start,minutes\n2026-01-01,5\n", "`duration_minutes`"),
        ("begin,duration_minutes\n2026-01-01T00:00:00Z,5\n", "no column `start`"),
        ("start,duration_minutes\nsoon,5\n", "which is no time"),
        ("start,duration_minutes\n2026-01-01T00:00:00Z,-5\n", "not negative"),
        ("start,duration_minutes\n2026-01-01T00:00:00Z,\n2026-01-02T00:00:00Z,1\n", "line 2"),
        ("start,duration_minutes\n", ""),
        ("start,duration_hours\n0,1e300\n", "a thousand years"),
        ("start,duration_hours\n1e300,1\n", "a thousand years"),
        ("start,duration_minutes\n2026-01-01T00:00:00Z,5\n2026-02-01T00:00:00Z,5\n", "the record covers"),
    ] {
        std::fs::write(incidents, file).unwrap();
        wrong("forecast", &["--backtest", incidents, "--replications", "2"], says);
    }
}
