//! Lines that are tied to each other, and what is found when somebody changes them.

use symbolon_server::audit::{Anchor, Finding, verify};

use crate::fixtures::confidential;
use crate::support::{AuditFile, TestServer};

fn chained(audit: &AuditFile) -> impl Fn(&mut symbolon_server::config::Config) + '_ {
    |config| {
        audit.on(config);
        config.symbolon.audit.chain = true;
    }
}

/// A log of a server that ran twice, as lines.
async fn written() -> (AuditFile, Vec<String>) {
    let audit = AuditFile::new();
    for _ in 0..2 {
        let server = TestServer::with(chained(&audit)).await;
        confidential(&server).await;
    }
    let lines: Vec<String> = audit.text().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 4);
    (audit, lines)
}

/// What is found in these lines.
fn found(audit: &AuditFile, text: &str) -> Vec<(u64, String)> {
    std::fs::write(&audit.path, text).unwrap();
    let findings = verify(&[&audit.path], None, None).unwrap().findings;
    findings.into_iter().map(|Finding { line, problem, .. }| (line, problem)).collect()
}

fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[tokio::test]
async fn a_chain_goes_on_over_a_restart_and_every_change_is_found_with_its_line() {
    let (audit, lines) = written().await;
    let numbers: Vec<_> = audit.lines().iter().map(|line| line["sequence"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert_eq!(audit.of("server_started").len(), 2);
    let [one, two, three, four] = [0, 1, 2, 3].map(|place| lines[place].as_str());
    assert_eq!(found(&audit, &joined(&[one, two, three, four])), []);
    let altered = two.replace("client_created", "client_deleted");
    assert_ne!(altered, two);
    let last = four.replace("client_created", "client_deleted");
    let cut = format!("{}{}", joined(&[one, two]), &three[..40]);
    for (text, expected) in [
        (joined(&[one, &altered, three, four]), vec![(2, "altered")]),
        (joined(&[one, two, three, &last]), vec![(4, "altered")]),
        (joined(&[one, three, four]), vec![(2, "line 2 of the chain is missing")]),
        (joined(&[one, four]), vec![(2, "lines 2 to 3 of the chain are missing")]),
        (joined(&[two, three, four]), vec![(1, "line 1 of the chain is missing")]),
        (joined(&[one, two, three]), vec![(3, "number 4 was written")]),
        (joined(&[one, three, two, four]), vec![(2, "missing"), (3, "moved or repeated"), (4, "missing")]),
        (joined(&[one, two, two, three, four]), vec![(3, "moved or repeated")]),
        (joined(&[one, two, "{}", three, four]), vec![(3, "no line of a chain"), (4, "moved or repeated")]),
        (cut, vec![(3, "has no end"), (3, "number 4 was written")]),
        (joined(&[one, two, three, four]).trim_end().to_owned(), vec![(4, "no line feed")]),
        (String::new(), vec![(0, "number 4 was written")]),
    ] {
        let told = found(&audit, &text);
        let fits = told.len() == expected.len()
            && told.iter().zip(&expected).all(|((line, problem), (at, part))| line == at && problem.contains(part));
        assert!(fits, "{expected:?}: {told:?}");
    }
}

#[tokio::test]
async fn a_file_that_was_moved_while_no_server_ran_is_continued() {
    let (audit, _) = written().await;
    let moved = audit.path.with_extension("1");
    std::fs::rename(&audit.path, &moved).unwrap();
    confidential(&TestServer::with(chained(&audit)).await).await;
    let whole = verify(&[&moved, &audit.path], None, None).unwrap();
    assert_eq!((whole.lines, whole.findings.as_slice()), (6, &[][..]));
    let first = verify(&[&moved], None, None).unwrap();
    assert!(first.findings.is_empty(), "the note is of the newer file, and lies beside that: {:?}", first.findings);
    let after = first.last.clone();
    assert!(verify(&[&audit.path], after.clone(), None).unwrap().findings.is_empty());
    assert_eq!(verify(&[&audit.path], None, None).unwrap().findings.len(), 1, "its beginning is elsewhere");
    let other = after.map(|Anchor { sequence, .. }| Anchor { sequence, hash: "0".repeat(63) + "1" });
    assert_eq!(verify(&[&audit.path], other, None).unwrap().findings.len(), 1);
    assert_eq!(verify(&[&audit.path, &moved], None, None).unwrap().findings.len(), 2, "the wrong order");
    let noted = whole.last.clone().map(|Anchor { sequence, hash }| Anchor { sequence: sequence + 1, hash });
    assert_eq!(verify(&[&moved, &audit.path], None, noted).unwrap().findings.len(), 1);
}

#[tokio::test]
async fn a_line_that_a_failure_of_the_machine_cut_off_is_told_and_the_chain_goes_on() {
    let (audit, lines) = written().await;
    std::fs::write(&audit.path, format!("{}{}", joined(&[&lines[0], &lines[1]]), &lines[2][..30])).unwrap();
    std::fs::remove_file(format!("{}.last", audit.path.display())).unwrap();
    confidential(&TestServer::with(chained(&audit)).await).await;
    let told = verify(&[&audit.path], None, None).unwrap().findings;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].line, 3);
}

#[tokio::test]
async fn lines_that_are_lost_before_a_start_are_not_covered_up() {
    let (audit, lines) = written().await;
    std::fs::write(&audit.path, joined(&[&lines[0], &lines[1]])).unwrap();
    confidential(&TestServer::with(chained(&audit)).await).await;
    let told = verify(&[&audit.path], None, None).unwrap().findings;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].line == 3 && told[0].problem.contains("lines 3 to 4"), "{told:?}");
}
