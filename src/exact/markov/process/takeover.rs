//! Replicas that wait and take over. A service with a standby wants a number of its replicas active; a place is open while
//! fewer are. When an active replica goes and that is detected, the first that waits is called; a switch that does not work
//! leaves the place open until a replica comes back. One that comes back while a place is open fills it at once.

use super::course::{Step, Way, choose};
use super::parts::{ACTIVE, AWAY, Code, KNOWN, Kind, MOST_CLOCKS, Parts, TAKING_OVER, WAITING};

/// What a role says of the failure that is still to be detected: what [`Parts::name_of`] calls it.
pub fn waits_for(role: Code) -> Option<Code> {
    Some(role.checked_sub(AWAY)? / 2).filter(|undetected| *undetected != KNOWN)
}

impl Parts {
    /// How the role of a thing calls a failure: its own by their place among its clocks, the same for all that are alike.
    pub fn name_of(&self, slot: usize, thing: usize) -> Code {
        let own = &self.things[thing].clocks;
        (if own.contains(&slot) { slot - own.start + 1 } else { slot + 1 + MOST_CLOCKS }) as Code
    }

    fn role(&self, thing: usize, state: &[Code]) -> Option<Code> {
        self.things[thing].role.map(|role| state[role])
    }

    fn set_role(&self, thing: usize, code: Code, state: &mut [Code]) {
        if let Some(role) = self.things[thing].role {
            state[role] = code;
        }
    }

    fn count(&self, service: u32, way: &Way, picks: impl Fn(Code) -> bool) -> u32 {
        let replicas = &self.services[service as usize].replicas;
        replicas.iter().filter(|&&thing| self.role(thing, &way.state).is_some_and(&picks)).count() as u32
    }

    /// Places that nobody fills.
    pub fn open(&self, service: u32, way: &Way) -> u32 {
        self.services[service as usize].active.saturating_sub(self.count(service, way, |role| role == ACTIVE))
    }

    /// Replicas that are taking over.
    pub fn under_way(&self, service: u32, way: &Way) -> u32 {
        self.count(service, way, |role| (TAKING_OVER..AWAY).contains(&role))
    }

    /// Replicas whose absence is still to be detected.
    pub fn unknown(&self, service: u32, way: &Way) -> u32 {
        self.count(service, way, |role| waits_for(role).is_some())
    }

    /// The failure of a slot has begun on a thing: replicas with a role lose it.
    pub fn lost(&self, slot: usize, thing: usize, way: &mut Way) {
        match &self.things[thing].kind {
            Kind::Replica { .. } => {
                if self.down(thing, &way.state) == 1 && self.zone_is_up(thing, &way.state) {
                    self.goes(slot, thing, way);
                }
            }
            Kind::Zones(zones) => {
                for t in self.standing_in(zones) {
                    // Those that went with an earlier failure have gone.
                    if self.down(t, &way.state) == 0 && self.role(t, &way.state).is_some_and(|role| role < AWAY) {
                        self.goes(slot, t, way);
                    }
                }
            }
            Kind::Service(_) => {}
        }
    }

    /// A repair has ended on a thing: replicas that are up again get a role.
    pub fn back(&self, thing: usize, way: &mut Way) {
        match &self.things[thing].kind {
            Kind::Replica { service, .. } => {
                if self.things[thing].role.is_some() && self.down(thing, &way.state) == 0 && self.zone_is_up(thing, &way.state) {
                    self.comes_back(thing, way);
                    way.now.push(Step::CallAgain(*service));
                }
            }
            Kind::Zones(zones) => {
                let mut services = Vec::new();
                for t in self.standing_in(zones) {
                    let away = self.role(t, &way.state).is_some_and(|role| role >= AWAY);
                    if away && self.down(t, &way.state) == 0 && self.zone_is_up(t, &way.state) {
                        self.comes_back(t, way);
                        if let Kind::Replica { service, .. } = self.things[t].kind {
                            services.push(service);
                        }
                    }
                }
                services.dedup();
                way.now.extend(services.into_iter().rev().map(Step::CallAgain));
            }
            Kind::Service(_) => {}
        }
    }

    /// Replicas with a role in some zones.
    fn standing_in<'a>(&'a self, zones: &'a [u32]) -> impl Iterator<Item = usize> + 'a {
        let there =
            |t: &usize| self.things[*t].role.is_some() && self.things[*t].kind.zone().is_some_and(|zone| zones.contains(&zone));
        (0..self.things.len()).filter(there)
    }

    fn goes(&self, slot: usize, thing: usize, way: &mut Way) {
        let Some(role) = self.role(thing, &way.state) else { return };
        let was_active = Code::from(role == ACTIVE);
        let undetected = if role == WAITING { KNOWN } else { self.name_of(slot, thing) };
        self.set_role(thing, AWAY + 2 * undetected + was_active, &mut way.state);
    }

    fn comes_back(&self, thing: usize, way: &mut Way) {
        let Kind::Replica { service: s, .. } = self.things[thing].kind else { return };
        let service = &self.services[s as usize];
        let primary =
            |t: usize| service.replicas.iter().position(|&other| other == t).is_some_and(|i| i < service.active as usize);
        let failback = service.standby.as_ref().is_some_and(|standby| standby.failback);
        if self.open(s, way) > 0 {
            self.set_role(thing, ACTIVE, &mut way.state);
            if self.under_way(s, way) > self.open(s, way) {
                let last = self.last(s, way, |role| (TAKING_OVER..AWAY).contains(&role));
                if let Some(other) = last {
                    self.set_role(other, WAITING, &mut way.state);
                }
            }
            return;
        }
        let other = self.last(s, way, |role| role == ACTIVE).filter(|&other| failback && primary(thing) && !primary(other));
        if let Some(other) = other {
            self.set_role(thing, ACTIVE, &mut way.state);
            self.set_role(other, WAITING, &mut way.state);
        } else {
            self.set_role(thing, WAITING, &mut way.state);
        }
    }

    fn last(&self, service: u32, way: &Way, picks: impl Fn(Code) -> bool) -> Option<usize> {
        let replicas = &self.services[service as usize].replicas;
        replicas.iter().rev().copied().find(|&thing| self.role(thing, &way.state).is_some_and(&picks))
    }

    /// The absence of a replica becomes known: its place is filled, unless a switch to it is under way.
    pub fn missed(&self, thing: usize, way: &mut Way) {
        let Kind::Replica { service, .. } = self.things[thing].kind else { return };
        let Some(role) = self.role(thing, &way.state).filter(|role| *role >= AWAY) else { return };
        self.set_role(thing, AWAY + 2 * KNOWN + (role - AWAY) % 2, &mut way.state);
        if self.open(service, way) > self.under_way(service, way) {
            way.now.push(Step::Call(service));
        }
    }

    /// The first that waits is called, and comes if the switch works.
    pub fn call(&self, service: u32, way: &mut Way, ways: &mut Vec<Way>) {
        let Some(standby) = &self.services[service as usize].standby else { return };
        let replicas = &self.services[service as usize].replicas;
        let Some(first) = replicas.iter().copied().find(|&thing| self.role(thing, &way.state) == Some(WAITING)) else { return };
        choose(way, ways, &[(standby.works, 1), (1.0 - standby.works, 0)], |way, works| {
            if works == 1 {
                way.now.push(Step::Switches(first));
            }
        });
    }

    /// A replica begins to take over.
    pub fn switches(&self, thing: usize, way: &mut Way, ways: &mut Vec<Way>) {
        let Kind::Replica { service, .. } = self.things[thing].kind else { return };
        let Some(standby) = &self.services[service as usize].standby else { return };
        if standby.entry.is_empty() {
            return self.activate(thing, way);
        }
        choose(way, ways, &standby.entry, |way, stage| self.set_role(thing, TAKING_OVER + stage, &mut way.state));
    }

    /// A replica is active from now on.
    pub fn activate(&self, thing: usize, way: &mut Way) {
        self.set_role(thing, ACTIVE, &mut way.state);
    }
}
