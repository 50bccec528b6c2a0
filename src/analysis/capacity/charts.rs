//! The charts of a capacity plan.

use super::Input;
use super::outlook::{Outlook, quantile};
use crate::report::chart::after;
use crate::report::format::number;
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};

fn time(input: &Input<'_>) -> Axis {
    Axis {
        label: String::new(),
        column: "seconds".to_owned(),
        unit: Unit::Duration,
        scale: Scale::Time(input.model.start.clone()),
        least: None,
        most: None,
    }
}

fn day(input: &Input<'_>, seconds: f64) -> String {
    after(&input.model.start, seconds).strftime("%-d %b %Y").to_string()
}

/// Values that hold for a week each.
fn steps(o: &Outlook, values: &[f64]) -> Shape {
    let mut points: Vec<[f64; 2]> = o.edges.iter().zip(values).map(|(t, v)| [*t, *v]).collect();
    points.extend(o.edges.last().zip(values.last()).map(|(end, v)| [*end, *v]));
    Shape::Steps(vec![points])
}

/// The load as a fan, against what the replicas sustain, with the dates.
pub fn demand(input: &Input<'_>, place: usize) -> Chart {
    let (o, name) = (&input.outlooks[place], input.name(&input.outlooks[place]));
    let [p5, p50, p95] = [0.05, 0.5, 0.95].map(|p| o.load(p));
    let end = o.edges[o.weeks()];
    let mut band: Vec<[f64; 3]> = Vec::new();
    for week in 0..o.weeks() {
        band.extend([o.edges[week], o.edges[week + 1]].map(|t| [t, p5[week], p95[week]]));
    }
    let uncertain = band.iter().any(|b| b[1] < b[2]);
    let top = p95.iter().copied().fold(0.0, f64::max).max(Some(o.sustained).filter(|s| s.is_finite()).unwrap_or(0.0)) * 1.05;
    let at = |p: f64| quantile(o.saturates.clone(), p);
    let (early, middle, late) = (at(0.1), at(0.5), at(0.9));
    let mut marks = Vec::new();
    if early.is_finite() && early < late {
        let band = vec![vec![[early, 0.0, top], [late.min(end), 0.0, top]]];
        marks.push(Mark::new("saturates, P10–P90", Look::Series(3), Shape::Band(band)));
    }
    if uncertain {
        marks.push(Mark::new("highest load of the week, P5–P95", Look::Series(0), Shape::Band(vec![band])));
    }
    marks.push(Mark::new("highest load, median", Look::Series(0), steps(o, &p50)));
    let upright = |t: f64| Shape::Line(vec![vec![[t, 0.0], [t, top]]]);
    let order = at(1.0 - input.confidence) - input.lead[place];
    let mut said = format!("It does not saturate before {}.", day(input, end));
    if middle.is_finite() {
        said = format!("It saturates on {}.", day(input, middle));
        marks.push(Mark::new(format!("saturates {}", day(input, middle)), Look::Series(3), upright(middle)));
    }
    if order.is_finite() && order >= 0.0 && order < end {
        said = format!("{said} The order must be out by {}.", day(input, order));
        marks.push(Mark::new(format!("order by {}", day(input, order)), Look::Series(2), upright(order)));
    }
    if o.sustained.is_finite() {
        let label = format!("{} {}", o.now, if o.now == 1 { "replica" } else { "replicas" });
        marks.push(Mark::new(label, Look::Limit, Shape::Level(o.sustained)));
    }
    Chart {
        name: format!("demand-{}", crate::analysis::scaling::slug(name)),
        title: format!("Load of {name} against what its replicas sustain"),
        description: format!("Highest load of each week on {name}, with the load that its replicas sustain as a level. {said}"),
        x: time(input),
        y: Axis {
            label: "Load".to_owned(),
            column: "requests_per_second".to_owned(),
            unit: Unit::Rate,
            scale: Scale::Linear,
            least: Some(0.0),
            most: None,
        },
        marks,
    }
}

/// Replicas week by week: needed, with spares, and as there are.
pub fn replicas(input: &Input<'_>, place: usize) -> Chart {
    let (o, name) = (&input.outlooks[place], input.name(&input.outlooks[place]));
    let needed = o.needed(input.confidence);
    let known: Vec<f64> = needed.iter().map(|n| n.map_or(f64::NAN, f64::from)).take_while(|n| n.is_finite()).collect();
    let spare: Vec<f64> = known.iter().map(|n| n + 1.0).collect();
    let zone = |n: &f64| super::with_zone_lost(*n as u32, o.zones).map(f64::from);
    let mut marks = vec![Mark::new("N", Look::Series(0), steps(o, &known)), Mark::new("N+1", Look::Series(1), steps(o, &spare))];
    if let Some(zones) = known.iter().map(zone).collect::<Option<Vec<f64>>>() {
        marks.push(Mark::new("with a zone lost", Look::Series(2), steps(o, &zones)));
    }
    marks.push(Mark::new("as it is", Look::Limit, Shape::Level(f64::from(o.now))));
    let most = known.iter().copied().fold(0.0, f64::max);
    Chart {
        name: format!("replicas-{}", crate::analysis::scaling::slug(name)),
        title: format!("Replicas of {name}, week by week"),
        description: format!(
            "Replicas that {name} needs in each week, alone, with one to spare and with a zone lost. Most: {most}; now {}.",
            o.now
        ),
        x: time(input),
        y: Axis {
            label: "Replicas".to_owned(),
            column: "replicas".to_owned(),
            unit: Unit::Number,
            scale: Scale::Linear,
            least: Some(0.0),
            most: None,
        },
        marks,
    }
}

/// What the plans cost, and their regret.
pub fn plans(input: &Input<'_>) -> Vec<Chart> {
    let names: Vec<String> = input.tried.iter().map(|tried| tried.plan.name.to_owned()).collect();
    let rows = |pick: &dyn Fn(&super::Tried) -> Option<f64>| {
        input.tried.iter().enumerate().filter_map(|(i, tried)| Some((i, pick(tried)?))).collect::<Vec<_>>()
    };
    let named = || Axis {
        label: String::new(),
        column: "plan".to_owned(),
        unit: Unit::Number,
        scale: Scale::Names(names.clone()),
        least: None,
        most: None,
    };
    let money = |label: &str, column: &str| Axis {
        label: format!("{label}, {}", input.model.currency),
        column: column.to_owned(),
        unit: Unit::Money,
        scale: Scale::Linear,
        least: Some(0.0),
        most: None,
    };
    let regret: Vec<(usize, f64, Option<[f64; 2]>)> = input
        .tried
        .iter()
        .enumerate()
        .filter_map(|(i, t)| Some((i, t.regret.value?, t.regret.low.zip(t.regret.high).map(|(low, high)| [low, high]))))
        .collect();
    let best = input.tried.first().map_or(String::new(), |tried| {
        format!(
            " The first is chosen: {}, with {} of regret.",
            tried.plan.name,
            number(tried.regret.value.unwrap_or(0.0), Unit::Money)
        )
    });
    vec![
        Chart {
            name: "plans-cost".to_owned(),
            title: "What each plan costs, and what it lacks".to_owned(),
            description: "Cost of each plan over the time planned for: infrastructure, repairs and credits, and what is missing."
                .to_owned(),
            x: money("Over the time planned for", "cost"),
            y: named(),
            marks: vec![
                Mark::new("cost", Look::Series(0), Shape::Bar(rows(&|t| t.cost.value))),
                Mark::new("missing, bought late", Look::Series(3), Shape::Bar(rows(&|t| t.shortage.value.filter(|v| *v > 0.0)))),
            ],
        },
        Chart {
            name: "plans-regret".to_owned(),
            title: "Mean regret of each plan".to_owned(),
            description: format!(
                "What each plan costs beyond the cheapest plan of each world, on average, with 95 % intervals.{best}"
            ),
            x: money("Mean regret", "regret"),
            y: named(),
            marks: vec![Mark::new("mean regret", Look::Series(0), Shape::Dot(regret))],
        },
    ]
}
