//! `ninefold compare` as its user meets it.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// Two machines that fail, and what could be done; the third policy changes nothing, the fourth costs more.
const SHOP: &str = "
name: shop
start: 2026-01-01
horizon: 90d
services: {db: {cost: 1/h}}
failures: {crash: {hits: replica, mttf: 5d, repair: {exponential: {mean: 6h}}}}
objectives: {db is up: {service: db, target: 99%, counts: time, window: calendar month, fee: 1000, credits: [{below: 99%, credit: 10%}]}}
policies:
  quick: {about: Spare machines in the rack., set: {failures.crash.repair: {exponential: {mean: 3h}}}}
  slow: {set: {failures.crash.repair: {exponential: {mean: 9h}}}}
  nothing: {set: {services.db.cost: 1/h}}
  twice: {set: {services.db.cost: 2/h}}
";

fn ninefold(folder: &Path, arguments: &[&str]) -> assert_cmd::assert::Assert {
    Command::cargo_bin("ninefold").unwrap().current_dir(folder).args(arguments).assert()
}

fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.yaml"), SHOP).unwrap();
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_slice(&ninefold(folder, arguments).success().get_output().stdout).unwrap()
}

#[test]
fn policies_are_ranked_by_what_the_objectives_say() {
    let folder = shop();
    let summary = json(folder.path(), &["compare", "shop.yaml", "--json"]);
    assert_eq!(summary["schema"], "ninefold/compare/1");
    assert_eq!((&summary["by"], &summary["best"], &summary["decided"]), (&"budget_spent".into(), &"quick".into(), &true.into()));
    let variants = &summary["variants"];
    let names: Vec<&String> = variants.as_object().unwrap().keys().collect();
    assert_eq!(names, ["as it is", "quick", "slow", "nothing", "twice"]);
    let standing = |name: &str| variants[name]["against_first"]["standing"].as_str().unwrap().to_owned();
    assert_eq!(["quick", "slow", "nothing"].map(standing), ["better", "worse", "the same"]);
    assert_eq!(variants["as it is"]["against_first"], Value::Null);
    // 90 days at 1 an hour more, in every replication.
    let cost = &variants["twice"]["measures"]["cost.total"]["difference"];
    assert_eq!([&cost["low"], &cost["high"]].map(|end| end.as_f64().unwrap().round()), [2160.0, 2160.0]);
    // The n-th repair is as long in both, but for the policy: shorter in every replication that has one.
    let quick = &variants["quick"]["measures"]["services.db.downtime"];
    assert!(quick["better_in_a_replication"]["value"].as_f64().unwrap() > 0.99);
    assert!(quick["better_in_the_long_run"].as_f64().unwrap() > 0.999);
    assert!(quick["variance_ratio"].as_f64().unwrap() > 5.0, "{}", quick["variance_ratio"]);
    let written = folder.path().join("notebooks-output/shop/comparison");
    for file in
        ["report.html", "summary.json", "charts/difference-budget-spent.svg", "tables/ranking.csv", "tables/measures.parquet"]
    {
        assert!(written.join(file).is_file(), "{file}");
    }
    let page = std::fs::read_to_string(written.join("report.html")).unwrap();
    assert!(page.contains("Spare machines in the rack.") && page.contains("Best by error budget spent is “quick”"));
}

#[test]
fn what_is_worse_than_the_first_fails_where_that_was_asked() {
    let folder = shop();
    let quiet = |arguments: &[&str]| {
        ninefold(folder.path(), &[&["compare", "shop.yaml", "--quiet", "--fail-on", "worse"], arguments].concat())
    };
    quiet(&["--policies", "quick,nothing"]).code(0);
    quiet(&["--policies", "quick,slow"]).code(1);
    quiet(&["--policies", "twice", "--by", "cost.infrastructure"]).code(1);
    // The first of several files is the baseline.
    let slow = SHOP.replace("mean: 6h", "mean: 9h");
    std::fs::write(folder.path().join("slow.yaml"), slow).unwrap();
    let files = |files: [&str; 2]| ninefold(folder.path(), &["compare", files[0], files[1], "--quiet", "--fail-on", "worse"]);
    files(["slow.yaml", "shop.yaml"]).code(0);
    files(["shop.yaml", "slow.yaml"]).code(1);
}

#[test]
fn what_cannot_be_compared_is_told_with_what_to_do() {
    let folder = shop();
    std::fs::write(folder.path().join("short.yaml"), SHOP.replace("90d", "60d")).unwrap();
    std::fs::write(folder.path().join("alone.yaml"), SHOP.split("policies:").next().unwrap()).unwrap();
    let cases: [(&[&str], &str); 9] = [
        (&["alone.yaml"], "nothing to compare with"),
        (&["shop.yaml", "short.yaml"], "--horizon"),
        (&["shop.yaml", "alone.yaml", "--policies", "quick"], "--policies goes with one scenario"),
        (&["shop.yaml", "--policies", "quik"], "quick"),
        (&["shop.yaml", "--policies", "quick,quick"], "named twice"),
        (&["shop.yaml", "--by", "services.db.downtme"], "services.db.downtime"),
        (&["shop.yaml", "--replications", "1"], "at least 2"),
        (&["shop.yaml", "--replications", "1000000000"], "do not fit into memory"),
        (&["shop.yaml", "--fidelity", "request"], "leave out `--fidelity request`"),
    ];
    for (arguments, expected) in cases {
        let done = ninefold(folder.path(), &[&["compare", "--quiet"], arguments].concat()).code(2);
        let told = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
}
