//! The marks of a chart and the legend that explains them.

use super::pen::{self, Anchor, Drawn, INK, Pen};
use super::scale::Span;
use super::{Frame, ROW, TEXT, areas, in_legend, row};
use crate::report::{Chart, Look, Mark, Scale, Shape};

/// Every value that the horizontal axis must hold.
pub fn xs(chart: &Chart) -> impl Iterator<Item = f64> {
    let named = matches!(chart.y.scale, Scale::Names(_));
    let stacked = stack(chart).into_iter().map(|p| p.to);
    chart.marks.iter().flat_map(move |m| if named { values(m) } else { positions(m) }).chain(stacked)
}

/// Every value that the vertical axis must hold.
pub fn ys(chart: &Chart) -> impl Iterator<Item = f64> {
    let named = matches!(chart.y.scale, Scale::Names(_));
    let stacked = areas::stack(chart).into_iter().flat_map(|layer| layer.points).map(|p| p[2]);
    chart.marks.iter().flat_map(move |m| if named { Vec::new() } else { values(m) }).chain(stacked)
}

fn positions(mark: &Mark) -> Vec<f64> {
    match &mark.shape {
        Shape::Line(pieces) | Shape::Steps(pieces) => pieces.iter().flatten().map(|p| p[0]).collect(),
        Shape::Band(pieces) => pieces.iter().flatten().map(|p| p[0]).collect(),
        Shape::Area(points) => points.iter().map(|p| p[0]).collect(),
        _ => Vec::new(),
    }
}

fn values(mark: &Mark) -> Vec<f64> {
    match &mark.shape {
        Shape::Line(pieces) | Shape::Steps(pieces) => pieces.iter().flatten().map(|p| p[1]).collect(),
        Shape::Band(pieces) => pieces.iter().flatten().flat_map(|p| [p[1], p[2]]).collect(),
        Shape::Span(rows) => rows.iter().flat_map(|r| r.1).collect(),
        Shape::Dot(rows) => rows.iter().flat_map(|r| [r.1].into_iter().chain(r.2.into_iter().flatten())).collect(),
        Shape::Tick(rows) => rows.iter().map(|r| r.1).collect(),
        // Bars and areas begin at zero and end where the stack does.
        Shape::Bar(_) | Shape::Area(_) => vec![0.0],
        Shape::Level(at) => vec![*at],
    }
}

/// One piece of a stacked bar.
struct Piece {
    mark: usize,
    row: usize,
    from: f64,
    to: f64,
}

fn stack(chart: &Chart) -> Vec<Piece> {
    let mut ends: Vec<f64> = Vec::new();
    let mut pieces = Vec::new();
    for (mark, m) in chart.marks.iter().enumerate() {
        let Shape::Bar(rows) = &m.shape else { continue };
        for (row, length) in rows.iter().filter(|(_, l)| l.is_finite() && *l > 0.0) {
            if ends.len() <= *row {
                ends.resize(row + 1, 0.0);
            }
            pieces.push(Piece { mark, row: *row, from: ends[*row], to: ends[*row] + length });
            ends[*row] += length;
        }
    }
    pieces
}

/// Draws the marks in their order, then the names of levels, then the bars.
pub fn draw(pen: &Pen<'_>, chart: &Chart, frame: &Frame, xs: &Span<'_>, ys: &Span<'_>) -> Drawn {
    let at = |x: f64, y: f64| frame.at(xs.position(x), ys.position(y));
    let beside = |i: usize, x: f64| (frame.at(xs.position(x), 0.0).0, row(frame, ys.position(i as f64), true));
    let mut levels: Vec<(f64, &str)> = Vec::new();
    areas::draw(pen, chart, at)?;
    for mark in &chart.marks {
        let (look, color) = (mark.look, pen::color(mark.look));
        match &mark.shape {
            Shape::Line(pieces) | Shape::Steps(pieces) => {
                for piece in pieces.iter().filter(|p| !p.is_empty()) {
                    let points = if matches!(mark.shape, Shape::Steps(_)) { stepped(piece) } else { piece.clone() };
                    let points: Vec<(f64, f64)> = points.iter().map(|p| at(p[0], p[1])).collect();
                    pen.line(&points, color, 1.0, 2.0, pen::dash(look))?;
                }
            }
            Shape::Band(pieces) => {
                for piece in pieces.iter().filter(|p| p.len() > 1) {
                    let there = piece.iter().map(|p| at(p[0], p[1]));
                    let back = piece.iter().rev().map(|p| at(p[0], p[2]));
                    pen.polygon(&there.chain(back).collect::<Vec<_>>(), color, 0.25)?;
                }
            }
            Shape::Span(rows) => {
                for (i, [low, high]) in rows {
                    let ((x0, y), (x1, _)) = (beside(*i, *low), beside(*i, *high));
                    pen.rectangle((x0, y - 5.0), (x1.max(x0 + 2.0), y + 5.0), color, 0.35)?;
                }
            }
            Shape::Dot(rows) => {
                for (i, value, ends) in rows {
                    let (x, y) = beside(*i, *value);
                    if let Some([low, high]) = ends {
                        pen.line(&[beside(*i, *low), beside(*i, *high)], color, 1.0, 2.0, None)?;
                    }
                    pen.dot((x, y), 4.0, color)?;
                }
            }
            Shape::Tick(rows) => {
                for (i, value) in rows {
                    let (x, y) = beside(*i, *value);
                    pen.line(&[(x, y - ROW * 0.42), (x, y + ROW * 0.42)], color, 1.0, 2.0, Some((4.0, 2.0)))?;
                }
            }
            Shape::Level(value) if value.is_finite() => {
                let y = row(frame, ys.position(*value), false);
                pen.line(&[(frame.left, y), (frame.right, y)], color, 0.9, 1.5, pen::dash(look))?;
                levels.push((y, &mark.name));
            }
            Shape::Level(_) | Shape::Bar(_) | Shape::Area(_) => {}
        }
    }
    levels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut last = f64::NEG_INFINITY;
    for (y, name) in levels {
        // Names of levels close together move apart downwards.
        let y = y.max(last + 16.0);
        last = y;
        pen.text(&pen::fit(name, TEXT, 172.0), (frame.right + 6.0, y), TEXT, Anchor::Start, INK, 1.0)?;
    }
    bars(pen, chart, beside)
}

fn bars(pen: &Pen<'_>, chart: &Chart, beside: impl Fn(usize, f64) -> (f64, f64)) -> Drawn {
    for piece in stack(chart) {
        let Some(mark) = chart.marks.get(piece.mark) else { continue };
        let ((x0, y), (x1, _)) = (beside(piece.row, piece.from), beside(piece.row, piece.to));
        let color = pen::color(mark.look);
        pen.rectangle((x0 + 0.5, y - 10.0), ((x1 - 0.5).max(x0 + 1.0), y + 10.0), color, 1.0)?;
        // The name where there is room for it, else the number that the legend gives it.
        let number = number(chart, piece.mark).to_string();
        let label = [mark.name.as_str(), number.as_str()].into_iter().find(|l| pen::width(l, TEXT - 1.0) + 8.0 <= x1 - x0);
        if let Some(label) = label {
            pen.text(label, (f64::midpoint(x0, x1), y), TEXT - 1.0, Anchor::Middle, pen::on(color), 1.0)?;
        }
    }
    Ok(())
}

/// The number of a bar or an area in the legend.
pub fn number(chart: &Chart, mark: usize) -> usize {
    let numbered = |m: &&Mark| matches!(m.shape, Shape::Bar(_) | Shape::Area(_)) && in_legend(m);
    chart.marks.iter().take(mark + 1).filter(numbered).count()
}

fn stepped(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut steps: Vec<[f64; 2]> = Vec::with_capacity(points.len() * 2);
    for p in points {
        if let Some(last) = steps.last().copied() {
            steps.push([p[0], last[1]]);
        }
        steps.push(*p);
    }
    steps
}

/// Where each entry of the legend stands.
pub struct Legend {
    entries: Vec<(f64, f64, String, Sample)>,
    /// The room that it takes, in the units of the picture; 0 without entries.
    pub height: f64,
}

enum Sample {
    Line(Look),
    /// How many bands of this look lie over each other here.
    Band(Look, usize),
    Span(Look),
    Dot(Look, bool),
    Bar(Look, usize),
    Tick(Look),
}

/// Sets the legend of a chart in lines of the width `room`.
pub fn legend(chart: &Chart, room: f64) -> Legend {
    let (mut x, mut y) = (0.0, 0.0);
    let mut entries: Vec<(f64, f64, String, Sample)> = Vec::new();
    for (i, mark) in chart.marks.iter().enumerate().filter(|(_, m)| in_legend(m)) {
        let look = mark.look;
        let sample = match &mark.shape {
            Shape::Line(_) | Shape::Steps(_) => Sample::Line(look),
            Shape::Band(_) => {
                let same = |m: &&Mark| m.look == look && matches!(m.shape, Shape::Band(_));
                Sample::Band(look, chart.marks.iter().take(i).filter(same).count() + 1)
            }
            Shape::Span(_) => Sample::Span(look),
            Shape::Dot(rows) => Sample::Dot(look, rows.iter().any(|r| r.2.is_some())),
            Shape::Bar(_) | Shape::Area(_) => Sample::Bar(look, number(chart, i)),
            Shape::Tick(_) => Sample::Tick(look),
            Shape::Level(_) => continue,
        };
        let name = pen::fit(&mark.name, TEXT, 300.0);
        let wide = 34.0 + pen::width(&name, TEXT) + 20.0;
        if x > 0.0 && x + wide > room {
            (x, y) = (0.0, y + 20.0);
        }
        entries.push((x, y, name, sample));
        x += wide;
    }
    let height = if entries.is_empty() { 0.0 } else { y + 24.0 };
    Legend { entries, height }
}

impl Legend {
    /// Draws it with its upper left corner at (`left`, `top`).
    pub fn draw(&self, pen: &Pen<'_>, left: f64, top: f64) -> Drawn {
        for (x, y, name, sample) in &self.entries {
            let (x, y) = (left + x, top + y);
            match sample {
                Sample::Line(look) => pen.line(&[(x, y), (x + 26.0, y)], pen::color(*look), 1.0, 2.0, pen::dash(*look))?,
                Sample::Band(look, layers) => {
                    for _ in 0..*layers {
                        pen.rectangle((x, y - 6.0), (x + 26.0, y + 6.0), pen::color(*look), 0.25)?;
                    }
                }
                Sample::Span(look) => pen.rectangle((x, y - 5.0), (x + 26.0, y + 5.0), pen::color(*look), 0.35)?,
                Sample::Dot(look, interval) => {
                    if *interval {
                        pen.line(&[(x + 2.0, y), (x + 24.0, y)], pen::color(*look), 1.0, 2.0, None)?;
                    }
                    pen.dot((x + 13.0, y), 4.0, pen::color(*look))?;
                }
                Sample::Bar(look, number) => {
                    let color = pen::color(*look);
                    pen.rectangle((x + 4.0, y - 8.0), (x + 26.0, y + 8.0), color, 1.0)?;
                    pen.text(&number.to_string(), (x + 15.0, y), TEXT - 1.0, Anchor::Middle, pen::on(color), 1.0)?;
                }
                Sample::Tick(look) => {
                    pen.line(&[(x + 13.0, y - 8.0), (x + 13.0, y + 8.0)], pen::color(*look), 1.0, 2.0, Some((4.0, 2.0)))?;
                }
            }
            pen.text(name, (x + 34.0, y), TEXT, Anchor::Start, INK, 1.0)?;
        }
        Ok(())
    }
}
