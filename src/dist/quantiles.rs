//! Interpolated between quantiles that somebody knows: "half are done in 76 minutes, nine of ten in 317".
//!
//! The logarithm of time is interpolated against the normal score of the probability by the monotone cubic of Fritsch &
//! Carlson ("Monotone piecewise cubic interpolation", *SIAM J. Numer. Anal.* 17, 1980) with the slopes of Fritsch &
//! Butland (1984); beyond the first and the last point it goes on straight. So the curve hits every point, never falls,
//! and is exactly the lognormal where the points are a lognormal's.

use std::sync::Arc;

use super::special::{normal_at_hazard, normal_hazard, normal_quantile, normal_survival};
use super::{Lifetime, moments, positive};

/// A monotone curve through (normal score, ln time).
#[derive(Debug, Clone, PartialEq)]
pub struct Quantiles {
    knots: Arc<[Knot]>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Knot {
    z: f64,
    ln_t: f64,
    slope: f64,
}

impl Quantiles {
    pub(super) fn new(points: &[(f64, f64)]) -> Result<Quantiles, String> {
        if points.len() < 2 {
            return Err(format!("{} quantile is given; at least two are needed", points.len()));
        }
        let mut knots = Vec::with_capacity(points.len());
        for (p, t) in points {
            if !(*p > 0.0 && *p < 1.0) {
                return Err(format!("a quantile's probability is {p}; it must be between 0 and 1"));
            }
            let ln_t = libm::log(positive("the time of a quantile", *t)?);
            let z = if *p > 0.5 { -normal_quantile(1.0 - p) } else { normal_quantile(*p) };
            knots.push(Knot { z, ln_t, slope: 0.0 });
        }
        for pair in points.windows(2) {
            let ((p, t), (q, s)) = (pair[0], pair[1]);
            if q <= p || s <= t {
                return Err(format!(
                    "the quantiles {p} = {t} s and {q} = {s} s do not both increase; a higher probability needs a longer time"
                ));
            }
        }
        set_slopes(&mut knots);
        Ok(Quantiles { knots: knots.into() })
    }

    pub(super) fn scaled(&self, factor: f64) -> Quantiles {
        let shift = libm::log(factor);
        Quantiles { knots: self.knots.iter().map(|knot| Knot { ln_t: knot.ln_t + shift, ..*knot }).collect() }
    }

    /// The time at normal score z.
    fn at(&self, z: f64) -> f64 {
        libm::exp(self.piece(|knot| knot.z < z).ln_time(z))
    }

    /// The normal score of a time: the inverse of [`Quantiles::at`], by Newton's method held between the knots.
    fn score(&self, t: f64) -> f64 {
        let y = libm::log(t);
        let piece = self.piece(|knot| knot.ln_t < y);
        let (from, to) = match piece {
            Piece::Line(knot) => return knot.z + (y - knot.ln_t) / knot.slope,
            Piece::Cubic(from, to) => (from, to),
        };
        let (mut low, mut high) = (from.z, to.z);
        let mut z = low + (high - low) * (y - from.ln_t) / (to.ln_t - from.ln_t);
        for _ in 0..100 {
            let off = piece.ln_time(z) - y;
            if off > 0.0 {
                high = z;
            } else {
                low = z;
            }
            let newton = z - off / piece.slope(z);
            let next = if newton >= low && newton <= high { newton } else { 0.5 * (low + high) };
            let step = (next - z).abs();
            z = next;
            if step <= 1e-15 * z.abs().max(1.0) || off == 0.0 {
                break;
            }
        }
        z
    }

    fn piece(&self, is_before: impl Fn(&Knot) -> bool) -> Piece {
        match self.knots.partition_point(is_before) {
            0 => Piece::Line(self.knots[0]),
            end if end == self.knots.len() => Piece::Line(self.knots[end - 1]),
            next => Piece::Cubic(self.knots[next - 1], self.knots[next]),
        }
    }
}

/// Fritsch & Butland's weighted harmonic mean inside; at the ends the slope of the outermost two points, which the
/// tails continue.
fn set_slopes(knots: &mut [Knot]) {
    let last = knots.len() - 1;
    let secant = |from: Knot, to: Knot| (to.ln_t - from.ln_t) / (to.z - from.z);
    let secants: Vec<(f64, f64)> = knots.windows(2).map(|pair| (pair[1].z - pair[0].z, secant(pair[0], pair[1]))).collect();
    for (knot, pair) in knots[1..last].iter_mut().zip(secants.windows(2)) {
        let ((before, left), (after, right)) = (pair[0], pair[1]);
        let (w, x) = (2.0 * after + before, after + 2.0 * before);
        knot.slope = (w + x) / (w / left + x / right);
    }
    knots[0].slope = secants[0].1;
    knots[last].slope = secants[last - 1].1;
}

#[derive(Clone, Copy)]
enum Piece {
    /// A tail: straight through the outermost knot.
    Line(Knot),
    /// Hermite's cubic between two knots.
    Cubic(Knot, Knot),
}

impl Piece {
    fn ln_time(self, z: f64) -> f64 {
        match self {
            Piece::Line(knot) => knot.ln_t + (z - knot.z) * knot.slope,
            Piece::Cubic(from, to) => {
                let width = to.z - from.z;
                let (x, rise) = ((z - from.z) / width, to.ln_t - from.ln_t);
                let (d0, d1) = (from.slope * width, to.slope * width);
                from.ln_t + x * (d0 + x * ((3.0 * rise - 2.0 * d0 - d1) + x * (d0 + d1 - 2.0 * rise)))
            }
        }
    }

    fn slope(self, z: f64) -> f64 {
        match self {
            Piece::Line(knot) => knot.slope,
            Piece::Cubic(from, to) => {
                let width = to.z - from.z;
                let (x, rise) = ((z - from.z) / width, to.ln_t - from.ln_t);
                let (d0, d1) = (from.slope * width, to.slope * width);
                (d0 + x * (2.0 * (3.0 * rise - 2.0 * d0 - d1) + x * 3.0 * (d0 + d1 - 2.0 * rise))) / width
            }
        }
    }
}

impl Lifetime for Quantiles {
    fn cdf(&self, t: f64) -> f64 {
        if t > 0.0 { normal_survival(-self.score(t)) } else { 0.0 }
    }

    fn survival(&self, t: f64) -> f64 {
        if t > 0.0 { normal_survival(self.score(t)) } else { 1.0 }
    }

    fn quantile(&self, u: f64) -> f64 {
        self.at(normal_quantile(u))
    }

    fn quantile_upper(&self, v: f64) -> f64 {
        self.at(-normal_quantile(v))
    }

    fn mean(&self) -> f64 {
        moments::mean(self)
    }

    fn variance(&self) -> f64 {
        moments::variance(self)
    }

    fn cumulative_hazard(&self, t: f64) -> f64 {
        if t > 0.0 { normal_hazard(self.score(t)) } else { 0.0 }
    }

    fn at_hazard(&self, h: f64) -> f64 {
        self.at(normal_at_hazard(h))
    }
}
