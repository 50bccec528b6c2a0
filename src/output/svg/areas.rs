//! Areas that lie on each other, told apart by their numbers as well as by their colours.

use super::pen::{self, Anchor, Drawn, INK, Pen};
use super::{TEXT, marks};
use crate::report::{Chart, Shape};

/// One area: its mark, and `[x, low, high]` along it.
pub struct Layer {
    mark: usize,
    /// From left to right.
    pub points: Vec<[f64; 3]>,
}

/// The areas of a chart, each on those before it.
pub fn stack(chart: &Chart) -> Vec<Layer> {
    let mut top: Vec<f64> = Vec::new();
    let mut layers = Vec::new();
    for (mark, m) in chart.marks.iter().enumerate() {
        let Shape::Area(points) = &m.shape else { continue };
        top.resize(points.len().max(top.len()), 0.0);
        let lay = |(top, [x, height]): (&mut f64, &[f64; 2])| {
            let low = *top;
            *top += if height.is_finite() { height.max(0.0) } else { 0.0 };
            [*x, low, *top]
        };
        layers.push(Layer { mark, points: top.iter_mut().zip(points).map(lay).collect() });
    }
    layers
}

/// Draws the areas, and in each its number where it is high enough for it.
pub fn draw(pen: &Pen<'_>, chart: &Chart, at: impl Fn(f64, f64) -> (f64, f64)) -> Drawn {
    let layers = stack(chart);
    for layer in layers.iter().filter(|layer| layer.points.len() > 1) {
        let there = layer.points.iter().map(|p| at(p[0], p[1]));
        let back = layer.points.iter().rev().map(|p| at(p[0], p[2]));
        let outline: Vec<(f64, f64)> = there.chain(back).collect();
        let color = pen::color(chart.marks[layer.mark].look);
        pen.polygon(&outline, color, 1.0)?;
        let top: Vec<(f64, f64)> = layer.points.iter().map(|p| at(p[0], p[2])).collect();
        pen.line(&top, INK, 0.5, 0.5, None)?;
    }
    for layer in &layers {
        let room = |p: &[f64; 3]| at(p[0], p[1]).1 - at(p[0], p[2]).1;
        let inner = layer.points.len() / 12..layer.points.len() - layer.points.len() / 12;
        let points = &layer.points[inner];
        let highest = (0..points.len()).max_by(|&a, &b| room(&points[a]).total_cmp(&room(&points[b])));
        if let Some(highest) = highest.filter(|&highest| room(&points[highest]) > TEXT) {
            // In the middle of a step, not at its edge.
            let p = points[highest];
            let step = points[..=highest].iter().rev().take_while(|other| other[1..] == p[1..]);
            let first = step.last().map_or(p[0], |other| other[0]);
            let (x, y) = at(f64::midpoint(first, p[0]), f64::midpoint(p[1], p[2]));
            let color = pen::on(pen::color(chart.marks[layer.mark].look));
            pen.text(&marks::number(chart, layer.mark).to_string(), (x, y), TEXT - 1.0, Anchor::Middle, color, 1.0)?;
        }
    }
    Ok(())
}
