//! The exact chain and the simulator are two readings of the same language: they must agree, whatever words a scenario uses.

#![expect(clippy::print_stdout, reason = "a test prints what it measured")]

mod common;

use common::{compiled, simulate_model};
use ninefold::exact::markov::measures;
use ninefold::run::Options;

/// Simulates a scenario and compares what is measured over the horizon of each of its services with the exact values.
fn agree(name: &str, text: &str) {
    let model = compiled(text, None);
    let run = simulate_model(&model, &Options { replications: 20_000, threads: Some(2), ..Default::default() });
    for (service, exact) in model.services.iter().zip(measures(&model, 100_000)) {
        let exact = exact.unwrap_or_else(|reasons| panic!("{name}: {}: {reasons:?}", service.name));
        let horizon = exact.horizon;
        let close = |measure: &str, exact: f64| {
            let found = run.service(&service.name, measure);
            let error = found.standard_error();
            let off = (found.value - exact).abs();
            println!("{name}: {} {measure}: {} ± {error:.2e}, exact {exact}", service.name, found.value);
            assert!(
                off <= 3.9 * error.max(1e-12),
                "{name}: {} {measure}: {} ± {error}, exact {exact}",
                service.name,
                found.value
            );
        };
        close("time_availability", horizon.uptime / horizon.length);
        close("interval_reliability", 1.0 - horizon.outage_probability);
        close("point_availability", 1.0 - horizon.unavailability_at_end);
        close("outages_per_year", horizon.outages / horizon.length * common::YEAR);
    }
}

fn scenario(services: &str, failures: &str, rest: &str) -> String {
    format!("name: check\nstart: 2026-01-01\nhorizon: 40h\nservices:\n{services}\nfailures:\n{failures}\n{rest}\n")
}

#[test]
fn modes_that_stop_each_other_and_stages() {
    agree(
        "stages",
        &scenario(
            "  a: {replicas: 2, needs: 2}",
            "  slow: {hits: replica, time_to_failure: {erlang: {k: 3, mean: 20h}}, repair: {hyperexponential: {mean: 2h, cv: 2}}}
  quick: {hits: replica, mttf: 10h, repair: {erlang: {k: 2, mean: 1h}}, detection: {exponential: {mean: 20m}}}",
            "",
        ),
    );
}

#[test]
fn common_causes_and_a_team() {
    agree(
        "common cause",
        &scenario(
            "  a: {replicas: 3, needs: 2}\n  b: {replicas: 2, needs: 1, calls: [{to: a}]}",
            "  crash: {hits: replica, mttf: 15h, common_cause: 30%, repair: {exponential: {mean: 2h}}, team: crew}
  fire: {hits: service, of: [b], mttf: 100h, repair: {exponential: {mean: 5h}}, team: crew}",
            "teams: {crew: {people: 1, acknowledge: {exponential: {mean: 10m}}}}",
        ),
    );
}

#[test]
fn zones_and_regions() {
    agree(
        "zones",
        &scenario(
            "  a: {replicas: 4, needs: 2, spread: zones}\n  b: {replicas: 1, spread: [y]}
  any: {up_when: {any: [b, {at_least: 3, of: [a]}]}}",
            "  crash: {hits: replica, mttf: 20h, common_cause: 20%, repair: {exponential: {mean: 2h}}}
  outage: {hits: zone, mttf: 60h, repair: {exponential: {mean: 4h}}, detection: {exponential: {mean: 1h}}}
  flood: {hits: region, mttf: 300h, repair: {exponential: {mean: 10h}}}
  bug: {hits: service, of: [b], mttf: 30h, ages_while: {service_up: a}, repair: {exponential: {mean: 1h}}}",
            "regions: {east: [x], west: [y, z]}",
        ),
    );
}

#[test]
fn externals_that_start_as_they_go_on() {
    agree(
        "external",
        &scenario(
            "  dns: {external: {availability: 90%, outage: 2h}}\n  mail: {external: {availability: 80%, outage: 1h}}
  a: {calls: [{to: dns}, {to: mail, needed: false}]}",
            "  crash: {hits: replica, mttf: 50h, repair: {exponential: {mean: 1h}}, ages_while: {service_up: dns}}",
            "",
        ),
    );
}

#[test]
fn selections() {
    for selection in ["priority", "fifo", "random", "{race: 30m}"] {
        agree(
            selection,
            &scenario(
                "  a: {replicas: 2, needs: 2}\n  b: {replicas: 2, needs: 1}",
                "  big: {hits: replica, of: [a], mttf: 10h, repair: {exponential: {mean: 3h}}, team: crew, priority: 1}
  small: {hits: replica, of: [a, b], mttf: 6h, repair: {exponential: {mean: 1h}}, team: crew}",
                &format!("teams: {{crew: {{people: 2, selection: {selection}}}}}"),
            ),
        );
    }
}

#[test]
fn one_who_is_called_away() {
    agree(
        "preempt",
        &scenario(
            "  a: {replicas: 1}\n  b: {replicas: 2, needs: 1}",
            "  big: {hits: replica, of: [a], mttf: 10h, repair: {exponential: {mean: 1h}}, team: crew, priority: 1}
  small: {hits: replica, of: [b], mttf: 6h, repair: {erlang: {k: 3, mean: 2h}}, team: crew, priority: 3}",
            "teams: {crew: {people: 1, preempt: true, acknowledge: {exponential: {mean: 20m}}}}",
        ),
    );
}

#[test]
fn standbys() {
    for standby in [
        "cold: 1, switch: {time: {exponential: {mean: 30m}}, works: 80%}",
        "warm: {count: 2, rate: 40%}, switch: {works: 70%}",
        "hot: 1, switch: {time: {erlang: {k: 2, mean: 1h}}}, failback: true",
        "warm: {count: 1, rate: 20%}, switch: {time: {exponential: {mean: 30m}}, works: 60%}, failback: true",
    ] {
        agree(
            standby,
            &scenario(
                &format!("  a: {{replicas: 4, needs: 2, spread: zones, standby: {{{standby}}}}}"),
                "  crash: {hits: replica, mttf: 12h, repair: {exponential: {mean: 4h}}, detection: {exponential: {mean: 30m}},
     common_cause: 10%, team: crew}
  outage: {hits: zone, mttf: 60h, repair: {exponential: {mean: 4h}}, detection: {exponential: {mean: 1h}}}",
                "zones: [x, y]\nteams: {crew: {people: 2}}",
            ),
        );
        agree(
            standby,
            &scenario(
                &format!("  a: {{replicas: 3, needs: 1, standby: {{{standby}}}}}"),
                "  crash: {hits: replica, mttf: 12h, repair: {exponential: {mean: 4h}}, detection: {exponential: {mean: 30m}}}",
                "",
            ),
        );
    }
}

#[test]
fn shared_loads() {
    agree(
        "load",
        &scenario(
            "  a: {replicas: 3, needs: 1, spread: zones}",
            "  wear: {hits: replica, time_to_failure: {erlang: {k: 2, mean: 20h}}, load: 1.5, repair: {exponential: {mean: 6h}}}
  crash: {hits: replica, mttf: 30h, load: 1, common_cause: 20%, repair: {exponential: {mean: 6h}}}
  outage: {hits: zone, mttf: 60h, repair: {exponential: {mean: 4h}}}",
            "zones: [x, y]",
        ),
    );
}

#[test]
fn spare_parts() {
    for spares in
        ["stock: 1, lead_time: {exponential: {mean: 10h}}", "stock: 3, reorder_at: 1, lead_time: {erlang: {k: 2, mean: 15h}}"]
    {
        for team in ["", ", team: crew"] {
            agree(
                spares,
                &scenario(
                    "  a: {replicas: 4, needs: 3}",
                    &format!(
                        "  disk: {{hits: replica, mttf: 20h, repair: {{exponential: {{mean: 1h}}}}, spares: {{{spares}}}{team}}}
  fan: {{hits: replica, mttf: 30h, repair: {{exponential: {{mean: 1h}}}}{team}}}"
                    ),
                    "teams: {crew: {people: 1}}",
                ),
            );
        }
    }
}

#[test]
fn what_is_no_markov_process_is_refused_by_name() {
    let refused = |failure: &str, rest: &str, reason: &str| {
        let text = scenario("  a: {replicas: 2}", &format!("  crash: {{hits: replica, {failure}}}"), rest);
        let reasons = measures(&compiled(&text, None), 1_000).swap_remove(0).unwrap_err();
        assert_eq!(reasons, [reason]);
    };
    let repair = "repair: {exponential: {mean: 1h}}";
    refused(
        &format!("time_to_failure: {{weibull: {{shape: 2, mean: 1d}}}}, {repair}"),
        "",
        "the time to failure of `crash` is not exponential, Erlang or hyperexponential",
    );
    refused("mttf: 1d, repair: 1h", "", "the repair of `crash` is not exponential, Erlang or hyperexponential");
    refused(
        &format!("mttf: {{low: 1d, high: 2d}}, {repair}"),
        "",
        "the time to failure of `crash` holds a number that nobody knows exactly",
    );
    refused(&format!("schedule: {{first: 2026-01-01T03:00, every: 1d}}, {repair}"), "", "`crash` comes by a schedule");
    refused(
        &format!("time_to_failure: {{erlang: {{k: 2, mean: 1d}}}}, common_cause: 10%, {repair}"),
        "",
        "`crash` has a common cause, and its time to failure is not exponential",
    );
    refused(
        &format!("mttf: 1d, {repair}, team: crew"),
        "teams: {crew: {people: 1, hours: mon-fri 09:00-18:00}}",
        "the team `crew` has hours",
    );
    refused(
        &format!("mttf: 1d, {repair}, team: crew"),
        "teams: {crew: {people: 1, escalate: {after: 15m, to: others}}, others: {people: 1}}",
        "the team `crew` escalates",
    );
    // Whose incidents come there, no failure of these replicas tells.
    refused(
        &format!("mttf: 1d, {repair}, team: crew"),
        "teams: {crew: {people: 1}, others: {people: 1, escalate: {after: 15m, to: crew}}}",
        "the team `others` escalates to `crew`",
    );
    refused(
        &format!("mttf: 1d, {repair}, team: crew"),
        "teams: {crew: {people: 2, parallel: 1}}",
        "the team `crew` has a limit to incidents",
    );
    let text = scenario("  a: {replicas: 900}", &format!("  crash: {{hits: replica, mttf: 1d, {repair}}}"), "");
    let reasons = measures(&compiled(&text, None), 500).swap_remove(0).unwrap_err();
    assert_eq!(reasons, ["the Markov chain has more than 500 states"]);
}
