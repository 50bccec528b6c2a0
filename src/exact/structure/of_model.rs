//! From a model to a structure of independent components, or to why there is none.

use super::layout::tree;
use super::obstacle::Obstacle;
use super::things::Things;
use super::{Diagram, Node, Steady, TooLarge, Tree};
use crate::dist::Law;
use crate::model::{AgesWhile, Model};

/// What a service rests on in the long run: components that fail and are repaired independently of each other.
///
/// A component is a thing (a replica, a service's own state, a zone) with all the failures that take it down. Its clocks
/// stop while one of them is in force, so that its long run follows from means alone, whatever the distributions: it is
/// a series system in which the others wait for a repair (Barlow & Proschan, "Availability theory for multicomponent
/// systems", in *Multivariate Analysis III*, 1973). Detection, acknowledgement and repair add up where nobody has to
/// wait for a person. Failures of capacity alone take nothing down and are left out.
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
        let mut things = Things::of(model);
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
        let mut things = Things::of(model);
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
