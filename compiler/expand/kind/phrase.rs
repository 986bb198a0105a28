//! A text in the languages of the runbook.

use crate::{
    syntax::Reader,
    values::{Language, Line},
};

/// A text in the languages of the runbook.
#[derive(Clone, Debug, Default)]
pub struct Phrase {
    /// English.
    pub en: String,
    /// Korean; English stands in when there is none.
    pub ko: Option<String>,
}

impl Phrase {
    /// The text in that language.
    pub fn get(&self, language: Language) -> &str {
        match (language, &self.ko) {
            (Language::Korean, Some(ko)) => ko,
            _ => &self.en,
        }
    }
}

/// A text with its Korean form: `about "text" ko="글"`.
pub fn phrase(r: &mut Reader) -> Option<Phrase> {
    let en = r.arg::<Line>("text", "the text in English").required();
    let ko = r.prop::<Line>("ko", "the same in Korean").optional();
    Some(Phrase { en: en?.value.to_string(), ko: ko.map(|text| text.value.to_string()) })
}
