//! All services of a system: a list in start order, in which each is found by its name.

use std::{collections::BTreeMap, ops::Deref, slice};

use super::{Image, Service};
use crate::values::{Name, RelPath};

/// The services, dependencies before dependents. It is read as the slice that it holds.
#[derive(Clone, Debug, Default)]
pub struct Services {
    list: Vec<Service>,
    positions: BTreeMap<Name, usize>,
    /// Where those are whose images are built here, by the folder of the source.
    built: BTreeMap<RelPath, Vec<usize>>,
}

impl Services {
    /// The services in that order. Their names differ; of equal ones the first is found.
    pub fn new(list: Vec<Service>) -> Services {
        let positions =
            list.iter().enumerate().rev().map(|(index, service)| (service.name.clone(), index)).collect();
        let mut built: BTreeMap<RelPath, Vec<usize>> = BTreeMap::new();
        for (index, service) in list.iter().enumerate() {
            if let Some(Image::Built(build)) = service.image() {
                built.entry(build.context.clone()).or_default().push(index);
            }
        }
        Services { list, positions, built }
    }

    /// Services whose images are built from that folder.
    pub fn built_from(&self, folder: &RelPath) -> impl Iterator<Item = &Service> {
        self.built.get(folder).into_iter().flatten().map(|index| &self.list[*index])
    }

    /// The service of that name.
    pub fn named(&self, name: &Name) -> Option<&Service> {
        self.positions.get(name).map(|index| &self.list[*index])
    }
}

impl Deref for Services {
    type Target = [Service];

    fn deref(&self) -> &[Service] {
        &self.list
    }
}

impl<'a> IntoIterator for &'a Services {
    type Item = &'a Service;
    type IntoIter = slice::Iter<'a, Service>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}
