//! Pieces of time that follow each other.

/// Where pieces begin, and the end of the last; a piece is found in two look-ups.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// Start of each piece, and the horizon at the end; seconds after the start.
    pub edges: Vec<f64>,
    /// For each hour the first piece that reaches into it.
    hours: Vec<u32>,
}

impl Grid {
    /// With the given edges (ascending, from 0 to the horizon).
    #[must_use]
    pub fn new(edges: Vec<f64>) -> Self {
        let end = edges.last().copied().unwrap_or(0.0);
        let mut hours = Vec::with_capacity((end / 3_600.0) as usize + 1);
        let mut piece = 0;
        for hour in 0..=(end / 3_600.0) as usize {
            let from = hour as f64 * 3_600.0;
            while piece + 2 < edges.len() && edges[piece + 1] <= from {
                piece += 1;
            }
            hours.push(piece as u32);
        }
        Self { edges, hours }
    }

    /// The piece that holds time `t`.
    #[inline]
    #[must_use]
    pub fn piece(&self, t: f64) -> usize {
        let hour = ((t / 3_600.0) as usize).min(self.hours.len() - 1);
        let mut piece = self.hours[hour] as usize;
        while piece + 2 < self.edges.len() && self.edges[piece + 1] <= t {
            piece += 1;
        }
        piece
    }
}
