//! `ingress`: the way in.

use super::compose_words;
use super::service::{PublishSpec, publish};
use super::site::{
    FILES, FilesSpec, HEADERS, HeaderChoice, LimitSpec, RedirectSpec, RouteSpec, SiteSpec, StatedHeaders,
    files, limit, redirect, route, serves, site,
};
use crate::{
    diagnostic::Diagnostic,
    model::Tls,
    source::{Located, Span},
    syntax::Reader,
    values::{
        AbsPath, Cidr, Directives, Duration, Email, HeaderName, HostPattern, Line, Name, Port, Size, Version,
        choice,
    },
};

/// A stated `ingress`.
#[derive(Clone, Debug)]
pub struct IngressSpec {
    /// The hosts that it runs on; the only one when empty.
    pub on: Vec<Located<Name>>,
    /// Version of nginx.
    pub version: Option<Located<Version>>,
    /// Names beside the system's domain.
    pub domains: Vec<Located<HostPattern>>,
    /// Where certificates come from.
    pub tls: Option<Located<Tls>>,
    /// Whether its own site answers to every name; stated or not.
    pub any_host: Option<Located<bool>>,
    /// The ports of the host.
    pub listen: Option<ListenSpec>,
    /// Networks of a proxy in front.
    pub behind: Vec<Located<Cidr>>,
    /// Whether others than that proxy are let in as well.
    pub direct: bool,
    /// Whether it speaks HTTP/3.
    pub http3: bool,
    /// Ports that its container publishes beside those for http and https.
    pub publish: Vec<PublishSpec>,
    /// Routes.
    pub routes: Vec<RouteSpec>,
    /// Paths that have moved.
    pub redirects: Vec<RedirectSpec>,
    /// Files that the proxy answers with.
    pub files: Vec<FilesSpec>,
    /// What is served under other names.
    pub sites: Vec<SiteSpec>,
    /// Largest body.
    pub body_limit: Located<Size>,
    /// Limit for all routes.
    pub rate_limit: Option<LimitSpec>,
    /// Masked query parameters.
    pub masked: Vec<Located<Line>>,
    /// Headers.
    pub headers: StatedHeaders,
    /// How long browsers remember to use https.
    pub hsts: Located<Duration>,
    /// Directives for the outermost level.
    pub raw_main: Vec<Located<Directives>>,
    /// Directives for `events`.
    pub raw_events: Vec<Located<Directives>>,
    /// Directives for the `http` level.
    pub raw_http: Vec<Located<Directives>>,
    /// Directives for the `server` level.
    pub raw_server: Vec<Located<Directives>>,
    /// Directives for the `server` of its own site.
    pub raw_own: Vec<Located<Directives>>,
    /// Nodes for compose.
    pub raw_compose: Vec<crate::syntax::Node>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `listen`.
#[derive(Clone, Debug)]
pub struct ListenSpec {
    /// For http.
    pub http: Located<Port>,
    /// For https.
    pub https: Located<Port>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TlsMode {
    LetsEncrypt,
    SelfSigned,
    Given,
    None,
}

choice! { TlsMode, "a source of certificates", {
    "letsencrypt" => LetsEncrypt, "self-signed" => SelfSigned, "given" => Given, "none" => None,
} }

/// Reads an `ingress`.
pub fn ingress(r: &mut Reader) -> Option<IngressSpec> {
    r.example("ingress {\n    tls \"letsencrypt\" email=\"infra@example.com\"\n    rate-limit \"100/s\" burst=200\n    route \"/\" to=\"web\"\n}");
    let on = r.list::<Name>("on", "the hosts that it runs on, when there are several");
    let version = r.prop::<Version>("version", "version of nginx; the kind's when absent").optional();
    let domains = r.list::<HostPattern>(
        "domain",
        "a name that it answers to beside the system's domain; `*.` and a name is every name below it",
    );
    let tls = r.block(
        "tls",
        "where certificates come from; `letsencrypt` when absent is not assumed: state it",
        tls,
    );
    let any_host = r
        .prop::<bool>(
            "any-host",
            "whether it answers whatever name or address it is asked by; else names that are not its own get no answer. When absent it does if the `domain` is an address, or there is none",
        )
        .optional();
    let listen = r.block("listen", "the ports of the host that it takes; 80 and 443 when absent", listen);
    let http3 = r.switch(
        "http3",
        "whether it speaks HTTP/3 as well, on the port of https over UDP: browsers are told of it, and come back by it",
    );
    let published = r.keyed(
        "publish",
        "a further port that its container offers, for what `nginx-main` or `nginx` says of it: from the host itself only unless `from` or `public` says more",
        publish,
    );
    let behind = r.list::<Cidr>(
        "behind",
        "networks of a proxy in front (a load balancer, a CDN), whose word about clients is believed, and past which the firewall lets nobody in; with `tls \"none\"` private networks when absent",
    );
    let direct = r.switch(
        "direct",
        "whether others than the proxies of `behind` may connect too; without it, the firewall lets only those in",
    );
    let routes = r.keyed("route", "where requests of one path go; the longest path wins", route);
    let redirects = r.keyed("redirect", "a path that has moved", redirect);
    let files = r.keyed("files", FILES, files);
    let sites = r.keyed("site", "what is served under another name", site);
    let body_limit =
        r.prop::<Size>("body-limit", "largest request body; `0B` is without a limit").or("10MiB");
    let rate_limit = r.block("rate-limit", "limit on requests of one client address, for all routes", limit);
    let masked = r.list::<Line>(
        "mask",
        "a query parameter whose value the access log masks, beside the usual ones (token, password, key, …)",
    );
    let headers = r.map::<HeaderName, HeaderChoice>("headers", HEADERS);
    let hsts = r.prop::<Duration>("hsts", "how long browsers remember to use https only").or("365d");
    let raw_main = r.list::<Directives>(
        "nginx-main",
        "nginx directives for the outermost level, such as `load_module` or `stream { … }`",
    );
    let raw_events =
        r.list::<Directives>("nginx-events", "nginx directives for `events`, such as `worker_connections`");
    let raw_http = r.list::<Directives>(
        "nginx-http",
        "nginx directives for the `http` level that the language has no word for; in place of what the compiler would say there",
    );
    let raw_server = r.list::<Directives>(
        "nginx",
        "nginx directives for the `server` of every site that the language has no word for; in place of what the compiler would say there",
    );
    let raw_own = r.list::<Directives>(
        "nginx-own",
        "the same for the system's own site only; in place of what the compiler or `nginx` would say there",
    );
    let raw_compose = r
        .raw(
            "compose",
            "keys of the compose service that the language has no word for, as KDL",
            compose_words::PASSED_ON,
        )
        .into_iter()
        .cloned()
        .collect();
    absent(r, serves(&raw_server) || serves(&raw_own));
    Some(IngressSpec {
        on,
        version,
        domains,
        tls,
        any_host,
        listen,
        http3,
        publish: published,
        behind,
        direct,
        routes,
        redirects,
        files,
        sites,
        body_limit: body_limit?,
        rate_limit,
        masked,
        headers,
        hsts: hsts?,
        raw_main,
        raw_events,
        raw_http,
        raw_server,
        raw_own,
        raw_compose,
        span: r.span()?,
    })
}

/// Reports what no ingress can do without. `served` says that directives of nginx answer by themselves.
fn absent(r: &mut Reader, served: bool) {
    let Some(span) = r.span() else { return };
    if !r.stated("tls") {
        r.lacks(
            "tls",
            Diagnostic::error("missing-property", "`ingress` needs `tls`")
                .at(span, "it is not said where certificates come from")
                .help("write `tls \"letsencrypt\" email=\"…\"`, `tls \"self-signed\"`, `tls \"given\" certificate=\"…\" key=\"…\"` or `tls \"none\"`"),
        );
    }
    if !r.stated("route") && !r.stated("site") && !r.stated("files") && !served {
        r.lacks(
            "route",
            Diagnostic::error("missing-property", "`ingress` needs a `route`")
                .at(span, "nothing would be served")
                .help("write for example `route \"/\" to=\"web\"`"),
        );
    }
}

fn tls(r: &mut Reader) -> Option<Located<Tls>> {
    r.example("tls \"given\" certificate=\"/etc/ssl/certs/shop.pem\" key=\"/etc/ssl/private/shop.key\"");
    let mode = r.arg::<TlsMode>("mode", "`letsencrypt` (certbot issues and renews), `self-signed` (for development), `given` (files on the host), `none` (behind another proxy)").required();
    let email = r.prop::<Email>("email", "for `letsencrypt`: where the authority writes to").optional();
    let certificate = r
        .prop::<AbsPath>("certificate", "for `given`: the certificate with its chain, on the host")
        .optional();
    let key = r.prop::<AbsPath>("key", "for `given`: the key, on the host").optional();
    let mode = mode?;
    let missing = |property: &str, what: &str, example: &str| {
        if r.stated(property) {
            return;
        }
        r.sink().report(
            Diagnostic::error("missing-property", format!("this source of certificates needs {what}"))
                .at(mode.span, format!("{what} is missing"))
                .help(format!("write for example {example}")),
        );
    };
    let tls = match mode.value {
        TlsMode::LetsEncrypt => match email {
            Some(email) => Tls::LetsEncrypt { email: email.value },
            None => {
                missing("email", "`email`", "tls \"letsencrypt\" email=\"infra@example.com\"");
                return None;
            }
        },
        TlsMode::Given => {
            let example =
                "tls \"given\" certificate=\"/etc/ssl/certs/shop.pem\" key=\"/etc/ssl/private/shop.key\"";
            match (certificate, key) {
                (Some(certificate), Some(key)) => {
                    Tls::Given { certificate: certificate.value, key: key.value }
                }
                (certificate, key) => {
                    if certificate.is_none() {
                        missing("certificate", "`certificate`", example);
                    }
                    if key.is_none() {
                        missing("key", "`key`", example);
                    }
                    return None;
                }
            }
        }
        TlsMode::SelfSigned => Tls::SelfSigned,
        TlsMode::None => Tls::None,
    };
    Some(Located::new(tls, mode.span))
}

fn listen(r: &mut Reader) -> Option<ListenSpec> {
    r.example("listen http=8080 https=8443");
    let http = r.prop::<Port>("http", "for http").or("80");
    let https = r.prop::<Port>("https", "for https, when there is TLS").or("443");
    Some(ListenSpec { http: http?, https: https? })
}
