//! Charts as SVG pictures: readable at 800 pixels, in light and dark, without colour and without seeing.
//!
//! The picture says its colours in CSS (`currentColor` for text and grid), so that it follows a page or a viewer into dark
//! mode; its title and description are those of the chart. The same chart gives the same bytes.

mod areas;
mod calendar;
mod marks;
mod pen;
mod scale;
#[cfg(test)]
mod tests;

use plotters::prelude::{IntoDrawingArea, SVGBackend};

use self::pen::{Anchor, Drawn, FINE, INK, Pen};
use self::scale::Span;
use super::OutputError;
use crate::report::{Chart, Mark, Scale, Shape};

const WIDTH: f64 = 800.0;
const TEXT: f64 = 13.0;
const TITLE: f64 = 16.0;
const ROW: f64 = 30.0;
const STYLE: &str = "<style>.ninefold-chart{color:#1f2328;background:#ffffff;--halo:#ffffff}\
    @media (prefers-color-scheme:dark){.ninefold-chart{color:#e6e8eb;background:#16191d;--halo:#16191d}}\
    @media (prefers-color-scheme:dark){.ninefold-chart [stroke=\"#0072B2\"]{stroke:#4fa9e0}.ninefold-chart [fill=\"#0072B2\"]{fill:#4fa9e0}\
    .ninefold-chart text[fill=\"#FFFFFF\"]{fill:#000000}}\
    @media print{.ninefold-chart{color:#000000;background:#ffffff;--halo:#ffffff}}\
    .ninefold-chart text{font-family:system-ui,-apple-system,\"Segoe UI\",\"DejaVu Sans\",sans-serif;\
    paint-order:stroke;stroke:var(--halo);stroke-width:6px;stroke-linejoin:round}\
    .ninefold-chart text[fill=\"#000000\"],.ninefold-chart text[fill=\"#FFFFFF\"]{stroke:none}</style>";

/// The rectangle between the axes.
#[derive(Debug, Clone, Copy)]
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.left + x * (self.right - self.left), self.bottom - y * (self.bottom - self.top))
    }
}

/// Draws a chart as a whole SVG document, which may also stand inside a page.
///
/// # Errors
/// Only where the drawing library refuses, which it does not when it draws into memory.
pub fn render(chart: &Chart) -> Result<String, OutputError> {
    let names = if let Scale::Names(names) = &chart.y.scale { Some(names) } else { None };
    // Names stand beside the plot, the first on top: positions along y are turned over.
    let label_room = names.map_or(0.0, |n| n.iter().map(|n| pen::width(n, TEXT)).fold(60.0, f64::max).min(230.0));
    let legend = marks::legend(chart, WIDTH - 32.0);
    let top = 44.0 + legend.height + if names.is_some() { 0.0 } else { 24.0 };
    let plot = names.map_or(270.0, |n| ROW * n.len().max(1) as f64 + 8.0);
    let height = top + plot + if chart.x.label.is_empty() { 34.0 } else { 58.0 };

    let xs = Span::new(&chart.x, marks::xs(chart), 6);
    let ys = Span::new(&chart.y, marks::ys(chart), 5);
    let ticks_room = ys.ticks.iter().filter_map(|t| t.label.as_ref()).map(|l| pen::width(l, TEXT)).fold(0.0, f64::max);
    let left = 16.0 + if names.is_some() { label_room } else { ticks_room } + 14.0;
    // Levels are named in the margin, where no line crosses them.
    let levels = chart.marks.iter().filter(|m| matches!(m.shape, Shape::Level(_))).map(|m| pen::width(&m.name, TEXT));
    let right = levels.fold(20.0, f64::max).min(170.0) + 16.0;
    let frame = Frame { left, right: WIDTH - right, top, bottom: top + plot };

    let mut text = String::new();
    {
        let size = ((WIDTH * FINE) as u32, (height * FINE) as u32);
        let pen = Pen { area: SVGBackend::with_string(&mut text, size).into_drawing_area() };
        draw(&pen, chart, &legend, &frame, &xs, &ys)
            .map_err(|e| OutputError::Draw { chart: chart.name.clone(), reason: e.to_string() })?;
        pen.area.present().map_err(|e| OutputError::Draw { chart: chart.name.clone(), reason: e.to_string() })?;
    }
    Ok(finish(&text, chart, height))
}

fn draw(pen: &Pen<'_>, chart: &Chart, legend: &marks::Legend, frame: &Frame, xs: &Span<'_>, ys: &Span<'_>) -> Drawn {
    pen.bold(&pen::fit(&chart.title, TITLE * 1.08, WIDTH - 32.0), (16.0, 22.0), TITLE)?;
    legend.draw(pen, 16.0, 48.0)?;
    axes(pen, chart, frame, xs, ys)?;
    if chart.is_empty() {
        let (x, y) = frame.at(0.5, 0.5);
        return pen.text("nothing was observed", (x, y), TEXT, Anchor::Middle, INK, 0.8);
    }
    marks::draw(pen, chart, frame, xs, ys)
}

fn axes(pen: &Pen<'_>, chart: &Chart, frame: &Frame, xs: &Span<'_>, ys: &Span<'_>) -> Drawn {
    let named = matches!(chart.y.scale, Scale::Names(_));
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for tick in &xs.ticks {
        let (x, _) = frame.at(xs.position(tick.at), 0.0);
        pen.line(&[(x, frame.top), (x, frame.bottom)], INK, if tick.label.is_some() { 0.18 } else { 0.09 }, 1.0, None)?;
        if let Some(label) = &tick.label {
            let half = pen::width(label, TEXT) / 2.0 + 4.0;
            let x = x.clamp(half, WIDTH - half);
            if taken.iter().all(|(from, to)| x + half < *from || x - half > *to) {
                taken.push((x - half, x + half));
                pen.text(label, (x, frame.bottom + 16.0), TEXT, Anchor::Middle, INK, 0.9)?;
            }
        }
    }
    for tick in &ys.ticks {
        let y = row(frame, ys.position(tick.at), named);
        if !named {
            pen.line(&[(frame.left, y), (frame.right, y)], INK, if tick.label.is_some() { 0.18 } else { 0.09 }, 1.0, None)?;
        }
        if let Some(label) = &tick.label {
            pen.text(&pen::fit(label, TEXT, frame.left - 28.0), (frame.left - 10.0, y), TEXT, Anchor::End, INK, 0.9)?;
        }
    }
    pen.line(&[(frame.left, frame.bottom), (frame.right, frame.bottom)], INK, 0.6, 1.0, None)?;
    let middle = f64::midpoint(frame.left, frame.right);
    pen.text(&label(&chart.x), (middle, frame.bottom + 40.0), TEXT, Anchor::Middle, INK, 0.9)?;
    if !named {
        pen.text(&label(&chart.y), (16.0, frame.top - 18.0), TEXT, Anchor::Start, INK, 0.9)?;
    }
    Ok(())
}

/// What an axis measures, with its unit where the ticks do not say it.
fn label(axis: &crate::report::Axis) -> String {
    match axis.unit {
        crate::report::Unit::Rate => format!("{} (requests/s)", axis.label),
        _ => axis.label.clone(),
    }
}

/// The vertical place of a position: rows of names go down, values go up.
fn row(frame: &Frame, position: f64, named: bool) -> f64 {
    frame.at(0.0, if named { 1.0 - position } else { position }).1
}

/// Title, description and style, and the colours that the page decides.
fn finish(drawn: &str, chart: &Chart, height: f64) -> String {
    let body = drawn.split_once('>').map_or("", |(_, rest)| rest);
    let body = body.replace("\"#010203\"", "\"currentColor\"");
    let id = escape(&chart.name);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"ninefold-chart\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {} {}\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n{STYLE}{body}",
        WIDTH * FINE,
        height * FINE,
        escape(&chart.title),
        escape(&chart.description),
    )
}

/// Text that is safe inside SVG and HTML, also between quotes. Characters that XML forbids are left out.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() && c != '\n' && c != '\t' => {}
            c => safe.push(c),
        }
    }
    safe
}

/// Whether a mark is explained in the legend; levels carry their names themselves.
fn in_legend(mark: &Mark) -> bool {
    !mark.is_empty() && !matches!(mark.shape, Shape::Level(_))
}
