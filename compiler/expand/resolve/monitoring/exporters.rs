//! Who exports a metric that its subject does not have: another service, or an exporter that is not there yet.

use super::{Input, known::OF_THE_HOST};
use crate::{
    expand::kind::{Kind, KindMetric, Role},
    model::{Metric, MetricType},
    values::MetricName,
};

/// What to write to have a metric of that name; none when no exporter is known to have it.
pub fn of(input: &Input, name: &MetricName) -> Option<String> {
    let all = input.model.services.iter();
    let mut services = all.filter(|service| service.observes.is_none() && input.is_measured(service));
    let has = |metric: &Metric| is_part_of(name, &metric.name, metric.kind);
    if let Some(service) = services.find(|service| service.metrics.iter().any(has)) {
        return Some(format!("it is exported by `{0}`: write `of=\"{0}\"`", service.name));
    }
    let host =
        input.host_exporter().filter(|_| OF_THE_HOST.iter().any(|prefix| name.as_str().starts_with(prefix)));
    if let Some(exporter) = host {
        return Some(format!("`{}` exports it, of the host: leave out `of`", exporter.name));
    }
    coming(input, "it", |metric| is_part_of(name, &metric.name.value, metric.kind))
}

/// Likewise for a name that only begins as those of an exporter do, of whose metrics its kind names the usual ones.
pub fn like(input: &Input, name: &MetricName) -> Option<String> {
    let family = family(name.as_str());
    coming(input, &format!("what begins with `{family}`"), |metric| {
        self::family(metric.name.value.as_str()) == family
    })
}

/// What the names of one program's metrics begin with.
pub fn family(name: &str) -> &str {
    name.find('_').map_or(name, |end| &name[..=end])
}

/// Whether `name` is the metric, or one of the series that a histogram or summary consists of.
pub fn is_part_of(name: &MetricName, metric: &MetricName, kind: MetricType) -> bool {
    let compound = matches!(kind, MetricType::Histogram | MetricType::Summary);
    metric == name || (compound && metric.as_str() == name.family())
}

/// The exporters with such a metric, and what brings them. What a program of the user's exports is its own.
fn coming(input: &Input, what: &str, has: impl Fn(&KindMetric) -> bool) -> Option<String> {
    let kinds = input.context.kinds;
    let all = || kinds.names().into_iter().filter_map(|name| kinds.get(name)).map(|defined| &defined.kind);
    let exports = |kind: &&Kind| kind.role != Role::Application && kind.metrics.iter().any(&has);
    let mut exporters: Vec<&Kind> = all().filter(exports).collect();
    // The plainest first: a cluster's exporter has what the one of a single server has.
    exporters.sort_by_key(|kind| kind.name.value.as_str().len());
    let brought = |exporter: &&Kind| {
        let name = &exporter.name.value;
        let observed = all().filter(|kind| kind.exporter.as_ref().is_some_and(|one| one.value == *name));
        let ways: Vec<String> = observed.map(stated).collect();
        match ways.as_slice() {
            [] => format!("`{name}` exports {what}: state {}", stated(exporter)),
            ways => format!("`{name}` exports {what}: it comes with {}", ways.join(" or ")),
        }
    };
    let ways: Vec<String> = exporters.iter().map(brought).collect();
    (!ways.is_empty()).then(|| format!("{}; then say of which service, `of=\"…\"`", ways.join("; ")))
}

/// How a service of the kind is had.
fn stated(kind: &Kind) -> String {
    match kind.role {
        Role::Ingress => "`ingress`".to_owned(),
        _ => format!("`service \"…\" kind=\"{}\"`", kind.name.value),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::compiled;

    fn helps(of: &str, metric: &str, web: &str, beside: &str) -> String {
        let text = format!(
            "system \"shop\" {{ secret \"HOOK\"; secret \"P\"
            service \"web\" kind=\"fastapi\" {{ build \".\"; health \"/health\"; {web} }}
            {beside}
            monitor {{ watch \"w\" max=\"{metric}\" {of} warn=\">1\" }}
            notify {{ webhook url=(secret)\"HOOK\" }} }}"
        );
        let all = compiled(&text).0.into_sorted();
        let found = all.iter().find(|one| one.code == "unmeasured-metric");
        found.map(|one| format!("{:?}", one.help)).unwrap_or_default()
    }

    #[test]
    fn the_exporter_and_what_brings_it() {
        let of = "of=\"web\"";
        for web in ["", "metrics \"/metrics\""] {
            let redis = helps(of, "redis_connected_clients", web, "");
            assert!(redis.contains("`redis-exporter` exports it: it comes with `service"), "{redis}");
            assert!(!redis.contains("metric \\\""), "{redis}");
            assert!(
                helps(of, "pg_stat_activity_count", web, "")
                    .contains("`postgres-exporter` exports what begins with `pg_`")
            );
            let mysql = helps(of, "mysql_global_status_threads_connected", web, "");
            assert!(mysql.contains("mariadb") && mysql.contains(" or "), "{mysql}");
            assert!(helps(of, "nginx_connections_active", web, "").contains("it comes with `ingress`"));
            assert!(helps(of, "node_load1", web, "").contains("leave out `of`"));
        }
    }

    #[test]
    fn what_is_there_already_is_named() {
        let redis = "service \"cache\" kind=\"redis\" { password secret=\"P\" }";
        for of in ["", "of=\"web\""] {
            assert!(helps(of, "redis_connected_clients", "", redis).contains("exported by `cache`"));
        }
        let more = helps("of=\"cache\"", "redis_db_keys", "", redis);
        assert!(more.contains("if `cache` itself exports it") && !more.contains("comes with"), "{more}");
        assert_eq!(helps("of=\"cache\"", "redis_connected_clients", "", redis), "");
    }

    #[test]
    fn a_library_where_the_program_is_the_users() {
        let help = helps("of=\"web\"", "http_requests_total", "", "");
        assert!(help.contains("prometheus-fastapi-instrumentator"), "{help}");
    }

    #[test]
    fn kinds_of_ones_own() {
        let kinds = "kind \"mail\" { about \"m\"; port 25; exporter \"mail-exporter\" }
            kind \"mail-exporter\" { about \"m\"; role \"exporter\"; image \"x:1\"; port 9; metrics-path \"/m\"; metric \"mail_queue\" type=\"gauge\" }";
        let text = format!(
            "{kinds}\nsystem \"shop\" {{ service \"web\" kind=\"go-http\" {{ build \".\"; health \"/h\" }}
            monitor {{ watch \"w\" max=\"mail_queue\" of=\"web\" warn=\">1\" }} }}"
        );
        let all = compiled(&text).0.into_sorted();
        let found = all.iter().find(|one| one.code == "unmeasured-metric").expect("a finding");
        assert!(format!("{:?}", found.help).contains("kind=\\\"mail\\\""), "{:?}", found.help);
    }
}
