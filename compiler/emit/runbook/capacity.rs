//! The plan of growth as the guide's templates see it.

use serde::Serialize;

use crate::model::{
    Model,
    capacity::{Figure, Limit},
};

/// The plan as a table.
#[derive(Serialize)]
pub struct CapacityView {
    start: String,
    /// The months of the columns, as dates.
    months: Vec<String>,
    rows: Vec<Row>,
    ends: Vec<End>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    values: Vec<String>,
}

#[derive(Serialize)]
struct End {
    what: String,
    most: String,
    used: Vec<String>,
    /// The month in which it is used up; none when it lasts.
    date: Option<String>,
    /// The alert on its trend; none when nothing measures it.
    alert: Option<String>,
}

/// The alert that follows the trend of a limit on this host.
fn followed(model: &Model, limit: &Limit) -> Option<String> {
    // Of several hosts each has its name before those of its alerts.
    let here = [limit.alert.clone(), model.host.name.camel() + &limit.alert];
    let alerts = model.monitoring.as_ref()?.explained();
    alerts.map(|alert| &alert.name).find(|name| here.contains(name)).cloned()
}

/// The view; none without a plan.
pub fn view(model: &Model) -> Option<CapacityView> {
    let capacity = model.capacity.as_ref()?;
    let ends = |figure: &Figure| -> Vec<End> {
        let end = |limit: &Limit| {
            let words =
                |value| if limit.bytes { crate::model::capacity::size(value) } else { value.to_string() };
            End {
                what: limit.what.clone(),
                most: words(limit.most),
                used: limit.used.iter().map(|value| words(*value)).collect(),
                alert: followed(model, limit),
                date: capacity.runs_out(limit).map(|month| capacity.start.after(month).to_string()),
            }
        };
        figure.limits.iter().map(end).collect()
    };
    Some(CapacityView {
        start: capacity.start.to_string(),
        months: capacity.months.iter().map(|month| capacity.start.after(*month).to_string()).collect(),
        rows: capacity
            .figures
            .iter()
            .map(|figure| Row {
                name: figure.name.clone(),
                values: figure.values.iter().map(|value| figure.words(*value)).collect(),
            })
            .collect(),
        ends: capacity.figures.iter().flat_map(ends).collect(),
    })
}
