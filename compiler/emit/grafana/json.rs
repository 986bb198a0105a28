//! A dashboard as Grafana reads it. Fields are sorted, so that the text is.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::SOURCE;

/// A list that is always empty.
pub type Empty = [u8; 0];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dashboard<'a> {
    pub annotations: List,
    pub editable: bool,
    pub graph_tooltip: u8,
    pub links: Vec<Link<'a>>,
    pub panels: Vec<Drawn<'a>>,
    pub refresh: &'static str,
    pub schema_version: u8,
    pub tags: [&'a str; 2],
    pub templating: List,
    pub time: Time,
    pub timezone: String,
    pub title: String,
    pub uid: String,
}

#[derive(Default, Serialize)]
pub struct List {
    list: Empty,
}

#[derive(Serialize)]
pub struct Time {
    pub from: &'static str,
    pub to: &'static str,
}

/// A link out of a dashboard or a panel.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Link<'a> {
    pub as_dropdown: bool,
    pub icon: &'static str,
    pub include_vars: bool,
    pub keep_time: bool,
    pub tags: Vec<&'a str>,
    pub target_blank: bool,
    pub title: Cow<'a, str>,
    pub tooltip: &'static str,
    pub r#type: &'static str,
    pub url: String,
}

/// What is drawn on a dashboard.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Drawn<'a> {
    Row(Row<'a>),
    Panel(Box<Panel<'a>>),
}

/// A title across the page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row<'a> {
    pub collapsed: bool,
    pub grid_pos: Place,
    pub id: u32,
    pub panels: Empty,
    pub title: &'a str,
    pub r#type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Panel<'a> {
    pub datasource: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub field_config: Fields,
    pub grid_pos: Place,
    pub id: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link<'a>>,
    pub options: Drawing,
    pub targets: Vec<Target<'a>>,
    pub title: &'a str,
    pub r#type: &'static str,
}

/// Height, width and upper left corner, in the units of Grafana's grid of 24 columns.
#[derive(Serialize)]
pub struct Place {
    pub h: u32,
    pub w: u32,
    pub x: u32,
    pub y: u32,
}

#[derive(Serialize)]
pub struct Source {
    r#type: &'static str,
    uid: &'static str,
}

/// The one data source.
pub const PROMETHEUS: Source = Source { r#type: "prometheus", uid: SOURCE };

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Target<'a> {
    pub datasource: Source,
    pub expr: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instant: Option<bool>,
    pub legend_format: &'a str,
    pub ref_id: String,
}

#[derive(Serialize)]
pub struct Fields {
    pub defaults: Defaults,
    pub overrides: Empty,
}

#[derive(Serialize)]
pub struct Defaults {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Custom>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u8>,
    pub thresholds: Thresholds,
    pub unit: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Custom {
    pub thresholds_style: Mode,
}

#[derive(Serialize)]
pub struct Mode {
    pub mode: &'static str,
}

#[derive(Serialize)]
pub struct Thresholds {
    pub mode: &'static str,
    pub steps: Vec<Step>,
}

/// A colour, and the value from which it is that; none for the lowest.
#[derive(Serialize)]
pub struct Step {
    pub color: &'static str,
    pub value: Value,
}

#[derive(Serialize)]
#[serde(untagged)]
pub enum Drawing {
    Number(Number),
    Graph(Graph),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Number {
    pub color_mode: &'static str,
    pub graph_mode: &'static str,
    pub reduce_options: Reduced,
}

#[derive(Serialize)]
pub struct Reduced {
    pub calcs: [&'static str; 1],
}

#[derive(Serialize)]
pub struct Graph {
    pub legend: Legend,
    pub tooltip: Tooltip,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Legend {
    pub display_mode: &'static str,
    pub placement: &'static str,
    pub show_legend: bool,
}

#[derive(Serialize)]
pub struct Tooltip {
    pub mode: &'static str,
    pub sort: &'static str,
}
