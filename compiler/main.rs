//! The command `ondol`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ondol::cli::run()
}
