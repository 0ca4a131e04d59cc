//! Changes as `git diff` writes them, but applied to wherever their lines stand: numbers of lines are not looked at, so
//! that a change fits for as long as the code around it does.

use std::collections::BTreeMap;

/// Files by their paths from the root of the workspace.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// What is done to one file.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) file: String,
    is_new: bool,
    hunks: Vec<Hunk>,
}

/// Lines that follow each other, each with its mark: it stays (a space), goes (`-`) or comes (`+`).
#[derive(Debug, Default)]
struct Hunk(Vec<(char, String)>);

/// Reads changes. What stands before the first of them says what they are for.
pub(crate) fn parse(text: &str) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut lines = text.lines().peekable();
    let mut within = false;
    while let Some(line) = lines.next() {
        let file = lines.peek().and_then(|next| next.strip_prefix("+++ b/"));
        if let (Some(before), Some(file)) = (line.strip_prefix("--- "), file) {
            changes.push(Change { file: file.to_owned(), is_new: before == "/dev/null", hunks: Vec::new() });
            lines.next();
            within = false;
        } else if line.starts_with("@@") {
            changes.last_mut().expect("a file before its lines").hunks.push(Hunk::default());
            within = true;
        } else if line.starts_with("diff --git ") {
            within = false;
        } else if let Some(hunk) = changes.last_mut().and_then(|change| change.hunks.last_mut()).filter(|_| within) {
            // An empty line that stays may have lost its space.
            let mark = line.chars().next().unwrap_or(' ');
            assert!(matches!(mark, ' ' | '-' | '+'), "no line of a diff: {line}");
            hunk.0.push((mark, line.get(1..).unwrap_or_default().to_owned()));
        }
    }
    changes
}

impl Change {
    /// Does it to these files; the error says what does not fit.
    pub(crate) fn apply(&self, files: &mut Files) -> Result<(), String> {
        let Self { file, is_new, hunks } = self;
        if *is_new {
            let text = hunks.iter().map(|hunk| hunk.without('-')).collect::<String>();
            return match files.insert(file.clone(), text.into_bytes()) {
                None => Ok(()),
                Some(_) => Err(format!("{file} is there already")),
            };
        }
        let bytes = files.get_mut(file).ok_or_else(|| format!("there is no {file}"))?;
        let mut text = format!("\n{}", String::from_utf8_lossy(bytes));
        for hunk in hunks {
            let old = format!("\n{}", hunk.without('+'));
            // Places may overlap: the line break that ends one begins the next.
            let count = text.char_indices().filter(|(at, _)| text[*at..].starts_with(&old)).count();
            if count != 1 {
                return Err(format!("in {file}, these lines stand {count} times in the place of once:{old}"));
            }
            text = text.replace(&old, &format!("\n{}", hunk.without('-')));
        }
        *bytes = text.split_off(1).into_bytes();
        Ok(())
    }
}

impl Hunk {
    /// The lines but for those with this mark. Empty ones at the end only set the change apart from the next one.
    fn without(&self, mark: char) -> String {
        let end = self.0.iter().rposition(|(mark, line)| *mark != ' ' || !line.is_empty()).map_or(0, |last| last + 1);
        let lines = self.0[..end].iter().filter(|(of, _)| *of != mark);
        lines.flat_map(|(_, line)| [line.as_str(), "\n"]).collect()
    }
}

#[test]
fn lines_are_found_wherever_they_stand_but_once() {
    let diff = "About it.\n\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\n--- /dev/null\n+++ b/y\n@@\n+d\n";
    let apply = |x: &str| {
        let mut files = Files::from([("x".to_owned(), x.as_bytes().to_vec())]);
        parse(diff).iter().try_for_each(|change| change.apply(&mut files)).map(|()| files)
    };
    let files = apply("0\na\nb\na\n").unwrap();
    assert_eq!((files["x"].as_slice(), files["y"].as_slice()), (b"0\na\nc\na\n".as_slice(), b"d\n".as_slice()));
    assert_eq!(apply("a\n c\n").unwrap_err(), "in x, these lines stand 0 times in the place of once:\na\nb\n");
    assert!(apply("a\nb\na\nb\n").unwrap_err().contains("2 times"));
}
