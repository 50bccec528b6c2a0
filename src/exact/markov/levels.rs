//! A chain and its coarser pictures, each of which lumps a few states of the one before into one.

use ndarray::Array2;

use super::elimination;

/// A coarsest picture has at most so many states; it is solved by elimination.
const COARSEST: usize = 120;
/// Most states that are lumped into one while there is another way.
const LUMP: u32 = 3;
/// No coarse state.
const NONE: u32 = u32::MAX;

/// One picture: flows between its states, and the factor by which each state's weight is to be changed. At the finest, the
/// flows are the rates and the factors are the weights themselves.
#[derive(Debug, Clone)]
pub struct Level {
    begins: Vec<u32>,
    from: Vec<u32>,
    flow: Vec<f64>,
    /// Sum of the flows out of each state.
    out: Vec<f64>,
    /// The weight that a factor of 1 stands for.
    mass: Vec<f64>,
    /// What is solved for.
    pub x: Vec<f64>,
    /// The state of the coarser picture that each state is part of.
    part: Vec<u32>,
    /// The coarser flow that each flow is part of; [`NONE`] inside a lump.
    part_of_flow: Vec<u32>,
}

impl Level {
    /// A picture from flows by the state that they enter; `x` is what to start from.
    pub fn new(begins: Vec<u32>, from: Vec<u32>, flow: Vec<f64>, out: Vec<f64>, x: Vec<f64>) -> Self {
        Self { begins, from, flow, out, mass: vec![1.0; x.len()], x, part: Vec::new(), part_of_flow: Vec::new() }
    }

    fn flows_into(&self, j: usize) -> std::ops::Range<usize> {
        self.begins[j] as usize..self.begins[j + 1] as usize
    }

    /// Balances one state: what flows out of it is what flows in.
    fn balance(&mut self, j: usize) {
        if self.out[j] > 0.0 {
            let into: f64 = self.flows_into(j).map(|k| self.x[self.from[k] as usize] * self.flow[k]).sum();
            self.x[j] = into / self.out[j];
        }
    }

    /// First weights: 1 for the first state, and for each of the others what those before it feed into it.
    pub fn spread(&mut self) {
        self.x.fill(0.0);
        self.x[0] = 1.0;
        (1..self.x.len()).for_each(|j| self.balance(j));
    }

    /// Balances each state in turn (Gauss–Seidel), upwards.
    pub fn sweep_up(&mut self) {
        (0..self.x.len()).for_each(|j| self.balance(j));
    }

    /// Balances each state in turn, downwards.
    fn sweep_down(&mut self) {
        (0..self.x.len()).rev().for_each(|j| self.balance(j));
    }

    /// Solves the picture by elimination, whatever its factors were.
    pub fn eliminate(&mut self) {
        let n = self.x.len();
        let mut rates = Array2::zeros((n, n));
        for j in 0..n {
            for k in self.flows_into(j) {
                rates[[self.from[k] as usize, j]] = self.flow[k];
            }
        }
        self.x = elimination::stationary(rates);
    }

    /// Lumps states that balance fast, about four at a time, and returns the coarser picture.
    fn lump(&mut self) -> Level {
        let (mut pairs, mut count) = self.pairs(LUMP);
        if count * 4 > self.x.len() * 3 {
            // Many that know only one other, as the spokes of a wheel.
            (pairs, count) = self.pairs(u32::MAX);
        }
        self.part = pairs;
        let mut half = self.coarser(count);
        self.restrict(&mut half);
        let (fours, count) = half.pairs(LUMP);
        self.part.iter_mut().for_each(|part| *part = fours[*part as usize]);
        let mut coarse = self.coarser(count);
        self.restrict(&mut coarse);
        coarse
    }

    /// Pairs each state with the one that it balances fastest with: the pair of each, and how many there are. What finds no
    /// free partner joins a pair, which then has at most `largest` states.
    fn pairs(&self, largest: u32) -> (Vec<u32>, usize) {
        let n = self.x.len();
        let (outwards, to, at) = self.by_source();
        let mut parts = vec![NONE; n];
        let mut sizes: Vec<u32> = Vec::new();
        let mut strength = vec![0.0; n];
        let mut near: Vec<u32> = Vec::new();
        for i in 0..n {
            if parts[i] != NONE {
                continue;
            }
            // How fast the balance with each neighbour is reached: the rates in both directions.
            near.clear();
            let mut meet = |other: u32, exchanged: f64, near: &mut Vec<u32>| {
                if strength[other as usize] == 0.0 {
                    near.push(other);
                }
                strength[other as usize] += if exchanged > 0.0 { exchanged } else { f64::MIN_POSITIVE };
            };
            for k in self.flows_into(i) {
                let source = self.from[k];
                meet(source, self.flow[k] / self.mass[source as usize], &mut near);
            }
            for k in outwards[i] as usize..outwards[i + 1] as usize {
                meet(to[k], self.flow[at[k] as usize] / self.mass[i], &mut near);
            }
            let most = near.iter().map(|&other| strength[other as usize]).fold(0.0, f64::max);
            let strongest = |free: bool| {
                near.iter()
                    .copied()
                    .filter(|&other| {
                        let part = parts[other as usize];
                        if free { part == NONE } else { part != NONE && sizes[part as usize] < largest }
                    })
                    .filter(|&other| strength[other as usize] >= 0.25 * most)
                    .max_by(|a, b| strength[*a as usize].total_cmp(&strength[*b as usize]).then(b.cmp(a)))
            };
            if let Some(partner) = strongest(true) {
                parts[i] = sizes.len() as u32;
                parts[partner as usize] = sizes.len() as u32;
                sizes.push(2);
            } else if let Some(partner) = strongest(false) {
                parts[i] = parts[partner as usize];
                sizes[parts[i] as usize] += 1;
            } else {
                parts[i] = sizes.len() as u32;
                sizes.push(1);
            }
            for &other in &near {
                strength[other as usize] = 0.0;
            }
        }
        (parts, sizes.len())
    }

    /// For each state the flows out of it: where they begin, where they lead, and their place in `flow`.
    fn by_source(&self) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
        let n = self.x.len();
        let mut begins = vec![0_u32; n + 1];
        self.from.iter().for_each(|&i| begins[i as usize + 1] += 1);
        for i in 0..n {
            begins[i + 1] += begins[i];
        }
        let mut next = begins.clone();
        let (mut to, mut at) = (vec![0; self.from.len()], vec![0; self.from.len()]);
        for j in 0..n {
            for k in self.flows_into(j) {
                let place = &mut next[self.from[k] as usize];
                (to[*place as usize], at[*place as usize]) = (j as u32, k as u32);
                *place += 1;
            }
        }
        (begins, to, at)
    }

    /// The coarser picture of `count` states that `part` says, without its flows.
    fn coarser(&mut self, count: usize) -> Level {
        let n = self.x.len();
        let mut members = vec![0_u32; count + 1];
        self.part.iter().for_each(|&part| members[part as usize + 1] += 1);
        for part in 0..count {
            members[part + 1] += members[part];
        }
        let mut order = vec![0_u32; n];
        let mut next = members.clone();
        for j in 0..n {
            let place = &mut next[self.part[j] as usize];
            order[*place as usize] = j as u32;
            *place += 1;
        }
        let mut coarse = Level::new(vec![0], Vec::new(), Vec::new(), vec![0.0; count], vec![1.0; count]);
        self.part_of_flow = vec![NONE; self.flow.len()];
        let mut known = vec![NONE; count];
        for part in 0..count {
            let first = coarse.from.len();
            for &j in &order[members[part] as usize..members[part + 1] as usize] {
                for k in self.flows_into(j as usize) {
                    let source = self.part[self.from[k] as usize];
                    if source as usize == part {
                        continue;
                    }
                    let place = &mut known[source as usize];
                    if *place == NONE || (*place as usize) < first {
                        *place = coarse.from.len() as u32;
                        coarse.from.push(source);
                    }
                    self.part_of_flow[k] = *place;
                }
            }
            coarse.begins.push(coarse.from.len() as u32);
        }
        coarse.flow = vec![0.0; coarse.from.len()];
        coarse
    }

    /// Fills in the flows of the coarser picture, weighed by what is known so far.
    fn restrict(&self, coarse: &mut Level) {
        coarse.flow.fill(0.0);
        coarse.out.fill(0.0);
        coarse.x.fill(1.0);
        coarse.mass.fill(0.0);
        for (&part, (x, mass)) in self.part.iter().zip(self.x.iter().zip(&self.mass)) {
            coarse.mass[part as usize] += x * mass;
        }
        for (k, &part) in self.part_of_flow.iter().enumerate() {
            if part != NONE {
                coarse.flow[part as usize] += self.x[self.from[k] as usize] * self.flow[k];
            }
        }
        for (&source, &flow) in coarse.from.iter().zip(&coarse.flow) {
            coarse.out[source as usize] += flow;
        }
    }
}

/// Adds coarser and coarser pictures behind `levels[0]`, which stays.
pub fn coarsen(levels: &mut Vec<Level>) {
    levels.truncate(1);
    while let Some(last) = levels.last_mut()
        && last.x.len() > COARSEST
    {
        let coarse = last.lump();
        if coarse.x.len() * 20 > last.x.len() * 19 {
            // Nothing left to lump: what remains is balanced state by state.
            last.part.clear();
            break;
        }
        levels.push(coarse);
    }
}

/// One cycle: states are balanced one by one, then lumps of them against each other, then the states again.
pub fn cycle(levels: &mut [Level]) {
    let Some((fine, coarser)) = levels.split_first_mut() else { return };
    if fine.x.len() <= COARSEST {
        fine.eliminate();
        return;
    }
    fine.sweep_up();
    if let Some(coarse) = coarser.first_mut() {
        fine.restrict(coarse);
        let twice = coarse.x.len() > COARSEST;
        cycle(coarser);
        if twice {
            cycle(coarser);
        }
        let coarse = &coarser[0];
        for (x, &part) in fine.x.iter_mut().zip(&fine.part) {
            *x *= coarse.x[part as usize];
        }
    } else {
        (0..20).for_each(|_| fine.sweep_up());
    }
    fine.sweep_down();
    fine.sweep_up();
}
