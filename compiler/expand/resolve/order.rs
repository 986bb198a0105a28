//! Start order: what is needed before what needs it.

use petgraph::{
    algo::{tarjan_scc, toposort},
    graph::{DiGraph, NodeIndex},
};

use crate::{diagnostic::Diagnostic, model::Service, syntax::Sink};

/// The services with dependencies before dependents, otherwise in their order. A cycle is reported.
pub fn in_start_order(services: Vec<Service>, sink: &Sink) -> Vec<Service> {
    let mut graph: DiGraph<usize, ()> = DiGraph::new();
    // Added last to first: among services that may start together, the sort then keeps the order of the description.
    let mut nodes: Vec<NodeIndex> = (0..services.len()).rev().map(|index| graph.add_node(index)).collect();
    nodes.reverse();
    let positions: std::collections::BTreeMap<&str, usize> =
        services.iter().enumerate().map(|(index, service)| (service.name.as_str(), index)).collect();
    for (index, service) in services.iter().enumerate() {
        for need in service.needs.iter().rev() {
            if let Some(other) = positions.get(need.service.as_str()) {
                graph.add_edge(nodes[*other], nodes[index], ());
            }
        }
    }
    match toposort(&graph, None) {
        Ok(order) => {
            let order: Vec<usize> = order.into_iter().map(|node| graph[node]).collect();
            let mut services: Vec<Option<Service>> = services.into_iter().map(Some).collect();
            order.into_iter().filter_map(|index| services[index].take()).collect()
        }
        Err(_) => {
            for component in tarjan_scc(&graph).into_iter().filter(|component| component.len() > 1) {
                let mut members: Vec<&Service> =
                    component.into_iter().map(|node| &services[graph[node]]).collect();
                members.sort_by_key(|service| service.origin.span());
                let names: Vec<&str> = members.iter().map(|service| service.name.as_str()).collect();
                let mut diagnostic = Diagnostic::error(
                    "dependency-cycle",
                    format!("these services wait for one another: {}", names.join(", ")),
                );
                for service in &members {
                    let waits: Vec<&str> = service
                        .needs
                        .iter()
                        .map(|need| need.service.as_str())
                        .filter(|name| names.contains(name))
                        .collect();
                    diagnostic =
                        diagnostic.at(service.origin.span(), format!("waits for {}", waits.join(" and ")));
                }
                sink.report(diagnostic.help("none of them could ever start: remove one `needs`"));
            }
            services
        }
    }
}
