//! The command `ondol`.

use std::process::ExitCode;

/// Compiling is making many small texts, on all cores: in that the system's allocator takes a quarter of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ondol::cli::run()
}
