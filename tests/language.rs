//! The scenario language: what is read, what is refused, and in which words.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by panicking")]

use std::path::Path;
use std::time::{Duration, Instant};

use ninefold::scenario::{Fidelity, LoadError, Loaded, Patches, Style, checks, parse, show, unsimulated, vocabulary};

const STOREFRONT: &str = include_str!("scenarios/storefront.yaml");

fn sets(sets: &[&str]) -> Patches {
    Patches { sets: sets.iter().map(ToString::to_string).collect(), ..Patches::default() }
}

fn read(text: &str, patches: &Patches) -> Loaded {
    parse("test.yaml", text, patches).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str, patches: &Patches) -> String {
    match parse("test.yaml", text, patches) {
        Ok(_) => "accepted".into(),
        Err(error) => error.render(Style::Plain),
    }
}

fn codes(text: &str, patches: &Patches) -> Vec<&'static str> {
    match parse("test.yaml", text, patches) {
        Err(LoadError::Wrong(problems)) => problems.diagnostics.iter().map(|diagnostic| diagnostic.code).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_whole_example_is_read() {
    let loaded = read(STOREFRONT, &Patches::default());
    assert_eq!(loaded.scenario.services.len(), 5);
    assert_eq!(loaded.scenario.failures.len(), 4);
    assert_eq!(loaded.scenario.policies["blue-green"].set[0].0, "services.web.releases.strategy");
}

#[test]
fn what_is_not_simulated_yet_is_named() {
    let loaded = read(STOREFRONT, &Patches::default());
    let problems = loaded.problems(unsimulated(&loaded.scenario, Fidelity::Flow));
    insta::assert_snapshot!(problems.render(Style::Plain));
}

/// Words that mean something where each request is followed, and nothing for a rate.
#[test]
fn what_only_requests_have_is_named_for_a_rate() {
    let text = include_str!("scenarios/requests.yaml");
    let loaded = read(text, &Patches::default());
    let problems = loaded.problems(unsimulated(&loaded.scenario, Fidelity::Flow));
    insta::assert_snapshot!(problems.render(Style::Plain));
    assert_eq!(unsimulated(&loaded.scenario, Fidelity::Request), []);
    let warned: Vec<_> = loaded.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert!(warned.is_empty(), "{warned:?}");
    ninefold::model::compile(&loaded).unwrap();
}

/// What stands at its default is as good as not written.
#[test]
fn defaults_of_requests_are_simulated_as_a_rate() {
    let call = "{to: db, timeout: 1s, hits: 0%, work: 1, timed_out: wasted, together: false}";
    let text = format!(
        "
name: t
start: 2026-01-01
horizon: 1h
services:
  web: {{discipline: fifo, slow_start: 0s, interrupted: fail, while_down: fail, calls: [{call}]}}
  db: {{balance: least_busy}}
traffic: {{shop: {{to: web, rate: 1/s, arrivals: {{cv: 1}}, times: 2}}}}
"
    );
    let loaded = read(&text, &Patches::default());
    assert_eq!(unsimulated(&loaded.scenario, Fidelity::Flow), []);
}

/// The files of a folder beside this one, in the order of their names.
fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_string(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// One tiny bad file per mistake, named after it.
#[test]
fn every_mistake_says_what_would_be_right() {
    for (name, text) in files("mistakes") {
        insta::assert_snapshot!(format!("mistake_{name}"), refused(&text, &Patches::default()));
    }
}

/// One tiny file per warning, named after its code.
#[test]
fn every_warning_says_why() {
    for (code, text) in files("warnings") {
        let loaded = read(&text, &Patches::default());
        let warnings: Vec<_> = loaded.warnings.iter().filter(|warning| warning.code == code).cloned().collect();
        assert!(!warnings.is_empty(), "no warning {code}");
        insta::assert_snapshot!(format!("warning_{code}"), loaded.problems(warnings).render(Style::Plain));
    }
}

#[test]
fn every_check_has_a_file_that_it_finds_something_in() {
    let found: Vec<&str> = files("mistakes").iter().flat_map(|(_, text)| codes(text, &Patches::default())).collect();
    let warned: Vec<String> = files("warnings").into_iter().map(|(code, _)| code).collect();
    for rule in checks::RULES {
        assert!(found.contains(&rule.code) || warned.iter().any(|code| code == rule.code), "no file shows {}", rule.code);
    }
}

#[test]
fn mistakes_in_the_file_and_in_patches_come_together() {
    let text = STOREFRONT.replace("replicas: 9", "replcas: 9").replace("horizon: 1y", "horizon: 12 months");
    let patches = sets(&["services.db.replicas=two", "services.wbe.replicas=3", "objectives.shopping works.target=101%"]);
    insta::assert_snapshot!(refused(&text, &patches));
}

#[test]
fn patches_change_what_they_name() {
    let loaded = read(
        STOREFRONT,
        &sets(&[
            "services.web.calls.catalog.retries.max=2",
            "services.web.calls.checkout.retries.max=3",
            "services.web.queue=null",
            "failures.host crash.time_to_failure=null",
            "failures.host crash.mttf=60d",
            "runbooks.rebuild a database.triage.takes=1m",
            "zones.2=z",
            "traffic.shoppers.surges.black friday.times={low: 2, high: 4}",
        ]),
    );
    let web = &loaded.scenario.services["web"];
    assert_eq!(web.calls[0].retries.as_ref().map(|retries| retries.max), Some(2));
    assert_eq!(web.calls[1].retries.as_ref().map(|retries| retries.max), Some(3));
    assert_eq!(web.queue, None);
    assert_eq!(loaded.scenario.zones, ["a", "b", "z"]);
}

#[test]
fn patches_do_not_create_names_or_words() {
    insta::assert_snapshot!(refused(
        STOREFRONT,
        &sets(&[
            "services.wbe={replicas: 1}",
            "services.web.quue=3",
            "services.web.calls.catalogue.timeout=1s",
            "services.web.calls.7.timeout=1s",
            "failures.host crash.effect.errors=3%",
            "failures.host crash.mttf=60d",
            "services.web.releases.strategy.rolling={}",
            "services.web.releases.strategy.blue_green.bake=1m",
            "services.web.replicas",
            "services.web.replicas=",
            "services.web.replicas=[1",
        ]),
    ));
}

#[test]
fn policies_are_applied_and_checked() {
    let policy = |name: &str| Patches { policy: vec![name.into()], ..Patches::default() };
    assert_eq!(read(STOREFRONT, &policy("third responder")).scenario.teams["on-call"].people, 3);
    insta::assert_snapshot!(refused(STOREFRONT, &policy("third respond")));
    read(STOREFRONT, &sets(&["services.web.releases=null"]));
    let wrong = STOREFRONT.replace("{teams.on-call.people: 3}", "{teams.on-call.people: many, teams.night.people: 2}");
    insta::assert_snapshot!(refused(&wrong, &Patches::default()));
    assert_eq!(codes(&wrong, &Patches::default()), ["wrong-value", "patch"]);
}

#[test]
fn what_is_shown_reads_as_the_same_scenario() {
    for patches in [sets(&[]), sets(&["about='a: b, #c'", "currency=\"12\"", "services.web.cost={low: 0.1/h, high: 0.2/h}"])] {
        let loaded = read(STOREFRONT, &patches);
        let yaml = show::yaml(&loaded.tree);
        assert_eq!(read(&yaml, &Patches::default()).scenario, loaded.scenario, "{yaml}");
        let json = show::json(&loaded.tree).to_string();
        assert_eq!(read(&json, &Patches::default()).scenario, loaded.scenario, "{json}");
    }
}

#[test]
fn mistakes_that_show_later_are_placed_in_the_file() {
    let loaded = read(STOREFRONT, &Patches::default());
    let mistake = loaded.mistake("services.web.calls.catalog.timeout.unit", "wrong after all");
    insta::assert_snapshot!(loaded.problems([mistake]).render(Style::Plain));
}

fn quickly(name: &str, text: &str) -> String {
    // Unoptimised code on a busy machine gets more time; what is tested is that no input costs minutes.
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });
    let begin = Instant::now();
    let message = refused(text, &Patches::default());
    assert!(begin.elapsed() < limit, "{name} took {:?}", begin.elapsed());
    assert_ne!(message, "accepted", "{name}");
    assert!(message.len() < 200_000, "{name}: a message of {} bytes", message.len());
    message
}

/// A text of numbered lines.
fn lines(numbers: std::ops::Range<usize>, line: impl Fn(usize) -> String) -> String {
    numbers.map(|n| line(n) + "\n").collect()
}

#[test]
fn hostile_files_are_refused_quickly() {
    let bomb = lines(1..30, |n| format!("x-{n}: &a{n} [*a{}, *a{}]", n - 1, n - 1));
    assert!(quickly("alias bomb", &format!("x-0: &a0 [1, 1]\n{bomb}name: bomb\n")).contains("more than 200000 values"));
    let lists = quickly("deep lists", &"[".repeat(100_000));
    assert!(lists.contains("nest"), "{lists}");
    let maps = lines(0..200, |depth| format!("{}a:", " ".repeat(depth)));
    assert!(quickly("deep maps", &maps).contains("nest"));
    assert!(quickly("five megabytes", &"#".repeat(5 << 20)).contains("bytes"));
    assert!(quickly("many values", &format!("zones: [{}]", "a,".repeat(300_000))).contains("more than 200000 values"));
    assert!(quickly("a long line", &format!("name: {}", "a".repeat(3 << 20))).contains("longer than 200 characters"));
    quickly("many mistakes", &lines(0..50_000, |n| format!("k{n}: {n}")));
    quickly("many wrong numbers", &format!("traffic: {{t: {{to: web, rate: 1/s, daily: [{}]}}}}", "x,".repeat(150_000)));
    let services = lines(0..15_000, |n| format!("  s{n}: {{calls: [{{to: s{}}}]}}", n + 1));
    quickly("a long chain", &format!("name: a\nstart: 2026-01-01\nhorizon: 1y\nservices:\n{services}"));
    let services = services.replace("to: s", "to: r");
    quickly("many wrong names", &format!("name: a\nstart: 2026-01-01\nhorizon: 1y\nservices:\n{services}"));
    assert!(quickly("empty", "").contains("the file is empty"));
    assert!(quickly("only a comment", "# nothing\n").contains("the file is empty"));
    assert!(quickly("binary", "\u{0}\u{1}\u{2}").contains("not YAML"));
    assert!(quickly("two documents", "name: a\n---\nname: b\n").contains("second document"));
    assert!(quickly("an alias in itself", "x-a: &a [*a]\n").contains("alias"));
}

#[test]
fn numbers_that_no_computer_can_hold_are_refused() {
    for (set, what) in [
        ("services.web.replicas=1000000000000", "whole number"),
        ("services.web.replicas=1000001", "too many"),
        ("services.web.replicas=-1", "whole number"),
        ("services.web.calls.catalog.per_request=.nan", "per_request"),
        ("services.web.calls.catalog.per_request=.inf", "per_request"),
        ("traffic.shoppers.rate=-1/s", "negative"),
        ("traffic.shoppers.rate=.nan", "rate like"),
        ("traffic.shoppers.daily.0=.nan", "relative amount"),
        ("objectives.shopping works.target=1.5", "more than 1"),
        ("horizon=1e300y", "too large"),
        ("horizon=0s", "no length"),
        ("start=0001-01-01", "years 1900 and 2500"),
        ("failures.zone outage.mttf=0s", "at least 1ms"),
        ("teams.on-call.people=100001", "too many"),
    ] {
        let message = refused(STOREFRONT, &sets(&[set]));
        assert!(message.contains(what), "{set}: {message}");
        assert!(message.contains("--set 1:1:"), "{set} does not show the patch: {message}");
    }
}

#[test]
fn an_interval_where_a_distribution_stands_is_answered_with_both_readings() {
    insta::assert_snapshot!(refused(STOREFRONT, &sets(&["failures.host crash.repair={low: 5m, high: 20m}"])));
}

/// Every word of the types is in the schema, and everything that the schema describes says what it means.
#[test]
fn the_schema_knows_and_explains_every_word() {
    let words = |path: &str| -> Vec<&str> {
        let spot = vocabulary::find(path).unwrap_or_else(|error| panic!("{error}"));
        let spot = spot.name().unwrap_or(spot);
        let spot = spot.element().unwrap_or(spot);
        for (word, below) in spot.words() {
            assert!(below.meaning().is_some_and(|meaning| meaning.len() > 5), "{path}.{word} is not explained");
        }
        spot.words().into_iter().map(|(word, _)| word).collect()
    };
    for (path, some) in [
        ("", &["name", "start", "horizon", "services", "policies", "ninefold"][..]),
        ("services", &["replicas", "up_when", "calls", "external", "while_down", "discipline", "shed", "slow_start"]),
        ("services.shed", &["queue", "age"]),
        ("services.calls", &["to", "per_request", "while", "together", "hits", "timed_out", "work", "priority"]),
        ("services.calls.retries", &["max", "budget", "backoff"]),
        ("services.calls.retries.budget", &["ratio", "min_per_second", "ttl"]),
        ("services.calls.retries.backoff", &["first", "times", "most", "jitter"]),
        ("services.calls.breaker", &["errors", "least", "within", "open", "probes"]),
        ("services.standby", &["hot", "warm", "cold", "switch", "failback"]),
        ("services.releases.strategy", &["blue_green", "canary"]),
        ("failures", &["hits", "mttf", "mtbf", "time_to_failure", "schedule", "trace", "effect", "priority"]),
        ("failures.repair", &["runbook", "lognormal", "quantiles", "empirical"]),
        ("failures.repair.lognormal", &["median", "p95", "mean", "cv"]),
        ("failures.effect", &["capacity", "slower", "errors"]),
        ("traffic", &["to", "rate", "series", "growth", "daily", "weekly", "surges", "users", "think", "times", "priority"]),
        ("traffic.arrivals", &["cv", "gamma", "empirical"]),
        ("runbooks", &["step", "takes", "works", "else"]),
        ("objectives", &["service", "target", "latency", "credits", "excludes"]),
        ("teams", &["people", "acknowledge", "hours", "preempt"]),
        ("instances", &["price", "lead_time"]),
        ("policies", &["about", "set"]),
    ] {
        let known = words(path);
        assert!(some.iter().all(|word| known.contains(word)), "{path}: {known:?}");
    }
    assert_eq!(vocabulary::find("services.quue").unwrap_err(), "there is no `quue` under `services`: did you mean `queue`?");
    assert_eq!(
        vocabulary::find("servces.web").unwrap_err(),
        "there is no `servces` at the top of a scenario: did you mean `services`?"
    );
}

/// Every key of the example is where the schema allows it.
#[test]
fn the_schema_allows_the_example() {
    let loaded = read(STOREFRONT, &Patches::default());
    allowed("", vocabulary::Spot::top(), &show::json(&loaded.tree));
}

fn allowed(path: &str, spot: vocabulary::Spot, value: &serde_json::Value) {
    match value {
        serde_json::Value::Object(entries) => {
            for (key, inner) in entries {
                let below = spot.word(key).or_else(|| spot.name());
                let below = below.unwrap_or_else(|| panic!("the schema has no {path}.{key}"));
                if !path.starts_with(".policies") {
                    allowed(&format!("{path}.{key}"), below, inner);
                }
            }
        }
        serde_json::Value::Array(elements) => {
            let below = spot.element().unwrap_or_else(|| panic!("the schema has no list at {path}"));
            for element in elements {
                allowed(path, below, element);
            }
        }
        _ => {}
    }
}

/// Files as they come from a broken disk, a merge gone wrong or an attacker.
mod any_text {
    use super::{Patches, STOREFRONT, parse};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    fn survives(text: &str) {
        if let Err(error) = parse("any.yaml", text, &Patches::default()) {
            assert!(!error.to_string().is_empty());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(256) })]

        #[test]
        fn is_read_or_refused(text in "\\PC{0,200}") {
            survives(&text);
        }

        #[test]
        fn of_yaml_characters_is_read_or_refused(text in r"[-a-z0-9:{}\[\], \n&*!|>'\x22#%@~?<.]{0,120}") {
            survives(&text);
        }

        #[test]
        fn with_a_part_cut_out_is_read_or_refused(start in 0..STOREFRONT.len(), length in 0..200_usize) {
            let end = (start + length).min(STOREFRONT.len());
            survives(&format!("{}{}", &STOREFRONT[..start], &STOREFRONT[end..]));
        }

        #[test]
        fn with_a_character_changed_is_read_or_refused(at in 0..STOREFRONT.len() - 1, new in any::<char>()) {
            survives(&format!("{}{new}{}", &STOREFRONT[..at], &STOREFRONT[at + 1..]));
        }

        #[test]
        fn in_a_text_is_shown_as_it_was(about in any::<String>(), name in "[a-z0-9][-_ a-z0-9]{0,8}[a-z0-9]") {
            let quoted = serde_json::Value::String(about).to_string();
            let text = format!("about: {quoted}\nname: {name}\nstart: 2026-01-01\nhorizon: 1y\nservices: {{{name}: {{calls: []}}}}\n");
            if let Ok(loaded) = parse("any.yaml", &text, &Patches::default()) {
                let shown = super::show::yaml(&loaded.tree);
                let again = parse("shown.yaml", &shown, &Patches::default());
                prop_assert_eq!(again.map_err(|error| error.to_string()).map(|again| again.scenario), Ok(loaded.scenario));
            }
        }

        #[test]
        fn in_a_patch_is_applied_or_refused(path in "[a-z .0-9]{0,30}", value in "\\PC{0,40}") {
            let sets = vec![format!("{path}={value}"), format!("services.web.{path}={value}"), format!("failures.host crash.repair={value}")];
            let _ = parse("any.yaml", STOREFRONT, &Patches { sets, ..Patches::default() });
        }
    }
}
