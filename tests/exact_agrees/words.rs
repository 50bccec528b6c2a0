//! Random scenarios, word by word.

/// Numbers from a seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn is(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }

    /// Some names of those from `s0` on, at least one.
    fn names(&mut self, services: u64) -> String {
        let names: Vec<String> = (0..services).filter(|_| self.is(60)).map(|s| format!("s{s}")).collect();
        if names.is_empty() { "s0".to_owned() } else { names.join(", ") }
    }

    /// A time made of exponential stages, mostly of one, with a mean of so many minutes.
    fn time(&mut self, from: u64, to: u64) -> String {
        let minutes = from + self.below(to - from);
        match self.below(10) {
            0 => format!("{{erlang: {{k: {}, mean: {minutes}m}}}}", 2 + self.below(2)),
            1 => format!("{{hyperexponential: {{mean: {minutes}m, cv: {}}}}}", self.of(&["1.5", "2", "3"])),
            _ => format!("{{exponential: {{mean: {minutes}m}}}}"),
        }
    }
}

/// A scenario as lists of words, so that it can be made smaller.
#[derive(Clone)]
pub struct Words {
    /// `services`, `failures` and `teams`: by name.
    sections: [Vec<(String, Vec<String>)>; 3],
    horizon: u64,
}

impl Words {
    pub fn text(&self) -> String {
        let mut text =
            format!("\nname: random\nstart: 2026-01-01\nhorizon: {}h\nregions: {{eu: [a, b], us: [c]}}\n", self.horizon);
        for (name, entries) in ["services", "failures", "teams"].iter().zip(&self.sections) {
            text += &format!("{name}:{}\n", if entries.is_empty() { " {}" } else { "" });
            for (name, words) in entries {
                text += &format!("  {name}: {{{}}}\n", words.join(", "));
            }
        }
        text
    }

    /// The same with less: without an entry, without a word, over less time.
    pub fn smaller(&self) -> Vec<Self> {
        let mut found = Vec::new();
        for s in 0..3 {
            for entry in 0..self.sections[s].len() {
                let mut less = self.clone();
                less.sections[s].remove(entry);
                found.push(less);
                for word in 0..self.sections[s][entry].1.len() {
                    let mut less = self.clone();
                    less.sections[s][entry].1.remove(word);
                    found.push(less);
                }
            }
        }
        found
    }

    pub fn random(dice: &mut Dice) -> Self {
        let services = 1 + dice.below(4);
        let zones = dice.is(40);
        let sections = [
            (0..services).map(|s| (format!("s{s}"), service(dice, s, zones))).collect(),
            (0..=dice.below(3)).map(|f| (format!("f{f}"), failure(dice, services, zones))).collect(),
            (0..2).map(|t| (format!("t{t}"), team(dice))).collect(),
        ];
        Self { sections, horizon: 50 * (1 + dice.below(6)) }
    }
}

fn service(dice: &mut Dice, s: u64, zones: bool) -> Vec<String> {
    let mut words = Vec::new();
    if dice.is(8) {
        return vec![format!("external: {{availability: {}%, outage: {}h}}", 60 + dice.below(39), 1 + dice.below(9))];
    }
    let tree = s > 0 && dice.is(35);
    if !tree || dice.is(30) {
        let replicas = 1 + dice.below(4);
        let waiting = if dice.is(35) { dice.below(replicas) } else { 0 };
        words.push(format!("replicas: {replicas}"));
        words.push(format!("needs: {}", 1 + dice.below(replicas - waiting)));
        if waiting > 0 {
            let mut standby = vec![match dice.below(3) {
                0 => format!("hot: {waiting}"),
                1 => format!("cold: {waiting}"),
                _ => format!("warm: {{count: {waiting}, rate: 30%}}"),
            }];
            let mut switch = Vec::new();
            if dice.is(50) {
                switch.push(format!("time: {}", dice.time(30, 330)));
            }
            if dice.is(50) {
                switch.push(format!("works: {}%", 40 + dice.below(60)));
            }
            if !switch.is_empty() {
                standby.push(format!("switch: {{{}}}", switch.join(", ")));
            }
            if dice.is(50) {
                standby.push("failback: true".to_owned());
            }
            words.push(format!("standby: {{{}}}", standby.join(", ")));
        }
        if zones && dice.is(70) {
            words.push(format!("spread: {}", dice.of(&["zones", "zones", "[a, b]", "[a]", "[eu]"])));
        }
    }
    if tree {
        words.push(format!("up_when: {}", up_when(dice, s, 2)));
    }
    for callee in 0..s {
        if dice.is(15) {
            words.push(format!(
                "calls: [{{to: s{callee}{}}}]",
                dice.of(&["", ", per_request: 3", ", per_request: 0.5", ", needed: false"])
            ));
            break;
        }
    }
    words
}

fn up_when(dice: &mut Dice, services: u64, depth: u64) -> String {
    match if depth == 0 { dice.below(2) } else { dice.below(5) } {
        0 => format!("s{}", dice.below(services)),
        1 | 2 => format!("{{at_least: {}, of: [{}]}}", 1 + dice.below(4), dice.names(services)),
        kind => {
            let parts: Vec<String> = (0..=dice.below(2)).map(|_| up_when(dice, services, depth - 1)).collect();
            format!("{{{}: [{}]}}", if kind == 3 { "any" } else { "all" }, parts.join(", "))
        }
    }
}

fn failure(dice: &mut Dice, services: u64, zones: bool) -> Vec<String> {
    let hits = match dice.below(10) {
        0 => "service",
        1 | 2 if zones => "zone",
        3 if zones => "region",
        _ => "replica",
    };
    let mut words = vec![format!("hits: {hits}")];
    if matches!(hits, "service" | "replica") && dice.is(70) {
        words.push(format!("of: [{}]", dice.names(services)));
    }
    let simple = dice.is(75);
    let life = if simple {
        format!("mttf: {}m", 300 + dice.below(5_000))
    } else {
        format!("time_to_failure: {}", dice.time(300, 5_300))
    };
    words.push(life);
    let replica = hits == "replica";
    let never = dice.is(6);
    if never {
        words.push("repair: never".to_owned());
    } else {
        words.push(format!("repair: {}", dice.time(30, 1030)));
    }
    if dice.is(35) {
        words.push(format!("detection: {}", dice.time(20, 320)));
    }
    if !never && dice.is(50) {
        words.push(format!("team: t{}", dice.below(2)));
        if dice.is(50) {
            words.push(format!("priority: {}", 1 + dice.below(3)));
        }
    }
    if !never && dice.is(15) {
        let stock = dice.below(3);
        let reorder = if stock > 0 { format!("reorder_at: {}, ", dice.below(stock)) } else { String::new() };
        words.push(format!("spares: {{stock: {stock}, {reorder}lead_time: {}}}", dice.time(200, 2200)));
    }
    if replica && dice.is(20) {
        words.push(format!("common_cause: {}%", 10 + dice.below(80)));
    }
    if replica && dice.is(20) {
        words.push(format!("load: {}", dice.of(&["1", "2", "0.5"])));
    }
    if dice.is(15) {
        let up = format!("ages_while: {{service_up: s{}}}", dice.below(services));
        words.push(if dice.is(50) { "ages_while: always".to_owned() } else { up });
    }
    if dice.is(10) {
        words.push("effect: {capacity: 50%}".to_owned());
    }
    if simple && dice.is(15) {
        words.push(format!("after_repair: {}", dice.of(&["old", "{younger: 40%}"])));
    }
    if simple && dice.is(10) {
        words.push(format!("age: {}", dice.of(&["{exponential: {mean: 30h}}", "steady", "20h"])));
    }
    words
}

fn team(dice: &mut Dice) -> Vec<String> {
    let mut words = vec![format!("people: {}", 1 + dice.below(2) * dice.below(2))];
    if dice.is(40) {
        words.push(format!("acknowledge: {}", dice.time(20, 220)));
    }
    match dice.below(6) {
        0 => words.push("selection: fifo".to_owned()),
        1 => words.push("selection: random".to_owned()),
        2 => words.push(format!("selection: {{race: {}m}}", 10 + dice.below(200))),
        3 | 4 => words.push("preempt: true".to_owned()),
        _ => {}
    }
    words
}
