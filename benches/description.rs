//! Descriptions of any size, in the words of the real examples: go-http, fastapi, node, static-site, worker, postgres
//! and redis behind an ingress, with configuration, backups, jobs, watches, alerts, checklists and a runbook.

/// Services that a description states for each of its groups.
pub const GROUP: usize = 8;

const ROUTES: &str = r#"
        route "/api-{n}" to="api-{n}"
        route "/planner-{n}" to="planner-{n}" balance="least-conn"
        route "/web-{n}" to="web-{n}"
        route "/front-{n}" to="front-{n}""#;

const WATCHES: &str = r#"
        watch "latency-{n}" measure="latency-p95" of="api-{n}" warn=">500ms" critical=">2s"
        watch "errors-{n}" measure="error-rate" of="api-{n}" warn=">1%" critical=">5%"
        watch "llm-latency-{n}" p95="llm_request_duration_seconds" of="planner-{n}" warn=">10s"
        watch "redis-clients-{n}" max="redis_connected_clients" of="redis-{n}" warn=">100""#;

/// The description of system `index` with `services` stated services; monitoring and the ingress bring more.
pub fn description(index: usize, services: usize) -> String {
    let all = |text: &str| -> String {
        (0..services.div_ceil(GROUP)).map(|n| text.replace("{n}", &n.to_string())).collect()
    };
    include_str!("system.kdl")
        .replace("{index}", &index.to_string())
        .replace("    // groups\n", &all(include_str!("group.kdl")))
        .replace("        // routes", &all(ROUTES))
        .replace("        // watches", &all(WATCHES))
}
