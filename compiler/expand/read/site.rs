//! `site`, and what is served there: `route`, `redirect`, `files`.

use crate::{
    diagnostic::Diagnostic,
    model::{Balance, Moved, MovedTo},
    source::{Located, Span},
    syntax::{Entry, FromEntry, Reader, Scalar},
    values::{
        AbsPath, Cidr, Count, Directives, Duration, HeaderName, HeaderValue, HostPattern, Hostname, Line,
        Name, Rate, Size, Url, UrlPath, Value, choice,
    },
};

/// A stated `site`.
#[derive(Clone, Debug)]
pub struct SiteSpec {
    /// Its name; one without a dot is below the system's domain.
    pub name: Located<Hostname>,
    /// Further names.
    pub also: Vec<Located<HostPattern>>,
    /// Where all of it has moved to.
    pub moved: Option<Located<Url>>,
    /// Networks from which it may be reached.
    pub allow_from: Vec<Located<Cidr>>,
    /// Routes.
    pub routes: Vec<RouteSpec>,
    /// Paths that have moved.
    pub redirects: Vec<RedirectSpec>,
    /// Files that the proxy answers with.
    pub files: Vec<FilesSpec>,
    /// Headers.
    pub headers: StatedHeaders,
    /// Largest body.
    pub body_limit: Option<Located<Size>>,
    /// Limit for its routes.
    pub rate_limit: Option<LimitSpec>,
    /// Directives for its `server`.
    pub raw: Vec<Located<Directives>>,
}

/// Response headers as they are stated.
pub type StatedHeaders = Vec<(Located<HeaderName>, Located<HeaderChoice>)>;

/// The value of a response header, or `#null` for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderChoice(pub Option<HeaderValue>);

impl FromEntry for HeaderChoice {
    const WHAT: &'static str = "a header value or `#null`";

    fn examples() -> Vec<String> {
        HeaderValue::examples().into_iter().chain(["#null".to_owned()]).collect()
    }

    fn from_entry(entry: &Entry) -> Result<Self, String> {
        match (&entry.scalar, &entry.annotation) {
            (Scalar::Null, None) => Ok(HeaderChoice(None)),
            _ => HeaderValue::from_entry(entry).map(|value| HeaderChoice(Some(value))),
        }
    }
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
    /// The service, or what is external.
    pub to: Located<Name>,
    /// Its part of the requests, when others answer as well.
    pub weight: Option<Located<Count>>,
    /// Who else answers there.
    pub also: Vec<AlsoSpec>,
    /// How requests are spread.
    pub balance: Located<Balance>,
    /// Failures after which one is not asked for a while.
    pub max_fails: Option<Located<Count>>,
    /// That while, and the time within which failures count.
    pub fail_timeout: Option<Located<Duration>>,
    /// Directives for the `upstream`.
    pub raw_upstream: Vec<Located<Directives>>,
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
    /// The file of the users who may use it.
    pub auth_basic: Option<Located<AbsPath>>,
    /// How long browsers may keep replies.
    pub cache: Option<Located<Duration>>,
    /// Whether replies are passed on piece by piece.
    pub stream: bool,
    /// Directives for the `location`.
    pub raw: Vec<Located<Directives>>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `also`.
#[derive(Clone, Debug)]
pub struct AlsoSpec {
    /// Who answers as well.
    pub names: Vec<Located<Name>>,
    /// The part of the requests that each of them gets.
    pub weight: Option<Located<Count>>,
    /// Whether they are asked only when the others fail.
    pub spare: bool,
}

impl RouteSpec {
    /// Everybody who answers there.
    pub fn answering(&self) -> impl Iterator<Item = &Located<Name>> {
        std::iter::once(&self.to).chain(self.also.iter().flat_map(|also| &also.names))
    }
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

/// Stated `files`.
#[derive(Clone, Debug)]
pub struct FilesSpec {
    /// The start of the path.
    pub path: Located<UrlPath>,
    /// The volume or the folder of the host.
    pub from: Located<Line>,
    /// What is answered where there is no such file.
    pub fallback: Option<Located<UrlPath>>,
    /// How long browsers may keep them.
    pub cache: Option<Located<Duration>>,
    /// Where it is stated.
    pub span: Span,
}

impl FilesSpec {
    /// The folder in the container below which they lie as their paths say.
    pub fn root(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = self.from.value.as_str().chars().map(plain).collect();
        format!("/srv/files/{}", name.trim_matches('-'))
    }
}

/// What `headers` of the ingress is.
pub const HEADERS: &str = "response headers, in place of or beside the standard security headers; `#null` leaves one to the services";

/// Reads a `site`.
pub fn site(r: &mut Reader) -> Option<SiteSpec> {
    r.example("site \"admin\" {\n    allow-from \"10.0.0.0/8\"\n    route \"/\" to=\"api\"\n}");
    r.example("site \"www\" moved-to=\"https://shop.example.com\"");
    let name = r
        .arg::<Hostname>(
            "name",
            "its name; `admin` is `admin.` before the system's domain, in each environment",
        )
        .required();
    let also =
        r.list::<HostPattern>("also", "another name of the same; `*.` and a name is every name below it");
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
    let files = r.keyed("files", FILES, files);
    let headers = r.map::<HeaderName, HeaderChoice>(
        "headers",
        "response headers, in place of or beside those of the ingress; `#null` leaves one to the services",
    );
    let body_limit = r
        .prop::<Size>(
            "body-limit",
            "largest request body, in place of the ingress's; `0B` is without a limit",
        )
        .optional();
    let rate_limit =
        r.block("rate-limit", "limit on requests of one client address, in place of the ingress's", limit);
    let raw = r.list::<Directives>(
        "nginx",
        "nginx directives for its `server` that the language has no word for; in place of what the compiler or the ingress would say there",
    );
    let span = r.span()?;
    if moved.is_none()
        && routes.is_empty()
        && files.is_empty()
        && !r.stated("moved-to")
        && !r.stated("route")
        && !serves(&raw)
    {
        r.lacks(
            "route",
            Diagnostic::error("missing-property", "`site` needs a `route`")
                .at(span, "nothing would be served")
                .help(
                    "write for example `route \"/\" to=\"web\"`, or `moved-to=\"https://shop.example.com\"`",
                ),
        );
    }
    let unasked = [
        routes.first().map(|route| route.span),
        files.first().map(|files| files.span),
        rate_limit.as_ref().map(|limit| limit.rate.span),
        body_limit.as_ref().map(|limit| limit.span),
    ];
    for (moved, first) in unasked.into_iter().flatten().filter_map(|first| Some((moved.as_ref()?, first))) {
        r.sink().report(
            Diagnostic::error("route-shadowed", "what has moved serves nothing any more")
                .at(moved.span, "all of it has moved")
                .at(first, "this would never be asked")
                .help("remove one of them"),
        );
    }
    if let Some((moved, reason)) = moved.as_ref().and_then(|m| Some((m, web(m.value.as_str()).err()?))) {
        r.sink().report(
            Diagnostic::error("invalid-value", "this is no place for browsers")
                .at(moved.span, reason)
                .help("write for example `moved-to=\"https://shop.example.com\"`"),
        );
    }
    Some(SiteSpec {
        name: name?,
        also,
        moved,
        allow_from,
        routes,
        redirects,
        files,
        headers,
        body_limit,
        rate_limit,
        raw,
    })
}

/// Whether directives of a `server` answer requests by themselves.
pub fn serves(raw: &[Located<Directives>]) -> bool {
    let all = raw.iter().flat_map(|text| text.value.stated());
    all.into_iter().any(|one| matches!(one.name(), "location" | "return" | "root"))
}

/// Reads a `redirect`.
pub fn redirect(r: &mut Reader) -> Option<RedirectSpec> {
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

/// Reads a `route`.
pub fn route(r: &mut Reader) -> Option<RouteSpec> {
    r.example("route \"/api\" to=\"backend\" balance=\"least-conn\"");
    let path = r.arg::<UrlPath>("path", "the start of the path").required();
    let to = r.prop::<Name>("to", "the service that answers, or something external").required();
    let weight = r.prop::<Count>("weight", WEIGHT).above_zero().optional();
    let also =
        r.keyed("also", "another one that answers the same; requests are spread over all of them", also);
    let balance =
        r.prop::<Balance>("balance", "how requests are spread over its containers").or("round-robin");
    let max_fails = r
        .prop::<Count>(
            "max-fails",
            "so many failures within `fail-timeout`, and a container is not asked for that long while others are there; 0 asks all the same; 3 when absent",
        )
        .optional();
    let fail_timeout = r
        .prop::<Duration>(
            "fail-timeout",
            "the time in which failures count, and for which one is then not asked; `10s` when absent",
        )
        .above_zero()
        .optional();
    let raw_upstream = r.list::<Directives>(
        "nginx-upstream",
        "nginx directives for the `upstream` that the language has no word for, such as another way to spread requests; in place of what the compiler would say there",
    );
    let rate_limit = r.block("rate-limit", "limit on requests of one client address, for this route", limit);
    let strip = r.flag("strip", "whether the path is cut off before the service sees it");
    let timeout = r
        .prop::<Duration>("timeout", "time that a reply may take; nginx's 60 s when absent")
        .above_zero()
        .optional();
    let body_limit = r
        .prop::<Size>("body-limit", "largest request body on this route; `0B` is without a limit")
        .optional();
    let allow_from =
        r.list::<Cidr>("allow-from", "networks from which it may be reached; everybody else gets 403");
    let auth_basic = r
        .prop::<AbsPath>(
            "auth-basic",
            "a file of the host with the users who may use it and their passwords, as `htpasswd` writes it; everybody else is asked for one",
        )
        .optional();
    let cache = r
        .prop::<Duration>(
            "cache",
            "how long browsers may keep what it answers; what the service says about that is replaced",
        )
        .optional();
    let stream = r.switch("stream", "whether replies are passed on piece by piece, as they come: events, a language model that is still writing");
    let raw = r.list::<Directives>(
        "nginx",
        "nginx directives for the `location` that the language has no word for; in place of what the compiler would say there",
    );
    Some(RouteSpec {
        path: path?,
        to: to?,
        weight,
        also,
        balance: balance?,
        max_fails,
        fail_timeout,
        raw_upstream,
        rate_limit,
        strip,
        timeout,
        body_limit,
        allow_from,
        auth_basic,
        cache,
        stream,
        raw,
        span: r.span()?,
    })
}

/// What `weight` is.
const WEIGHT: &str =
    "its part of the requests: of two, 3 beside 1 is three quarters, container by container; 1 when absent";

/// Reads an `also`.
fn also(r: &mut Reader) -> Option<AlsoSpec> {
    r.example("also \"backend\" weight=3");
    r.example("also \"app\" spare=#true");
    let name = r.arg::<Name>("name", "a service, or something external").required();
    let and = r.args::<Name>("and", "others of which the same holds");
    let weight = r.prop::<Count>("weight", WEIGHT).above_zero().optional();
    let spare = r.switch("spare", "whether it is asked only when none of the others can be");
    Some(AlsoSpec { names: name.into_iter().chain(and).collect(), weight, spare })
}

/// What `files` is.
pub const FILES: &str =
    "files that the proxy itself answers with, such as those that an application collects in a volume";

/// Reads a `files`.
pub fn files(r: &mut Reader) -> Option<FilesSpec> {
    r.example("files \"/static\" from=\"/srv/shop/static\" cache=\"365d\"");
    let path = r
        .arg::<UrlPath>("path", "the start of the path; what is below it is found below the folder")
        .required();
    let from = r
        .prop::<Line>(
            "from",
            "a volume that the system declares, or a folder of the host; nginx can only read it",
        )
        .required();
    let fallback = r
        .prop::<UrlPath>(
            "fallback",
            "the path that is answered instead where there is no such file: `/index.html` for an application that runs in the browser",
        )
        .optional();
    let cache = r.prop::<Duration>("cache", "how long browsers may keep them").optional();
    Some(FilesSpec { path: path?, from: from?, fallback, cache, span: r.span()? })
}

/// Reads a `rate-limit`.
pub fn limit(r: &mut Reader) -> Option<LimitSpec> {
    let rate = r.arg::<Rate>("rate", "requests of one client address in a time").required();
    let burst = r.prop::<Count>("burst", "how many more may come at once").or("20");
    Some(LimitSpec { rate: rate?, burst: burst? })
}
