//! What the guide says of what others run.

use serde::Serialize;

use crate::{
    model::{External, Model},
    values::Line,
};

/// A row of the table.
#[derive(Serialize)]
pub struct View {
    name: String,
    about: String,
    address: Option<String>,
    used_by: String,
    contact: String,
    /// The alert that tells when it does not answer, where it is explained.
    alert: Option<String>,
}

/// A row for each, in the order of the description.
pub fn views(model: &Model) -> Vec<View> {
    model.externals.iter().map(|external| view(model, external)).collect()
}

fn view(model: &Model, external: &External) -> View {
    let from = format!("external/{}", external.name);
    let mut alerts = model.monitoring.iter().flat_map(|monitoring| monitoring.explained());
    let text = |line: &Option<Line>| line.as_ref().map(ToString::to_string).unwrap_or_default();
    View {
        name: external.name.to_string(),
        about: text(&external.about),
        address: external.address.as_ref().map(|(address, port)| address.with_port(*port)),
        used_by: external.used_by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        contact: text(&external.contact),
        alert: alerts.find(|alert| alert.from.contains(&from)).map(|alert| alert.name.clone()),
    }
}
