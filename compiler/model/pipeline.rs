//! What tests and delivers the system when its repository changes.

use crate::values::{Duration, GitRef, Image, Line, Name, RelPath};

/// A pipeline of continuous integration.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// The description in the repository, or its folder.
    pub description: RelPath,
    /// The folder of generated trees in the repository.
    pub trees: RelPath,
    /// Commands that put ondol onto the machine that runs the jobs.
    pub install: Vec<Line>,
    /// The branch that is always ready to be delivered.
    pub branch: GitRef,
    /// Tests of parts of the system.
    pub tests: Vec<PartTest>,
    /// Where it is delivered to.
    pub deploys: Vec<Deploy>,
}

/// The tests of one part.
#[derive(Clone, Debug)]
pub struct PartTest {
    /// Its name.
    pub name: Name,
    /// The folder in the repository in which commands run.
    pub folder: RelPath,
    /// The image in which they run; the machine itself when there is none.
    pub image: Option<Image>,
    /// Commands, in their order.
    pub run: Vec<Line>,
    /// After how long they have failed.
    pub timeout: Duration,
}

/// A delivery to one environment.
#[derive(Clone, Debug)]
pub struct Deploy {
    /// The environment.
    pub environment: Name,
    /// The tags that are delivered; every push to the branch when there is none.
    pub tag: Option<GitRef>,
}
