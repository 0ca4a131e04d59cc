//! `docs/heimdall.md` shows a program and its test; here both are built, and the test is run.

#[path = "../../examples/tally.rs"]
#[expect(dead_code, reason = "the test composes the service without its main")]
mod program;

const PAGE: &str = include_str!("../../../../docs/heimdall.md");

#[test]
fn the_page_shows_the_program_and_its_test() {
    let file = include_str!("../../examples/tally.rs");
    let (program, test) = file.split_once("#[cfg(test)]").unwrap();
    let program = program.split_once("\n\n").unwrap().1.trim_end();
    for block in [program.to_owned(), format!("#[cfg(test)]{}", test.trim_end())] {
        assert!(
            PAGE.contains(&format!("```rust\n{block}\n```\n")),
            "docs/heimdall.md lacks this block of crates/heimdall/examples/tally.rs:\n{block}"
        );
    }
}
