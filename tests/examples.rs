//! Every scenario that ships with the project runs, alone and with each of its policies, and gives the same result on any
//! number of threads.

#![expect(clippy::expect_used, reason = "a test says by a panic what it expected")]

mod common;

use std::fs;
use std::path::Path;

use common::{Run, compiled, simulate_model};
use ninefold::run::Options;
use ninefold::scenario::{Fidelity, Patches, parse, unsimulated};

/// Names of the files in `scenarios/`.
fn examples() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the folder of scenarios")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names
}

/// A scenario as it is meant to be followed: as a rate where it and all its policies can be, else request by request, which
/// takes longer.
fn run(text: &str, policy: Option<&str>, replications: u64, threads: usize) -> Run {
    let is_rate = |policy: Vec<String>| {
        let patches = Patches { policy, ..Patches::default() };
        let loaded = parse("example.yaml", text, &patches).expect("a scenario without mistakes");
        unsimulated(&loaded.scenario, Fidelity::Flow).is_empty()
    };
    let policies = common::policies(text).into_iter().map(|policy| vec![policy]);
    if policies.chain([Vec::new()]).all(is_rate) {
        return common::run_policy(text, policy, replications, threads);
    }
    let fidelity = Fidelity::Request;
    let options = Options { replications: 2, threads: Some(threads), warmup: Some(10.0), fidelity, ..Default::default() };
    simulate_model(&compiled(text, policy), &options)
}

#[test]
fn scenarios_run_without_a_warning_and_policies_change_them() {
    let names = examples();
    assert!(names.len() >= 5, "the scenarios have moved: {names:?}");
    for name in names {
        let text = common::scenario(&name);
        let base = run(&text, None, 128, 2);
        assert_eq!(base.warnings(), 0, "{name}");
        let base = base.results();
        for policy in common::policies(&text) {
            let run = run(&text, Some(&policy), 128, 2);
            assert_eq!(run.warnings(), 0, "{name} with the policy {policy:?}");
            assert_ne!(run.results(), base, "the policy {policy:?} of {name} changes nothing");
        }
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    for name in examples() {
        let text = common::scenario(&name);
        let [one, three] = [1, 3].map(|threads| run(&text, None, 256, threads).results());
        assert_eq!(one, three, "{name}");
    }
}
