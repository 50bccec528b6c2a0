//! Charts as plain data: two axes and what is drawn between them. How they look is the business of an output.
//!
//! Values are in base units (seconds, fractions, requests/s); a scale says how an axis spreads them. A new chart of these
//! kinds is a new value of [`Chart`], no code.

use jiff::{SignedDuration, Zoned};

use super::format::Unit;
use super::table::{Column, Frame, Table};

/// One chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Stem of its files: lower case letters, digits and `-`.
    pub name: String,
    /// What it shows, above it.
    pub title: String,
    /// What it shows and what stands out, for those who do not see it.
    pub description: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// Drawn in order, so the first lies below.
    pub marks: Vec<Mark>,
}

/// An axis: what it measures and how values are spread along it.
#[derive(Debug, Clone)]
pub struct Axis {
    /// For people, without the unit.
    pub label: String,
    /// For the table behind the chart, with the unit: `downtime_seconds_per_year`.
    pub column: String,
    /// What its values measure, and so how ticks are printed.
    pub unit: Unit,
    /// How values are spread along it.
    pub scale: Scale,
    /// The value that it begins at, below which marks are cut off; `None`: as low as the marks reach.
    pub least: Option<f64>,
    /// The value that it ends at, above which marks are cut off; `None`: as high as the marks reach.
    pub most: Option<f64>,
}

/// How values are spread along an axis.
#[derive(Debug, Clone)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By their logarithm; what is not above 0 has no place.
    Logarithmic,
    /// Availabilities, by −log10(1 − A): each nine takes the same room.
    Nines,
    /// Seconds after this instant, with ticks of its calendar.
    Time(Zoned),
    /// Names; values are their indices.
    Names(Vec<String>),
}

/// How a mark looks. Series have colours of their own, told apart by dashes, markers or labels as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// One of the series of the chart, by its number from 0.
    Series(usize),
    /// A limit, a target: the colour of the text, dashed.
    Limit,
}

/// Something drawn between the axes.
#[derive(Debug, Clone)]
pub struct Mark {
    /// What it is called in the legend and in the table behind the chart.
    pub name: String,
    /// How it looks.
    pub look: Look,
    /// What is drawn, and where.
    pub shape: Shape,
}

/// What a mark draws. Points are values on the two axes; rows are values beside a name, which is told by its index.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A line through points `[x, y]`; more than one piece where it is broken.
    Line(Vec<Vec<[f64; 2]>>),
    /// The same, but each value holds until the next point.
    Steps(Vec<Vec<[f64; 2]>>),
    /// The area between two lines, as `[x, low, high]`.
    Band(Vec<Vec<[f64; 3]>>),
    /// An area through points `[x, height]`; those of several marks are stacked in order, at the same x.
    Area(Vec<[f64; 2]>),
    /// A bar from low to high beside each name.
    Span(Vec<(usize, [f64; 2])>),
    /// A dot beside each name, with the interval of its value where it has one.
    Dot(Vec<(usize, f64, Option<[f64; 2]>)>),
    /// Bars beside each name, from zero; those of several marks are stacked in order.
    Bar(Vec<(usize, f64)>),
    /// A short line across the row of a name: a target.
    Tick(Vec<(usize, f64)>),
    /// A horizontal line across the whole chart, labelled with its name.
    Level(f64),
}

impl Mark {
    /// A mark with its name and look.
    pub fn new(name: impl Into<String>, look: Look, shape: Shape) -> Self {
        Self { name: name.into(), look, shape }
    }

    /// Whether there is anything to draw.
    pub fn is_empty(&self) -> bool {
        match &self.shape {
            Shape::Line(pieces) | Shape::Steps(pieces) => pieces.iter().all(Vec::is_empty),
            Shape::Band(pieces) => pieces.iter().all(Vec::is_empty),
            Shape::Area(points) => points.is_empty(),
            Shape::Span(rows) => rows.is_empty(),
            Shape::Dot(rows) => rows.is_empty(),
            Shape::Bar(rows) | Shape::Tick(rows) => rows.is_empty(),
            Shape::Level(at) => !at.is_finite(),
        }
    }
}

/// One row of the table behind a chart: position, then value, low and high.
type Observation = (Option<f64>, [Option<f64>; 3]);

impl Chart {
    /// The table behind the chart: one observation a row.
    pub fn table(&self) -> Table {
        let rows: Vec<(&str, Observation)> =
            self.marks.iter().flat_map(|m| observations(m).into_iter().map(|o| (m.name.as_str(), o))).collect();
        // Names stand on the vertical axis, and then the horizontal one holds the values.
        let (position, value) = if matches!(self.y.scale, Scale::Names(_)) { (&self.y, &self.x) } else { (&self.x, &self.y) };
        let mut frame = Frame::default().text("series", rows.iter().map(|(name, _)| (*name).to_owned()));
        let mut columns = vec![Column::text("Series", "series")];
        match &position.scale {
            Scale::Names(names) => {
                frame = frame.text(&position.column, rows.iter().map(|(_, (p, _))| p.and_then(|p| names.get(index(p)).cloned())));
                columns.push(Column::text(&position.label, &position.column));
            }
            Scale::Time(start) => {
                frame = frame
                    .text(
                        "time",
                        rows.iter().map(|(_, (p, _))| p.map(|p| after(start, p).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())),
                    )
                    .number(&position.column, rows.iter().map(|(_, (p, _))| *p));
                columns.push(Column::text("Time", "time"));
            }
            _ => {
                frame = frame.number(&position.column, rows.iter().map(|(_, (p, _))| *p));
                columns.push(Column::number(&position.label, &position.column, position.unit));
            }
        }
        for (i, suffix, title) in [(0, "", value.label.as_str()), (1, "_low", "from"), (2, "_high", "to")] {
            if i == 0 || rows.iter().any(|(_, (_, v))| v[i].is_some()) {
                let name = format!("{}{suffix}", value.column);
                frame = frame.number(&name, rows.iter().map(|(_, (_, v))| v[i]));
                columns.push(Column::number(title, &name, value.unit));
            }
        }
        frame.table(&format!("chart-{}", self.name), &self.title, columns)
    }

    /// Whether there is anything to see.
    pub fn is_empty(&self) -> bool {
        self.marks.iter().all(|m| m.is_empty() || matches!(m.shape, Shape::Level(_) | Shape::Tick(_)))
    }
}

fn observations(mark: &Mark) -> Vec<Observation> {
    let at = |i: &usize| Some(*i as f64);
    match &mark.shape {
        Shape::Line(pieces) | Shape::Steps(pieces) => {
            pieces.iter().flatten().map(|[x, y]| (Some(*x), [Some(*y), None, None])).collect()
        }
        Shape::Band(pieces) => {
            pieces.iter().flatten().map(|[x, low, high]| (Some(*x), [None, Some(*low), Some(*high)])).collect()
        }
        Shape::Area(points) => points.iter().map(|[x, height]| (Some(*x), [Some(*height), None, None])).collect(),
        Shape::Span(rows) => rows.iter().map(|(i, [low, high])| (at(i), [None, Some(*low), Some(*high)])).collect(),
        Shape::Dot(rows) => rows.iter().map(|(i, v, ends)| (at(i), [Some(*v), ends.map(|e| e[0]), ends.map(|e| e[1])])).collect(),
        Shape::Bar(rows) | Shape::Tick(rows) => rows.iter().map(|(i, v)| (at(i), [Some(*v), None, None])).collect(),
        Shape::Level(at) => vec![(None, [Some(*at), None, None])],
    }
}

/// The index a value on an axis of names stands for.
pub fn index(value: f64) -> usize {
    if value >= 0.0 { value.round() as usize } else { 0 }
}

/// The instant `seconds` after `start`, in its time zone; the nearest there is beyond the calendar.
pub fn after(start: &Zoned, seconds: f64) -> Zoned {
    SignedDuration::try_from_secs_f64(seconds).ok().and_then(|d| start.checked_add(d).ok()).unwrap_or_else(|| start.clone())
}
