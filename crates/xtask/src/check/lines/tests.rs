use super::*;

const PARTS: &[Part] =
    &[Part { file: "src/events.rs", items: &["Received"] }, Part { file: "src/received.rs", items: &[] }];

fn counted(files: &[(&str, &str)]) -> [Counted; 3] {
    count(&files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(), PARTS)
}

fn path(inside: &str) -> String {
    format!("{SKELETON}{inside}")
}

fn page(lines: usize) -> String {
    let body = "    go();\n".repeat(lines);
    format!(
        "# A service\n```sh\nfn main\n```\n```rust\nfn other() {{}}\n```\n```rust,no_run\n// Say why.\nfn main() {{\n{body}}}\n```\n"
    )
}

#[test]
fn each_figure_is_shown_and_kept_to_its_limit() {
    let (events, received, test) = (path("src/events.rs.njk"), path("src/received.rs"), path("tests/it.rs"));
    let many = format!("fn received() {{\n{}}}\n", "    go();\n".repeat(240));
    let page = page(39);
    let counted = counted(&[
        (&events, "pub struct Received;\nconst OTHER: u8 = ${{ values.x }};\n"),
        (&received, &many),
        (&test, "fn test() {}\n"),
        ("docs/heimdall.md", &page),
    ]);
    let shown: Vec<String> = counted.iter().map(Counted::line).collect();
    assert_eq!(
        shown,
        [
            "event-service, Rust without tests     244 lines, at most 240",
            "its first consumer with its event     243 lines, at most 30",
            "the program in docs/heimdall.md        41 lines, at most 40",
        ]
    );
    let wrong: Vec<String> =
        counted.into_iter().filter_map(Counted::violation).map(|violation| violation.wrong).collect();
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    assert_eq!(wrong[2], "the program in docs/heimdall.md: 41 lines");
}

#[test]
fn what_keeps_to_its_limits_is_good() {
    let (events, received) = (path("src/events.rs"), path("src/received.rs.njk"));
    let page = page(38);
    let files = [
        (events.as_str(), "pub struct Received;"),
        (received.as_str(), "fn received() {}"),
        ("docs/heimdall.md", page.as_str()),
    ];
    assert!(counted(&files).into_iter().all(|counted| counted.violation().is_none()));
}

#[test]
fn what_is_not_there_is_a_violation() {
    let wrong = |files: &[(&str, &str)]| -> Vec<String> {
        let violations = counted(files).into_iter().filter_map(Counted::violation);
        violations.map(|violation| format!("{}: {}", violation.place, violation.wrong).replace(SKELETON, "")).collect()
    };
    let gone = [
        ": there is no Rust",
        "src/events.rs: there is no such file (nor one that ends with .njk)",
        "docs/heimdall.md: there is no such file",
    ];
    assert_eq!(wrong(&[]), gone);
    let events = path("src/events.rs");
    let empty =
        ["src/events.rs: it defines no `Received`", "docs/heimdall.md: there is no block of Rust with a `fn main`"];
    assert_eq!(wrong(&[(&events, "struct Other;"), ("docs/heimdall.md", "```sh\nfn main\n```")]), empty);
}

#[test]
fn what_can_not_be_read_is_said_with_its_line() {
    let received = path("src/received.rs");
    let violation =
        counted(&[(&received, "fn a() {}\nfn b() {")]).into_iter().next().and_then(Counted::violation).unwrap();
    assert_eq!(violation.place, format!("{received}:2"));
    let page = ("docs/heimdall.md", "```rust\nfn main() {\n```");
    let violation = counted(&[page]).into_iter().last().and_then(Counted::violation).unwrap();
    assert_eq!(violation.place, "docs/heimdall.md:2");
}
