//! From a tree to its diagram.

use super::TooLarge;
use super::nodes::{BOTTOM, FALSE, Nodes, TRUE, mix};
use super::tree::{Node, Part, Tree};

/// Steps of the construction for each node that it may make: what bounds its time.
const STEPS: usize = 32;

/// Makes diagrams out of diagrams (Bryant, "Graph-based algorithms for Boolean function manipulation", *IEEE Trans. Comput.*
/// 35, 1986; Brace, Rudell & Bryant, "Efficient implementation of a BDD package", DAC 1990).
pub(super) struct Builder {
    pub nodes: Nodes,
    /// Results known already, each in the one place that its question has; a newer one takes the place of an older.
    known: Vec<([u32; 3], u32)>,
    steps_left: usize,
}

impl Builder {
    pub fn new(nodes: Nodes) -> Self {
        let steps_left = nodes.most().saturating_mul(STEPS);
        Self { nodes, known: vec![([0; 3], 0); 1 << 12], steps_left }
    }

    /// The diagram of `top`, whose components have their level by `level`.
    pub fn tree(&mut self, tree: &Tree, top: Node, level: &[u32]) -> Result<u32, TooLarge> {
        let mut used = vec![false; top.0 as usize + 1];
        used[top.0 as usize] = true;
        for node in (0..=top.0).rev() {
            if used[node as usize] {
                tree.inputs(Node(node)).iter().for_each(|input| used[input.0 as usize] = true);
            }
        }
        let mut made = vec![FALSE; top.0 as usize + 1];
        for node in (0..=top.0 as usize).filter(|&node| used[node]) {
            made[node] = match &tree.parts()[node] {
                Part::Component(component) => self.nodes.find_or_add(level[*component as usize], TRUE, FALSE)?,
                Part::Gate { least, inputs } => {
                    self.at_least(*least, inputs.iter().map(|input| made[input.0 as usize]).collect())?
                }
            };
        }
        Ok(made[top.0 as usize])
    }

    /// At least `least` of the inputs hold: counted input by input, without listing combinations.
    fn at_least(&mut self, least: usize, mut inputs: Vec<u32>) -> Result<u32, TooLarge> {
        if least > inputs.len() {
            return Ok(FALSE);
        }
        // From the lowest to the highest, so that what was made before is not taken apart again; of those that begin at the
        // same level the later ones lie deeper, as a rule.
        inputs.reverse();
        inputs.sort_by_key(|&input| std::cmp::Reverse(self.nodes.get(input).level));
        // Whether at least so many of the inputs seen hold.
        let mut holds = vec![FALSE; least + 1];
        holds[0] = TRUE;
        for (seen, &input) in inputs.iter().enumerate() {
            let still_to_come = inputs.len() - seen - 1;
            for count in (least.saturating_sub(still_to_come).max(1)..=least.min(seen + 1)).rev() {
                holds[count] = self.choose(input, holds[count - 1], holds[count])?;
            }
        }
        Ok(holds[least])
    }

    /// Whether one or the other holds.
    pub fn or(&mut self, one: u32, other: u32) -> Result<u32, TooLarge> {
        self.choose(one, TRUE, other)
    }

    /// `then` where `of` holds, `otherwise` where it does not.
    fn choose(&mut self, of: u32, then: u32, otherwise: u32) -> Result<u32, TooLarge> {
        let (mut of, then, mut otherwise) = (of, then, if otherwise == of { FALSE } else { otherwise });
        let mut then = if then == of { TRUE } else { then };
        match (of, then, otherwise) {
            (TRUE, ..) => return Ok(then),
            (FALSE, ..) => return Ok(otherwise),
            (_, TRUE, FALSE) => return Ok(of),
            _ if then == otherwise => return Ok(then),
            _ => {}
        }
        // "Or" and "and" are the same either way round.
        if then == TRUE && of > otherwise {
            std::mem::swap(&mut of, &mut otherwise);
        } else if otherwise == FALSE && of > then {
            std::mem::swap(&mut of, &mut then);
        }
        let question = [of, then, otherwise];
        let place = mix(question) & (self.known.len() - 1);
        if self.known[place].0 == question {
            return Ok(self.known[place].1);
        }
        self.steps_left = self.steps_left.checked_sub(1).ok_or(TooLarge::Nodes(self.nodes.most()))?;
        let parts = question.map(|node| self.nodes.get(node));
        let level = parts.iter().map(|part| part.level).min().unwrap_or(BOTTOM);
        let side = |high: bool| {
            let mut at = question;
            for (at, part) in at.iter_mut().zip(&parts).filter(|(_, part)| part.level == level) {
                *at = if high { part.high } else { part.low };
            }
            at
        };
        let [of, then, otherwise] = side(true);
        let high = self.choose(of, then, otherwise)?;
        let [of, then, otherwise] = side(false);
        let low = self.choose(of, then, otherwise)?;
        let answer = if high == low { high } else { self.nodes.find_or_add(level, high, low)? };
        if self.known.len() < self.nodes.len() {
            self.grow();
        }
        let place = mix(question) & (self.known.len() - 1);
        self.known[place] = (question, answer);
        Ok(answer)
    }

    fn grow(&mut self) {
        let size = 2 * self.known.len();
        let old = std::mem::replace(&mut self.known, vec![([0; 3], 0); size]);
        for (question, answer) in old.into_iter().filter(|(question, _)| *question != [0; 3]) {
            self.known[mix(question) & (size - 1)] = (question, answer);
        }
    }
}
