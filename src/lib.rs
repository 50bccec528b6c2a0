//! Ninefold: will we keep our promises, with which capacity, at what cost, and what breaks first?
//!
//! The program simulates the services, failure modes and traffic of one scenario file, many times over, and tells what to
//! expect with an interval beside every number. This page is the map; ARCHITECTURE.md says what always holds and where to
//! add what.
//!
//! ```text
//! text ──parse──▶ Scenario ──compile──▶ Model ──simulate──▶ Runs ──estimate──▶ Report ──render──▶ terminal, files, page
//! ```
//!
//! # From text to numbers
//!
//! A database on two machines of which one is enough. A machine fails every 30 days and takes 12 hours to repair, so it is
//! down 12 h of 732 h, and both are down together that fraction squared: 0.00027 of the time.
//!
//! ```
//! use ninefold::analysis::forecast::{Findings, Input, forecast};
//! use ninefold::run::{Control, Options};
//! use ninefold::{model, output, run, scenario};
//!
//! let text = "
//! ninefold: 1
//! name: two machines
//! start: 2026-01-01
//! horizon: 1y
//! services:
//!   database: {replicas: 2}
//! failures:
//!   machine: {hits: replica, mttf: 30d, repair: {exponential: {mean: 12h}}}
//! objectives:
//!   database is there: {service: database, target: 99.9%, window: calendar month}
//! ";
//! // A scenario is what the user wrote; every mistake in it is found here or in the next step.
//! let scenario = scenario::parse("two-machines.yaml", text, &scenario::Patches::default())?;
//! // A model is what the simulator runs: indices in place of names.
//! let model = model::compile(&scenario).map_err(|mistakes| mistakes[0].message.clone())?;
//! // Runs are sums and sketches over replications, the same on any number of threads.
//! let options = Options { replications: 1_000, ..Options::default() };
//! let runs = run::simulate(&model, &options, &Control::default(), None)?;
//! // An analysis makes of them a summary for programs and a report for people.
//! let findings = Findings::of(&model, &options, &runs);
//! let (summary, report) = forecast(&Input::of(&model, options.seed, &runs, &findings));
//!
//! let availability = summary.services["database"].time_availability;
//! let exact = 1.0 - (12.0_f64 / 732.0).powi(2);
//! assert!(availability.low < Some(exact) && Some(exact) < availability.high, "{availability:?}");
//! // An output puts either on paper.
//! assert!(output::json::render(&summary)?.contains(r#""database is there""#));
//! assert!(output::html::render(&report)?.contains("two machines"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The modules
//!
//! Each uses only those above it; a test holds them to it.
//!
//! - [`units`]: quantities with their units, which parse themselves and print themselves.
//! - [`random`]: streams named by (seed, replication, component, purpose), the only source of randomness.
//! - [`dist`]: distributions of a time, one file each, and the samplers that draw from them.
//! - [`stats`]: estimates with intervals; accumulators and sketches that merge.
//! - [`kernel`]: clock, event set and run loop, which know no word of the domain.
//! - [`scenario`]: what the user wrote, parsed, patched and checked, with its place in the file.
//! - [`model`]: what the simulator runs; compiling is the last step that can fail.
//! - [`exact`]: what can be computed rather than simulated: structures of independent components.
//! - [`sim`]: the world of one replication and its behaviours, one file each.
//! - [`run`]: replications in parallel, the stopping rule, and what they gave.
//! - [`lab`]: variants simulated with the same luck, and paired differences between them.
//! - [`report`]: verdicts, tables and charts as data, and the summary that programs read.
//! - [`analysis`]: one file per question, from runs to a report.
//! - [`output`]: one file per format.
//! - [`cli`]: one file per command: arguments and one call.

pub mod analysis;
pub mod cli;
pub mod dist;
pub mod exact;
pub mod kernel;
pub mod lab;
pub mod model;
pub mod output;
pub mod random;
pub mod report;
pub mod run;
pub mod scenario;
pub mod sim;
pub mod stats;
pub mod units;
