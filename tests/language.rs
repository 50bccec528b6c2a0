//! The scenario language: what is read, what is refused, and in which words.

use ninefold::scenario::{Patches, parse};

#[test]
fn the_whole_example_is_read() {
    let loaded = parse("storefront.yaml", include_str!("scenarios/storefront.yaml"), &Patches::default());
    let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(loaded.scenario.services.len(), 5);
    assert_eq!(loaded.scenario.failures.len(), 4);
}
