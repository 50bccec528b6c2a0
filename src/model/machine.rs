//! What a replica runs on: how fast it works, and what is paid for it.

use std::collections::HashMap;

use super::compile::Compiler;
use super::uncertain::Spread;
use super::{Value, Work};
use crate::scenario::{self, Instance};

/// What is paid for the replicas of a service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Money per second for one replica while it is there.
    pub on_demand: Value,
    /// Replicas that are paid all the time, whether there are so many or not.
    pub reserved: u32,
    /// Money per second for one of these.
    pub when_reserved: Value,
}

impl Price {
    /// Money per second for what is reserved, whatever there is.
    #[must_use]
    pub fn fixed(&self, draws: &[f64]) -> f64 {
        f64::from(self.reserved) * self.when_reserved.get(draws)
    }

    /// Of so many replicas those that are paid while they are there.
    #[must_use]
    pub fn beyond(&self, replicas: u32) -> f64 {
        f64::from(replicas.saturating_sub(self.reserved))
    }
}

/// Prices of the kinds of machines that services run on: on demand and reserved. The same number for all services of a kind, so an
/// uncertain one is drawn once for them.
pub(super) type Prices<'s> = HashMap<&'s str, (Value, Value)>;

/// The prices of all kinds that are in use.
pub(super) fn prices<'s>(compiler: &mut Compiler<'s>) -> Prices<'s> {
    let scenario = compiler.scenario;
    let used = |name: &str| scenario.services.values().any(|service| service.instance.as_deref() == Some(name));
    let mut prices = Prices::new();
    for (name, instance) in scenario.instances.iter().filter(|(name, _)| used(name)) {
        let path = format!("instances.{name}");
        let on_demand = instance.price.as_ref().map(|price| (format!("{path}.price"), price));
        let reserved = instance.reserved.as_ref().map(|reserved| (format!("{path}.reserved.price"), &reserved.price));
        let mut value = |written: Option<(String, &scenario::Uncertain<crate::units::MoneyPerTime>)>| {
            written.map_or(Value::Known(0.0), |(path, price)| {
                compiler.parameters.value(&path, Spread::Lognormal, price, |money| money.0)
            })
        };
        let both = (value(on_demand), value(reserved));
        prices.insert(name.as_str(), both);
    }
    prices
}

/// What a service pays: its own `cost` for one on demand, or the price of its kind.
pub(super) fn price(compiler: &mut Compiler, prices: &Prices, path: &str, written: &scenario::Service) -> Price {
    let of_kind = written.instance.as_deref().and_then(|name| prices.get(name)).copied();
    let (on_demand, when_reserved) = of_kind.unwrap_or((Value::Known(0.0), Value::Known(0.0)));
    let own = written.cost.as_ref();
    let own = own.map(|cost| compiler.parameters.value(&format!("{path}.cost"), Spread::Lognormal, cost, |money| money.0));
    Price { on_demand: own.unwrap_or(on_demand), reserved: written.reserved.unwrap_or(0), when_reserved }
}

/// What one request costs a replica of a service, on the kind of machine that it runs on.
pub(super) fn work(compiler: &mut Compiler, path: &str, written: &scenario::Service) -> Work {
    let kind: Option<&Instance> = written.instance.as_deref().and_then(|name| compiler.scenario.instances.get(name));
    let speed = kind.and_then(|kind| kind.speed).unwrap_or(1.0);
    if let Some(rate) = &written.capacity {
        let rate = compiler.parameters.value(&format!("{path}.capacity"), Spread::Lognormal, rate, |rate| rate.0 * speed);
        return Work::Rate(rate);
    }
    let Some(time) = &written.service_time else { return Work::Unlimited };
    let concurrency = f64::from(written.concurrency.or_else(|| kind?.concurrency).unwrap_or(1));
    let timing = compiler.timing(&format!("{path}.service_time"), &time.faster(speed));
    timing.map_or(Work::Unlimited, |time| Work::Servers { time, concurrency })
}
