//! The few strokes that charts are made of, in CSS pixels at a width of 800, drawn at twice that so that slopes are smooth.

use plotters::coord::Shift;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::element::DashedPathElement;
use plotters::prelude::{Circle, DrawingArea, PathElement, Polygon, Rectangle, SVGBackend, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, IntoFont, RGBColor, ShapeStyle};

use crate::report::Look;

/// What drawing gives: nothing, or what the drawing library says.
pub type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Stands for the colour of the text, which the page decides; replaced by `currentColor` in the finished picture.
pub const INK: RGBColor = RGBColor(1, 2, 3);
/// Pixels of the picture for one CSS pixel.
pub const FINE: f64 = 2.0;

/// The palette of Okabe and Ito (<https://jfly.uni-koeln.de/color/>), told apart by all kinds of colour vision; without
/// black, which is the ink, and yellow last, which is faint on white.
const PALETTE: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(213, 94, 0),
    RGBColor(86, 180, 233),
    RGBColor(204, 121, 167),
    RGBColor(240, 228, 66),
];

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// Draws on one picture.
pub struct Pen<'a> {
    /// The picture, in pixels.
    pub area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl Pen<'_> {
    /// A line through points, `width` wide, dashed by the lengths of dash and gap where there are any.
    pub fn line(&self, points: &[(f64, f64)], color: RGBColor, alpha: f64, width: f64, dash: Option<(f64, f64)>) -> Drawn {
        let points: Vec<(i32, i32)> = points.iter().map(|p| (px(p.0), px(p.1))).collect();
        let style = ShapeStyle::from(color.mix(alpha)).stroke_width(px(width).unsigned_abs());
        match dash {
            None => self.area.draw(&PathElement::new(points, style)),
            Some((on, off)) => self.area.draw(&DashedPathElement::new(points, px(on), px(off), style)),
        }
    }

    /// A filled area.
    pub fn polygon(&self, points: &[(f64, f64)], color: RGBColor, alpha: f64) -> Drawn {
        let points: Vec<(i32, i32)> = points.iter().map(|p| (px(p.0), px(p.1))).collect();
        self.area.draw(&Polygon::new(points, color.mix(alpha)))
    }

    /// A filled rectangle between two opposite corners.
    pub fn rectangle(&self, (x0, y0): (f64, f64), (x1, y1): (f64, f64), color: RGBColor, alpha: f64) -> Drawn {
        self.area.draw(&Rectangle::new([(px(x0), px(y0)), (px(x1), px(y1))], color.mix(alpha).filled()))
    }

    /// A filled circle.
    pub fn dot(&self, (x, y): (f64, f64), radius: f64, color: RGBColor) -> Drawn {
        self.area.draw(&Circle::new((px(x), px(y)), px(radius), color.filled()))
    }

    /// Text whose middle line is at `y`.
    pub fn text(&self, text: &str, (x, y): (f64, f64), size: f64, anchor: Anchor, color: RGBColor, alpha: f64) -> Drawn {
        self.styled(text, (x, y), size, anchor, color, alpha, FontStyle::Normal)
    }

    /// A bold text that begins at `at`.
    pub fn bold(&self, text: &str, at: (f64, f64), size: f64) -> Drawn {
        self.styled(text, at, size, Anchor::Start, INK, 1.0, FontStyle::Bold)
    }

    #[expect(clippy::too_many_arguments, reason = "what a text is, where and how")]
    fn styled(
        &self,
        text: &str,
        at: (f64, f64),
        size: f64,
        anchor: Anchor,
        color: RGBColor,
        alpha: f64,
        style: FontStyle,
    ) -> Drawn {
        let h = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        // The backend divides sizes by 1.24.
        let font = ("sans-serif", size * FINE * 1.24, style).into_font();
        let color = color.mix(alpha);
        let style = plotters::style::TextStyle::from(font).color(&color).pos(Pos::new(h, VPos::Center));
        // XML knows no control characters, not even escaped.
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        self.area.draw(&Text::new(text, (px(at.0), px(at.1)), style))
    }
}

/// The nearest pixel of the picture.
fn px(x: f64) -> i32 {
    // Charts are some thousand pixels wide; the cast saturates.
    (x * FINE).round() as i32
}

/// The colour of a look; after the last of the palette it starts again.
pub fn color(look: Look) -> RGBColor {
    match look {
        Look::Series(i) => PALETTE[i % PALETTE.len()],
        Look::Limit => INK,
    }
}

/// Dashes that tell lines apart without colour.
pub fn dash(look: Look) -> Option<(f64, f64)> {
    match look {
        Look::Series(i) => [None, Some((9.0, 4.0)), Some((2.5, 3.0)), Some((15.0, 4.0))][i % 4],
        Look::Limit => Some((6.0, 4.0)),
    }
}

/// Black or white, whichever is read better on a colour.
pub fn on(color: RGBColor) -> RGBColor {
    let bright = 0.299 * f64::from(color.0) + 0.587 * f64::from(color.1) + 0.114 * f64::from(color.2);
    if bright > 110.0 { RGBColor(0, 0, 0) } else { RGBColor(255, 255, 255) }
}

/// About how wide a text is, in CSS pixels; nobody knows the reader's font.
pub fn width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | '\'' | '|' | ' ' | 't' | 'f' | 'r' | 'I' => 0.34,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.9,
        'A'..='Z' => 0.68,
        c if u32::from(c) >= 0x1100 => 1.0,
        _ => 0.57,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// The text, shortened with an ellipsis to fit into `room`.
pub fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if width(&short, size) + width(&c.to_string(), size) + size > room {
            break;
        }
        short.push(c);
    }
    format!("{}…", short.trim_end())
}
