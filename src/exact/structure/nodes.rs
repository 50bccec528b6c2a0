//! Nodes of a decision diagram, each stored once.

/// The diagram that is never true; as a family of sets, the one without any.
pub(super) const FALSE: u32 = 0;
/// The diagram that is always true; as a family of sets, the one that holds the empty set alone.
pub(super) const TRUE: u32 = 1;
/// The level of the two above: below all components.
pub(super) const BOTTOM: u32 = u32::MAX;

/// A question: has the component of this level failed?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Question {
    /// Levels are asked from 0 on.
    pub level: u32,
    /// Where to go on if it has failed.
    pub high: u32,
    /// Where to go on if it works.
    pub low: u32,
}

/// A structure whose diagram needs more room than it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooLarge {
    /// The diagram, or one that is made from it, has too many nodes.
    #[error("the decision diagram of this structure grows beyond {0} nodes")]
    Nodes(usize),
    /// There are too many components.
    #[error("the structure has {0} components; at most {most} are solved exactly", most = super::MOST_COMPONENTS)]
    Components(usize),
}

/// Nodes by their index; what a node leads to has a lower index.
#[derive(Debug, Clone)]
pub(super) struct Nodes {
    list: Vec<Question>,
    /// Indices of the nodes, found by a hash of their content; 0 where a place is free. A power of two long.
    table: Vec<u32>,
    most: usize,
}

impl Nodes {
    /// The two ends, and room for `most` nodes.
    pub fn new(most: usize) -> Self {
        let end = Question { level: BOTTOM, high: FALSE, low: FALSE };
        Self { list: vec![end; 2], table: vec![0; 1 << 10], most }
    }

    #[inline]
    pub fn get(&self, node: u32) -> Question {
        self.list[node as usize]
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Nodes that there is room for.
    pub fn most(&self) -> usize {
        self.most
    }

    /// The node with this content, made if there is none yet.
    pub fn find_or_add(&mut self, level: u32, high: u32, low: u32) -> Result<u32, TooLarge> {
        let question = Question { level, high, low };
        let mask = self.table.len() - 1;
        let mut place = mix([level, high, low]) & mask;
        while self.table[place] != 0 {
            let node = self.table[place];
            if self.list[node as usize] == question {
                return Ok(node);
            }
            place = (place + 1) & mask;
        }
        if self.list.len() >= self.most {
            return Err(TooLarge::Nodes(self.most));
        }
        let node = self.list.len() as u32;
        self.list.push(question);
        self.table[place] = node;
        if 2 * self.list.len() > self.table.len() {
            self.rebuild(2 * self.table.len());
        }
        Ok(node)
    }

    /// Only what `top` leads to, in the same order, and the new index of `top`.
    pub fn below(&self, top: u32) -> (Self, u32) {
        let mut used = vec![false; self.list.len()];
        used[top as usize] = true;
        for node in (2..=top as usize).rev() {
            if used[node] {
                used[self.list[node].high as usize] = true;
                used[self.list[node].low as usize] = true;
            }
        }
        let mut kept = Self::new(self.most);
        let mut index = vec![FALSE; self.list.len()];
        index[TRUE as usize] = TRUE;
        for node in (2..=top as usize).filter(|&node| used[node]) {
            let Question { level, high, low } = self.list[node];
            index[node] = kept.list.len() as u32;
            kept.list.push(Question { level, high: index[high as usize], low: index[low as usize] });
        }
        kept.rebuild((2 * kept.list.len()).next_power_of_two());
        (kept, index[top as usize])
    }

    fn rebuild(&mut self, size: usize) {
        self.table = vec![0; size];
        for (node, question) in self.list.iter().enumerate().skip(2) {
            let mut place = mix([question.level, question.high, question.low]) & (size - 1);
            while self.table[place] != 0 {
                place = (place + 1) & (size - 1);
            }
            self.table[place] = node as u32;
        }
    }
}

/// A hash of three numbers, by multiplication with odd constants.
#[inline]
pub(super) fn mix([a, b, c]: [u32; 3]) -> usize {
    let pair = u64::from(a) << 32 | u64::from(b);
    let hash = (pair.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(c)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (hash ^ hash >> 32) as usize
}
