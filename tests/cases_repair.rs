//! Repair by automation and by people who are too few: waiting lines of incidents against their Markov chains.

mod common;

use common::{HOUR, YEAR, run, run_after};

/// Two units in parallel, MTTF 500 h, MTTR 10 h, a crew for each (Trivedi; Rausand and Høyland).
/// `repair` is what follows the repair time: nothing for automation, or a team of two.
fn parallel(repair: &str, teams: &str) {
    let text = format!(
        "
name: parallel pair
start: 2026-01-01
horizon: 100000h
services: {{pair: {{replicas: 2, needs: 1}}}}
failures:
  unit fails: {{hits: replica, of: [pair], mttf: 500h, repair: {{exponential: {{mean: 10h}}}}{repair}}}
{teams}
"
    );
    let run = run_after(&text, 4000, 1, 1000.0 * HOUR);
    run.service("pair", "time_availability").is_availability(0.999_615_532_487_504_8);
    // 7.689350249903882e-5 an hour.
    run.service("pair", "outages_per_year").times(HOUR / YEAR).is(7.689_350_249_903_882e-5);
    // Both are under repair, so the first end comes after 10 h / 2.
    run.service("pair", "mttr").times(1.0 / HOUR).is(5.0);
}

#[test]
fn parallel_pair_repaired_by_automation() {
    parallel("", "");
}

#[test]
fn parallel_pair_with_two_crews() {
    parallel(", team: crew", "teams: {crew: {people: 2}}");
}

/// The same pair until its first failure: (3λ + μ)/(2λ²), which is not the mean up time between outages
/// (1/f - MTTR = 13 000 h).
#[test]
fn parallel_pair_mean_time_to_first_failure() {
    // Twenty mean times: a replication without a failure of the pair has probability 2e-9.
    let text = "
name: parallel pair
start: 2026-01-01
horizon: 265000h
services: {pair: {replicas: 2, needs: 1}}
failures:
  unit fails: {hits: replica, of: [pair], mttf: 500h, repair: {exponential: {mean: 10h}}}
";
    let run = run(text, 10_000, 1);
    run.service("pair", "time_to_first_outage").times(1.0 / HOUR).is(13_250.0);
    run.service("pair", "mttf").times(1.0 / HOUR).is(13_000.0);
}

/// What is known of a machine-repair model in steady state, times in hours.
struct Shop {
    machines: u32,
    repairers: u32,
    /// Probability that 0, 1, 2 … machines are down.
    down: &'static [f64],
    mean_down: f64,
    waiting: f64,
    busy: f64,
    failures_per_hour: f64,
    mean_down_time: f64,
    availability: f64,
}

/// Machines that run 10 h on average and take 8 h of a repairer.
fn shop(exact: &Shop) {
    let machines = exact.machines;
    let mut text = format!(
        "
name: job shop
start: 2026-01-01
horizon: 20000h
services:
  machines: {{replicas: {machines}}}
"
    );
    for k in 1..=machines {
        text += &format!("  at least {k}: {{up_when: {{at_least: {k}, of: [machines]}}}}\n");
    }
    text += &format!(
        "
failures:
  breakdown: {{hits: replica, of: [machines], mttf: 10h, repair: {{exponential: {{mean: 8h}}}}, team: repairers}}
teams:
  repairers: {{people: {}}}
",
        exact.repairers
    );
    let run = run_after(&text, 400, 1, 500.0 * HOUR);

    let mut at_most = 0.0;
    for (down, p) in exact.down.iter().enumerate().take(machines as usize) {
        at_most += p;
        run.service(&format!("at least {}", machines as usize - down), "time_availability").is(at_most);
    }
    run.service("machines", "replicas").from(f64::from(machines)).is(exact.mean_down);
    run.service("machines", "replicas").times(1.0 / f64::from(machines)).is(exact.availability);
    run.estimate("teams", "repairers", "waiting").is(exact.waiting);
    run.estimate("teams", "repairers", "busy").is(exact.busy);
    run.estimate("failures", "breakdown", "count_per_year").times(HOUR / YEAR).is(exact.failures_per_hour);
    run.estimate("failures", "breakdown", "mean_duration").times(1.0 / HOUR).is(exact.mean_down_time);
    // Little's law: the wait is the queue over the rate.
    run.estimate("teams", "repairers", "wait").times(1.0 / HOUR).is(exact.waiting / exact.failures_per_hour);
}

/// Ross, Introduction to Probability Models, job-shop exercise: 3 machines, 2 repairmen, means 10 h and 8 h.
#[test]
fn three_machines_two_repairers() {
    shop(&Shop {
        machines: 3,
        repairers: 2,
        down: &[0.164_257_555_847_568_96, 0.394_218_134_034_165_56, 0.315_374_507_227_332_46, 0.126_149_802_890_933],
        mean_down: 1.403_416_557_161_629_5,
        waiting: 0.126_149_802_890_932_92,
        busy: 1.277_266_754_270_696_6,
        failures_per_hour: 0.159_658_344_283_837_07,
        mean_down_time: 8.790_123_456_790_123,
        availability: 0.532_194_480_946_123_4,
    });
}

/// Hillier and Lieberman, maintenance-person exercise: 2 machines, 1 repairer, means 10 h and 8 h.
#[test]
fn two_machines_one_repairer() {
    shop(&Shop {
        machines: 2,
        repairers: 1,
        down: &[0.257_731_958_762_886_57, 0.412_371_134_020_618_53, 0.329_896_907_216_494_9],
        mean_down: 1.072_164_948_453_608_4,
        waiting: 0.329_896_907_216_495,
        busy: 0.742_268_041_237_113_4,
        failures_per_hour: 0.092_783_505_154_639_18,
        mean_down_time: 11.555_555_555_555_557,
        availability: 0.463_917_525_773_195_8,
    });
}
