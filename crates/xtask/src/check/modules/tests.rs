use super::*;

/// A crate of these files in `crates/x/src`.
fn sources(files: &[(&str, &str)]) -> Sources {
    files.iter().map(|(name, text)| (format!("crates/x/src/{name}"), (*text).to_owned())).collect()
}

/// What is wrong with it, each as `place: wrong`.
fn wrong(files: &[(&str, &str)], order: Option<&Order>) -> Vec<String> {
    let violations = check_crate("crates/x/src", &sources(files), order);
    let shown = violations.iter().map(|violation| format!("{}: {}", violation.place, violation.wrong));
    shown.map(|line| line.replace("crates/x/src/", "")).collect()
}

const LIB: (&str, &str) = ("lib.rs", "mod a;\nmod b;");

#[test]
fn arrows_in_one_direction_are_fine() {
    assert_eq!(wrong(&[LIB, ("a.rs", "use crate::b::B;"), ("b.rs", "pub struct B;")], None), [""; 0]);
}

#[test]
fn a_circle_of_files_names_both_places() {
    let files = [LIB, ("a.rs", "\nuse super::b::B;\npub struct A;"), ("b.rs", "pub struct B(crate::a::A);")];
    let violations = check_crate("crates/x/src", &sources(&files), None);
    let wrong = "a circle of files: crates/x/src/a.rs:2 names `super::b::B` of crates/x/src/b.rs:1; \
        crates/x/src/b.rs:1 names `crate::a::A` of crates/x/src/a.rs:3";
    assert_eq!(violations.len(), 1);
    assert_eq!((violations[0].place.as_str(), violations[0].wrong.as_str()), ("crates/x/src/a.rs:2", wrong));
    assert!(violations[0].right.starts_with("arrows in one direction only"), "{}", violations[0].right);
}

#[test]
fn a_folder_may_show_its_files_and_they_may_use_each_other_through_it() {
    let face = ("lib.rs", "mod a;\nmod b;\npub use self::a::A;\npub(crate) use b::{B, make};\npub use a::*;");
    let files = [face, ("a.rs", "use super::B;\npub struct A(B);"), ("b.rs", "pub struct B;\npub fn make() {}")];
    assert_eq!(wrong(&files, None), [""; 0]);
}

#[test]
fn a_path_through_a_reexport_leads_to_the_definition() {
    let face = ("a/mod.rs", "mod deep;\npub use deep::Deep as Renamed;");
    let deep = ("a/deep.rs", "use crate::b::B;\n\npub struct Deep(B);");
    let files = [LIB, face, deep, ("b.rs", "pub struct B;\nfn f(_: &super::a::Renamed) {}")];
    let expected = "b.rs:2: a circle of files: b.rs:2 names `super::a::Renamed` of a/deep.rs:3; \
        a/deep.rs:1 names `crate::b::B` of b.rs:1";
    assert_eq!(wrong(&files, None), [expected]);
}

#[test]
fn a_function_of_the_name_of_its_module_is_found_behind_it() {
    let face = ("a/mod.rs", "mod b;\npub(crate) use self::b::b;\npub fn own() { super::b::f() }");
    let files = [LIB, face, ("a/b.rs", "pub fn b() {}"), ("b.rs", "pub fn f() { crate::a::b() }")];
    let modules = "a/mod.rs:3: a circle of the modules `a`, `b`: a/mod.rs:3 names `super::b::f` of b.rs:1; \
        b.rs:1 names `crate::a::b` of a/b.rs:1";
    assert_eq!(wrong(&files, None), [modules]);
}

#[test]
fn a_face_that_uses_what_it_shows_needs_it() {
    let face = ("lib.rs", "mod a;\npub use a::A;\npub struct Own(A);");
    let files = [face, ("a.rs", "use crate::Own;\npub struct A;")];
    let expected = "lib.rs:3: a circle of files: lib.rs:3 names `A` of a.rs:2; a.rs:1 names `crate::Own` of lib.rs:3";
    assert_eq!(wrong(&files, None), [expected]);
}

#[test]
fn importing_a_module_is_no_arrow_but_what_is_taken_from_it_is() {
    let idle = [LIB, ("a.rs", "use crate::b;\npub struct A;"), ("b.rs", "use crate::a::A;")];
    assert_eq!(wrong(&idle, None), [""; 0]);
    for taken in ["fn f() { b::g() }", "type T = b::G;", "fn f() { println!(\"{}\", b::G) }", "fn f(_: &dyn b::G) {}"] {
        let a = format!("use crate::b;\npub struct A;\n{taken}");
        let files = [LIB, ("a.rs", &a), ("b.rs", "use crate::a::A;\npub struct G;\npub fn g() {}")];
        assert_eq!(wrong(&files, None).len(), 1, "{taken}");
    }
}

#[test]
fn tests_and_visibilities_are_no_arrows() {
    let a = "pub struct A;\n#[cfg(test)]\nmod tests { use crate::b::B; }\n#[cfg(all(test, unix))]\nuse crate::b::B;";
    let b = "use crate::a::A;\npub(in crate::a) struct B;\nimpl B { #[cfg(test)] fn f() { crate::a::g() } }";
    assert_eq!(wrong(&[LIB, ("a.rs", a), ("b.rs", b)], None), [""; 0]);
    // What is there for others' tests, too, is code like all other.
    let shown = "#[cfg(any(test, feature = \"testing\"))]\nuse crate::b::B;\npub struct A;";
    assert_eq!(wrong(&[LIB, ("a.rs", shown), ("b.rs", b)], None).len(), 1);
}

#[test]
fn folders_that_name_each_other_are_a_circle_even_if_no_files_are() {
    let files = [
        LIB,
        ("a/mod.rs", "mod one;\npub mod two;"),
        ("a/one.rs", "use crate::b::one::B;"),
        ("a/two.rs", "pub struct A;"),
        ("b/mod.rs", "pub mod one;\nmod two;"),
        ("b/one.rs", "pub struct B;"),
        ("b/two.rs", "use crate::a::two::A;"),
    ];
    let expected = "a/one.rs:1: a circle of the modules `a`, `b`: a/one.rs:1 names `crate::b::one::B` of b/one.rs:1; \
        b/two.rs:1 names `crate::a::two::A` of a/two.rs:1";
    assert_eq!(wrong(&files, None), [expected]);
}

#[test]
fn modules_inside_a_file_are_that_file() {
    let a = "pub mod inner { pub struct A; pub mod deep { use super::super::super::b::B; } }";
    assert_eq!(wrong(&[LIB, ("a.rs", a), ("b.rs", "pub struct B(crate::a::inner::A);")], None).len(), 1);
}

#[test]
fn what_comes_from_others_or_from_macros_belongs_to_the_file_that_has_it() {
    let a = "pub use serde::Serialize;\nmake!(MADE);\nuse crate::b::B;";
    for b in ["pub struct B;\nuse crate::a::Serialize;", "pub struct B;\nfn f() { crate::a::MADE; }"] {
        assert_eq!(wrong(&[LIB, ("a.rs", a), ("b.rs", b)], None).len(), 1, "{b}");
    }
    assert_eq!(wrong(&[LIB, ("a.rs", a), ("b.rs", "pub struct B;\nuse serde::Serialize;")], None), [""; 0]);
}

#[test]
fn what_can_not_be_read_is_said() {
    let files = [("lib.rs", "mod a;\nmod gone;"), ("a.rs", "\nfn {")];
    let wrong = wrong(&files, None);
    assert!(wrong[0].starts_with("a.rs:2: it can't be parsed"), "{wrong:?}");
    assert_eq!(wrong[1], "lib.rs:2: the module has no file");
}

const ORDER: Order = Order { place: "order.rs", rows: &[("a", &["b"]), ("b", &[])] };

#[test]
fn an_order_lets_in_what_it_lists_and_nothing_else() {
    let (down, up) = ("use crate::b::B;\npub struct A;", "pub struct B;\nuse crate::a::A;");
    assert_eq!(wrong(&[LIB, ("a.rs", down), ("b.rs", "pub struct B;")], Some(&ORDER)), [""; 0]);
    let violations =
        check_crate("crates/x/src", &sources(&[LIB, ("a.rs", "pub struct A;"), ("b.rs", up)]), Some(&ORDER));
    let expected = super::Violation::new(
        "crates/x/src/b.rs:2",
        "`b` must not name `a`: `crate::a::A` of crates/x/src/a.rs:1",
        "`b` names no module of ours; the table is in order.rs",
    );
    assert_eq!(violations, [expected]);
}

#[test]
fn below_the_top_level_of_an_order_circles_are_refused_still() {
    let files = [
        LIB,
        ("a/mod.rs", "mod one;\nmod two;"),
        ("a/one.rs", "use super::two::Two;\npub struct One;"),
        ("a/two.rs", "use super::one::One;\npub struct Two;"),
        ("b.rs", ""),
    ];
    let wrong = wrong(&files, Some(&ORDER));
    assert_eq!(wrong.len(), 1);
    assert!(wrong[0].starts_with("a/one.rs:1: a circle of files"), "{wrong:?}");
}

#[test]
fn an_order_has_a_row_for_each_module_and_no_other() {
    let files = [("lib.rs", "mod a;\nmod c;"), ("a.rs", ""), ("c.rs", "")];
    let expected = [
        "lib.rs:2: the module `c` is in no table of modules",
        "order.rs: the table names the module `b`, and lib.rs declares none",
    ];
    assert_eq!(wrong(&files, Some(&ORDER)), expected);
}

#[test]
fn no_module_of_heimdall_stands_above_itself() {
    for (place, (module, allowed)) in HEIMDALL.rows.iter().enumerate() {
        let below: Vec<&str> = HEIMDALL.rows[..place].iter().map(|(name, _)| *name).collect();
        let above: Vec<&&str> = allowed.iter().filter(|name| !below.contains(*name)).collect();
        assert!(above.is_empty(), "`{module}` names {above:?}, which have their rows after it");
    }
}
