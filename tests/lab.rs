//! Variants side by side: paired differences against exact values, how often their intervals hold them, how often the wrong variant is
//! chosen, and that nothing is simulated twice.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use ninefold::analysis::compare::{Entry, Input, Plan, Question, compare};
use ninefold::dist::normal_quantile;
use ninefold::lab::{Lab, Measure, Paired, Rule, Standing, looks};
use ninefold::run::{Control, Options, simulate};
use ninefold::scenario::{Loaded, Patches, parse};

const HOUR: f64 = 3600.0;
const HORIZON: f64 = 1000.0;

fn options(seed: u64) -> Options {
    Options { seed, threads: Some(1), ..Options::default() }
}

/// Two machines, each a service of its own, that fail and are repaired independently.
fn machines(prefix: &str, mttf: &str, repair: f64) -> Loaded {
    let text = format!(
        "name: machines\nstart: 2026-01-01\nhorizon: {HORIZON}h\nservices: {{{prefix}1: {{}}, {prefix}2: {{}}}}\n\
         failures: {{f: {{hits: replica, mttf: {mttf}, repair: {{exponential: {{mean: {repair}h}}}}}}}}\n"
    );
    parse("machines.yaml", &text, &Patches::default()).unwrap()
}

/// Mean downtime of one machine over the horizon, hours: λ / (λ + μ) · (T − (1 − e^−(λ+μ)T) / (λ + μ)), the integral of the
/// unavailability of a machine that starts up (Barlow & Proschan, *Mathematical Theory of Reliability*, 1965, section 3.2).
fn downtime(mttf: f64, repair: f64) -> f64 {
    let (fails, all) = (1.0 / mttf, 1.0 / mttf + 1.0 / repair);
    fails / all * (HORIZON + (-all * HORIZON).exp_m1() / all)
}

/// The downtime of two variants, paired, and how often over `seeds` the 95% interval of the difference holds the exact one.
#[expect(clippy::print_stdout, reason = "what is measured is told")]
fn coverage(mttf: &str, exact: f64, per_draw: usize, seeds: u64) -> f64 {
    let (long, short) = (machines("m", mttf, 4.0), machines("m", mttf, 3.0));
    let held = (0..seeds).filter(|seed| {
        let (options, control) = (options(*seed), Control::default());
        let mut lab = Lab::new(&options, &control);
        let places = [lab.add(&short).unwrap(), lab.add(&long).unwrap()];
        let [short, long] =
            places.map(|place| Measure::AllDowntime.series(lab.simulate(place, 128).unwrap(), 128, per_draw).unwrap());
        let found = Paired::of(&short, &long).difference(0.95);
        found.low.unwrap() <= exact && exact <= found.high.unwrap()
    });
    let held = held.count() as f64 / seeds as f64;
    println!("held by {held:.3} of the intervals, in draws of {per_draw}");
    held
}

#[test]
fn the_interval_of_a_paired_difference_holds_the_exact_one_as_often_as_it_says() {
    let exact = 2.0 * (downtime(50.0, 3.0) - downtime(50.0, 4.0)) * HOUR;
    let held = coverage("50h", exact, 1, 600);
    // 99.9 of 100 shares of 600 lie within 3.3 standard deviations.
    assert!((held - 0.95).abs() < 3.3 * (0.95_f64 * 0.05 / 600.0).sqrt(), "{held}");
}

#[test]
fn replications_that_share_a_draw_count_as_one() {
    // Known only to a factor of 16: what a draw gives to its replications is most of what varies.
    let (low, high) = (20.0_f64, 320.0_f64);
    let (middle, spread) = ((low * high).sqrt(), (high / low).ln() / (2.0 * normal_quantile(0.95)));
    let n = 20_000;
    let mttfs = (0..n).map(|k| middle * (spread * normal_quantile((f64::from(k) + 0.5) / f64::from(n))).exp());
    let exact = mttfs.map(|mttf| 2.0 * (downtime(mttf, 3.0) - downtime(mttf, 4.0)) * HOUR).sum::<f64>() / f64::from(n);
    let mttf = format!("{{low: {low}h, high: {high}h}}");
    let held = coverage(&mttf, exact, 2, 600);
    assert!((held - 0.95).abs() < 3.3 * (0.95_f64 * 0.05 / 600.0).sqrt() + 0.01, "{held}");
    // As if they were independent, the intervals were too short.
    let naive = coverage(&mttf, exact, 1, 600);
    assert!(naive < held - 0.02, "{naive} against {held}");
}

fn question(confidence: f64, most: u64) -> Question {
    let by = Some("downtime".to_owned());
    Question { by, confidence, tolerance: 0.0, most, most_is_asked: true, against_first: false }
}

fn entries(lab: &mut Lab<'_>, variants: &[Loaded]) -> Vec<Entry> {
    let entry = |(at, variant)| Entry { name: format!("v{at}"), about: None, place: lab.add(variant).unwrap() };
    variants.iter().enumerate().map(entry).collect()
}

#[test]
fn the_wrong_variant_is_chosen_at_most_as_often_as_the_confidence_leaves() {
    // Other names, other streams: nothing is shared, so that chance has its way. The third is best, by 3% and 6%.
    let variants = [machines("a", "50h", 4.0), machines("b", "51.5h", 4.0), machines("c", "53h", 4.0)];
    let (seeds, confidence) = (400, 0.8);
    let (mut wrong, mut known) = (0, 0);
    for seed in 0..seeds {
        let (options, control) = (options(seed), Control::default());
        let mut lab = Lab::new(&options, &control);
        let entries = entries(&mut lab, &variants);
        let plan = Plan::new(&lab, entries, &question(confidence, 512)).unwrap();
        let found = plan.investigate(&mut lab).unwrap();
        known += u32::from(found.decided);
        wrong += u32::from(found.decided && found.order[0] != 2);
    }
    println!("{known} of {seeds} known, {wrong} of them wrong");
    assert!(f64::from(wrong) <= (1.0 - confidence) * seeds as f64, "{wrong} of {known} wrong");
    assert!(known > seeds as u32 / 4, "only {known} of {seeds} were known");
}

#[test]
fn equals_are_told_apart_at_most_as_often_as_the_confidence_leaves() {
    // Three that are equal in law and share no luck: whoever is called better is called so wrongly. The hardest case there is.
    let variants = ["a", "b", "c"].map(|prefix| machines(prefix, "50h", 4.0));
    let (seeds, most) = (400, 512);
    let rule = Rule { confidence: 0.8, tolerance: 0.0, variants: 3, looks: looks(most).len() };
    let naive = Rule { variants: 2, looks: 1, ..rule };
    let (mut wrong, mut naively) = (0, 0);
    for seed in 0..seeds {
        let (options, control) = (options(seed), Control::default());
        let mut lab = Lab::new(&options, &control);
        let places = entries(&mut lab, &variants).into_iter().map(|entry| entry.place).collect::<Vec<_>>();
        let (mut told, mut told_naively) = (false, false);
        for look in looks(most) {
            let series: Vec<_> = places
                .iter()
                .map(|&place| Measure::AllDowntime.series(lab.simulate(place, look).unwrap(), look as usize, 1).unwrap())
                .collect();
            for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                let paired = Paired::of(&series[a], &series[b]);
                told |= rule.judge(&paired) != Standing::Open;
                told_naively |= naive.judge(&paired) != Standing::Open;
            }
        }
        wrong += u32::from(told);
        naively += u32::from(told_naively);
    }
    println!("equals told apart: {wrong} of {seeds}, without the correction {naively}");
    assert!(f64::from(wrong) <= 0.2 * seeds as f64, "{wrong} of {seeds}");
    // Without the correction it were far more: the test can fail.
    assert!(f64::from(naively) > 0.4 * seeds as f64, "{naively} of {seeds}");
}

#[test]
fn a_variant_is_simulated_once_and_goes_on_where_it_ended() {
    let (options, control) = (options(1), Control::default());
    let variant = machines("m", "{low: 20h, high: 80h}", 4.0);
    let mut lab = Lab::new(&options, &control);
    let place = lab.add(&variant).unwrap();
    lab.simulate(place, 128).unwrap();
    assert_eq!(lab.add(&variant).unwrap(), place);
    lab.simulate(place, 100).unwrap();
    assert_eq!((lab.simulated(), lab.trial(place).runs.replications), (128, 128));
    lab.simulate(place, 1_000).unwrap();
    assert_eq!(lab.simulated(), 1_000);
    // To the last bit as if done in one go, of one thread.
    let trial = lab.trial(place);
    let at_once = Options { replications: 1_000, threads: Some(1), ..options.clone() };
    let mut runs = simulate(&trial.model, &at_once, &control, None).unwrap();
    runs.wall_seconds = trial.runs.wall_seconds;
    assert_eq!(format!("{runs:?}"), format!("{:?}", trial.runs));
    assert_eq!(trial.observed.len(), 1_000);
    let down: f64 = trial.observed.service(0, ninefold::run::column::DOWNTIME).sum();
    let sum = runs.services[0].sums.sum(ninefold::run::runs::sum::DOWN);
    assert!((down / (2.0 * sum) - 1.0).abs() < 1e-12, "sums are means over the two of a draw");
    // What ended within a block is done anew, and then the same too.
    lab.simulate(place, 2_000).unwrap();
    assert_eq!(lab.simulated(), 3_000);
    assert_eq!(lab.trial(place).observed.len(), 2_000);
    // At request fidelity as well, where a block is a draw.
    let text = "name: q\nstart: 2026-01-01\nhorizon: 1m\ntraffic: {t: {to: s, rate: {low: 5/s, high: 20/s}}}\n\
                services: {s: {service_time: 20ms, queue: 3}}\n";
    let variant = parse("q.yaml", text, &Patches::default()).unwrap();
    let options = Options { fidelity: ninefold::scenario::Fidelity::Request, ..options };
    let mut lab = Lab::new(&options, &control);
    let place = lab.add(&variant).unwrap();
    for replications in [4, 10] {
        lab.simulate(place, replications).unwrap();
    }
    let trial = lab.trial(place);
    let mut runs = simulate(&trial.model, &Options { replications: 10, ..options.clone() }, &control, None).unwrap();
    runs.wall_seconds = trial.runs.wall_seconds;
    assert_eq!(format!("{runs:?}"), format!("{:?}", trial.runs));
    assert_eq!((lab.simulated(), trial.observed.len()), (10, 10));
}

#[test]
fn measures_are_what_a_run_tells() {
    let text = "name: q\nstart: 2026-01-01\nhorizon: 90d\ntraffic: {t: {to: s, rate: {low: 5/s, high: 20/s}}}\n\
                services: {s: {replicas: 2, service_time: 20ms, concurrency: 8, cost: 2/h}}\n\
                failures: {f: {hits: service, of: [s], mttf: 5d, repair: {exponential: {mean: 3h}}, cost: 100}}\n\
                objectives: {o: {service: s, target: 99%, counts: requests, window: calendar month, fee: 1000, \
                credits: [{below: 99%, credit: 10%}]}}\n";
    let (options, control) = (options(3), Control::default());
    let mut lab = Lab::new(&options, &control);
    let place = lab.add(&parse("q.yaml", text, &Patches::default()).unwrap()).unwrap();
    let trial = lab.simulate(place, 128).unwrap();
    let mean = |measure: Measure| measure.series(trial, 128, 2).unwrap().mean();
    let (runs, s, o) = (&trial.runs, "s".to_owned(), "o".to_owned());
    let bad = 1.0 - runs.objectives[0].attainment.portion(0, 1, 0.95).value.unwrap();
    let sum = |i: usize| runs.services[0].sums.mean(i);
    let pairs = [
        (mean(Measure::Bad(o.clone())), bad),
        (mean(Measure::Budget), bad / 0.01),
        (mean(Measure::Breached(o.clone())), runs.objectives[0].breach.unwrap().estimate(0.95).value.unwrap()),
        (mean(Measure::Credits(o)), runs.cost.credits.mean()),
        (mean(Measure::Repairs), runs.cost.repairs.mean()),
        (mean(Measure::Infrastructure), runs.cost.infrastructure.mean()),
        (mean(Measure::Cost), runs.cost.total.mean()),
        (mean(Measure::Downtime(s.clone())), sum(ninefold::run::runs::sum::DOWN)),
        (mean(Measure::Outages(s.clone())), sum(ninefold::run::runs::sum::ONSETS)),
        (mean(Measure::Failed(s)), sum(ninefold::run::runs::sum::REQUESTS) - sum(ninefold::run::runs::sum::GOOD)),
    ];
    for (k, (own, told)) in pairs.into_iter().enumerate() {
        assert!(told > 0.0 && (own / told - 1.0).abs() < 1e-9, "{k}: {own} against {told}");
    }
}

#[test]
fn threads_change_nothing() {
    let variants = [machines("m", "50h", 4.0), machines("m", "50h", 3.0), machines("m", "60h", 3.0)];
    let told = [1, 2, 5].map(|threads| {
        let (options, control) = (Options { threads: Some(threads), ..options(7) }, Control::default());
        let mut lab = Lab::new(&options, &control);
        let entries = entries(&mut lab, &variants);
        let plan = Plan::new(&lab, entries, &question(0.95, 300)).unwrap();
        let found = plan.investigate(&mut lab).unwrap();
        let (mut summary, report) = compare(&Input { lab: &lab, options: &options, plan: &plan, found: &found });
        summary.wall_seconds = 0.0;
        (ninefold::output::json::render(&summary).unwrap(), ninefold::output::html::render(&report).unwrap())
    });
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
}
