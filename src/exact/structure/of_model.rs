//! From a model to a structure of independent components, or to why there is none.

use super::layout::tree;
use super::obstacle::Obstacle;
use super::things::Things;
use super::{Diagram, Node, Steady, TooLarge, Tree};
use crate::dist::Law;
use crate::model::{AgesWhile, Model, Thing};

/// What a service rests on in the long run: components that fail and are repaired independently of each other.
///
/// A component is a thing (a replica, a service's own state, a zone) with all the failures that take it down. Its clocks
/// stop while one of them is in force, so that its long run follows from means alone, whatever the distributions: it is
/// a series system in which the others wait for a repair (Barlow & Proschan, "Availability theory for multicomponent
/// systems", in *Multivariate Analysis III*, 1973). Detection, acknowledgement and repair add up where nobody has to
/// wait for a person. Failures of capacity alone take nothing down and are left out.
///
/// ```
/// use ninefold::exact::structure::{Measure, Structure};
/// use ninefold::{model, scenario};
///
/// // Three replicas of which two are needed, in a zone that all of them share.
/// let text = "
/// name: three replicas
/// start: 2026-01-01
/// horizon: 1y
/// zones: [a]
/// services: {web: {replicas: 3, needs: 2, spread: zones}}
/// failures:
///   crash: {hits: replica, mttf: 99h, repair: 1h}
///   power: {hits: zone, mttf: 999h, repair: 1h}
/// ";
/// let scenario = scenario::parse("three-replicas.yaml", text, &scenario::Patches::default())?;
/// let model = model::compile(&scenario).map_err(|mistakes| mistakes[0].message.clone())?;
///
/// let web = Structure::of(&model, 0).map_err(|obstacles| obstacles[0].to_string())?;
/// let diagram = web.diagram()?;
/// let system = diagram.steady(&web.components)?;
/// let exact = 0.001 + 0.999 * (3.0 * 0.01 * 0.01 * 0.99 + 0.01 * 0.01 * 0.01);
/// assert!((system.unavailability / exact - 1.0).abs() < 1e-14);
///
/// let zone = web.tree.names().iter().position(|name| name == "zone a: power").ok_or("no zone")?;
/// assert_eq!(diagram.single_points(), [zone]);
/// let importance = diagram.importance(&web.components)?;
/// assert!(importance[[zone, Measure::Criticality as usize]] > 0.75);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Structure {
    /// When the service is down. Components are named after their thing and its failures: `web 3: host crash`.
    pub tree: Tree,
    /// The node of `tree` at which it is.
    pub top: Node,
    /// The long run of each component; frequencies are per second.
    pub components: Vec<Steady>,
    /// The clocks of the model that each component stands for.
    pub clocks: Vec<Vec<u32>>,
}

impl Structure {
    /// The structure of a service.
    ///
    /// # Errors
    /// All that makes its components depend on each other, or keeps them from having a long run.
    pub fn of(model: &Model, service: u32) -> Result<Self, Vec<Obstacle>> {
        let mut things = Things::of(model, service);
        let (mut components, mut behind) = (Vec::new(), Vec::new());
        let mut add = |tree: &mut Tree, clocks: &[u32]| {
            components.push(things.long_run(clocks));
            behind.push(clocks.to_vec());
            tree.component(name(model, clocks))
        };
        let (tree, top) = tree(model, service, &mut |tree, clocks| {
            let always = |c: &&u32| model.modes[model.clocks[**c as usize].mode as usize].ages_while == AgesWhile::Always;
            if clocks.iter().filter(always).count() < clocks.len() {
                return add(tree, clocks);
            }
            // Nothing stops these clocks, so each is a component of its own.
            let each: Vec<Node> = clocks.iter().map(|&clock| add(tree, &[clock])).collect();
            tree.any(each)
        });
        things.done()?;
        Ok(Self { tree, top, components, clocks: behind })
    }

    /// The diagram of the structure.
    ///
    /// # Errors
    /// Where it is too large.
    pub fn diagram(&self) -> Result<Diagram, TooLarge> {
        Diagram::of(&self.tree, self.top)
    }
}

/// When a service is down, by the things that failures take down; these may well depend on each other, so that it answers
/// which of them matter together, and not how likely that is.
#[derive(Debug, Clone)]
pub struct Faults {
    /// When the service is down. Components are named after their thing: `web 3`, or `web itself`.
    pub tree: Tree,
    /// The node of `tree` at which it is.
    pub top: Node,
}

impl Faults {
    /// The fault tree of a service; without common causes.
    #[must_use]
    pub fn of(model: &Model, service: u32) -> Self {
        let name = |clock: u32| match model.clocks[clock as usize].thing {
            Thing::Service(_) => format!("{} itself", model.thing_name(clock)),
            _ => model.thing_name(clock),
        };
        let (tree, top) = tree(model, service, &mut |tree, clocks| tree.component(name(clocks[0])));
        Self { tree, top }
    }

    /// The diagram of the structure.
    ///
    /// # Errors
    /// Where it is too large.
    pub fn diagram(&self) -> Result<Diagram, TooLarge> {
        Diagram::of(&self.tree, self.top)
    }
}

/// What a service rests on where nothing is ever repaired: components that live independently of each other.
///
/// With the reliability at the horizon ([`Diagram::reliability`]) and the mean time to the first outage
/// ([`Diagram::mean_life`]).
#[derive(Debug, Clone)]
pub struct Mission {
    /// When the service is down; a component for each failure of each thing.
    pub tree: Tree,
    /// The node of `tree` at which it is.
    pub top: Node,
    /// How long each component lives, in seconds.
    pub lives: Vec<Law>,
    /// The clock of the model that each component stands for.
    pub clocks: Vec<u32>,
}

impl Mission {
    /// The mission of a service.
    ///
    /// # Errors
    /// All that makes its components depend on each other, or gives them more than one life.
    pub fn of(model: &Model, service: u32) -> Result<Self, Vec<Obstacle>> {
        let mut things = Things::of(model, service);
        let (mut lives, mut behind) = (Vec::new(), Vec::new());
        let (tree, top) = tree(model, service, &mut |tree, clocks| {
            let each: Vec<Node> = clocks
                .iter()
                .map(|&clock| {
                    lives.extend(things.life(clock));
                    behind.push(clock);
                    tree.component(name(model, &[clock]))
                })
                .collect();
            tree.any(each)
        });
        things.done()?;
        Ok(Self { tree, top, lives, clocks: behind })
    }

    /// The diagram of the structure.
    ///
    /// # Errors
    /// Where it is too large.
    pub fn diagram(&self) -> Result<Diagram, TooLarge> {
        Diagram::of(&self.tree, self.top)
    }
}

/// A thing and those of its failures that are meant.
fn name(model: &Model, clocks: &[u32]) -> String {
    let modes: Vec<&str> = clocks.iter().map(|&c| model.modes[model.clocks[c as usize].mode as usize].name.as_str()).collect();
    let thing = clocks.first().map_or_else(String::new, |&clock| model.thing_name(clock));
    format!("{thing}: {}", modes.join(", "))
}
