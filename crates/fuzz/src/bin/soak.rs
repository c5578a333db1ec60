//! The soak test as a command: `cargo run --release -p symbolon-fuzz --bin soak -- SECONDS`, an hour by itself.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use symbolon_fuzz::soak::{self, Plan};

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(fault) => return end(1, &fault.to_string()),
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, public, admin] = &*arguments
        && word == "hostile"
        && let (Ok(public), Ok(admin)) = (public.parse(), admin.parse())
    {
        let outcome = runtime.block_on(soak::serve_hostile(public, admin));
        return outcome.map_or_else(|fault| end(1, &fault.to_string()), |()| ExitCode::SUCCESS);
    }
    let seconds = match arguments.first().map(|text| text.parse::<u64>()) {
        None => 3600,
        Some(Ok(seconds)) if seconds >= 10 => seconds,
        Some(_) => return end(2, "usage: soak [SECONDS], at least 10"),
    };
    let alone = Duration::from_secs((seconds / 5).clamp(5, 60));
    let plan = Plan { alone, together: Duration::from_secs(seconds).saturating_sub(alone) };
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(fault) => return end(1, &fault.to_string()),
    };
    match runtime.block_on(soak::run(plan, &program)) {
        Ok(report) if report.together.percentile(99) < report.alone.percentile(99) * 2 => end(0, &report.to_string()),
        Ok(report) => end(1, &format!("{report}the good clients waited more than twice as long")),
        Err(fault) => end(1, &format!("a good client was not served: {fault}")),
    }
}

fn end(code: u8, text: &str) -> ExitCode {
    // With standard output gone, the exit status is all that is left to say it with.
    let _ = writeln!(io::stdout().lock(), "{}", text.trim_end());
    ExitCode::from(code)
}
