//! Any tree that is written is read again, by readers of both generations, as what it was.

use serde_json::Value as Json;

use super::{Item, Map, Pair, Yaml, flow, seq};
use crate::emit::hostile;

/// What both readers see in a document.
fn read(document: &str) -> Json {
    let old: Json = serde_yaml_ng::from_str(document).unwrap_or_else(|e| panic!("libyaml: {e}\n{document}"));
    let new: Json = serde_saphyr::from_str(document).unwrap_or_else(|e| panic!("saphyr: {e}\n{document}"));
    assert_eq!(old, new, "the readers differ\n{document}");
    old
}

#[test]
fn every_string_arrives_in_every_place() {
    for text in hostile::texts() {
        let s = text.as_str();
        let yaml: Yaml = Map::new()
            .comment(s)
            .set("value", s)
            .set(format!("key {s}"), s)
            .set(
                "list",
                Yaml::Seq(vec![
                    Item { comment: Some(s.to_owned()), value: s.into() },
                    Item { comment: None, value: s.into() },
                ]),
            )
            .set("nested", seq([seq([s, "a"])]))
            .set("flow", flow([s, "b"]))
            .set("maps", seq([Map::new().comment(s).set("first", s).set("second", s)]))
            .set("deep", Map::new().set("map", Map::new().set("last", s)))
            .set("end", 1u32)
            .into();
        let expected = serde_json::json!({
            "value": s, format!("key {s}"): s, "list": [s, s], "nested": [[s, "a"]], "flow": [s, "b"],
            "maps": [{"first": s, "second": s}], "deep": {"map": {"last": s}}, "end": 1,
        });
        assert_eq!(read(&yaml.document(s)), expected, "{s:?}");
        assert_eq!(read(&Yaml::from(s).document(s)), Json::from(s), "alone: {s:?}");
    }
}

#[test]
fn every_string_is_a_key() {
    for text in hostile::texts() {
        let yaml: Yaml = Map::new().set(text.clone(), Map::new().set(text.clone(), 1u32)).into();
        assert_eq!(read(&yaml.document("")), serde_json::json!({ text.as_str(): { text.as_str(): 1 } }));
        let items = seq([Map::new().set(text.clone(), "a").set("b", "c")]);
        assert_eq!(read(&items.document("")), serde_json::json!([{ text.as_str(): "a", "b": "c" }]));
    }
}

#[test]
fn no_comment_leaves_its_line() {
    for text in hostile::texts() {
        let document = Yaml::from(Map::new().comment(text.as_str()).set("a", 1u32)).document(&text);
        let lines: Vec<&str> = document.lines().filter(|line| !line.is_empty()).collect();
        let (last, comments) = lines.split_last().unwrap();
        assert_eq!(*last, "a: 1");
        assert!(comments.iter().all(|line| line.starts_with('#')), "{text:?}");
    }
}

#[test]
fn numbers_stay_numbers() {
    for (text, written) in [
        ("0.5", "0.5"),
        ("-12", "-12"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1e5", "1.0e+5"),
        ("-1.5E-7", "-1.5e-7"),
        ("inf", ".inf"),
        ("-inf", "-.inf"),
        ("NaN", ".nan"),
        ("007", "\"007\""),
        ("0x1f", "\"0x1f\""),
        ("1_000", "\"1_000\""),
        ("1: 2", "\"1: 2\""),
        ("", "\"\""),
    ] {
        assert_eq!(Yaml::Number(text.to_owned()).document(""), format!("{written}\n"));
    }
    assert_eq!(read(&Yaml::Number("1e5".into()).document("")), serde_json::json!(100_000.0));
}

#[test]
fn nothing_in_a_list_on_one_line_is_lost() {
    let inner = Yaml::from(Map::new().set("a", "b"));
    let list = Yaml::Flow(vec!["x".into(), inner, flow(["y"]), Yaml::Map(Vec::new())]);
    assert_eq!(
        read(&Yaml::from(Map::new().set("k", list)).document("")),
        serde_json::json!({"k": ["x", {"a": "b"}, ["y"], {}]})
    );
}

#[test]
fn strings_are_bare_where_a_person_would_leave_them() {
    for text in [
        "redis",
        "nginx:1.28",
        "/etc/nginx:ro",
        "./data",
        "a b",
        "service_healthy",
        "--host",
        "10s",
        "256mb",
        "${REDIS_PASSWORD:?set it in .env}",
        "redis://redis:6379/0",
        "max(redis_connected_clients{service=\"redis\"}) > 100",
        "sum by (le) (rate(x_bucket{job=~\"a|b\"}[5m])) > 1",
        "(a or vector(0)) < 3",
        "redis의 최신 백업이 너무 오래됨",
        "it's",
    ] {
        assert_eq!(Yaml::from(text).document(""), format!("{text}\n"));
    }
    assert_eq!(
        Yaml::from("{{ printf \"%.4g\" $value }} s").document(""),
        "'{{ printf \"%.4g\" $value }} s'\n"
    );
    assert_eq!(Yaml::from("8000").document(""), "\"8000\"\n");
}

#[test]
fn documents_look_as_if_written_by_hand() {
    let first =
        Item { comment: Some("an item".into()), value: Map::new().set("a", 1u32).set("b", "x\ny\n").into() };
    let anchor = Pair { anchor: Some("x"), ..Pair::new("base", Map::new().set("c", flow(["CMD", "true"]))) };
    let yaml: Yaml = Map::new()
        .set("name", "shop")
        .comment("why\nand how")
        .set(
            "services",
            Map::new()
                .set("web", Map::new().set("ports", seq(["80:80"])))
                .comment("because")
                .set("db", Map::new().set("image", "pg"))
                .spaced(),
        )
        .set("list", Yaml::Seq(vec![first]))
        .set("more", Yaml::Map(vec![anchor, Pair::new("again", Yaml::Alias("x"))]))
        .comment("nothing here")
        .filled("none", Map::new())
        .maybe("absent", None::<&str>)
        .set("empty", Map::new())
        .into();
    assert_eq!(
        yaml.document("made by a test"),
        r#"# made by a test
name: shop

# why
# and how
services:
  web:
    ports:
      - "80:80"

  # because
  db:
    image: pg

list:
  # an item
  - a: 1
    b: |
      x
      y

more:
  base: &x
    c: ["CMD", "true"]
  again: *x

empty: {}
"#
    );
}
