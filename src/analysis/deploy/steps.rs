//! The course of one release, step by step: when, how much of the traffic, what is checked, and what is found and hurt by then.

use super::bake::power;
use super::released::Released;
use crate::model::{Model, Stage};
use crate::report::Unit;
use crate::report::format::{decimal, duration, number};

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done.
    pub what: String,
    /// When it begins, seconds after the begin of the release.
    pub begins: f64,
    /// How long it lasts, seconds; none for the last, which stays.
    pub lasts: Option<f64>,
    /// The fraction of the traffic that meets the new version.
    pub share: f64,
    /// Requests that meet it in the step.
    pub requests: f64,
    /// What is checked at its end, or meanwhile.
    pub check: String,
    /// The value at which it is taken back; none where nothing is asked.
    pub abort: Option<String>,
    /// The probability that its own check finds a bad release of the scenario; none where that depends on the load.
    pub power: Option<f64>,
    /// The probability that it has been found by its end.
    pub found: Option<f64>,
    /// The probability that its check turns back a good one.
    pub false_alarm: f64,
    /// How long going back from here takes on average, seconds.
    pub back: f64,
    /// Requests that a bad release hurts until it is found here and gone; none where that depends on the load.
    pub hurt: Option<f64>,
}

/// How a release goes.
#[derive(Debug, Clone)]
pub struct Course {
    /// Its steps; in the last all replicas run it.
    pub steps: Vec<Step>,
    /// From its begin until all replicas run it, seconds.
    pub lasts: f64,
    /// Requests that a bad one hurts on average; none where that depends on the load.
    pub hurt: Option<f64>,
}

/// The course of the releases of a variant that begin at `at`, seconds after the start.
#[must_use]
pub fn course(variant: &Model, released: &Released<'_>, at: f64) -> Course {
    let release = &variant.releases[released.place];
    // Where no requests come nothing is foreseen.
    let (harm, errors) = if released.rate > 0.0 { (released.harm(), released.errors()) } else { (None, None) };
    let mut steps: Vec<Step> = Vec::new();
    let (mut begins, mut met, mut unseen, mut hurt) = (0.0, 0.0, 1.0, 0.0);
    if release.calls.0 != crate::model::NONE {
        let takes = variant.teams[release.calls.1 as usize].acknowledge.law.mean();
        steps.push(waits(&variant.teams[release.calls.1 as usize].name, takes));
        begins = takes;
    }
    for stage in &release.stages {
        let all = released.requests(at + begins, at + begins + stage.lasts);
        let requests = stage.share * all;
        let n = (requests, all - requests);
        let asks = stage.watched && (release.rules.above.is_some() || release.rules.worse_at.is_some());
        let own = |errors| if asks { power(&release.rules, n, errors, released.usual) } else { 0.0 };
        let found = if stage.share > 0.0 { errors.map(|errors| own(errors.bad)) } else { Some(0.0) };
        let back = if stage.stands_by { 0.0 } else { released.back() };
        met += requests;
        let until = met + stage.share * released.rate * back;
        hurt += unseen * found.unwrap_or(0.0) * until;
        unseen *= 1.0 - found.unwrap_or(0.0);
        steps.push(Step {
            what: what(variant, stage, released),
            begins,
            lasts: Some(stage.lasts),
            share: stage.share,
            requests,
            check: check(stage, asks, requests),
            abort: asks.then(|| abort(release.rules.above, release.rules.worse_at)),
            power: found.filter(|_| asks),
            found: found.map(|_| 1.0 - unseen),
            false_alarm: own(released.usual),
            back,
            hurt: harm.map(|harm| harm * until),
        });
        begins += stage.lasts;
    }
    let (unnoticed, who) = released.unnoticed();
    let until = met + released.rate * (unnoticed + released.back());
    hurt += unseen * until;
    steps.push(Step {
        what: "all, for good".to_owned(),
        begins,
        lasts: None,
        share: 1.0,
        requests: released.rate * unnoticed,
        check: format!("{who} finds a bad one, {} later on average", duration(unnoticed)),
        abort: None,
        power: None,
        found: harm.map(|_| 1.0),
        false_alarm: 0.0,
        back: released.back(),
        hurt: harm.map(|harm| harm * until),
    });
    Course { steps, lasts: begins, hurt: harm.map(|harm| harm * hurt) }
}

fn waits(team: &str, takes: f64) -> Step {
    Step {
        what: format!("waits for {team}"),
        begins: 0.0,
        lasts: Some(takes),
        share: 0.0,
        requests: 0.0,
        check: "a person who is at work and free takes it".to_owned(),
        abort: None,
        power: None,
        found: Some(0.0),
        false_alarm: 0.0,
        back: 0.0,
        hurt: Some(0.0),
    }
}

fn what(model: &Model, stage: &Stage, released: &Released<'_>) -> String {
    let service = &model.services[released.service];
    let share = number(stage.share, Unit::Share);
    if stage.closed {
        return "the service restarts".to_owned();
    }
    if let Some(zones) = stage.zones {
        let release = &model.releases[released.place];
        let of = |r: u32| release.zone_ranks[(r - service.replicas.start) as usize] == zones - 1;
        let zone = service.replicas.clone().find(|&r| of(r)).map(|r| model.replicas[r as usize].zone);
        let name = zone.and_then(|zone| model.zones.get(zone as usize)).map_or("the next", String::as_str);
        return format!("zone {name}");
    }
    if stage.stands_by {
        return "switch, old fleet waits".to_owned();
    }
    if stage.extra > 0.0 && stage.share <= 0.0 && stage.away <= 0.0 && stage.extra >= 1.0 {
        return "a second fleet starts".to_owned();
    }
    if stage.away > 0.0 || stage.extra > 0.0 {
        let whole = f64::from(service.present().len() as u32);
        return format!("batch: {} more, {} away", decimal(stage.extra * whole, 0), decimal(stage.away * whole, 0));
    }
    format!("{share} of the traffic")
}

fn check(stage: &Stage, asks: bool, requests: f64) -> String {
    if asks {
        let requests = decimal(requests, 0);
        return format!("errors of the {requests} requests that met it, at the end");
    }
    if stage.watched { "nothing: no rule is written".to_owned() } else { "that replicas start".to_owned() }
}

fn abort(above: Option<f64>, worse_at: Option<f64>) -> String {
    let above = above.map(|above| format!("over {} errors", number(above, Unit::Share)));
    let worse = worse_at.map(|worse| format!("worse at {}", number(worse, Unit::Share)));
    let all: Vec<String> = [above, worse].into_iter().flatten().collect();
    all.join(", or ")
}
