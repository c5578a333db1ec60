//! Whether the chain of an audit log is whole. Every line is looked at, in the order of the files; what is wrong is told with
//! the file and the number of the line in it.

use std::io::{self, BufRead};
use std::path::Path;

use super::chain::{BEGINNING, Link, Linked, hash, note_of};

/// Where a chain begins or ends: the number of a line and its hash, kept from an earlier check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Number of the line.
    pub sequence: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

impl Anchor {
    /// Reads `NUMBER:HASH`.
    pub fn parse(text: &str) -> Option<Self> {
        Link::parse(&text.replacen(':', " ", 1)).map(|Link { sequence, hash }| Self { sequence, hash })
    }
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line in it, counted from 1.
    pub line: u64,
    /// What is the matter.
    pub problem: String,
}

/// What a check found.
#[derive(Debug)]
pub struct Verdict {
    /// How many lines were looked at.
    pub lines: u64,
    /// The newest line, from which a later check can go on.
    pub last: Option<Anchor>,
    /// What is wrong; nothing where the chain is whole.
    pub findings: Vec<Finding>,
}

/// Checks files as one chain, in this order. `after` is the line that comes before the first one; without it the chain must
/// begin with its first line. `last` is the newest line, as it was noted elsewhere; without it the note beside the last
/// file counts, if there is one.
pub fn verify(files: &[impl AsRef<Path>], after: Option<Anchor>, last: Option<Anchor>) -> io::Result<Verdict> {
    let mut check = Check::new(after);
    for file in files {
        check.read(file.as_ref())?;
    }
    let noted = match (last, files.last()) {
        (Some(last), _) => Some((last, "--last".to_owned())),
        (None, Some(file)) => noted(file.as_ref())?,
        (None, None) => None,
    };
    if let Some((noted, by)) = noted {
        check.end(&noted, &by);
    }
    let last = (check.lines > 0).then_some(Anchor { sequence: check.before.sequence, hash: check.before.hash });
    Ok(Verdict { lines: check.lines, last, findings: check.findings })
}

/// What the file beside a log says of its newest line.
fn noted(log: &Path) -> io::Result<Option<(Anchor, String)>> {
    let path = note_of(log);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let by = path.display().to_string();
            let unreadable = || io::Error::other(format!("{by} is not what a server writes"));
            let Link { sequence, hash } = Link::parse(&text).ok_or_else(unreadable)?;
            Ok(Some((Anchor { sequence, hash }, by)))
        }
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(fault),
    }
}

struct Check {
    before: Link,
    /// Where the line before is: a line that was altered is told by the hash that the next one has of it.
    place: Option<(String, u64)>,
    /// The line before was told already, or could not be read.
    told: bool,
    lines: u64,
    findings: Vec<Finding>,
}

impl Check {
    fn new(after: Option<Anchor>) -> Self {
        let before = after.map_or_else(Link::beginning, |Anchor { sequence, hash }| Link { sequence, hash });
        Self { before, place: None, told: false, lines: 0, findings: Vec::new() }
    }

    fn read(&mut self, path: &Path) -> io::Result<()> {
        let name = path.display().to_string();
        let named = |fault: io::Error| io::Error::new(fault.kind(), format!("{name}: {fault}"));
        let mut reader = io::BufReader::new(std::fs::File::open(path).map_err(named)?);
        let (mut line, mut number) = (Vec::new(), 0);
        while reader.read_until(b'\n', &mut line).map_err(named)? > 0 {
            number += 1;
            self.lines += 1;
            let whole = line.last() == Some(&b'\n');
            if whole {
                line.pop();
            }
            self.check((&name, number), &line, whole);
            line.clear();
        }
        Ok(())
    }

    fn find(&mut self, (file, line): (&str, u64), problem: String) {
        self.findings.push(Finding { file: file.to_owned(), line, problem });
    }

    fn check(&mut self, at: (&str, u64), line: &[u8], whole: bool) {
        let place = Some((at.0.to_owned(), at.1));
        let Ok(linked) = serde_json::from_slice::<Linked>(line) else {
            let cut = if whole { "" } else { " and has no end" };
            self.find(at, format!("the line is no line of a chain{cut}: altered, cut off or from elsewhere"));
            self.before = Link::of(self.before.sequence + 1, line);
            (self.place, self.told) = (place, true);
            return;
        };
        if !whole {
            self.find(at, "the line has no line feed: it was cut off".to_owned());
        }
        let told = self.compare(at, &linked);
        self.before = Link { sequence: linked.sequence, hash: hash(line) };
        (self.place, self.told) = (place, told || !whole);
    }

    /// Compares a line with the one before; says whether something was told of it.
    fn compare(&mut self, at: (&str, u64), linked: &Linked) -> bool {
        let expected = self.before.sequence + 1;
        if linked.sequence > expected {
            let last = linked.sequence - 1;
            let missing = if last == expected {
                format!("line {expected} of the chain is")
            } else {
                format!("lines {expected} to {last} of the chain are")
            };
            self.find(at, format!("{missing} missing before this line, which is number {}", linked.sequence));
            return true;
        }
        if linked.sequence < expected {
            self.find(
                at,
                format!(
                    "the line is number {} of the chain and stands where number {expected} belongs: moved or repeated",
                    linked.sequence
                ),
            );
            return true;
        }
        if linked.previous == self.before.hash {
            return false;
        }
        if self.told {
            // What is wrong before this line was told there.
            return false;
        }
        match self.place.clone() {
            Some((file, line)) => {
                let problem = format!("the line was altered: line {} of {} has another hash of it", at.1, at.0);
                self.find((&file, line), problem);
            }
            None if self.before.hash == BEGINNING => {
                self.find(at, "the line is number 1 of the chain and names a line before it".to_owned());
            }
            None => self.find(at, "the line does not follow the line that --after names".to_owned()),
        }
        false
    }

    fn end(&mut self, noted: &Anchor, by: &str) {
        let (file, line) = self.place.clone().unwrap_or_default();
        let at = (file.as_str(), line);
        if self.before.sequence < noted.sequence {
            let problem = format!(
                "the log ends here with number {}, and {by} says that number {} was written: lines are missing at the end",
                self.before.sequence, noted.sequence
            );
            self.find(at, problem);
        } else if self.before.sequence == noted.sequence && self.before.hash != noted.hash && !self.told {
            self.find(at, format!("the line was altered: {by} has another hash of it"));
        }
    }
}
