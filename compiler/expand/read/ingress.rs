//! `ingress`: the way in.

use crate::{
    diagnostic::Diagnostic,
    model::{Balance, Tls},
    source::{Located, Span},
    syntax::Reader,
    values::{
        AbsPath, Cidr, Count, Duration, Email, HeaderName, HeaderValue, Hostname, Line, Name, Prose, Rate,
        Size, UrlPath, Version, choice,
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
    pub domains: Vec<Located<Hostname>>,
    /// Where certificates come from.
    pub tls: Option<Located<Tls>>,
    /// Networks of a proxy in front.
    pub behind: Vec<Located<Cidr>>,
    /// Routes.
    pub routes: Vec<RouteSpec>,
    /// Largest body.
    pub body_limit: Located<Size>,
    /// Limit for all routes.
    pub rate_limit: Option<LimitSpec>,
    /// Masked query parameters.
    pub masked: Vec<Located<Line>>,
    /// Headers.
    pub headers: Vec<(Located<HeaderName>, Located<HeaderValue>)>,
    /// How long browsers remember to use https.
    pub hsts: Located<Duration>,
    /// Lines for the `http` level.
    pub raw_http: Vec<Located<Prose>>,
    /// Lines for the `server` level.
    pub raw_server: Vec<Located<Prose>>,
    /// Nodes for compose.
    pub raw_compose: Vec<crate::syntax::Node>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `route`.
#[derive(Clone, Debug)]
pub struct RouteSpec {
    /// The start of the path.
    pub path: Located<UrlPath>,
    /// The service.
    pub to: Located<Name>,
    /// How requests are spread.
    pub balance: Located<Balance>,
    /// Its limit.
    pub rate_limit: Option<LimitSpec>,
    /// Whether the path is cut off.
    pub strip: bool,
    /// Time that a reply may take.
    pub timeout: Option<Located<Duration>>,
    /// Largest body.
    pub body_limit: Option<Located<Size>>,
    /// Lines for the `location`.
    pub raw: Vec<Located<Prose>>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `rate-limit`.
#[derive(Clone, Debug)]
pub struct LimitSpec {
    /// How many.
    pub rate: Located<Rate>,
    /// How many more at once.
    pub burst: Located<Count>,
}

choice! { Balance, "a way to spread requests", { "round-robin" => RoundRobin, "least-conn" => LeastConn, "ip-hash" => IpHash, } }

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
    let domains = r.list::<Hostname>("domain", "a name that it answers to beside the system's domain");
    let tls = r.block(
        "tls",
        "where certificates come from; `letsencrypt` when absent is not assumed: state it",
        tls,
    );
    let behind = r.list::<Cidr>(
        "behind",
        "networks of a proxy in front (a load balancer, a CDN), whose word about clients is believed; with `tls \"none\"` private networks when absent",
    );
    let routes = r.keyed("route", "where requests of one path go; the longest path wins", route);
    let body_limit = r.prop::<Size>("body-limit", "largest request body").above_zero().or("10MiB");
    let rate_limit = r.block("rate-limit", "limit on requests of one client address, for all routes", limit);
    let masked = r.list::<Line>(
        "mask",
        "a query parameter whose value the access log masks, beside the usual ones (token, password, key, …)",
    );
    let headers = r.map::<HeaderName, HeaderValue>(
        "headers",
        "response headers, in place of or beside the standard security headers",
    );
    let hsts = r.prop::<Duration>("hsts", "how long browsers remember to use https only").or("365d");
    let raw_http = r.list::<Prose>(
        "nginx-http",
        "nginx directives for the `http` level that the language has no word for",
    );
    let raw_server =
        r.list::<Prose>("nginx", "nginx directives for the `server` level that the language has no word for");
    let raw_compose = r
        .raw("compose", "keys of the compose service that the language has no word for, as KDL")
        .into_iter()
        .cloned()
        .collect();
    absent(r);
    Some(IngressSpec {
        on,
        version,
        domains,
        tls,
        behind,
        routes,
        body_limit: body_limit?,
        rate_limit,
        masked,
        headers,
        hsts: hsts?,
        raw_http,
        raw_server,
        raw_compose,
        span: r.span()?,
    })
}

/// Reports what no ingress can do without.
fn absent(r: &mut Reader) {
    let Some(span) = r.span() else { return };
    if !r.stated("tls") {
        r.lacks(
            "tls",
            Diagnostic::error("missing-property", "`ingress` needs `tls`")
                .at(span, "it is not said where certificates come from")
                .help("write `tls \"letsencrypt\" email=\"…\"`, `tls \"self-signed\"`, `tls \"given\" certificate=\"…\" key=\"…\"` or `tls \"none\"`"),
        );
    }
    if !r.stated("route") {
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

fn route(r: &mut Reader) -> Option<RouteSpec> {
    r.example("route \"/api\" to=\"backend\" balance=\"least-conn\"");
    let path = r.arg::<UrlPath>("path", "the start of the path").required();
    let to = r.prop::<Name>("to", "the service that answers").required();
    let balance =
        r.prop::<Balance>("balance", "how requests are spread over its containers").or("round-robin");
    let rate_limit = r.block("rate-limit", "limit on requests of one client address, for this route", limit);
    let strip = r.flag("strip", "whether the path is cut off before the service sees it");
    let timeout = r
        .prop::<Duration>("timeout", "time that a reply may take; nginx's 60 s when absent")
        .above_zero()
        .optional();
    let body_limit =
        r.prop::<Size>("body-limit", "largest request body on this route").above_zero().optional();
    let raw =
        r.list::<Prose>("nginx", "nginx directives for the `location` that the language has no word for");
    Some(RouteSpec {
        path: path?,
        to: to?,
        balance: balance?,
        rate_limit,
        strip,
        timeout,
        body_limit,
        raw,
        span: r.span()?,
    })
}

fn limit(r: &mut Reader) -> Option<LimitSpec> {
    let rate = r.arg::<Rate>("rate", "requests of one client address in a time").required();
    let burst = r.prop::<Count>("burst", "how many more may come at once").or("20");
    Some(LimitSpec { rate: rate?, burst: burst? })
}
