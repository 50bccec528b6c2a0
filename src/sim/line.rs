//! Lines in which clocks wait, or stand in some other order: a clock is in one line at most, so all share their links.

use crate::model::NONE;

/// The first and the last of a line; [`NONE`] where nobody stands.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// Whose turn it is.
    pub first: u32,
    /// Who came last.
    pub last: u32,
}

impl Line {
    /// Nobody.
    pub const EMPTY: Self = Self { first: NONE, last: NONE };

    pub fn is_empty(self) -> bool {
        self.first == NONE
    }
}

/// The neighbours of every clock in the line in which it stands.
#[derive(Debug, Clone)]
pub struct Links {
    before: Vec<u32>,
    behind: Vec<u32>,
}

impl Links {
    /// Links for so many clocks.
    pub fn new(clocks: usize) -> Self {
        Self { before: vec![NONE; clocks], behind: vec![NONE; clocks] }
    }

    /// A clock joins at the end.
    pub fn push_last(&mut self, line: &mut Line, c: u32) {
        self.before[c as usize] = line.last;
        self.behind[c as usize] = NONE;
        match line.last {
            NONE => line.first = c,
            last => self.behind[last as usize] = c,
        }
        line.last = c;
    }

    /// A clock goes in front of all others.
    pub fn push_first(&mut self, line: &mut Line, c: u32) {
        self.before[c as usize] = NONE;
        self.behind[c as usize] = line.first;
        match line.first {
            NONE => line.last = c,
            first => self.before[first as usize] = c,
        }
        line.first = c;
    }

    /// A clock leaves the line in which it stands.
    pub fn remove(&mut self, line: &mut Line, c: u32) {
        let (before, behind) = (self.before[c as usize], self.behind[c as usize]);
        match before {
            NONE => line.first = behind,
            before => self.behind[before as usize] = behind,
        }
        match behind {
            NONE => line.last = before,
            behind => self.before[behind as usize] = before,
        }
    }

    /// A clock goes behind another of the line, or in front of all where that is [`NONE`].
    pub fn push_behind(&mut self, line: &mut Line, other: u32, c: u32) {
        if other == NONE {
            return self.push_first(line, c);
        }
        let behind = self.behind(other);
        (self.before[c as usize], self.behind[c as usize]) = (other, behind);
        self.behind[other as usize] = c;
        match behind {
            NONE => line.last = c,
            behind => self.before[behind as usize] = c,
        }
    }

    /// Who stands behind a clock in its line; [`NONE`] where it is the last.
    pub fn behind(&self, c: u32) -> u32 {
        self.behind[c as usize]
    }

    /// Who stands before a clock in its line; [`NONE`] where it is the first.
    pub fn before(&self, c: u32) -> u32 {
        self.before[c as usize]
    }

    /// The first leaves.
    pub fn pop_first(&mut self, line: &mut Line) -> Option<u32> {
        let first = line.first;
        if first == NONE {
            return None;
        }
        self.remove(line, first);
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// A line against a queue that a library keeps, through all that can be done to one.
    #[test]
    fn a_line_keeps_its_order() {
        let mut links = Links::new(8);
        let (mut line, mut expected) = (Line::EMPTY, VecDeque::new());
        let mut state = 7_u64;
        for _ in 0..10_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let c = (state >> 33) as u32 % 8;
            match (state >> 60) % 4 {
                _ if expected.contains(&c) && state >> 63 == 0 => {
                    links.remove(&mut line, c);
                    expected.retain(|&other| other != c);
                }
                0 => assert_eq!(links.pop_first(&mut line), expected.pop_front()),
                1 if !expected.contains(&c) => {
                    links.push_first(&mut line, c);
                    expected.push_front(c);
                }
                3 if !expected.contains(&c) => {
                    // Behind the first, or first of all.
                    let first = line.first;
                    links.push_behind(&mut line, first, c);
                    expected.insert(usize::from(!expected.is_empty()), c);
                }
                2 if !expected.contains(&c) => {
                    links.push_last(&mut line, c);
                    expected.push_back(c);
                }
                _ => {}
            }
            assert_eq!(line.is_empty(), expected.is_empty());
            assert_eq!((line.first, line.last), (*expected.front().unwrap_or(&NONE), *expected.back().unwrap_or(&NONE)));
        }
    }
}
