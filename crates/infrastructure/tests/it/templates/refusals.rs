use super::folder::{Folder, manifest, rendering};

/// A template that is right but for what a test changes.
fn with(spec: &str) -> Folder {
    Folder::with(&manifest(spec)).file("skeleton/out.txt", "x")
}

const STEPS: &str = "steps: [{action: 'fetch:plain', input: {url: ./skeleton}}]";

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn what_is_not_in_the_subset_is_refused_by_name() {
    let step = |step: &str| format!("steps: [{step}]");
    let fetch = |more: &str| format!("steps: [{{action: 'fetch:template', input: {{url: ./skeleton, {more}}}}}]");
    let schema = |schema: &str| format!("parameters: {schema}\n{STEPS}");
    for (spec, place, found) in [
        (step("{action: 'publish:github', input: {}}"), "/spec/steps/0/action", "`publish:github`"),
        (step("{action: 'fetch:plain'}"), "/spec/steps/0/input", "nothing"),
        (step("{input: {}}"), "/spec/steps/0/action", "nothing"),
        (step("{action: 'fetch:plain', input: {url: ./skeleton}, each: x}"), "/spec/steps/0/each", "`each`"),
        (step("{id: 'a b', action: 'fetch:plain', input: {url: ./skeleton}}"), "/spec/steps/0/id", "`a b`"),
        (
            step(
                "{id: a, action: 'fetch:plain', input: {url: ./skeleton}}, {id: a, action: 'fetch:plain', input: {url: ./skeleton}}",
            ),
            "/spec/steps/1/id",
            "second time",
        ),
        (step("{if: 3, action: 'fetch:plain', input: {url: ./skeleton}}"), "/spec/steps/0/if", "a number"),
        (
            step("{action: 'fetch:plain', input: {url: 'https://example.org/x'}}"),
            "/spec/steps/0/input/url",
            "an address",
        ),
        (step("{action: 'fetch:plain', input: {url: ../x}}"), "/spec/steps/0/input/url", "climbs out"),
        (step("{action: 'fetch:plain', input: {url: ./nowhere}}"), "/spec/steps/0/input/url", "no folder `nowhere`"),
        (step("{action: 'fetch:plain', input: {url: .}}"), "/spec/steps/0/input/url", "own folder"),
        (
            step("{action: 'fetch:plain', input: {url: './${{ parameters.x }}'}}"),
            "/spec/steps/0/input/url",
            "an expression",
        ),
        (
            step("{action: 'fetch:plain', input: {url: ./skeleton, targetPath: ../up}}"),
            "/spec/steps/0/input/targetPath",
            "climbs out",
        ),
        (step("{action: 'catalog:write', input: {}}"), "/spec/steps/0/input/entity", "nothing"),
        (step("{action: 'heimdall:vendor', input: {}}"), "/spec/steps/0/input/targetPath", "nothing"),
        (
            step("{action: 'heimdall:vendor', input: {targetPath: ./}}"),
            "/spec/steps/0/input/targetPath",
            "the service's own folder; expected a folder within the service",
        ),
        (
            step("{action: 'heimdall:vendor', input: {targetPath: v, version: x}}"),
            "/spec/steps/0/input/version",
            "not supported",
        ),
        (fetch("cookiecutterCompat: true"), "/spec/steps/0/input/cookiecutterCompat", "not supported"),
        (fetch("copyWithoutRender: []"), "/spec/steps/0/input/copyWithoutRender", "not supported"),
        (fetch("token: x"), "/spec/steps/0/input/token", "not supported"),
        (fetch("replace: 'yes'"), "/spec/steps/0/input/replace", "a string"),
        (fetch("copyWithoutTemplating: ['[a']"), "/spec/steps/0/input/copyWithoutTemplating/0", "unclosed"),
        (
            fetch("values: {a: '${{ parameters.nope }}'}"),
            "/spec/steps/0/input/values/a",
            "`parameters.nope`, which does not exist",
        ),
        (fetch("values: {a: '${{ user.entity }}'}"), "/spec/steps/0/input/values/a", "the name `user`"),
        (fetch("values: {a: \"${{ steps['x'].output }}\"}"), "/spec/steps/0/input/values/a", "the name `steps`"),
        (
            fetch("values: {a: \"${{ 'x' | projectSlug }}\"}"),
            "/spec/steps/0/input/values/a",
            "the filter `projectSlug`",
        ),
        (
            fetch("values: {a: \"${{ 'x'.toUpperCase() }}\"}"),
            "/spec/steps/0/input/values/a",
            "the method `.toUpperCase(…)`",
        ),
        (fetch("values: {a: '${{ env() }}'}"), "/spec/steps/0/input/values/a", "the function `env`"),
        (
            fetch("values: {a: '${{ 1 | upper(2) }}'}"),
            "/spec/steps/0/input/values/a",
            "the filter `upper` with 1 arguments",
        ),
        (fetch("values: {a: '${{ 1 is even }}'}"), "/spec/steps/0/input/values/a", "the test `is even`"),
        (fetch("values: {a: '${{ 1 + }}'}"), "/spec/steps/0/input/values/a", "unexpected"),
        (format!("output: {{}}\n{STEPS}"), "/spec/output", "`output`"),
        (format!("lifecycle: x\n{STEPS}"), "/spec/lifecycle", "`lifecycle`"),
        (format!("owner: 'a b'\n{STEPS}"), "/spec/owner", "a b"),
        ("steps: []".to_owned(), "/spec/steps", "no steps"),
        (
            step(&vec!["{action: 'fetch:plain', input: {url: ./skeleton}}"; 101].join(", ")),
            "/spec/steps",
            "101 steps; expected at most 100",
        ),
        (schema("3"), "/spec/parameters", "a number"),
        (schema("{properties: {a: {type: strin}}}"), "/spec/parameters/properties/a/type", "a schema that is none"),
        (schema("{properties: {a: {pattern: '(?=x)'}}}"), "/spec/parameters", "pattern"),
        (schema("{properties: {a: {minLenght: 3}}}"), "/spec/parameters/properties/a/minLenght", "`minLenght`"),
        (
            schema("{properties: {a: {$ref: 'https://example.org/s.json'}}}"),
            "/spec/parameters/properties/a",
            "a reference to",
        ),
        (schema("{properties: {a: {$ref: 'file:///etc/passwd'}}}"), "/spec/parameters/properties/a", "a reference to"),
        (
            schema("{properties: {pw: {writeOnly: true}, a: {$ref: '#/properties/pw'}}}"),
            "/spec/parameters/properties/a",
            "a reference to `#/properties/pw`; expected a reference to a definition of the schema",
        ),
        (
            schema("{properties: {pw: {writeOnly: true}, a: {type: array, items: {$ref: '#'}}}}"),
            "/spec/parameters/properties/a/items",
            "a reference to `#`",
        ),
        (
            schema("{properties: {a: {$ref: '#/$defs/b/const'}}, $defs: {b: {const: {writeOnly: true}}}}"),
            "/spec/parameters/properties/a",
            "a reference to `#/$defs/b/const`",
        ),
        (
            schema("{properties: {a: {$ref: '#/$defs/pw'}}, $defs: {pw: {writeOnly: true}}}"),
            "/spec/parameters/$defs/pw",
            "can't be followed",
        ),
        (schema("{properties: {a: {format: nonsense}}}"), "/spec/parameters", "nonsense"),
        (schema("{dependencies: {a: [b]}}"), "/spec/parameters/dependencies", "older draft"),
        (schema("{additionalProperties: true}"), "/spec/parameters/additionalProperties", "undeclared"),
        (
            schema("{properties: {a: {type: string, default: 3}}}"),
            "/spec/parameters/properties/a",
            "a default that is a number",
        ),
        (
            schema("{properties: {a: {type: array, items: {writeOnly: true}}}}"),
            "/spec/parameters/properties/a/items",
            "can't be followed",
        ),
        (
            schema("{properties: {a: {writeOnly: true, default: x}}}"),
            "/spec/parameters/properties/a",
            "a secret with a default",
        ),
        (schema("[{properties: {a: {}}}, {properties: {a: {}}}]"), "/spec/parameters/1", "the parameter `a`"),
    ] {
        let faults = with(&spec).faults();
        assert!(faults.contains(&format!("template.yaml ({place}")), "{spec}\n{faults}");
        assert!(faults.contains(found), "{spec}\n{faults}");
        assert!(faults.contains("; expected "), "{faults}");
    }
}

#[test]
fn other_documents_are_refused() {
    for (document, found) in [
        (
            "apiVersion: backstage.io/v1beta2\nkind: Template\nmetadata: {name: a}\nspec: {type: service}",
            "`backstage.io/v1beta2`",
        ),
        ("kind: Component", "(/kind): `Component`"),
        ("a: 1\na: 2", "template.yaml"),
        ("[1]", "a list"),
        ("", "0 documents"),
        ("a: 1\n---\nb: 2", "2 documents"),
        (
            "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: 'a b', titel: x}\nspec: {type: s}",
            "`titel`",
        ),
    ] {
        let faults = Folder::with(document).faults();
        assert!(faults.contains(found), "{document}\n{faults}");
    }
    let faults = Folder::with("x").file("template.yaml", b"\xff\xfe").faults();
    assert!(faults.contains("no UTF-8 text"), "{faults}");
}

#[test]
fn files_that_can_not_be_rendered_are_named_with_their_line() {
    for (text, found) in [
        ("\n\n${{ values.nmae }}", "(line 3): `values.nmae`, which does not exist; expected one of name, other"),
        ("${{ parameters.name }}", "the name `parameters`, which is not known here; expected `values`"),
        ("a\n{% include 'x' %}", "(line 2): unknown statement `include`"),
        ("{% import 'x' as y %}", "unknown statement `import`"),
        ("{% macro m(n) %}${{ m(n) }}{% endmacro %}${{ m(1) }}", "unknown statement `macro`"),
        ("{% for x in values.other recursive %}${{ loop(x) }}{% endfor %}", "a `recursive` loop"),
        ("{% filter upper %}x{% endfilter %}", "the statement `filter`"),
        ("{% set values.name = 1 %}", "an assignment to something else"),
        ("{% if %}", "unexpected"),
        ("${{ values.name", "unexpected end of input"),
        ("${{ values.name[1:] }}", "a slice"),
        ("${{ values.name | upper(x=1) }}", "an argument with a name"),
    ] {
        let faults = Folder::of_text(text).faults();
        assert!(faults.contains("skeleton/out.txt"), "{text}\n{faults}");
        assert!(faults.contains(found), "{text}\n{faults}");
    }
    let long = format!("${{{{ values.name }}}}{}", "x".repeat(1 << 20));
    let faults = Folder::of_text(&long).faults();
    assert!(faults.contains("skeleton/out.txt: a text of 1048594 bytes to render; expected at most"), "{faults}");
    assert!(faults.contains("copyWithoutTemplating"), "{faults}");
    let named = Folder::with(&rendering("{}")).file("skeleton/${{ values.nope }}.txt", "x").faults();
    assert!(named.contains("skeleton/${{ values.nope }}.txt (the file's name)"), "{named}");
}

#[test]
fn secrets_can_not_be_referred_to() {
    let schema = "parameters: {properties: {token: {type: string, writeOnly: true}, db: {type: object, properties: {password: {type: string, writeOnly: true}}}}}";
    for expression in
        ["parameters.token", "parameters['token']", "parameters.db.password | upper", "'x' ~ parameters.token"]
    {
        let spec = format!(
            "{schema}\nsteps: [{{action: 'fetch:template', input: {{url: ./skeleton, values: {{a: \"${{{{ {expression} }}}}\"}}}}}}]"
        );
        let faults = with(&spec).faults();
        assert!(faults.contains("a writeOnly parameter; expected no secret"), "{expression}: {faults}");
    }
    // What can't be seen beforehand is not there when it is rendered.
    let hidden = with(&format!(
        "{schema}\nsteps: [{{action: 'fetch:template', input: {{url: ./skeleton, values: {{a: '${{{{ parameters | dump }}}}', b: \"${{{{ parameters['tok' ~ 'en'] | default('gone') }}}}\"}}}}}}]"
    ))
    .file("skeleton/out.txt", "${{ values.a }} ${{ values.b }}");
    let text = hidden.text(serde_json::json!({ "token": "hush", "db": { "password": "hush" } })).unwrap();
    assert_eq!(text, r#"{"db":{}} gone"#);
}
