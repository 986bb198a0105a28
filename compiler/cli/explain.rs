//! `ondol explain`

use super::{
    DONE, FAILED,
    common::{self, Output},
};
use crate::{diagnostic::nearest, explain};

#[derive(clap::Args)]
pub struct Args {
    /// The code of a diagnostic, such as `unknown-node`; all codes are listed when absent
    code: Option<String>,
    #[command(flatten)]
    output: Output,
}

pub fn run(args: &Args) -> u8 {
    let Some(code) = &args.code else {
        for code in explain::codes() {
            common::print(&format!("{code}\n"));
        }
        return DONE;
    };
    match explain::page(code) {
        Some(page) => {
            common::print(page);
            DONE
        }
        None => {
            let help = match nearest(code, explain::codes()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`ondol explain` lists all codes".to_owned(),
            };
            common::complain(
                "unknown-code",
                &format!("there is no diagnostic `{code}`"),
                &help,
                args.output.color.stderr(),
            );
            FAILED
        }
    }
}
