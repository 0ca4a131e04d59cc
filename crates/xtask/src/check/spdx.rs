//! Reads licence expressions: `(MIT OR Apache-2.0) AND Unicode-3.0`.

/// Whether the expression can be met with allowed licences alone. What can't be read is not allowed.
pub(super) fn allows(expression: &str, allowed: &[&str]) -> bool {
    // Old manifests separate alternatives with a slash.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let allowed = any(&mut words, allowed);
    words.is_empty() && allowed == Some(true)
}

/// `… OR …`, the weakest bond. The words are taken from the end of the list.
fn any(words: &mut Vec<&str>, allowed: &[&str]) -> Option<bool> {
    let mut result = all(words, allowed)?;
    while words.last() == Some(&"OR") {
        words.pop();
        result |= all(words, allowed)?;
    }
    Some(result)
}

fn all(words: &mut Vec<&str>, allowed: &[&str]) -> Option<bool> {
    let mut result = one(words, allowed)?;
    while words.last() == Some(&"AND") {
        words.pop();
        result &= one(words, allowed)?;
    }
    Some(result)
}

fn one(words: &mut Vec<&str>, allowed: &[&str]) -> Option<bool> {
    let word = words.pop()?;
    if word == "(" {
        let result = any(words, allowed)?;
        return (words.pop()? == ")").then_some(result);
    }
    let mut licence = word.to_owned();
    if words.last() == Some(&"WITH") {
        words.pop();
        licence = format!("{licence} WITH {}", words.pop()?);
    }
    Some(allowed.contains(&licence.as_str()))
}

#[cfg(test)]
mod tests {
    use super::allows;

    const ALLOWED: &[&str] = &["MIT", "Apache-2.0 WITH LLVM-exception", "ISC"];

    #[test]
    fn expressions() {
        for good in
            ["MIT", "MIT/GPL-3.0", "GPL-3.0 OR MIT", "ISC AND (GPL-3.0 OR MIT)", "Apache-2.0 WITH LLVM-exception"]
        {
            assert!(allows(good, ALLOWED), "{good}");
        }
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "", "(MIT", "MIT)", "MIT MIT", "MIT OR"] {
            assert!(!allows(bad, ALLOWED), "{bad}");
        }
    }
}
