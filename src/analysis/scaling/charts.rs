//! The charts of an analysis of scaling.

use super::tables::{hour_name, slug};
use super::{Input, Pattern, Targets, Usage};
use crate::report::format::{decimal, number};
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};

fn axis(label: &str, column: &str, unit: Unit, scale: Scale) -> Axis {
    Axis { label: label.to_owned(), column: column.to_owned(), unit, scale, least: None, most: None }
}

fn replicas() -> Axis {
    Axis { least: Some(0.0), ..axis("Replicas", "replicas", Unit::Number, Scale::Linear) }
}

/// Replicas that serve and the ideal, over the horizon.
pub fn over_time(input: &Input<'_>, usage: &Usage) -> Chart {
    let name = input.name(usage.service);
    let line = |which: usize| {
        let mut points: Vec<[f64; 2]> = usage.course.iter().map(|point| [point[0], point[which]]).collect();
        points.extend(points.last().map(|last| [input.model.horizon, last[1]]));
        Shape::Steps(vec![points])
    };
    Chart {
        name: format!("replicas-{}", slug(name)),
        title: format!("Replicas of {name} and what the load calls for"),
        description: format!(
            "Replicas of {name} that serve, and those that an ideal scaler would have, as means of equal parts of the horizon. On average {} \
             serve where {} would do.",
            decimal(usage.all.ready / usage.all.time, 1),
            decimal(usage.all.ideal / usage.all.time, 1)
        ),
        x: axis("Time", "seconds", Unit::Duration, Scale::Time(input.model.start.clone())),
        y: replicas(),
        marks: vec![Mark::new("serving", Look::Series(0), line(1)), Mark::new("ideal", Look::Series(1), line(2))],
    }
}

/// The same by the hours of a day or a week.
pub fn by_hour(input: &Input<'_>, usage: &Usage) -> Chart {
    let name = input.name(usage.service);
    let line = |pick: fn(&super::Sums) -> f64| {
        let seen = usage.hours.iter().enumerate().filter(|(_, sums)| sums.time > 0.0);
        let mut points: Vec<[f64; 2]> = seen.map(|(hour, sums)| [hour as f64, pick(sums) / sums.time]).collect();
        points.extend(points.last().map(|last| [last[0] + 1.0, last[1]]));
        Shape::Steps(vec![points])
    };
    let busiest = usage.hours.iter().enumerate().filter(|(_, s)| s.time > 0.0).max_by(|a, b| {
        let missing = |s: &super::Sums| s.missing / s.time;
        missing(a.1).total_cmp(&missing(b.1))
    });
    let worst = busiest.map_or(String::new(), |(hour, sums)| {
        format!(" Most are missing at {}: {} on average.", hour_name(input.pattern, hour), decimal(sums.missing / sums.time, 2))
    });
    let (label, column) = match input.pattern {
        Pattern::Daily => ("Hour of the day", "hour_of_day"),
        Pattern::Weekly => ("Hour of the week, from Monday", "hour_of_week"),
    };
    Chart {
        name: format!("hours-{}", slug(name)),
        title: format!("Replicas of {name} by the hour"),
        description: format!(
            "Mean replicas of {name} that serve in each hour, those of an ideal scaler, and those at work.{worst}"
        ),
        x: Axis { most: Some(input.pattern.hours() as f64), ..axis(label, column, Unit::Number, Scale::Linear) },
        y: replicas(),
        marks: vec![
            Mark::new("serving", Look::Series(0), line(|s| s.ready)),
            Mark::new("ideal", Look::Series(1), line(|s| s.ideal)),
            Mark::new("at work", Look::Series(2), line(|s| s.offered)),
        ],
    }
}

/// What each target costs, and which of them keep what is promised.
pub fn by_target(input: &Input<'_>, targets: &Targets) -> Option<Chart> {
    let name = input.name(targets.service);
    let cost = |trial: &&super::Trial| Some([trial.target, trial.cost.value?]);
    let all: Vec<[f64; 2]> = targets.trials.iter().filter_map(|trial| cost(&trial)).collect();
    if all.len() < 2 || all.iter().all(|point| point[1] <= 0.0) {
        return None;
    }
    let band = |trial: &super::Trial| Some([trial.target, trial.cost.low?, trial.cost.high?]);
    let kept: Vec<[f64; 2]> = targets.trials.iter().filter(|trial| trial.keeps).filter_map(|trial| cost(&trial)).collect();
    let best = targets.best().map_or_else(
        || " No target keeps what is promised.".to_owned(),
        |trial| format!(" The cheapest that keeps what is promised is {}.", number(trial.target, Unit::Share)),
    );
    let marks = [
        Mark::new("95 % interval", Look::Series(0), Shape::Band(vec![targets.trials.iter().filter_map(band).collect()])),
        Mark::new("cost", Look::Series(0), Shape::Line(vec![all])),
        Mark::new("promise kept", Look::Series(1), Shape::Line(vec![kept])),
    ];
    Some(Chart {
        name: format!("targets-{}", slug(name)),
        title: format!("What a target of {name} costs, credits included"),
        description: format!("Cost of the whole scenario over the horizon for each target of {name}.{best}"),
        x: axis("Utilisation aimed at", "target", Unit::Share, Scale::Linear),
        y: axis(&format!("Cost over the horizon, {}", input.model.currency), "cost", Unit::Money, Scale::Linear),
        marks: marks.into_iter().filter(|mark| !mark.is_empty()).collect(),
    })
}
