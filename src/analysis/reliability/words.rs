//! The sentences of an analysis of reliability.

use super::found::tested;
use super::summary::{Analysis, ServiceAnalysis};
use super::{Comparison, Input, YEAR, tables};
use crate::report::format::{decimal, duration, estimate, number};
use crate::report::{Status, Unit, Verdict};
use crate::run::rare::Method;

/// Services that get sentences of their own.
const SENTENCES: usize = 3;

/// What was simulated.
pub fn subtitle(input: &Input<'_>) -> String {
    let runs = &input.found.runs;
    format!("{} replications of {}.", decimal(runs.replications as f64, 0), duration(runs.horizon))
}

/// The answers, the most important first.
pub fn verdicts(input: &Input<'_>, analysis: &Analysis) -> Vec<Verdict> {
    // Loud: one of the two is wrong.
    let mut verdicts: Vec<Verdict> = input.disagreements().map(|text| Verdict::new(Status::Bad, text)).collect();
    if analysis.interrupted {
        let text = format!("Interrupted after {} replications; nothing was compared.", decimal(analysis.replications as f64, 0));
        verdicts.push(Verdict::new(Status::Warn, text));
    }
    let rows = tables::by_downtime(analysis);
    verdicts.extend(rows.iter().take(SENTENCES).map(|(name, s)| service(name, s)));
    if rows.len() > SENTENCES {
        verdicts.push(Verdict::new(Status::Info, format!("{} more services: see How reliable.", rows.len() - SENTENCES)));
    }
    verdicts.extend(points(&rows));
    verdicts.extend(agreement(input, analysis));
    verdicts
}

/// A sentence on a measure whose simulated and exact values disagree.
pub fn disagrees(input: &Input<'_>, comparison: &Comparison) -> String {
    let name = &input.model.services[comparison.service].name;
    let unit = comparison.measure.unit();
    format!(
        "Simulated and exact values disagree beyond chance: {} of {name} is {} simulated and {} exactly ({}). One of the two has a bug: \
         trust neither, and please report it with this scenario and the seed {}.",
        comparison.measure.title(),
        estimate(&comparison.simulated, unit),
        number(comparison.exact, unit),
        comparison.method.title(),
        input.options.seed
    )
}

fn service(name: &str, s: &ServiceAnalysis) -> Verdict {
    let down = &s.split.downtime_per_year;
    let rare = s.rare.as_ref().and_then(|rare| rare.found.as_ref()).filter(|found| found.verdict.converged);
    if let Some(found) = rare
        && found.unavailability.value.is_some_and(|value| value > 0.0)
    {
        let how = match found.method {
            Method::Splitting => "importance splitting",
            Method::Biasing => "failure biasing",
        };
        let gain = found.gain.filter(|gain| gain.time >= 2.0);
        let gain =
            gain.map_or(String::new(), |gain| format!(", {} times as fast as plain simulation", number(gain.time, Unit::Count)));
        let down = estimate(&found.unavailability.scaled(YEAR), Unit::Duration);
        return Verdict::new(Status::Info, format!("{name} is down {down} a year, by {how}{gain}."));
    }
    if down.value.is_none_or(|value| value <= 0.0) {
        let bound = down.high.filter(|high| *high > 0.0);
        let bound = bound.map_or(String::new(), |high| format!(" (at most {} a year)", duration(high)));
        return Verdict::new(Status::Info, format!("{name} was never down{bound}."));
    }
    let drivers: Vec<String> = s
        .drivers
        .iter()
        .filter_map(|driver| Some((driver, driver.downtime_share.value?)))
        .filter(|(_, share)| *share >= 0.01)
        .take(3)
        .map(|(driver, share)| format!("{} ({})", driver.failure, percent(share)))
        .collect();
    let from = match drivers.split_last() {
        None => String::new(),
        Some((only, [])) => format!(", driven by {only}"),
        Some((last, rest)) => format!(", driven by {} and {last}", rest.join(", ")),
    };
    let stages = [
        ("before anybody knows", &s.split.detection),
        ("waiting for somebody to begin", &s.split.waiting),
        ("at work", &s.split.repair),
    ];
    let stages = stages.iter().filter_map(|(what, share)| Some(format!("{} {what}", percent(share.value?)))).collect::<Vec<_>>();
    let planned = s.split.planned.value.filter(|share| *share >= 0.01);
    let planned = planned.map_or(String::new(), |share| format!("; {} of all of it is planned", percent(share)));
    let down = estimate(down, Unit::Duration);
    Verdict::new(Status::Info, format!("{name} is down {down} a year{from}: {}{planned}.", stages.join(", ")))
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 100.0).round())
}

fn points(rows: &[(&String, &ServiceAnalysis)]) -> Option<Verdict> {
    let single = |s: &ServiceAnalysis| s.cuts.as_ref().map_or(0, |cuts| cuts.single_points.len());
    let weak: Vec<String> = rows
        .iter()
        .filter(|(_, s)| single(s) > 0)
        .take(SENTENCES)
        .map(|(name, s)| {
            let first = s.cuts.as_ref().and_then(|cuts| cuts.single_points.first()).cloned().unwrap_or_default();
            if single(s) == 1 { format!("{name} on {first}") } else { format!("{name} on {} things ({first} …)", single(s)) }
        })
        .collect();
    let all = rows.iter().filter(|(_, s)| single(s) > 0).count();
    let more = if all > weak.len() { format!(" and {} more services", all - weak.len()) } else { String::new() };
    if weak.is_empty() {
        return (!rows.is_empty()).then(|| Verdict::new(Status::Good, "No service has a single point of failure."));
    }
    let text = format!("Resting on a single point of failure: {}{more}.", weak.join(", "));
    Some(Verdict::new(Status::Warn, text))
}

/// Whether exact answers confirm what was simulated.
fn agreement(input: &Input<'_>, analysis: &Analysis) -> Option<Verdict> {
    if input.found.disagrees() || analysis.interrupted {
        return None;
    }
    let compared = tested(&input.found.comparisons);
    let exact = |s: &&ServiceAnalysis| s.exact.iter().any(|method| method.applies);
    let services = analysis.services.values().filter(exact).count();
    if services == 0 {
        return Some(Verdict::new(Status::Info, "No exact method applies: Simulated beside exact tells why."));
    }
    let of = format!("{services} of {} services", analysis.services.len());
    Some(if compared == 0 {
        Verdict::new(Status::Info, format!("Exact values are known for {of}, and too few outages were simulated to test them."))
    } else {
        Verdict::new(
            Status::Good,
            format!("Exact answers for {of} agree with what was simulated, in all {compared} measures tested."),
        )
    })
}

/// What the answer rests on.
pub fn assumptions(input: &Input<'_>) -> Vec<String> {
    let mut list = Vec::new();
    match &input.found.long_run {
        Some(Ok(long)) => list.push(format!(
            "The long run was simulated apart, without traffic: {} replications of {}, after {} in which the start is forgotten.",
            decimal(long.replications as f64, 0),
            duration(long.horizon),
            duration(long.warmup)
        )),
        Some(Err(reason)) => list.push(format!("The long run was not simulated: {reason}.")),
        None => {}
    }
    if input.options.before() > 0.0 {
        let text = "With a warm-up the runs begin in a state that is neither the start nor the long run: exact values from the start \
                    to the horizon are not compared.";
        list.push(text.to_owned());
    }
    let planned = input.model.modes.iter().filter(|mode| mode.planned).map(|mode| mode.name.clone()).collect::<Vec<_>>();
    if !planned.is_empty() {
        list.push(format!("Planned: {}.", planned.join(", ")));
    }
    if input.found.runs.per_draw > 1 {
        list.push("Uncertain numbers are drawn anew for every two replications; intervals are over those draws.".to_owned());
    }
    list.push("The same scenario, seed and version give the same numbers on any machine.".to_owned());
    list
}
