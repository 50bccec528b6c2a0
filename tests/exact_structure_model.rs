//! From a scenario to its structure: published cases, a list of all states, simulation, and what is refused.

#![allow(clippy::expect_used, reason = "a test says by a panic what it expected")]

mod common;

use common::{HOUR, compiled, run_after};
use ninefold::exact::structure::{Mission, Obstacle, Steady, Structure};
use ninefold::model::{
    AgesWhile, Escalation, Inspection, Limits, Model, NONE, Scaling, Selection, Standby, Thing, Timing, UpWhen, Value, Waiting,
};

fn service(model: &Model, name: &str) -> u32 {
    model.services.iter().position(|service| service.name == name).expect("a service") as u32
}

fn structure(model: &Model, name: &str) -> Structure {
    Structure::of(model, service(model, name)).unwrap_or_else(|obstacles| panic!("{obstacles:?}"))
}

fn solve(model: &Model, name: &str) -> Steady {
    let structure = structure(model, name);
    structure.diagram().and_then(|diagram| diagram.steady(&structure.components)).expect("a small structure")
}

fn close(what: &str, value: f64, exact: f64, relative: f64) {
    assert!((value - exact).abs() <= relative * exact.abs(), "{what}: {value}, not {exact}");
}

fn holds(tree: &UpWhen, up: &dyn Fn(u32) -> bool, count: &dyn Fn(u32) -> usize) -> bool {
    match tree {
        UpWhen::Service(s) => up(*s),
        UpWhen::AtLeast(least, of) => of.iter().map(|&s| count(s)).sum::<usize>() >= *least as usize,
        UpWhen::Any(parts) => parts.iter().any(|part| holds(part, up, count)),
        UpWhen::All(parts) => parts.iter().all(|part| holds(part, up, count)),
    }
}

/// Whether a service is up where the clocks marked are in force, straight from the words of the language.
fn is_up(model: &Model, s: u32, in_force: &[bool]) -> bool {
    let hit = |wanted: &dyn Fn(&Thing) -> bool| model.clocks.iter().zip(in_force).any(|(clock, on)| *on && wanted(&clock.thing));
    let replicas_up = |s: u32| {
        let replicas = model.services[s as usize].replicas.clone();
        replicas
            .filter(|&r| {
                let zone = model.replicas[r as usize].zone;
                let dark = |thing: &Thing| matches!(thing, Thing::Zones(zones) if zone != NONE && zones.contains(&zone));
                !hit(&|thing| *thing == Thing::Replica(r)) && !hit(&dark)
            })
            .count()
    };
    let service = &model.services[s as usize];
    !hit(&|thing| *thing == Thing::Service(s))
        && replicas_up(s) >= service.needs as usize
        && service.up_when.as_ref().is_none_or(|tree| holds(tree, &|u| is_up(model, u, in_force), &replicas_up))
        && service.depends_on.iter().all(|&u| is_up(model, u, in_force))
}

/// A service's unavailability and frequency of failure from a list of the states of all components of its structure. A
/// component with several clocks is down with the first of them: which one it is makes no difference.
fn by_states(model: &Model, name: &str) -> (f64, f64) {
    let (s, structure) = (service(model, name), structure(model, name));
    let count = structure.components.len();
    assert!(count <= 16, "{count} components");
    let up_in = |state: usize| {
        let mut in_force = vec![false; model.clocks.len()];
        structure.clocks.iter().enumerate().for_each(|(i, clocks)| in_force[clocks[0] as usize] = state >> i & 1 == 1);
        is_up(model, s, &in_force)
    };
    let (mut down, mut frequency) = (0.0, 0.0);
    for state in 0..1_usize << count {
        let chance = |i: usize| {
            let component = &structure.components[i];
            if state >> i & 1 == 1 { component.unavailability } else { component.availability }
        };
        let probability: f64 = (0..count).map(chance).product();
        if !up_in(state) {
            down += probability;
            continue;
        }
        for (i, component) in structure.components.iter().enumerate() {
            if state >> i & 1 == 0 && !up_in(state | 1 << i) {
                frequency += probability / component.availability * component.frequency;
            }
        }
    }
    (down, frequency)
}

/// AvailSim4's BM11 (2.2.1, `availsim4core/test/E2E/input/benchmark/BM11_system.xlsx`), by its closed form: seven components
/// of mean life 100 h and fixed repair of 1 h in series and parallel.
#[test]
fn seven_components() {
    let text = "
name: seven components
start: 2026-01-01
horizon: 1000h
services:
  B: {replicas: 2}
  B3: {replicas: 2}
  A: {replicas: 2, needs: 2}
  C3: {}
  system: {up_when: {all: [B, {any: [B3, A]}, C3]}}
failures:
  failure: {hits: replica, mttf: 100h, repair: 1h}
";
    let model = compiled(text, None);
    let system = solve(&model, "system");
    close("availability", system.availability, 0.9900000386276415, 1e-12);
    let q: f64 = 1.0 / 101.0;
    let p = 1.0 - q;
    close("unavailability", system.unavailability, 1.0 - p * (1.0 - q * q) * (1.0 - q * q * (1.0 - p * p)), 1e-12);
    let (down, frequency) = by_states(&model, "system");
    close("unavailability", system.unavailability, down, 1e-12);
    close("frequency", system.frequency, frequency, 1e-12);
    close("the mean times", system.mttf() + system.mttr(), system.mtbf(), 1e-14);
    let structure = structure(&model, "system");
    assert_eq!(structure.tree.names()[..3], ["B 0: failure", "B 1: failure", "B3 0: failure"]);
    let single = structure.diagram().expect("a small structure").single_points();
    assert_eq!(single.iter().map(|&i| structure.tree.names()[i].as_str()).collect::<Vec<_>>(), ["C3 0: failure"]);
}

/// Replicas in zones that they share, services that need each other, failures of services, an external, two failures on
/// one replica, and a region, all non-exponential.
const SHARED: &str = "
name: shared zones
start: 2026-01-01
horizon: 4y
regions: {north: [a, b], south: [c]}
services:
  web: {replicas: 4, needs: 3, spread: [a, b], calls: [{to: db}, {to: mail, needed: false}]}
  db: {replicas: 3, needs: 2, spread: zones, calls: [{to: vault}]}
  vault: {external: {availability: 99%, outage: 3h}}
  mail: {}
  site: {up_when: {any: [{all: [web, mail]}, {at_least: 6, of: [web, db]}]}}
failures:
  crash: {hits: replica, of: [web, db], time_to_failure: {gamma: {mean: 20d, cv: 0.6}}, detection: 1h, repair: {lognormal: {mean: 8h, cv: 1}}}
  disk: {hits: replica, of: [db], time_to_failure: {weibull: {shape: 2, mean: 30d}}, team: crew, repair: {uniform: {low: 2h, high: 30h}}}
  mail down: {hits: service, of: [mail], mttf: 15d, repair: {exponential: {mean: 12h}}}
  power: {hits: zone, time_to_failure: {uniform: {low: 10d, high: 80d}}, repair: {erlang: {k: 3, mean: 6h}}}
  flood: {hits: region, of: [north], mttf: 60d, repair: 1d}
  slow: {hits: replica, of: [web], mttf: 10d, effect: {capacity: 50%}, repair: 1h}
teams:
  crew: {people: 3, acknowledge: 30m}
";

#[test]
fn zones_that_replicas_share() {
    let model = compiled(SHARED, None);
    for (name, components) in [("db", 8), ("web", 12), ("site", 13), ("vault", 1)] {
        let structure = structure(&model, name);
        assert_eq!(structure.components.len(), components, "{name}: {:?}", structure.tree.names());
        let ((down, frequency), system) = (by_states(&model, name), solve(&model, name));
        close(name, system.unavailability, down, 1e-12);
        close(name, system.frequency, frequency, 1e-12);
    }
    // What is known without a structure: an SLA, and two failures that take turns on one replica.
    let vault = solve(&model, "vault");
    close("vault", vault.unavailability, 0.01, 1e-12);
    close("vault", vault.mttr(), 3.0 * HOUR, 1e-12);
    let db = structure(&model, "db");
    let replica = db.tree.names().iter().position(|name| name == "db 1: crash, disk").expect("the second replica");
    close("a replica", db.components[replica].availability, 1.0 / (1.0 + 9.0 / 480.0 + 16.5 / 720.0), 1e-12);
}

/// The same after a year, simulated.
#[test]
fn zones_that_replicas_share_simulated() {
    let model = compiled(SHARED, None);
    let run = run_after(SHARED, 3_000, 1, 365.0 * 24.0 * HOUR);
    for name in ["db", "web", "site"] {
        let system = solve(&model, name);
        run.service(name, "time_availability").is_availability(system.availability);
        run.service(name, "mtbf").is(system.mtbf());
        run.service(name, "mttr").is(system.mttr());
    }
}

/// Clocks that nothing stops make components of their own.
#[test]
fn clocks_that_run_on() {
    let text = "
name: clocks that run on
start: 2026-01-01
horizon: 10y
services: {box: {}}
failures:
  fan: {hits: replica, mttf: 10d, ages_while: always, repair: {exponential: {mean: 2d}}}
  disk: {hits: replica, time_to_failure: {gamma: {mean: 20d, cv: 0.5}}, ages_while: always, repair: {exponential: {mean: 5d}}}
";
    let model = compiled(text, None);
    let system = solve(&model, "box");
    close("availability", system.availability, 10.0 / 12.0 * 20.0 / 25.0, 1e-14);
    let run = run_after(text, 500, 1, 365.0 * 24.0 * HOUR);
    run.service("box", "time_availability").is_availability(system.availability);
    run.service("box", "mtbf").is(system.mtbf());
}

/// Without repair: two out of three at 0.001 an hour, and the server of SchemaTex/SchemaTex (pull request 44) at its mission
/// time.
#[test]
fn missions() {
    let solve = |text: &str, name: &str| {
        let model = compiled(text, None);
        let mission = Mission::of(&model, service(&model, name)).unwrap_or_else(|obstacles| panic!("{obstacles:?}"));
        let diagram = mission.diagram().expect("a small structure");
        (diagram.reliability(&mission.lives, model.horizon), diagram.mean_life(&mission.lives))
    };
    let text = "
name: two of three
start: 2026-01-01
horizon: 1000h
services: {units: {replicas: 3, needs: 2}}
failures: {unit fails: {hits: replica, mttf: 1000h, repair: never}}
";
    let (reliability, mean_life) = solve(text, "units");
    let r = (-1.0_f64).exp();
    close("reliability", reliability, r * r * (3.0 - 2.0 * r), 1e-12);
    close("mean life", mean_life.expect("a mean life"), 833.333_333_333_333_3 * HOUR, 1e-9);
    let mean = |r: f64| format!("{{hits: replica, mttf: {}h, repair: never", -100.0 / r.ln());
    let text = format!(
        "
name: server
start: 2026-01-01
horizon: 100h
services:
  psu: {{}}
  fans: {{replicas: 2}}
  disks: {{replicas: 3, needs: 2}}
  server: {{up_when: {{all: [psu, fans, disks]}}}}
failures:
  psu: {}, of: [psu]}}
  fan: {}, of: [fans]}}
  disk: {}, of: [disks]}}
",
        mean(0.99),
        mean(0.95),
        mean(0.97)
    );
    close("reliability", solve(&text, "server").0, 0.984_912_008_85, 1e-11);
}

/// What keeps a small model from an exact answer, after a change of it.
fn obstacles(change: impl FnOnce(&mut Model)) -> Vec<Obstacle> {
    let text = "
name: pair
start: 2026-01-01
horizon: 1y
services: {pair: {replicas: 2}}
failures:
  crash: {hits: replica, time_to_failure: {gamma: {mean: 20d, cv: 0.6}}, team: crew, repair: {exponential: {mean: 8h}}}
  fire: {hits: service, mttf: 1y, team: crew, repair: {exponential: {mean: 8h}}}
teams: {crew: {people: 3}}
";
    let mut model = compiled(text, None);
    change(&mut model);
    Structure::of(&model, 0).err().unwrap_or_default()
}

#[test]
fn what_makes_components_depend_on_each_other() {
    let crash = || "crash".to_owned();
    let constant = |model: &mut Model| Timing::fixed(ninefold::dist::Law::constant(60.0).expect("a law"), &mut model.tables);
    let inspection = Inspection { first: 0.0, every: 1.0, takes: 0.0, finds: Value::Known(1.0) };
    assert_eq!(obstacles(|_| {}), []);
    let found = |change: &dyn Fn(&mut Model), obstacle| assert_eq!(obstacles(change), [obstacle]);
    found(&|m| m.modes[0].common_cause = Some(Value::Known(0.1)), Obstacle::CommonCause(crash()));
    found(&|m| m.modes[0].repair = None, Obstacle::NeverRepaired(crash()));
    found(&|m| m.modes[0].ages_while = AgesWhile::ServiceUp(0), Obstacle::AgesWhileServiceUp(crash()));
    found(&|m| m.modes[0].renewal = Value::Known(0.0), Obstacle::AfterRepair(crash()));
    found(&|m| m.modes[0].load = Value::Known(1.0), Obstacle::Load(crash()));
    found(&|m| m.modes[0].renews = Some(1), Obstacle::Preventive(crash()));
    found(&|m| m.modes[0].inspection = Some(inspection), Obstacle::Hidden(crash()));
    found(&|m| m.teams[0].hours = Some(vec![(0.0, 1.0)]), Obstacle::Hours("crew".to_owned()));
    found(&|m| m.teams[0].selection = Selection::Race(1.0), Obstacle::Hours("crew".to_owned()));
    found(&|m| m.teams[0].people = 2, Obstacle::Waits { team: "crew".to_owned(), people: 2, things: 3 });
    found(&|m| m.teams[0].parallel = 2, Obstacle::Waits { team: "crew".to_owned(), people: 2, things: 3 });
    found(&|m| m.teams[0].escalation = Some(Escalation { after: 1.0, to: 0 }), Obstacle::Escalates("crew".to_owned()));
    let spares = |m: &mut Model| {
        let lead_time = constant(m);
        m.modes[0].spares = Some(ninefold::model::Spares { stock: 1, reorder_at: 0, lead_time });
    };
    found(&spares, Obstacle::Spares(crash()));
    let standby = |m: &mut Model| {
        let switch_time = constant(m);
        let (ages, switch_works) = (Waiting::Hot, Value::Known(1.0));
        m.services[0].standby =
            Some(Standby { waiting: 1, ages, switch_time, switch_works, failback: false, test: None, stream: 0 });
    };
    found(&standby, Obstacle::Standby("pair".to_owned()));
    let limits = Limits { window: 0.0, share: 1.0, replicas: 4 };
    let scaling = Scaling {
        target: 0.5,
        min: 1,
        max: 2,
        initial: Some(2),
        startup: 0.0,
        every: 15.0,
        tolerance: 0.1,
        up: limits,
        down: limits,
        floors: Vec::new(),
        ahead: 0.0,
    };
    found(&|m| m.services[0].scaling = Some(scaling.clone()), Obstacle::Scaled("pair".to_owned()));
    // An exponential life is as good as new at any time.
    assert_eq!(obstacles(|m| m.modes[1].renewal = Value::Known(0.0)), []);
}

#[test]
fn what_a_scenario_makes_depend_on_each_other() {
    let refused = |failures: &str, obstacles: &[Obstacle]| {
        let text =
            format!("name: pair\nstart: 2026-01-01\nhorizon: 1y\nservices: {{pair: {{replicas: 2}}}}\nfailures:\n{failures}");
        assert_eq!(Structure::of(&compiled(&text, None), 0).err().unwrap_or_default(), obstacles, "{failures}");
    };
    let named = |what: fn(String) -> Obstacle, names: &[&str]| -> Vec<Obstacle> {
        names.iter().map(|&name| what(name.to_owned())).collect()
    };
    let window = "  patch: {hits: service, schedule: {first: 2026-01-06T03:00, every: 4w}, repair: 10m}\n";
    refused(window, &named(Obstacle::Scheduled, &["patch"]));
    let uncertain = "  crash: {hits: replica, mttf: {low: 10d, high: 30d}, repair: 10m}\n";
    refused(uncertain, &named(Obstacle::Uncertain, &["crash"]));
    // Both fail and return together, for ever; with repairs of random length they do not.
    let constant = "  crash: {hits: replica, time_to_failure: 10d, repair: 1d}\n";
    refused(constant, &named(Obstacle::Rhythm, &["crash"]));
    refused("  crash: {hits: replica, time_to_failure: 10d, repair: {uniform: {low: 10h, high: 20h}}}\n", &[]);
    refused("  crash: {hits: service, time_to_failure: 10d, repair: 1d}\n", &[]);
    let mixed =
        "  one: {hits: replica, mttf: 9d, repair: 1d}\n  two: {hits: replica, mttf: 9d, ages_while: always, repair: 1d}\n";
    refused(mixed, &named(Obstacle::RunsOn, &["two"]));
    refused(
        "  crash: {hits: replica, mttf: 9d, repair: {pareto: {shape: 0.9, scale: 1h}}}\n",
        &named(Obstacle::NoMean, &["crash"]),
    );
    let text = "name: pair\nstart: 2026-01-01\nhorizon: 1y\nservices: {pair: {replicas: 2}}\nfailures:\n  crash: {hits: replica, mttf: 9d, age: 4d, repair: 1d}";
    let mission = Mission::of(&compiled(text, None), 0).err().unwrap_or_default();
    assert_eq!(mission, [Obstacle::Repaired("crash".to_owned()), Obstacle::Aged("crash".to_owned())]);
}
