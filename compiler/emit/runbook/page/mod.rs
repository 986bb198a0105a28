//! `runbook.html`: the same guide as a page, for a browser. It is one file that asks nothing of a network, and says so
//! in its policy: at the hour at which it is needed there may be none.
//!
//! It is made of the text of `runbook.md`, so that the two cannot differ. What a user writes in Markdown stays Markdown,
//! but no HTML, no picture from elsewhere and no link that runs a program.

mod command;
mod contents;

use std::{borrow::Cow, mem};

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::super::quote;
use crate::values::Language;
use contents::Contents;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Digests of the two, by which the page's policy lets them and nothing else act.
const STYLE_DIGEST: &str = "sha256-DJ6v12kSmRChPnHFeo/mCLdGnQpnQxu6igQy4vgNmHg=";
const SCRIPT_DIGEST: &str = "sha256-BFkMSXSPmItkG98NDkEO3Oe5HXaMYetq2tp0fJex/OA=";

/// The page of a guide; the picture is SVG, and stands where its first section begins.
pub fn page(markdown: &str, title: &str, picture: Option<String>, language: Language) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let mut renderer = Renderer { language, picture, ..Renderer::default() };
    for event in Parser::new_ext(markdown, options) {
        renderer.take(event);
    }
    let mut body = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut body, renderer.out.into_iter());
    let pick = |english, korean| language.pick(english, korean);
    let (copy, copied) = (pick("Copy", "복사"), pick("Copied", "복사됨"));
    let (skip, list) = (pick("To the guide", "본문으로"), pick("Contents", "차례"));
    let (title, contents) = (quote::html(title), renderer.contents.list());
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{STYLE_DIGEST}'; script-src '{SCRIPT_DIGEST}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body data-copy=\"{copy}\" data-copied=\"{copied}\">\n<a class=\"skip\" href=\"#main\">{skip}</a>\n\
         <nav aria-label=\"{list}\"><details open><summary>{list}</summary>\n{contents}</details></nav>\n\
         <main id=\"main\">\n{body}</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

/// Turns the events of the guide into those of the page.
struct Renderer<'a> {
    language: Language,
    picture: Option<String>,
    out: Vec<Event<'a>>,
    contents: Contents,
    /// The place of the heading whose text is being read.
    heading: Option<usize>,
    /// The block of code that is being read.
    code: Option<String>,
    /// The links that are open: true when one is shown as one.
    links: Vec<bool>,
    /// Whether an element `code` is open: the one piece of HTML that the guide's own Markdown has.
    spanned: bool,
}

impl Default for Renderer<'_> {
    fn default() -> Self {
        Renderer {
            language: Language::English,
            picture: None,
            out: Vec::new(),
            contents: Contents::default(),
            heading: None,
            code: None,
            links: Vec::new(),
            spanned: false,
        }
    }
}

impl<'a> Renderer<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Text(text) if self.code.is_some() => {
                if let Some(code) = &mut self.code {
                    code.push_str(&text);
                }
            }
            Event::Start(Tag::CodeBlock(_)) => self.code = Some(String::new()),
            Event::End(TagEnd::CodeBlock) => {
                let code = mem::take(&mut self.code).unwrap_or_default();
                self.raw(command::block(&code));
            }
            Event::Start(Tag::Heading { .. }) => {
                self.heading = Some(self.out.len());
                self.out.push(event);
            }
            Event::End(TagEnd::Heading(level)) => self.end_heading(event, level as usize),
            Event::Start(Tag::Table(_)) => {
                self.raw("<div class=\"scroll\">".to_owned());
                self.out.push(event);
            }
            Event::End(TagEnd::Table) => {
                self.out.push(event);
                self.raw("</div>\n".to_owned());
            }
            Event::Start(Tag::Link { ref dest_url, .. }) => {
                let shown = is_harmless(dest_url);
                self.links.push(shown);
                if shown {
                    self.out.push(event);
                }
            }
            Event::End(TagEnd::Link) => {
                if self.links.pop() == Some(true) {
                    self.out.push(event);
                }
            }
            // A picture would be asked for from elsewhere: its text has to do.
            Event::Start(Tag::Image { .. } | Tag::HtmlBlock)
            | Event::End(TagEnd::Image | TagEnd::HtmlBlock) => {}
            // The line that says where the guide comes from.
            Event::Html(text) if self.out.is_empty() && text.starts_with("<!--") => {}
            Event::InlineHtml(text) if &*text == "<code>" && !self.spanned => {
                self.spanned = true;
                self.out.push(Event::InlineHtml(text));
            }
            Event::InlineHtml(text) if &*text == "</code>" && self.spanned => {
                self.spanned = false;
                self.out.push(Event::InlineHtml(text));
            }
            Event::Html(text) | Event::InlineHtml(text) => self.out.push(Event::Text(text)),
            Event::End(TagEnd::Paragraph | TagEnd::TableCell | TagEnd::Item) => {
                if mem::take(&mut self.spanned) {
                    self.out.push(Event::InlineHtml(CowStr::Borrowed("</code>")));
                }
                self.out.push(event);
            }
            event => self.out.push(event),
        }
    }

    fn raw(&mut self, html: String) {
        self.out.push(Event::Html(html.into()));
    }

    /// Gives the heading its name, by which it is linked to and listed.
    fn end_heading(&mut self, event: Event<'a>, level: usize) {
        let Some(start) = self.heading.take() else { return self.out.push(event) };
        let text: String = self.out[start..]
            .iter()
            .filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(&**text),
                _ => None,
            })
            .collect();
        let name = self.contents.add(level, &text);
        if let Event::Start(Tag::Heading { id, .. }) = &mut self.out[start] {
            *id = Some(name.clone().into());
        }
        if level > 1 {
            self.raw(format!(
                "<a class=\"anchor\" href=\"#{name}\" aria-label=\"{}\">#</a>",
                quote::html(&text)
            ));
        }
        self.out.push(event);
        if level == 2
            && let Some(picture) = self.picture.take()
        {
            let caption = self.language.pick(
                "Solid boxes run in containers, dashed ones on the server itself. A line leads from who asks to who answers; the green dot marks what metrics are read from. Everything else that comes in is denied.",
                "실선 상자는 컨테이너, 점선 상자는 서버에서 직접 실행되는 서비스입니다. 선은 요청하는 쪽에서 응답하는 쪽으로 이어지고, 초록 점은 메트릭을 수집하는 대상입니다. 그 밖의 들어오는 접속은 모두 차단됩니다.",
            );
            self.raw(format!("<figure>{picture}<figcaption>{caption}</figcaption></figure>\n"));
        }
    }
}

/// Whether a link leads to a place, and runs nothing: within the page, beside it, to a web page, to mail or a telephone.
fn is_harmless(url: &str) -> bool {
    let url: Cow<'_, str> = url.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    match url.split_once(':') {
        Some((scheme, _)) if !scheme.contains(['/', '?', '#']) => {
            ["http", "https", "mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;
    use sha2::{Digest, Sha256};

    use super::{SCRIPT, SCRIPT_DIGEST, STYLE, STYLE_DIGEST, page};
    use crate::{emit::hostile, emit::quote, values::Language};

    fn body(markdown: &str) -> String {
        let page = page(markdown, "T", None, Language::English);
        let (_, body) = page.split_once("<main id=\"main\">\n").unwrap();
        body.split_once("</main>").unwrap().0.to_owned()
    }

    #[test]
    fn the_policy_knows_style_and_script() {
        for (text, digest) in [(STYLE, STYLE_DIGEST), (SCRIPT, SCRIPT_DIGEST)] {
            assert_eq!(digest, format!("sha256-{}", BASE64.encode(&Sha256::digest(text.as_bytes()))));
        }
    }

    #[test]
    fn headings_have_the_names_that_links_use() {
        let seen = body("## 5. 모니터링과 알림\n\n### RedisDown\n\n### RedisDown\n");
        for name in ["5-모니터링과-알림", "redisdown", "redisdown-1"] {
            assert!(seen.contains(&format!("id=\"{name}\"")), "{seen}");
        }
    }

    #[test]
    fn nothing_that_a_user_writes_acts() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<b>\n\n<!-- x",
            "[x](javascript:alert(1)) [y]( JaVaScRiPt:alert(1))",
            "[x](data:text/html,y) ![z](https://elsewhere.example/p.png)",
            "</main><style>*{display:none}</style>",
        ] {
            let seen = body(text);
            for tag in [
                "<script",
                "<img",
                "<b>",
                "<style",
                "javascript:alert(1)\"",
                "href",
                "src=\"",
                "<!--",
                "</main",
            ] {
                assert!(!seen.contains(tag), "{text} became {seen}");
            }
        }
        assert!(body("[x](https://a.example/?b=c&d)").contains("href=\"https://a.example/?b=c&amp;d\""));
    }

    #[test]
    fn hostile_texts_show_as_they_are() {
        for text in hostile::texts() {
            let seen =
                body(&format!("### {}\n\n{}\n", quote::markdown_cell(&text), quote::markdown_code(&text)));
            let tags: Vec<&str> =
                seen.split('<').skip(1).map(|tag| tag.split(['>', ' ']).next().unwrap()).collect();
            let known = ["h3", "/h3", "a", "/a", "p", "/p", "code", "/code"];
            assert!(tags.iter().all(|tag| known.contains(tag)), "{tags:?} in {seen}");
        }
    }

    #[test]
    fn code_in_a_table_is_code() {
        let seen = body(&format!("| a |\n|---|\n| {} |\n", quote::markdown_code_cell("x \\| y")));
        assert!(
            seen.contains("<code>x \\| y</code>") || seen.contains("<code>x \\&#124; y</code>"),
            "{seen}"
        );
        assert!(!body("a <code>b\n\nc").contains("<p>c</code>"));
    }
}
