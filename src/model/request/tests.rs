use super::*;
use crate::model::{Model, compile};
use crate::scenario::{Patches, parse};

fn try_compile(text: &str) -> Result<Model, String> {
    let loaded = parse("t.yaml", text, &Patches::default()).unwrap_or_else(|error| panic!("{error}"));
    compile(&loaded).map_err(|mistakes| format!("{}: {}", mistakes[0].path, mistakes[0].message))
}

fn compiled(text: &str) -> Model {
    try_compile(text).unwrap_or_else(|mistake| panic!("{mistake}"))
}

fn requests() -> Model {
    compiled(include_str!("../../../tests/scenarios/requests.yaml"))
}

/// A source of traffic that asks one service.
fn source(written: &str) -> String {
    format!(
        "name: t\nstart: 2026-01-01\nhorizon: 1h\nservices: {{web: {{service_time: 5ms}}}}\ntraffic: {{shop: {{to: web, {written}}}}}\n"
    )
}

#[test]
fn words_of_services_are_compiled() {
    let model = requests();
    let web = &model.services[0].serving;
    assert_eq!((web.balance, web.discipline), (Balance::PowerOf(2), Discipline::Priority));
    assert_eq!((web.interrupted, web.while_down), (Interrupted::Restart, WhileDown::Fail));
    assert_eq!((web.shed_queue, web.shed_age, web.slow_start), (50.0, 1.0, 30.0));
    let cache = &model.services[1].serving;
    assert_eq!((cache.discipline, cache.while_down), (Discipline::Lifo, WhileDown::Wait));
    assert_eq!((cache.shed_queue, cache.shed_age, cache.slow_start), (f64::INFINITY, f64::INFINITY, 0.0));
    assert_eq!(model.services[2].serving.interrupted, Interrupted::Resume);
    assert_eq!(model.services[3].serving.discipline, Discipline::ProcessorSharing);
    assert_eq!(model.objectives[0].latency, 0.5);
}

#[test]
fn words_of_calls_are_compiled() {
    let model = requests();
    let [cache, db, prices] = &model.services[0].calls[..] else { panic!("three calls") };
    assert!(cache.handling.cancels && !cache.needed && cache.handling.retries.is_none() && cache.handling.breaker.is_none());
    assert_eq!((cache.handling.hits, cache.handling.work, cache.handling.priority), (Value::Known(0.0), 1.0, None));
    assert!(!db.handling.cancels && !db.handling.together && prices.handling.together);
    assert_eq!((db.handling.work, db.handling.priority), (2.0, Some(1)));
    let Value::Drawn(hits) = db.handling.hits else { panic!("an interval is drawn") };
    let hits = &model.parameters[hits as usize];
    assert_eq!(hits.path, "services.web.calls[1].hits");
    assert!((hits.quantile(0.05) - 0.85).abs() < 1e-9 && (hits.quantile(0.95) - 0.95).abs() < 1e-9);
    let retries = db.handling.retries.as_ref().unwrap();
    assert_eq!(retries.max, 2);
    assert_eq!(retries.backoff, Backoff { first: 0.05, times: 2.0, most: 1.0, jitter: Jitter::Full });
    let budget = retries.budget.unwrap();
    assert_eq!((budget.ratio, budget.min_per_second, budget.ttl), (Value::Known(0.2), 10.0, 10.0));
    let breaker = Breaker { errors: 0.5, least: 20, within: 10.0, open: 30.0, probes: 3 };
    assert_eq!(db.handling.breaker, Some(breaker));
}

#[test]
fn sources_are_open_or_closed() {
    let model = requests();
    let [shoppers, sensors] = &model.demand.sources[..] else { panic!("two open sources") };
    assert_eq!((shoppers.arriving.priority, sensors.arriving.priority), (2, 3));
    assert!(matches!(shoppers.times, Value::Drawn(_)) && sensors.times == Value::Known(1.0));
    let [office] = &model.users[..] else { panic!("one closed source") };
    assert_eq!((office.name.as_str(), office.to, office.count, office.priority), ("office", 0, 20, 3));
    assert!(office.think.is_uncertain());
    // The gaps of two open sources and the thinking of the closed one.
    let laws: Vec<String> = model.timings().map(|timing| format!("{:?}", timing.law)).collect();
    let thought = format!("{:?}", office.think.law);
    assert!(laws.contains(&thought));
    for source in [shoppers, sensors] {
        let Arrivals::Renewal(gaps) = &source.arriving.arrivals else { panic!("not Poisson") };
        assert!(laws.contains(&format!("{:?}", gaps.law)));
    }
}

#[test]
fn users_alone_are_no_demand() {
    let model = compiled(&source("users: 20, times: 1.5"));
    assert!(model.demand.is_empty());
    assert_eq!(model.users[0].number(&[]), 30);
    assert!(model.users[0].think.is_zero());
    assert_eq!(compiled(&source("users: 2, times: 0.001")).users[0].number(&[]), 1);
    let many = compiled(&source("users: 1000, times: {low: 1, high: 999}"));
    let draw = many.parameters[0].quantile(0.999_999);
    assert!(draw > 2000.0);
    assert_eq!(many.users[0].number(&[draw]), 1_000_000);
}

#[test]
fn a_promise_to_users_counts_their_requests() {
    let text = source("users: 20") + "objectives: {good: {service: web, target: 99%, window: rolling 1h}}\n";
    assert_eq!(compiled(&text).objectives[0].counts, crate::model::Counts::Requests);
}

#[test]
fn gaps_have_the_shape_that_is_written() {
    let cv = |arrivals: &str| -> Option<f64> {
        let model = compiled(&source(&format!("rate: 1/s, arrivals: {arrivals}")));
        match &model.demand.sources[0].arriving.arrivals {
            Arrivals::Poisson => None,
            Arrivals::Renewal(gaps) => Some(gaps.law.variance().sqrt() / gaps.law.mean()),
        }
    };
    assert_eq!(cv("poisson"), None);
    assert_eq!(cv("{cv: 1}"), None);
    assert_eq!(cv("regular"), Some(0.0));
    assert_eq!(cv("5s"), Some(0.0));
    for (written, expected) in [("{cv: 0.5}", 0.5), ("{cv: 2}", 2.0), ("{erlang: {k: 4, mean: 7d}}", 0.5)] {
        let cv = cv(written).unwrap();
        assert!((cv - expected).abs() < 1e-9, "{written}: {cv}");
    }
}

#[test]
fn gaps_without_a_mean_are_refused() {
    for arrivals in ["0s", "{pareto: {shape: 1, scale: 1s}}", "{pareto: {shape: {low: 1.5, high: 2.5}, scale: 1s}}", "{cv: 2000}"]
    {
        let mistake = try_compile(&source(&format!("rate: 1/s, arrivals: {arrivals}"))).err().unwrap_or_default();
        assert!(mistake.starts_with("traffic.shop.arrivals: "), "{arrivals}: {mistake}");
    }
}

#[test]
fn times_multiply_a_rate() {
    let model = compiled(&source("rate: 10/s, times: {low: 1.5, high: 2.5}"));
    let mut curves = Vec::new();
    model.demand.draw(&[1.75], &mut curves);
    assert_eq!(curves[0].rate(&model.demand, 60.0), 17.5);
    assert_eq!(curves[0].total(&model.demand, 60.0), 1050.0);
}

#[test]
fn retries_of_retries_are_bounded() {
    let call = |to: usize, max: u32| format!("  s{}: {{calls: [{{to: s{to}, retries: {{max: {max}}}}}]}}\n", to - 1);
    let chain = |max: u32| -> String { (1..=4).map(|to| call(to, max)).collect() };
    let text = |max: u32, asks: &str| {
        format!(
            "name: t\nstart: 2026-01-01\nhorizon: 1h\nservices:\n{}  s4: {{service_time: 1ms}}\ntraffic: {{t: {{to: s0, {asks}}}}}\n",
            chain(max)
        )
    };
    for asks in ["rate: 1/s", "users: 1"] {
        assert!(try_compile(&text(30, asks)).is_ok());
        let mistake = try_compile(&text(32, asks)).err().unwrap_or_default();
        assert!(mistake.contains("1.2e6 calls of this service"), "{mistake}");
    }
}
