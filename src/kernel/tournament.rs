//! A winner tree over slots: the pending event of each, the earliest on top.
//!
//! The tree is a complete binary tree in an array; node 1 is the root, the children of node `i` are `2i` and `2i + 1`.
//! A node holds the earlier of its children, at a tie the one of the lower slot.
//! Setting a slot replays one path: log2(slots) comparisons without a branch that the processor could mispredict.
//! (Knuth, The Art of Computer Programming, volume 3, section 5.4.1.)

use std::hint::select_unpredictable;

/// The time of a slot that has no pending event.
pub const NEVER: f64 = f64::INFINITY;

/// A pending event: the bits of its time and its slot. The bits of times that are not negative sort as the times do.
#[derive(Debug, Clone, Copy)]
struct Node {
    time: u64,
    slot: u64,
}

/// The pending events of a fixed number of slots, at most one each. Times are seconds and not negative.
#[derive(Debug, Clone)]
pub struct Tournament {
    nodes: Vec<Node>,
    leaves: usize,
    replay: Replay,
}

impl Tournament {
    /// An event set of `slots` slots, all of them empty.
    #[must_use]
    pub fn new(slots: usize) -> Self {
        let leaves = slots.next_power_of_two().max(2);
        let mut nodes = vec![Node { time: NEVER.to_bits(), slot: 0 }; 2 * leaves];
        for (slot, node) in nodes[leaves..].iter_mut().enumerate() {
            node.slot = slot as u64;
        }
        let mut set = Self { nodes, leaves, replay: replay_for(2 * leaves) };
        set.rebuild();
        set
    }

    /// Sets a slot without bringing the tree up to date; [`Tournament::rebuild`] must follow. For starting a run.
    #[inline]
    pub fn place(&mut self, slot: usize, time: f64) {
        self.nodes[self.leaves + slot].time = time.to_bits();
    }

    /// Brings the whole tree up to date after [`Tournament::place`].
    pub fn rebuild(&mut self) {
        for i in (1..self.leaves).rev() {
            self.nodes[i] = self.nodes[2 * i].against(self.nodes[2 * i + 1]);
        }
    }

    /// Takes over the pending events of a set of as many slots.
    pub fn copy_from(&mut self, other: &Self) {
        self.nodes.copy_from_slice(&other.nodes);
    }

    /// Schedules the event of `slot` at `time`, in place of the one it had; [`NEVER`] clears it.
    #[inline]
    pub fn set(&mut self, slot: usize, time: f64) {
        debug_assert!(time >= 0.0, "events are scheduled at times that are not negative");
        // Small trees in place: the call would cost as much as the path.
        match self.nodes.len() {
            8 => replay::<8>(&mut self.nodes, slot, time),
            16 => replay::<16>(&mut self.nodes, slot, time),
            _ => (self.replay)(&mut self.nodes, slot, time),
        }
    }

    /// The time of the pending event of `slot`, [`NEVER`] if it has none.
    #[inline]
    #[must_use]
    pub fn time(&self, slot: usize) -> f64 {
        f64::from_bits(self.nodes[self.leaves + slot].time)
    }

    /// The earliest pending event: its slot and its time, which is [`NEVER`] if there is none.
    #[inline]
    #[must_use]
    pub fn next(&self) -> (usize, f64) {
        let top = self.nodes[1];
        (top.slot as usize, f64::from_bits(top.time))
    }
}

/// Plays the path of a slot again, which has a new time.
type Replay = fn(&mut [Node], usize, f64);

/// With the number of nodes known, the path is unrolled and no index needs a check.
fn replay_for(nodes: usize) -> Replay {
    match nodes {
        4 => replay::<4>,
        8 => replay::<8>,
        16 => replay::<16>,
        32 => replay::<32>,
        64 => replay::<64>,
        128 => replay::<128>,
        256 => replay::<256>,
        512 => replay::<512>,
        1_024 => replay::<1_024>,
        2_048 => replay::<2_048>,
        4_096 => replay::<4_096>,
        8_192 => replay::<8_192>,
        16_384 => replay::<16_384>,
        32_768 => replay::<32_768>,
        65_536 => replay::<65_536>,
        131_072 => replay::<131_072>,
        262_144 => replay::<262_144>,
        524_288 => replay::<524_288>,
        1_048_576 => replay::<1_048_576>,
        2_097_152 => replay::<2_097_152>,
        4_194_304 => replay::<4_194_304>,
        8_388_608 => replay::<8_388_608>,
        _ => replay_any,
    }
}

/// Straight code without a loop: in a loop the compiler turns the choice of a winner into a branch, and a tree of 16,384
/// slots then takes five times as long.
#[inline]
fn replay<const N: usize>(nodes: &mut [Node], slot: usize, time: f64) {
    let Some(nodes) = nodes.first_chunk_mut::<N>() else { return };
    let mut i = (slot & (N / 2 - 1)) | (N / 2);
    let mut winner = Node { time: time.to_bits(), slot: slot as u64 };
    nodes[i] = winner;
    macro_rules! climb_above {
        ($($nodes:literal)*) => {
            $(if N > $nodes {
                winner = winner.against(nodes[i ^ 1]);
                i >>= 1;
                nodes[i] = winner;
            })*
        };
    }
    climb_above!(
        2 4 8 16 32 64 128 256 512 1_024 2_048
        4_096 8_192 16_384 32_768 65_536 131_072 262_144 524_288 1_048_576 2_097_152 4_194_304
    );
}

/// The same in a tree of any size.
fn replay_any(nodes: &mut [Node], slot: usize, time: f64) {
    let mut i = nodes.len() / 2 + slot;
    let mut winner = Node { time: time.to_bits(), slot: slot as u64 };
    nodes[i] = winner;
    while i > 1 {
        winner = winner.against(nodes[i ^ 1]);
        i >>= 1;
        nodes[i] = winner;
    }
}

impl Node {
    /// Time first, then slot: one number to compare.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "the inner loop of every run")]
    fn order(self) -> u128 {
        u128::from(self.time) << 64 | u128::from(self.slot)
    }

    /// The earlier of two.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "the inner loop of every run")]
    fn against(self, rival: Self) -> Self {
        let wins = self.order() < rival.order();
        Self { time: select_unpredictable(wins, self.time, rival.time), slot: select_unpredictable(wins, self.slot, rival.slot) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The event set in its plainest form: a list of times, searched from the left.
    fn first(times: &[f64]) -> (usize, f64) {
        times.iter().copied().enumerate().fold((0, NEVER), |best, (slot, time)| if time < best.1 { (slot, time) } else { best })
    }

    #[test]
    fn agrees_with_a_list_also_at_ties() {
        let mut state = 1_u64;
        for slots in [1, 2, 3, 5, 16, 123, 1_000, 20_000] {
            let mut set = Tournament::new(slots);
            let mut times = vec![NEVER; slots];
            for _ in 0..2_000 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let slot = (state >> 33) as usize % slots;
                // Few distinct times, so that ties are common.
                let time = if state >> 61 == 0 { NEVER } else { ((state >> 20) % 8) as f64 };
                times[slot] = time;
                set.set(slot, time);
                let (expected, at) = first(&times);
                assert_eq!(set.next().1, at);
                if at < NEVER {
                    assert_eq!(set.next().0, expected);
                }
            }
        }
    }

    #[test]
    fn placing_and_rebuilding_equals_setting() {
        let times = [5.0, 2.0, 9.0, 2.0, 7.0];
        let mut placed = Tournament::new(times.len());
        let mut set = Tournament::new(times.len());
        for (slot, &time) in times.iter().enumerate() {
            placed.place(slot, time);
            set.set(slot, time);
        }
        placed.rebuild();
        assert_eq!(placed.next(), (1, 2.0));
        assert_eq!(placed.next(), set.next());
        assert_eq!(placed.time(4), 7.0);
    }
}
