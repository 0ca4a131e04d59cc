//! As much of Markdown as links, headings and inline code need.

/// What a document points to, and what can be pointed to.
#[derive(Debug, Default)]
pub(super) struct Markdown {
    pub(super) links: Vec<Link>,
    /// Headings, as they are called in links.
    pub(super) headings: Vec<String>,
    /// Inline code, with its line.
    pub(super) code: Vec<(usize, String)>,
}

/// A link.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) line: usize,
    /// Its text, where that is code.
    pub(super) code: Option<String>,
    pub(super) target: String,
}

impl Markdown {
    pub(super) fn parse(text: &str) -> Self {
        let mut document = Self::default();
        let mut is_block = false;
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                is_block = !is_block;
            } else if !is_block {
                document.line(number + 1, line);
            }
        }
        document
    }

    fn line(&mut self, number: usize, line: &str) {
        if line.starts_with('#') {
            self.headings.push(slug(line.trim_start_matches('#').trim()));
        }
        self.code.extend(line.split('`').skip(1).step_by(2).map(|code| (number, code.to_owned())));
        for (at, _) in line.match_indices("](") {
            let target = line[at + 2..].split(')').next().unwrap_or_default();
            let text = line[..at].rsplit('[').next().unwrap_or_default();
            let code = text.strip_prefix('`').and_then(|text| text.strip_suffix('`')).map(str::to_owned);
            // In code such a thing is no link.
            if line[..at].matches('`').count().is_multiple_of(2) {
                self.links.push(Link { line: number, code, target: target.to_owned() });
            }
        }
    }
}

/// A heading's name in links: lower case, hyphens for spaces, no other punctuation.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}
