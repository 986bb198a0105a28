//! `ondol explain`

use super::{
    DONE, FAILED,
    common::{self, Output},
};
use crate::{diagnostic::meant, explain};

#[derive(clap::Args)]
pub struct Args {
    /// Codes of diagnostics, such as `unknown-node`; all codes are listed when absent
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
    #[command(flatten)]
    output: Output,
}

pub fn run(args: &Args) -> u8 {
    if args.codes.is_empty() {
        for code in explain::codes() {
            common::print(&format!("{code}\n"));
        }
    }
    let mut status = DONE;
    for (index, code) in args.codes.iter().enumerate() {
        let Some(page) = explain::page(code) else {
            unknown(code, args);
            status = FAILED;
            continue;
        };
        common::print(&format!("{}{page}", if index > 0 { "\n" } else { "" }));
    }
    status
}

fn unknown(code: &str, args: &Args) {
    let help = meant(code, explain::codes(), || "`ondol explain` lists all codes".to_owned());
    let message = format!("there is no diagnostic `{code}`");
    common::complain("unknown-code", &message, &help, args.output.color.stderr());
}
