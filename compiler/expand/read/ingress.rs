//! `ingress`: the way in.

use crate::{
    diagnostic::Diagnostic,
    model::{Balance, Moved, MovedTo, Tls},
    source::{Located, Span},
    syntax::Reader,
    values::{
        AbsPath, Cidr, Count, Duration, Email, HeaderName, HeaderValue, Hostname, Line, Name, Prose, Rate,
        Size, Url, UrlPath, Value, Version, choice,
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
    /// Paths that have moved.
    pub redirects: Vec<RedirectSpec>,
    /// What is served under other names.
    pub sites: Vec<SiteSpec>,
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

/// A stated `site`.
#[derive(Clone, Debug)]
pub struct SiteSpec {
    /// Its name; one without a dot is below the system's domain.
    pub name: Located<Hostname>,
    /// Further names.
    pub also: Vec<Located<Hostname>>,
    /// Where all of it has moved to.
    pub moved: Option<Located<Url>>,
    /// Networks from which it may be reached.
    pub allow_from: Vec<Located<Cidr>>,
    /// Routes.
    pub routes: Vec<RouteSpec>,
    /// Paths that have moved.
    pub redirects: Vec<RedirectSpec>,
}

/// A stated `redirect`.
#[derive(Clone, Debug)]
pub struct RedirectSpec {
    /// The path.
    pub path: Located<UrlPath>,
    /// Where to.
    pub to: Located<MovedTo>,
    /// How that is told.
    pub status: Located<Moved>,
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
    /// Networks from which it may be reached.
    pub allow_from: Vec<Located<Cidr>>,
    /// How long browsers may keep replies.
    pub cache: Option<Located<Duration>>,
    /// Whether replies are passed on piece by piece.
    pub stream: bool,
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

choice! { Moved, "a status of what has moved", { "301" => Permanently, "302" => Found, "307" => Temporarily, "308" => ForGood, } }

impl Value for MovedTo {
    const WHAT: &'static str = "a path or a URL";
    const EXAMPLES: &'static [&'static str] = &["/docs", "https://docs.example.com/start"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('/') {
            UrlPath::parse(text).map(MovedTo::Path)
        } else {
            web(text).map(MovedTo::Url)
        }
    }
}

/// An address that a browser can be sent to.
fn web(text: &str) -> Result<Url, String> {
    match Url::parse(text)? {
        url if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err("browsers follow to `https://` and `http://` only".into()),
    }
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
    let redirects = r.keyed("redirect", "a path that has moved", redirect);
    let sites = r.keyed("site", "what is served under another name", site);
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
        redirects,
        sites,
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
    if !r.stated("route") && !r.stated("site") {
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

fn site(r: &mut Reader) -> Option<SiteSpec> {
    r.example("site \"admin\" {\n    allow-from \"10.0.0.0/8\"\n    route \"/\" to=\"api\"\n}");
    r.example("site \"www\" moved-to=\"https://shop.example.com\"");
    let name = r
        .arg::<Hostname>(
            "name",
            "its name; `admin` is `admin.` before the system's domain, in each environment",
        )
        .required();
    let also = r.list::<Hostname>("also", "another name of the same");
    let moved = r
        .prop::<Url>(
            "moved-to",
            "where all of it has moved to; path and query are kept when the address has no path",
        )
        .optional();
    let allow_from =
        r.list::<Cidr>("allow-from", "networks from which it may be reached; everybody else gets 403");
    let routes = r.keyed("route", "where requests of one path go; the longest path wins", route);
    let redirects = r.keyed("redirect", "a path that has moved", redirect);
    let span = r.span()?;
    if moved.is_none() && routes.is_empty() && !r.stated("moved-to") && !r.stated("route") {
        r.lacks(
            "route",
            Diagnostic::error("missing-property", "`site` needs a `route`")
                .at(span, "nothing would be served")
                .help(
                    "write for example `route \"/\" to=\"web\"`, or `moved-to=\"https://shop.example.com\"`",
                ),
        );
    }
    if let (Some(moved), Some(first)) = (&moved, routes.first().map(|r| r.span)) {
        r.sink().report(
            Diagnostic::error("route-shadowed", "what has moved serves nothing any more")
                .at(moved.span, "all of it has moved")
                .at(first, "this would never be asked")
                .help("remove one of them"),
        );
    }
    if let Some((moved, reason)) = moved.as_ref().and_then(|m| Some((m, web(m.value.as_str()).err()?))) {
        r.sink().report(
            Diagnostic::error("invalid-value", "this is no place for browsers").at(moved.span, reason),
        );
    }
    Some(SiteSpec { name: name?, also, moved, allow_from, routes, redirects })
}

fn redirect(r: &mut Reader) -> Option<RedirectSpec> {
    r.example("redirect \"/manual\" to=\"https://docs.example.com/shop\"");
    let path = r.arg::<UrlPath>("path", "the path, without what is below it").required();
    let to = r
        .prop::<MovedTo>(
            "to",
            "a path of the same site, or an address elsewhere; the query is kept on a path",
        )
        .required();
    let status = r
        .prop::<Moved>("status", "what clients are told: 301 or 308 for good, 302 or 307 for now; after 307 and 308 what was posted is posted again")
        .or("308");
    Some(RedirectSpec { path: path?, to: to?, status: status? })
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
    let allow_from =
        r.list::<Cidr>("allow-from", "networks from which it may be reached; everybody else gets 403");
    let cache = r
        .prop::<Duration>(
            "cache",
            "how long browsers may keep what it answers; what the service says about that is replaced",
        )
        .optional();
    let stream = r.switch("stream", "whether replies are passed on piece by piece, as they come: events, a language model that is still writing");
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
        allow_from,
        cache,
        stream,
        raw,
        span: r.span()?,
    })
}

fn limit(r: &mut Reader) -> Option<LimitSpec> {
    let rate = r.arg::<Rate>("rate", "requests of one client address in a time").required();
    let burst = r.prop::<Count>("burst", "how many more may come at once").or("20");
    Some(LimitSpec { rate: rate?, burst: burst? })
}
