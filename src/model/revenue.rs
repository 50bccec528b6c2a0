//! What requests are worth.

use super::Value;
use super::compile::Compiler;
use super::uncertain::Spread;

/// What each request of a source is worth. Where it says so, all requests to its service are of that source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Revenue {
    /// Index of the service that is asked.
    pub service: u32,
    /// Money for a request that succeeds.
    pub each: Value,
}

/// The sources that say what a request is worth.
pub(super) fn compile(compiler: &mut Compiler) -> Vec<Revenue> {
    let scenario = compiler.scenario;
    let mut all = Vec::new();
    for (name, written) in &scenario.traffic {
        let Some(value) = &written.value else { continue };
        let path = format!("traffic.{name}");
        let others = scenario.traffic.values().filter(|other| other.to == written.to).count() > 1;
        let called = scenario.services.values().flat_map(|service| &service.calls).any(|call| call.to == written.to);
        if others || called {
            compiler.wrong(
                format!("{path}.value"),
                format!(
                    "`{}` is asked by others too, and which of its requests failed is not known by source: send this traffic to a \
                     service of its own that calls `{0}`",
                    written.to
                ),
            );
        }
        let Some(service) = compiler.service(&format!("{path}.to"), &written.to) else { continue };
        let each = compiler.parameters.value(&format!("{path}.value"), Spread::Lognormal, value, |money| money.0);
        all.push(Revenue { service, each });
    }
    all
}
