//! Services: which words go together, and which numbers.

use super::{Context, Finding};
use crate::scenario::path::KeyPath;
use crate::scenario::service::{Balance, Service, StandbyMode};

fn replicas(service: &Service) -> u32 {
    let default = u32::from(service.up_when.is_none() && service.external.is_none());
    service.replicas.unwrap_or(default)
}

fn waiting(service: &Service) -> u32 {
    match service.standby.as_ref().map(|standby| standby.mode) {
        Some(StandbyMode::Hot(count) | StandbyMode::Cold(count) | StandbyMode::Warm { count, .. }) => count,
        None => 0,
    }
}

fn each(context: &Context<'_>, fault: impl Fn(&Service) -> Option<(&'static str, String)>) -> Vec<Finding> {
    let faults = context.scenario.services.iter().filter_map(|(name, service)| {
        let (word, message) = fault(service)?;
        let finding = Finding::new(&["services", name, word], message);
        Some(finding)
    });
    faults.collect()
}

/// A service has either a service time or a capacity.
pub fn capacity(context: &Context<'_>) -> Vec<Finding> {
    each(context, |service| {
        service.capacity?;
        let word = if service.service_time.is_some() {
            "service_time"
        } else if service.concurrency.is_some() {
            "concurrency"
        } else {
            return None;
        };
        Some((word, format!("`{word}` and `capacity` stand together: `capacity` already says what one replica can carry")))
    })
}

/// A service needs no more replicas than it has.
pub fn needs(context: &Context<'_>) -> Vec<Finding> {
    each(context, |service| {
        let needs = service.needs?;
        let active = replicas(service).saturating_sub(waiting(service));
        if needs == 0 && service.up_when.is_none() && service.external.is_none() {
            return Some(("needs", "a service that needs no replica is never down: expected at least 1".into()));
        }
        // Of replicas that follow the load the rule for their scaler tells.
        (needs > active && service.autoscale.is_none())
            .then(|| ("needs", format!("it needs {needs} replicas, and only {active} can be active: it would never be up")))
    })
}

/// Some replicas are active beside those that wait.
pub fn standby(context: &Context<'_>) -> Vec<Finding> {
    each(context, |service| {
        service.standby.as_ref()?;
        let (all, waiting) = (replicas(service), waiting(service));
        if waiting == 0 {
            return Some(("standby", "no replica waits: leave `standby` out".into()));
        }
        (waiting >= all)
            .then(|| ("standby", format!("{waiting} of {all} replicas wait, so that none is active: `replicas` counts both")))
    })
}

/// Plain numbers of services are in their range.
pub fn numbers(context: &Context<'_>) -> Vec<Finding> {
    let mut found = each(context, |service| match service.balance {
        Balance::PowerOf(count) if !(1..=1000).contains(&count) => {
            Some(("balance", format!("the best of {count}: expected 1 to 1000")))
        }
        _ => None,
    });
    found.extend(each(context, |service| {
        let capacity = service.capacity?;
        (capacity.low() <= 0.0).then(|| ("capacity", "a replica that carries nothing serves nothing".into()))
    }));
    found.extend(each(context, |service| {
        let external = service.external.as_ref()?;
        if external.availability.low() <= 0.0 || external.outage.low() <= 0.0 {
            return Some(("external", "an external dependency is up some of the time, and its outages last some time".into()));
        }
        service
            .replicas
            .is_some_and(|replicas| replicas > 0)
            .then(|| ("external", "an external dependency has no replicas of ours".into()))
    }));
    found.extend(resources(context));
    found
}

fn resources(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, service) in &context.scenario.services {
        for (resource, amount) in &service.resources {
            let numbers = [("size", Some(amount.size)), ("used", Some(amount.used)), ("per_request", amount.per_request)];
            for (word, number) in numbers.into_iter().filter_map(|(word, number)| Some((word, number?))) {
                let least = if word == "size" { f64::MIN_POSITIVE } else { 0.0 };
                if !number.is_finite() || number < least {
                    let path = KeyPath::of(&["services", name, "resources", resource, word]);
                    found.push(Finding::at(path, format!("`{number}` is no amount: expected a number above 0")));
                }
            }
        }
    }
    found
}

/// Speeds of machines outside of this range are slips of the pen, and would leave no time that can be told from none.
const SPEEDS: std::ops::RangeInclusive<f64> = 1e-3..=1e3;

/// Kinds of machines work at some speed.
pub fn instances(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, instance) in &context.scenario.instances {
        if let Some(speed) = instance.speed.filter(|speed| !SPEEDS.contains(speed)) {
            let message = format!("`{speed}` is no speed: expected a number from 0.001 to 1000, 1 as fast as what was measured");
            found.push(Finding::new(&["instances", name, "speed"], message));
        }
        if instance.concurrency == Some(0) {
            let message = "a machine that serves nothing at the same time serves nothing: at least 1";
            found.push(Finding::new(&["instances", name, "concurrency"], message));
        }
    }
    found
}

/// What is reserved has a price, and there is something to reserve.
pub fn reserved(context: &Context<'_>) -> Vec<Finding> {
    each(context, |service| {
        service.reserved.filter(|count| *count > 0)?;
        let Some(kind) = &service.instance else {
            return Some((
                "reserved",
                "only an `instance` can be reserved: name one here, and its `reserved` price there".into(),
            ));
        };
        let instance = context.scenario.instances.get(kind)?;
        instance.reserved.is_none().then(|| {
            ("reserved", format!("`instances.{kind}` has no price when reserved: write `reserved: {{price: 0.06/h}}` there"))
        })
    })
}

/// What is reserved is cheaper than what is not.
pub fn dear_reserve(context: &Context<'_>) -> Vec<Finding> {
    let dear = context.scenario.instances.iter().filter_map(|(name, instance)| {
        let (price, reserved) = (instance.price?, instance.reserved.as_ref()?.price);
        (reserved.low() >= price.high()).then(|| {
            let message = "reserved it costs no less than on demand: nobody would reserve it";
            Finding::new(&["instances", name, "reserved"], message).on_key()
        })
    });
    dear.collect()
}
