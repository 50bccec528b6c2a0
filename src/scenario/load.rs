//! From a file and its patches to a checked scenario.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::checks;
use super::diagnostic::{self, Diagnostic, Listed, Severity, Style};
use super::from_tree;
use super::patch;
use super::path::KeyPath;
use super::schema::Scenario;
use super::source::Source;
use super::tree::{Node, Place, Value};
use super::yaml;

/// What is changed before a scenario is read, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patches {
    /// Files that hold patches.
    pub patch_files: Vec<PathBuf>,
    /// Names of policies.
    pub policy: Vec<String>,
    /// `PATH=VALUE`, as on the command line.
    pub sets: Vec<String>,
}

/// A scenario that has no mistakes.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What the user wrote, patched.
    pub scenario: Scenario,
    /// What is legal but suspicious.
    pub warnings: Vec<Diagnostic>,
    /// The folder of the file, which its relative paths start from.
    pub folder: PathBuf,
    /// The patched tree.
    pub tree: Node,
    /// The texts that the places in the tree point into.
    pub sources: Vec<Source>,
}

/// Mistakes, with the texts they are in.
#[derive(Debug, Clone)]
pub struct Problems {
    /// The mistakes, and perhaps warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that their places point into.
    pub sources: Vec<Source>,
}

/// Why there is no scenario.
#[derive(Debug, Clone)]
pub enum LoadError {
    /// The scenario or a flag is wrong.
    Wrong(Box<Problems>),
    /// A file is missing or cannot be read.
    World(String),
}

impl Problems {
    /// Renders all of them, each with its excerpt.
    #[must_use]
    pub fn render(&self, style: Style) -> String {
        diagnostic::render(&self.diagnostics, &self.sources, style)
    }

    /// All of them with file, line and column, for `--json`.
    #[must_use]
    pub fn listed(&self) -> Vec<Listed<'_>> {
        self.diagnostics.iter().map(|diagnostic| diagnostic::listed(diagnostic, &self.sources)).collect()
    }
}

impl LoadError {
    /// Renders the error for a person.
    #[must_use]
    pub fn render(&self, style: Style) -> String {
        match self {
            Self::Wrong(problems) => problems.render(style),
            Self::World(message) => format!("{message}\n"),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(Style::Plain).trim_end())
    }
}

impl std::error::Error for LoadError {}

impl Loaded {
    /// A variant: the scenario with further patches `PATH=VALUE` on top of those that it has. The horizon stays as it is.
    ///
    /// # Errors
    /// Patches with mistakes, or ones that leave a scenario with mistakes.
    pub fn with(&self, sets: Vec<String>) -> Result<Loaded, LoadError> {
        let patches = Patches { sets, ..Patches::default() };
        let mut variant = patched(self.tree.clone(), self.sources.clone(), &patches, self.folder.clone(), None)?;
        variant.scenario.horizon = self.scenario.horizon;
        Ok(variant)
    }

    /// A mistake that shows only later, e.g. a column that a file does not have. The path is written as in patches,
    /// `traffic.shoppers.series.value`; what does not exist of it is left away.
    #[must_use]
    pub fn mistake(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error("cannot-be-simulated", patch::nearest(&self.tree, path), message)
    }

    /// Diagnostics about this scenario, e.g. from compiling it, ready to be rendered.
    #[must_use]
    pub fn problems(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) -> Problems {
        let diagnostics = diagnostics.into_iter().map(|diagnostic| diagnostic.located(&self.tree)).collect();
        Problems { diagnostics, sources: self.sources.clone() }
    }

    /// The same as an error.
    #[must_use]
    pub fn wrong(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) -> LoadError {
        LoadError::Wrong(Box::new(self.problems(diagnostics)))
    }
}

/// Loads a scenario from a file, or from standard input if the path is `-`.
///
/// # Errors
/// A file that cannot be read, or a scenario or patch with mistakes: all of them.
pub fn load(path: &Path, patches: &Patches) -> Result<Loaded, LoadError> {
    if path == Path::new("-") {
        let text = read_text("standard input", std::io::stdin().lock())?;
        return loaded("standard input", &text, patches, PathBuf::from("."));
    }
    let name = path.display().to_string();
    let text = read_file(path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    loaded(&name, &text, patches, folder.to_path_buf())
}

/// Loads a scenario from a text; relative paths start from the current folder.
///
/// # Errors
/// A scenario or patch with mistakes: all of them. A patch file that cannot be read.
pub fn parse(name: &str, text: &str, patches: &Patches) -> Result<Loaded, LoadError> {
    loaded(name, text, patches, PathBuf::from("."))
}

fn read_file(path: &Path) -> Result<String, LoadError> {
    let world = |error: &std::io::Error| LoadError::World(format!("cannot read {}: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(|error| world(&error))?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        return Err(LoadError::World(format!("cannot read {}: it is a folder", path.display())));
    }
    read_text(&path.display().to_string(), file)
}

/// Reads at most a little more than is allowed, so that endless input ends.
fn read_text(name: &str, input: impl Read) -> Result<String, LoadError> {
    let mut bytes = Vec::new();
    let limit = yaml::MAX_BYTES as u64 + 1;
    input.take(limit).read_to_end(&mut bytes).map_err(|error| LoadError::World(format!("cannot read {name}: {error}")))?;
    if bytes.len() > yaml::MAX_BYTES {
        return Err(unreadable(name, format!("the file has more than the {} bytes allowed", yaml::MAX_BYTES)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        unreadable(name, format!("the file is no UTF-8 text: it goes wrong at byte {at}"))
    })
}

/// A text of which nothing can be shown.
fn unreadable(name: &str, message: String) -> LoadError {
    let diagnostic = Diagnostic::error("syntax", KeyPath::root(), message).at(Place::default());
    LoadError::Wrong(Box::new(Problems { diagnostics: vec![diagnostic], sources: vec![Source::new(name, "")] }))
}

fn loaded(name: &str, text: &str, patches: &Patches, folder: PathBuf) -> Result<Loaded, LoadError> {
    let sources = vec![Source::new(name, text)];
    let tree = match document(text) {
        Ok(tree) => tree,
        Err(diagnostic) => return Err(LoadError::Wrong(Box::new(Problems { diagnostics: vec![*diagnostic], sources }))),
    };
    // A policy is written for the file as it is: what a patch takes away it need not survive.
    let check_policies = (*patches == Patches::default()).then_some(text.len());
    patched(tree, sources, patches, folder, check_policies)
}

/// The tree with its patches as a scenario; policies are checked too where the size of their file is given.
fn patched(
    mut tree: Node,
    mut sources: Vec<Source>,
    patches: &Patches,
    folder: PathBuf,
    check_policies: Option<usize>,
) -> Result<Loaded, LoadError> {
    let files = patches.patch_files.iter().map(|path| Ok((path.display().to_string(), read_file(path)?)));
    let files: Vec<(String, String)> = files.collect::<Result<_, LoadError>>()?;
    let mut diagnostics = patch::apply(&mut tree, &mut sources, &files, patches);
    let read = from_tree::read(&tree);
    diagnostics.extend(read.mistakes);
    let mut warnings = Vec::new();
    if let Some(scenario) = &read.scenario {
        let found = checks::run(scenario, &tree, &read.cuts);
        (diagnostics, warnings) = sort(diagnostics, found);
        if let (true, Some(size)) = (diagnostics.is_empty(), check_policies) {
            diagnostics = patch::check_policies(&tree, size);
        }
    }
    let locate = |list: Vec<Diagnostic>| list.into_iter().map(|diagnostic| diagnostic.located(&tree)).collect();
    let (mut diagnostics, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) = (locate(diagnostics), locate(warnings));
    match read.scenario {
        Some(scenario) if diagnostics.is_empty() => Ok(Loaded { scenario, warnings, folder, tree, sources }),
        _ => {
            diagnostics.sort_by_key(|diagnostic| diagnostic.place.map(|place| (place.source, place.start)));
            Err(LoadError::Wrong(Box::new(Problems { diagnostics, sources })))
        }
    }
}

fn sort(mut mistakes: Vec<Diagnostic>, found: Vec<Diagnostic>) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let (errors, warnings): (Vec<_>, Vec<_>) = found.into_iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
    mistakes.extend(errors);
    (mistakes, warnings)
}

/// A text as a tree, which must be a map.
fn document(text: &str) -> Result<Node, Box<Diagnostic>> {
    let empty = || {
        let diagnostic = Diagnostic::error("syntax", KeyPath::root(), "the file is empty").at(Place::default());
        Box::new(diagnostic.help("`ninefold init` writes a first scenario"))
    };
    let tree = yaml::read(text, 0)?.ok_or_else(empty)?;
    if tree.is_null() {
        return Err(empty());
    }
    if matches!(tree.value, Value::Map(_)) {
        return Ok(tree);
    }
    let place = Place { end: tree.place.start, ..tree.place };
    let diagnostic = Diagnostic::error("syntax", KeyPath::root(), "a scenario is a map of words such as `name: shop`").at(place);
    Err(Box::new(diagnostic))
}
