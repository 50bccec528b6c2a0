//! The architecture's rules that a compiler does not check: who may use whom, and how long a file may grow.

#![expect(clippy::expect_used, reason = "a test says by a panic what it expected")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules from the ground up: each uses only those before it. ARCHITECTURE.md says what they are for.
const ORDER: [&str; 15] = [
    "units", "random", "dist", "stats", "kernel", "scenario", "model", "exact", "sim", "run", "lab", "report", "analysis",
    "output", "cli",
];

/// Lines that a file may have.
const LONGEST: usize = 400;

/// Files that may be longer, and why.
const LONGER: [(&str, &str); 0] = [];

fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join("src"), &mut found);
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root.join("src")).expect("below src").to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(&path).expect("a source file is text"))
        })
        .collect()
}

/// What the program is made of: unit tests may look where they like, say to render what an analysis says.
fn without_tests(file: &str, source: &str) -> String {
    if file.ends_with("tests.rs") {
        return String::new();
    }
    source.split("#[cfg(test)]\nmod tests {").next().unwrap_or(source).to_owned()
}

/// The top module that a file belongs to.
fn module(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// Names of the top modules after each `crate::` in code, also those in `use crate::{a, b::c}`; comments are left out.
fn uses(source: &str) -> Vec<(usize, String)> {
    let code: Vec<&str> = source.lines().map(|line| line.split("//").next().unwrap_or("")).collect();
    let mut found = Vec::new();
    for (number, line) in code.iter().enumerate() {
        let mut rest = *line;
        while let Some(at) = rest.find("crate::") {
            let own = at == 0 || !rest.as_bytes()[at - 1].is_ascii_alphanumeric() && rest.as_bytes()[at - 1] != b'_';
            rest = &rest[at + "crate::".len()..];
            if !own {
                continue;
            }
            if rest.starts_with('{') {
                let group = std::iter::once(rest).chain(code[number + 1..].iter().copied()).collect::<Vec<_>>().join(" ");
                found.extend(heads_of_group(&group).into_iter().map(|head| (number + 1, head)));
            } else {
                let head: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.push((number + 1, head));
            }
        }
    }
    found
}

/// `{a, b::{c, d}}` begins with `a` and `b`.
fn heads_of_group(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut head, mut taking) = (0, Vec::new(), String::new(), false);
    for c in group.chars() {
        match c {
            '{' => {
                depth += 1;
                taking = depth == 1;
            }
            '}' | ',' => {
                if !head.is_empty() {
                    heads.push(std::mem::take(&mut head));
                }
                if c == '}' {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                taking = depth == 1;
            }
            ':' => taking = false,
            c if taking && (c.is_alphanumeric() || c == '_') => head.push(c),
            _ => {}
        }
    }
    heads
}

#[test]
fn modules_use_only_modules_above_them() {
    let place = |name: &str| ORDER.iter().position(|module| *module == name);
    let mut broken = Vec::new();
    for (file, source) in sources() {
        let own = module(&file);
        if own == "lib" || own == "main" {
            continue;
        }
        let Some(mine) = place(own) else {
            broken.push(format!("src/{file}: the module `{own}` has no place in the order"));
            continue;
        };
        for (line, used) in uses(&without_tests(&file, &source)) {
            // A name that is no module is an item of the crate's root, say an exported macro.
            if place(&used).is_some_and(|theirs| theirs > mine) {
                broken.push(format!("src/{file}:{line}: `{own}` uses `{used}`, which stands below it"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn files_stay_short() {
    let sources = sources();
    let mut broken = Vec::new();
    for (file, source) in &sources {
        let lines = source.lines().count();
        let excused = LONGER.iter().any(|(name, _)| name == file);
        if lines > LONGEST && !excused {
            broken.push(format!("src/{file} has {lines} lines: split it, or add it to LONGER with the reason"));
        }
        if lines <= LONGEST && excused {
            broken.push(format!("src/{file} has {lines} lines and needs no exception any more"));
        }
    }
    for (name, _) in LONGER.iter().filter(|(name, _)| !sources.contains_key(*name)) {
        broken.push(format!("src/{name} is gone and needs no exception any more"));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn imports_are_found_in_every_form() {
    let source = "
use crate::units::Time;
use crate::{random, stats::{Sketch, Moments},
    dist};
fn f() -> crate::model::Model {}
// crate::cli
mycrate::sim::x();
";
    let names: Vec<String> = uses(source).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["units", "random", "stats", "dist", "model"]);
}
