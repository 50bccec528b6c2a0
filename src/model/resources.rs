//! What a replica has so much of beside its servers: disk, connections, in any unit.
//!
//! Plans of capacity read it. The simulation does not: nothing becomes slower or fails where a resource is full, and the forecast
//! says when that would be.

use super::compile::Compiler;
use super::{Growth, Profile, traffic};
use crate::scenario;

/// A resource of each replica of a service.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its name in the scenario.
    pub name: String,
    /// How much a replica has, in a unit of the author's.
    pub size: f64,
    /// How much of it is used at the start, whatever is served.
    pub used: f64,
    /// How that grows.
    pub growth: Profile,
    /// How much a request takes while it is served; 0 where it takes none.
    pub per_request: f64,
}

impl Resource {
    /// How what is used apart from requests grows, for one draw of the uncertain numbers.
    #[must_use]
    pub fn growth(&self, draws: &[f64]) -> Growth {
        self.growth.growth(draws)
    }

    /// What is used apart from requests, `t` seconds after the start.
    #[must_use]
    pub fn used(&self, draws: &[f64], t: f64) -> f64 {
        self.used * self.growth(draws).factor(t)
    }

    /// Requests that a replica has room for at the same time, `t` seconds after the start; infinite where they take none and
    /// there is room left, 0 where there is none.
    #[must_use]
    pub fn room(&self, draws: &[f64], t: f64) -> f64 {
        let left = self.size - self.used(draws, t);
        match (left > 0.0, self.per_request > 0.0) {
            (false, _) => 0.0,
            (true, true) => (left / self.per_request * (1.0 + 1e-12)).floor(),
            (true, false) => f64::INFINITY,
        }
    }

    /// From when on a replica has room for fewer than `requests` at the same time, seconds after the start; 0 where it never
    /// had it, infinite where it always has.
    #[must_use]
    pub fn full(&self, draws: &[f64], requests: f64) -> f64 {
        // So much may be used: all of it where requests take none.
        let limit = self.size - self.per_request * requests;
        if self.used > 0.0 {
            self.growth(draws).reaches(limit / self.used)
        } else if limit < 0.0 {
            0.0
        } else {
            f64::INFINITY
        }
    }
}

/// The resources of a service, in the order of the scenario.
pub(super) fn compile(compiler: &mut Compiler, path: &str, written: &scenario::Service) -> Vec<Resource> {
    let one = |(name, resource): (&String, &scenario::Resource)| Resource {
        name: name.clone(),
        size: resource.size,
        used: resource.used,
        growth: traffic::growth(compiler, &format!("{path}.resources.{name}"), compound(resource).as_ref()),
        per_request: resource.per_request.unwrap_or(0.0),
    };
    written.resources.iter().map(one).collect()
}

/// The growth of a resource is always compound.
fn compound(resource: &scenario::Resource) -> Option<scenario::Growth> {
    resource.growth.map(scenario::Growth::Compound)
}

#[cfg(test)]
mod tests {
    use super::super::Value;
    use super::*;

    fn disk(used: f64, per_request: f64) -> Resource {
        let growth = Profile::Compound { fraction: Value::Known(0.04), per: 2_628_000.0 };
        Resource { name: "disk".into(), size: 2_000.0, used, growth, per_request }
    }

    #[test]
    fn a_disk_is_full_when_the_logarithm_says() {
        let full = disk(600.0, 0.0).full(&[], 1.0);
        assert!((full / 2_628_000.0 - (2_000.0_f64 / 600.0).ln() / 1.04_f64.ln()).abs() < 1e-9, "{full}");
        assert_eq!(disk(0.0, 0.0).full(&[], 1e9), f64::INFINITY);
        assert_eq!(disk(2_500.0, 0.0).full(&[], 1.0), 0.0);
    }

    #[test]
    fn requests_find_room_in_what_is_left() {
        let connections = disk(0.0, 4.0);
        assert_eq!((connections.room(&[], 1e9), connections.full(&[], 500.0)), (500.0, f64::INFINITY));
        assert_eq!(connections.full(&[], 501.0), 0.0);
        // 600 grows to 1,600 where 100 requests take the other 400.
        let both = disk(600.0, 4.0);
        assert!((both.used(&[], both.full(&[], 100.0)) - 1_600.0).abs() < 1e-6);
        assert_eq!(both.room(&[], both.full(&[], 100.0) + 1.0), 99.0);
    }
}
