//! All services of a system: a list in start order, in which each is found by its name.

use std::{collections::BTreeMap, ops::Deref, slice};

use super::Service;
use crate::values::Name;

/// The services, dependencies before dependents. It is read as the slice that it holds.
#[derive(Clone, Debug, Default)]
pub struct Services {
    list: Vec<Service>,
    positions: BTreeMap<Name, usize>,
}

impl Services {
    /// The services in that order. Their names differ; of equal ones the first is found.
    pub fn new(list: Vec<Service>) -> Services {
        let positions =
            list.iter().enumerate().rev().map(|(index, service)| (service.name.clone(), index)).collect();
        Services { list, positions }
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
