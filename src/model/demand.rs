//! Demand over time: the rate of each open traffic source as pieces that follow each other, and its integral.
//!
//! Within a piece the rate is a constant times the growth factor, which is integrated in closed form: what arrives in
//! any interval costs two look-ups, whatever its length.

use super::Value;
use super::grid::Grid;
use super::growth::{Growth, Path, Profile};

/// All open traffic sources on one grid of pieces.
#[derive(Debug, Clone, Default)]
pub struct Demand {
    /// The pieces, from the start to the horizon.
    pub grid: Grid,
    /// The sources, in the order of the scenario.
    pub sources: Vec<Source>,
}

/// A traffic source as compiled: what a draw of its uncertain numbers turns into a [`Curve`].
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name in the scenario.
    pub name: String,
    /// Index of the service that its requests arrive at.
    pub to: u32,
    /// Mean rate at the start, before the shape and surges, requests/s; 1 where a measured series gives the rates
    /// themselves.
    pub rate: Value,
    /// The whole of it is so many times as much.
    pub times: Value,
    /// How the rate grows from there.
    pub growth: Profile,
    /// Relative rate of each piece without surges.
    pub shape: Vec<f64>,
    /// (first piece, end piece, factor).
    pub surges: Vec<(u32, u32, Value)>,
    /// (first piece, factor) of changes for good.
    pub steps: Vec<(u32, Value)>,
    /// Where it is a forecast: how uncertain that is.
    pub unsure: Option<Unsure>,
    /// How single requests come.
    pub arriving: super::Arriving,
}

/// What is not known of a forecast: one normal number for all of it, so that it is too high or too low as a whole.
#[derive(Debug, Clone)]
pub struct Unsure {
    /// How many standard deviations it is off.
    pub draw: Value,
    /// What is added to a rate before its logarithm is taken.
    pub offset: f64,
    /// Of each piece: the standard deviation of the logarithm; 0 where it is measured.
    pub deviations: Vec<f64>,
}

/// Pieces of a block whose highest rate is kept, so that long intervals are searched quickly.
const BLOCK: usize = 32;

/// The rate of one source over time for one draw of the uncertain numbers.
#[derive(Debug, Clone, Default)]
pub struct Curve {
    /// Rate of each piece before growth, requests/s.
    base: Vec<f64>,
    /// Requests before each piece.
    before: Vec<f64>,
    growth: Option<Growth>,
    /// Highest rate in each piece and in each block of pieces.
    peaks: Vec<f64>,
    blocks: Vec<f64>,
}

impl Demand {
    /// On a grid with the given edges (ascending, from 0 to the horizon).
    #[must_use]
    pub fn new(edges: Vec<f64>, sources: Vec<Source>) -> Self {
        Self { grid: Grid::new(edges), sources }
    }

    /// Whether nothing asks at a rate of its own; users may still ask ([`super::Model::users`]).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Fills the curves for one draw of the uncertain numbers.
    pub fn draw(&self, draws: &[f64], curves: &mut Vec<Curve>) {
        curves.resize_with(self.sources.len(), Curve::default);
        for (source, curve) in self.sources.iter().zip(curves) {
            curve.fill(self, source, draws);
        }
    }
}

impl Curve {
    fn fill(&mut self, demand: &Demand, source: &Source, draws: &[f64]) {
        let growth = source.growth.growth(draws);
        let rate = source.rate.get(draws) * source.times.get(draws);
        self.growth = Some(growth);
        self.base.clear();
        self.base.extend(source.shape.iter().map(|shape| rate * shape));
        if let Some(unsure) = &source.unsure {
            let (off, offset) = (unsure.draw.get(draws), unsure.offset * rate);
            for (base, deviation) in self.base.iter_mut().zip(&unsure.deviations).filter(|(_, deviation)| **deviation > 0.0) {
                *base = ((*base + offset) * libm::exp(off * deviation) - offset).max(0.0);
            }
        }
        for &(from, to, times) in &source.surges {
            let times = times.get(draws);
            self.base[from as usize..to as usize].iter_mut().for_each(|base| *base *= times);
        }
        for &(from, times) in &source.steps {
            let times = times.get(draws);
            self.base[from as usize..].iter_mut().for_each(|base| *base *= times);
        }
        self.before.clear();
        self.peaks.clear();
        let mut path = Path::new(growth);
        let (mut total, mut factor) = (0.0, 1.0);
        for (piece, base) in self.base.iter().enumerate() {
            self.before.push(total);
            let (grown, next) = path.step(demand.grid.edges[piece], demand.grid.edges[piece + 1]);
            self.peaks.push(base * next.max(factor));
            total += base * grown;
            factor = next;
        }
        self.before.push(total);
        self.blocks.clear();
        self.blocks.extend(self.peaks.chunks(BLOCK).map(|block| block.iter().fold(0.0_f64, |a, &b| a.max(b))));
    }

    /// Requests in a piece.
    #[must_use]
    pub fn in_piece(&self, piece: usize) -> f64 {
        self.before[piece + 1] - self.before[piece]
    }

    /// The rate of a piece before growth, requests/s.
    #[must_use]
    pub fn base(&self, piece: usize) -> f64 {
        self.base.get(piece).copied().unwrap_or(0.0)
    }

    /// How the rates of all pieces grow.
    #[must_use]
    pub fn growth(&self) -> Growth {
        self.growth.unwrap_or(Growth::Flat)
    }

    /// Requests from the start to `t`; before the start the rate is held at its first value.
    #[must_use]
    pub fn total(&self, demand: &Demand, t: f64) -> f64 {
        if t <= 0.0 {
            return self.base.first().map_or(0.0, |base| base * t);
        }
        let piece = demand.grid.piece(t);
        let growth = self.growth.unwrap_or(Growth::Flat);
        self.before[piece] + self.base[piece] * growth.between(demand.grid.edges[piece], t)
    }

    /// Requests between two times of one piece.
    #[must_use]
    pub fn between(&self, demand: &Demand, from: f64, to: f64) -> f64 {
        let piece = demand.grid.piece(from);
        if from == demand.grid.edges[piece] && to == demand.grid.edges[piece + 1] {
            self.in_piece(piece)
        } else {
            self.base[piece] * self.growth().between(from, to)
        }
    }

    /// Rate at `t`, requests/s.
    #[must_use]
    pub fn rate(&self, demand: &Demand, t: f64) -> f64 {
        let t = t.max(0.0);
        self.base[demand.grid.piece(t)] * self.growth.unwrap_or(Growth::Flat).factor(t)
    }

    /// The highest rate of the pieces that the interval touches, requests/s.
    #[must_use]
    pub fn peak(&self, demand: &Demand, from: f64, to: f64) -> f64 {
        let (first, last) = (demand.grid.piece(from.max(0.0)), demand.grid.piece(to.max(0.0)));
        let mut piece = first;
        let mut highest = 0.0_f64;
        while piece <= last {
            if piece.is_multiple_of(BLOCK) && piece + BLOCK <= last + 1 {
                highest = highest.max(self.blocks[piece / BLOCK]);
                piece += BLOCK;
            } else {
                highest = highest.max(self.peaks[piece]);
                piece += 1;
            }
        }
        highest
    }

    /// The highest rate over the whole horizon, requests/s.
    #[must_use]
    pub fn highest(&self) -> f64 {
        self.blocks.iter().fold(0.0, |a, &b| a.max(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(growth: Profile) -> (Demand, Vec<Curve>) {
        let edges: Vec<f64> = (0..=8_760).map(|hour| f64::from(hour) * 3_600.0).collect();
        let shape = (0..8_760).map(|hour| if hour % 24 < 12 { 0.5 } else { 1.5 }).collect();
        let source = Source {
            name: "s".into(),
            to: 0,
            rate: Value::Known(5.0),
            times: Value::Known(2.0),
            growth,
            shape,
            surges: vec![(24, 48, Value::Known(3.0))],
            steps: vec![(40, Value::Known(1.5))],
            unsure: None,
            arriving: super::super::Arriving { arrivals: super::super::Arrivals::Poisson, priority: 3, stream: 0 },
        };
        let demand = Demand::new(edges, vec![source]);
        let mut curves = Vec::new();
        demand.draw(&[], &mut curves);
        (demand, curves)
    }

    #[test]
    fn the_total_is_the_integral_of_the_rate() {
        for growth in [
            Profile::Flat,
            Profile::Compound { fraction: Value::Known(0.04), per: 2_628_000.0 },
            Profile::Linear { fraction: Value::Known(-0.02), per: 2_628_000.0 },
        ] {
            let (demand, curves) = year(growth);
            let (from, to) = (86_000.0, 190_000.0);
            // The midpoint rule on seconds, whose edges are edges of pieces too.
            let sum: f64 = (from as u64..to as u64).map(|t| curves[0].rate(&demand, t as f64 + 0.5)).sum();
            let total = curves[0].total(&demand, to) - curves[0].total(&demand, from);
            assert!((total / sum - 1.0).abs() < 1e-9, "{growth:?}: {total} against {sum}");
        }
    }

    #[test]
    fn compound_growth_of_a_month_is_what_it_says() {
        let growth = Profile::Compound { fraction: Value::Known(0.04), per: 2_628_000.0 }.growth(&[]);
        assert!((growth.factor(2.0 * 2_628_000.0) - 1.04 * 1.04).abs() < 1e-12);
    }

    #[test]
    fn the_peak_is_the_highest_piece() {
        let (demand, curves) = year(Profile::Flat);
        assert_eq!(curves[0].peak(&demand, 0.0, 1_000.0), 5.0);
        assert_eq!(curves[0].peak(&demand, 0.0, 86_399.0), 15.0);
        assert_eq!(curves[0].peak(&demand, 0.0, 8_000_000.0), 67.5);
        assert_eq!(curves[0].highest(), 67.5);
    }

    #[test]
    fn demand_before_the_start_is_held() {
        let (demand, curves) = year(Profile::Flat);
        assert_eq!(curves[0].total(&demand, -100.0), -500.0);
    }
}
