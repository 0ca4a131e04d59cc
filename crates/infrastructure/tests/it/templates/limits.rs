use std::time::{Duration, Instant};

use infrastructure::templates::Limits;
use serde_json::json;

use super::folder::{Folder, make, manifest, rendering};

fn stopped(text: &str) -> String {
    let started = Instant::now();
    let error = Folder::of_text(text).text(json!({ "name": "n", "other": "abcdefgh" })).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(20), "stopped after {:?}", started.elapsed());
    error.message
}

#[test]
fn loops_that_go_on_are_stopped() {
    let nested = "{% for a in range(30000) %}{% for b in range(30000) %}{% endfor %}{% endfor %}";
    assert!(stopped(nested).contains("it loops too long"), "{}", stopped(nested));
    assert!(stopped("{% for a in range(1000000000) %}{% endfor %}").contains("too long"));
    assert!(stopped("${{ range(100000000) | length }}").contains("too long"));
}

#[test]
fn values_that_grow_without_end_are_stopped() {
    let doubling = format!("{{% set a = values.other %}}{}${{{{ a }}}}", "{% set a = a ~ a %}".repeat(60));
    let in_a_loop = "{% set a = 'x' %}{% for i in range(60) %}{% set a = a ~ a %}{% endfor %}${{ a }}";
    let lists = format!("{{% set a = [1] %}}{}", "{% set a = [a, a, a, a] %}".repeat(40));
    let deep = "{% set a = 1 %}{% for i in range(100000) %}{% set a = [a] %}{% endfor %}";
    let replaced = "{% set a = 'x' %}{% for i in range(60) %}{% set a = a | replace('x', 'xxxxxxxx') %}{% endfor %}";
    let joined = "{% set a = 'xxxx' %}{% for i in range(60) %}{% set a = range(100) | join(a) %}{% endfor %}";
    let compared = format!(
        "{{% set a = [1] %}}{{% set b = [1] %}}{}{{% if a == b %}}{{% endif %}}",
        "{% set a = [a, a] %}{% set b = [b, b] %}".repeat(40)
    );
    for text in [doubling.as_str(), in_a_loop, &lists, deep, replaced, joined, &compared] {
        let message = stopped(text);
        assert!(message.contains("makes a value"), "{text}: {message}");
    }
}

#[test]
fn a_parameter_can_not_be_multiplied_by_an_input() {
    let big = json!({ "name": "n", "other": "x".repeat(100_000) });
    let times = |count: usize| vec!["'${{ parameters.other }}'"; count].join(", ");
    let in_members = (0..20).map(|index| format!("v{index}: '${{{{ parameters.other }}}}'")).collect::<Vec<_>>();
    let entity = |tags: &str| {
        let entity = format!("{{apiVersion: a/v1, kind: Component, metadata: {{name: a, tags: [{tags}]}}}}");
        Folder::with(&manifest(&format!(
            "parameters: {{properties: {{name: {{}}, other: {{}}}}}}\nsteps: [{{action: 'catalog:write', input: {{entity: {entity}}}}}]"
        )))
    };
    for folder in [
        Folder::with(&rendering(&format!("{{list: [{}]}}", times(100)))).file("skeleton/out.txt", "x"),
        Folder::with(&rendering(&format!("{{{}}}", in_members.join(", ")))).file("skeleton/out.txt", "x"),
        entity(&times(60)),
    ] {
        let error = make(&folder.load(), big.clone()).unwrap_err();
        assert!(error.message.contains("a value of more than 1048576 bytes"), "{error}");
        assert!(!error.retryable);
    }
    assert_eq!(make(&entity(&times(5)).load(), big).unwrap().1.entities.len(), 1);
    let alone = json!({ "name": "n", "other": "x".repeat(2 << 20) });
    let error = Folder::of_text("x").text(alone).unwrap_err();
    assert!(error.message.contains("input/values/other: the template makes a value of more than"), "{error}");
}

#[test]
fn files_that_grow_without_end_are_stopped() {
    let text = "{% for a in range(10000) %}{% for b in range(10) %}0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789{% endfor %}{% endfor %}";
    assert!(stopped(text).contains("a file of more than 8388608 bytes"), "{}", stopped(text));
}

#[test]
fn expressions_as_deep_as_they_are_long_are_refused() {
    for text in [
        format!("${{{{ {} }}}}", vec!["1"; 100_000].join(" ~ ")),
        format!("${{{{ {}1{} }}}}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("${{{{ {}1 }}}}", "not ".repeat(100_000)),
        format!("${{{{ values{} }}}}", ".a".repeat(100_000)),
        format!("${{{{ 'a'{} }}}}", " | upper".repeat(100_000)),
        format!("{{% if true %}}{}{{% endif %}}", "{% elif true %}".repeat(60_000)),
        "{% if true %}".repeat(60_000),
        "${{ ".repeat(10_000),
    ] {
        let faults = Folder::of_text(&text).faults();
        assert!(faults.contains("skeleton/out.txt (line 1)"), "{faults}");
    }
}

#[test]
fn what_is_as_deep_as_it_may_be_still_renders() {
    let text = format!(
        "{}${{{{ {}true }}}}{}",
        "{% for a in [1] %}{% if a %}".repeat(70),
        "not ".repeat(80),
        "{% endif %}{% endfor %}".repeat(70),
    );
    assert_eq!(Folder::of_text(&text).text(json!({ "name": "n", "other": 1 })).unwrap(), "true");
}

#[test]
fn the_sum_of_all_files_is_bounded_in_bytes_and_number() {
    let mut folder = Folder::with(&rendering("{}"));
    for index in 0..20 {
        folder = folder.file(&format!("skeleton/{index}.bin"), vec![0; 1000]);
    }
    let parameters = || json!({ "name": "n" });
    let limits = Limits { output_bytes: 10_000, ..Limits::default() };
    let error = make(&folder.load_with(limits, json!({})), parameters()).unwrap_err();
    assert!(error.message.contains("more than 10000 bytes in all"), "{error}");
    let limits = Limits { files: 10, ..Limits::default() };
    let error = make(&folder.load_with(limits, json!({})), parameters()).unwrap_err();
    assert!(error.message.contains("more than 10 files"), "{error}");
}

#[test]
fn a_step_that_takes_too_long_may_be_tried_again() {
    let folder = Folder::of_text("{% for a in range(30000) %}{% for b in range(300) %}{% endfor %}{% endfor %}");
    let limits = Limits { time: Duration::ZERO, ..Limits::default() };
    let error = make(&folder.load_with(limits, json!({})), json!({ "name": "n", "other": 1 })).unwrap_err();
    assert!(error.message.contains("took longer than"), "{error}");
    assert!(error.retryable);
}

#[test]
fn all_steps_together_have_a_time_too() {
    let limits = Limits { whole_time: Duration::ZERO, ..Limits::default() };
    let error =
        make(&Folder::of_text("x").load_with(limits, json!({})), json!({ "name": "n", "other": 1 })).unwrap_err();
    assert!(error.message.contains("all steps together took longer than"), "{error}");
    assert!(error.retryable);
}

#[test]
fn reading_and_writing_the_same_again_and_again_is_paid_for() {
    let again = |action: &str, steps: usize| {
        let step = format!("{{action: '{action}', input: {{url: ./skeleton, replace: true}}}}");
        let step = if action == "fetch:plain" { step.replace(", replace: true", "") } else { step };
        Folder::with(&manifest(&format!("steps: [{}]", vec![step; steps].join(", "))))
    };
    // 8 MiB in each step: all that there may be takes eight of them.
    let plain = |steps| again("fetch:plain", steps).file("skeleton/a.bin", vec![0; 8 << 20]);
    let limits = || Limits { fuel: 500_000, ..Limits::default() };
    assert!(make(&plain(8).load_with(limits(), json!({})), json!({})).is_ok());
    let error = make(&plain(20).load_with(limits(), json!({})), json!({})).unwrap_err();
    assert!(error.message.contains("takes more than 500000 operations"), "{error}");

    // A long text of which nothing comes out.
    let comment = |steps| again("fetch:template", steps).file("skeleton/a", format!("{{# {} #}}", "x".repeat(500_000)));
    let limits = || Limits { fuel: 100_000, ..Limits::default() };
    assert!(make(&comment(2).load_with(limits(), json!({})), json!({})).is_ok());
    assert!(make(&comment(5).load_with(limits(), json!({})), json!({})).is_err());
}

#[test]
fn ten_thousand_files_are_no_trouble() {
    let mut folder = Folder::with(&rendering("{name: '${{ parameters.name }}'}"));
    for index in 0..10_000 {
        folder =
            folder.file(&format!("skeleton/d{}/${{{{ values.name }}}}-{index}.txt", index % 100), "${{ values.name }}");
    }
    let (reports, outcome) = make(&folder.load(), json!({ "name": "n" })).unwrap();
    assert_eq!(outcome.files.len(), 10_001);
    assert!(reports[0].lines[0].starts_with("wrote 10000 files (10000 bytes)"), "{:?}", reports[0].lines[0]);
}

#[test]
fn yaml_that_expands_without_end_is_refused() {
    let level = |level: usize| format!("a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 5].join(", "));
    let levels: Vec<_> = ["a0: &a0 [lol]".to_owned()].into_iter().chain((1..30).map(level)).collect();
    let bomb = levels.join("\n");
    let faults = Folder::with(&bomb).faults();
    assert!(faults.contains("template.yaml"), "{faults}");
    let deep = format!("a: {}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(Folder::with(&deep).faults().contains("template.yaml"));
}
