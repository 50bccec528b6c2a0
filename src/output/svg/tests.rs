//! Pictures of made-up charts, the awkward ones among them.

use super::render;
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};

fn axis(label: &str, unit: Unit, scale: Scale) -> Axis {
    Axis { label: label.to_owned(), column: label.to_lowercase().replace(' ', "_"), unit, scale, least: None, most: None }
}

fn names(n: usize) -> Vec<String> {
    let long = "a service with a name that nobody would type twice, but somebody did";
    (0..n)
        .map(|i| match i {
            0 => "web".to_owned(),
            1 => long.to_owned(),
            2 => "<script>alert(1)</script>".to_owned(),
            _ => format!("service {i}"),
        })
        .collect()
}

fn nines(n: usize, perfect: bool) -> Chart {
    let a = |i: usize| 1.0 - 0.02 * 0.6f64.powi(i as i32);
    Chart {
        name: format!("nines-{n}"),
        title: "Availability of each service".to_owned(),
        description: "Mean and spread <over> \"replications\".".to_owned(),
        x: axis("Availability", Unit::Availability, Scale::Nines),
        y: axis("Service", Unit::Number, Scale::Names(names(n))),
        marks: vec![
            Mark::new(
                "P5–P95 of replications",
                Look::Series(4),
                Shape::Span(
                    (0..n)
                        .map(|i| (i, [1.0 - 2.0 * (1.0 - a(i)), if perfect { 1.0 } else { 1.0 - 0.1 * (1.0 - a(i)) }]))
                        .collect(),
                ),
            ),
            Mark::new(
                "mean, 95 % interval",
                Look::Series(0),
                Shape::Dot((0..n).map(|i| (i, a(i), Some([1.0 - 1.3 * (1.0 - a(i)), 1.0 - 0.7 * (1.0 - a(i))]))).collect()),
            ),
            Mark::new("target", Look::Limit, Shape::Tick(vec![(0, 0.999), (1.min(n - 1), 0.99)])),
        ],
    }
}

fn causes(n: usize) -> Chart {
    Chart {
        name: format!("causes-{n}"),
        title: "Downtime by cause".to_owned(),
        description: String::new(),
        x: axis("Downtime per year", Unit::Duration, Scale::Linear),
        y: axis("Service", Unit::Number, Scale::Names(names(n))),
        marks: ["host crash", "zone outage", "patch night", "disk wear", "bad release", "certificate", "other"]
            .iter()
            .enumerate()
            .map(|(k, name)| {
                Mark::new(
                    *name,
                    Look::Series(k),
                    Shape::Bar((0..n).map(|i| (i, 9000.0 / (1.0 + i as f64) / (1.0 + (k * k) as f64))).collect()),
                )
            })
            .collect(),
    }
}

fn budget() -> Chart {
    let start = "2026-01-01T00:00[Europe/Berlin]".parse().unwrap();
    let month = |m: usize, f: &dyn Fn(f64) -> [f64; 3]| {
        (0..=30)
            .map(|d| {
                let [a, b, c] = f(f64::from(d) / 30.0);
                let _ = a;
                [(m as f64 * 30.4 + f64::from(d)) * 86_400.0, b, c]
            })
            .collect::<Vec<_>>()
    };
    let band = |name: &str, low: f64, high: f64| {
        Mark::new(
            name,
            Look::Series(0),
            Shape::Band((0..12).map(|m| month(m, &|t| [0.0, 1.0 - low * t, 1.0 - high * t])).collect()),
        )
    };
    let mut y = axis("Error budget left", Unit::Share, Scale::Linear);
    y.least = Some(-1.0);
    y.most = Some(1.0);
    Chart {
        name: "budget".to_owned(),
        title: "Error budget of `shopping works`".to_owned(),
        description: String::new(),
        x: axis("", Unit::Duration, Scale::Time(start)),
        y,
        marks: vec![
            band("P5–P95", 2.6, 0.02),
            band("P25–P75", 1.1, 0.2),
            Mark::new(
                "median",
                Look::Series(0),
                Shape::Line(
                    (0..12)
                        .map(|m| month(m, &|t| [0.0, 1.0 - 0.5 * t, 0.0]).into_iter().map(|p| [p[0], p[1]]).collect())
                        .collect(),
                ),
            ),
            Mark::new("all spent", Look::Limit, Shape::Level(0.0)),
        ],
    }
}

fn demand() -> Chart {
    let start = "2026-01-01T00:00[Europe/Berlin]".parse().unwrap();
    let at = |d: i32| f64::from(d) * 86_400.0;
    let rate = |d: i32| 900.0 * 1.04f64.powf(f64::from(d) / 30.4) * if (330..334).contains(&d) { 3.0 } else { 1.0 };
    Chart {
        name: "demand".to_owned(),
        title: "Demand on web against its capacity".to_owned(),
        description: String::new(),
        x: axis("", Unit::Duration, Scale::Time(start)),
        y: axis("Rate", Unit::Rate, Scale::Linear),
        marks: vec![
            Mark::new(
                "peak of the day, P5–P95",
                Look::Series(0),
                Shape::Band(vec![(0..365).map(|d| [at(d), rate(d) * 1.5, rate(d) * 1.9]).collect()]),
            ),
            Mark::new(
                "peak of the day, median",
                Look::Series(0),
                Shape::Line(vec![(0..365).map(|d| [at(d), rate(d) * 1.7]).collect()]),
            ),
            Mark::new("mean", Look::Series(1), Shape::Line(vec![(0..365).map(|d| [at(d), rate(d)]).collect()])),
            Mark::new("9 replicas", Look::Limit, Shape::Level(2400.0)),
            Mark::new("one less", Look::Limit, Shape::Level(2133.0)),
            Mark::new("one zone lost", Look::Limit, Shape::Level(1600.0)),
        ],
    }
}

/// Demand over another span of time.
fn demand_over(days: f64) -> Chart {
    let mut chart = demand();
    chart.name = format!("demand-{days}");
    chart.x.most = Some(days * 86_400.0);
    chart.marks = vec![Mark::new(
        "mean",
        Look::Series(1),
        Shape::Line(vec![(0..=100).map(|k| f64::from(k) / 100.0).map(|t| [t * days * 86_400.0, 1e6 * t]).collect()]),
    )];
    chart
}

fn lengths() -> Chart {
    let curve = |mean: f64| {
        vec![
            (0..80)
                .map(|k| {
                    let t = 10.0 * 1.12f64.powi(k);
                    [t, (-(t / mean).powf(0.7)).exp()]
                })
                .collect::<Vec<_>>(),
        ]
    };
    Chart {
        name: "lengths".to_owned(),
        title: "How long outages last".to_owned(),
        description: String::new(),
        x: axis("Length of the outage", Unit::Duration, Scale::Logarithmic),
        y: axis("Outages that last longer", Unit::Share, Scale::Linear),
        marks: ["web", "checkout", "db"]
            .iter()
            .enumerate()
            .map(|(i, n)| Mark::new(*n, Look::Series(i), Shape::Steps(curve(600.0 * 3f64.powi(i as i32)))))
            .collect(),
    }
}

/// Areas on each other, one of them with a value that is none.
fn failing() -> Chart {
    let mut chart = demand_over(0.01);
    chart.name = "failing".to_owned();
    let area = |k: usize| (0..60).map(|t| [f64::from(t) * 14.4, 0.1 + f64::from(t % 7) * k as f64]).collect::<Vec<_>>();
    let mut broken = area(2);
    broken[3][1] = f64::NAN;
    chart.marks = [("queue full", area(1)), ("given up waiting", broken), ("never", vec![[0.0, 0.0]; 60])]
        .into_iter()
        .enumerate()
        .map(|(k, (name, points))| Mark::new(name, Look::Series(k), Shape::Area(points)))
        .collect();
    chart
}

fn nothing() -> Chart {
    let mut chart = lengths();
    chart.name = "nothing".to_owned();
    chart.marks.clear();
    chart
}

fn charts() -> Vec<Chart> {
    let spans = [0.2, 2.0, 10.0, 60.0, 800.0, 3650.0].into_iter().map(demand_over);
    let charts =
        vec![nines(3, false), nines(12, true), causes(2), causes(12), budget(), demand(), lengths(), failing(), nothing()];
    charts.into_iter().chain(spans).collect()
}

#[test]
fn pictures_are_well_formed_and_the_same_every_time() {
    for chart in charts() {
        let svg = render(&chart).unwrap();
        assert_eq!(svg, render(&chart).unwrap());
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{}", chart.name);
        assert!(svg.contains("role=\"img\"") && svg.contains("<title ") && svg.contains("<desc "));
        assert!(!svg.contains("<script") && !svg.contains("NaN") && !svg.contains("010203"), "{}", chart.name);
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
        assert!(chart.table().rows().iter().all(|r| r.len() == chart.table().columns.len()));
    }
}
