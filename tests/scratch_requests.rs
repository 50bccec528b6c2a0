use ninefold::scenario::{Patches, parse};
use ninefold::sim::request::{Plan, Requests, count};
fn run(text: &str, warmup: f64, reps: u64) {
    let model = ninefold::model::compile(&parse("s.yaml", text, &Patches::default()).unwrap_or_else(|e| panic!("{e}"))).unwrap();
    let mut requests = Requests::new(&model, Plan { warmup, bins: 128, batches: 32 });
    for rep in 0..reps {
        let t = std::time::Instant::now();
        let events = requests.run_while(1, rep, 0, |_| true).unwrap();
        let s = t.elapsed().as_secs_f64();
        let given = requests.requests();
        for (k, service) in model.services.iter().enumerate() {
            let sum =
                |f: &dyn Fn(&ninefold::sim::request::Served) -> f64| given.batches.iter().map(|b| f(&b.services[k])).sum::<f64>();
            let secs: f64 = given.batches.iter().map(|b| b.seconds).sum();
            let good = sum(&|x| x.counts[count::GOOD] as f64);
            println!(
                "{}: arrived {} good {} failed {} resp {:.6} wait {:.6} busy {:.4} queue {:.4} present {:.4} | {:.2}M/s events {:.2}M/s",
                service.name,
                sum(&|x| x.counts[count::ARRIVED] as f64),
                good,
                sum(&|x| x.failed() as f64),
                sum(&|x| x.response_sum) / good,
                sum(&|x| x.wait_sum) / sum(&|x| x.wait.count() as f64),
                sum(&|x| x.busy) / sum(&|x| x.servers),
                sum(&|x| x.queued) / secs,
                sum(&|x| x.present) / secs,
                good / s / 1e6,
                events as f64 / s / 1e6
            );
        }
    }
}
#[test]
fn mm1() {
    run(
        "{name: q, start: 2026-01-01, horizon: 10000000s, traffic: {t: {to: s, rate: 0.9/s}}, services: {s: {service_time: {exponential: {mean: 1s}}}}}",
        1000.0,
        3,
    );
}
#[test]
fn network() {
    run(
        "{name: q, start: 2026-01-01, horizon: 30000s, traffic: {t: {to: web, rate: 160/s}}, services: {web: {service_time: {exponential: {mean: 20ms}}, concurrency: 4, calls: [{to: db, while: released}]}, db: {service_time: {exponential: {mean: 10ms}}, concurrency: 2}}}",
        100.0,
        3,
    );
}
