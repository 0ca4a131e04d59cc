use serde_json::json;

use super::folder::Folder;

fn rendered(text: &str) -> String {
    let parameters =
        json!({ "name": "order-intake", "other": { "list": ["b", "a"], "n": 3, "empty": [], "none": null } });
    Folder::of_text(text).text(parameters).unwrap()
}

#[test]
fn expressions_statements_and_filters_render() {
    for (text, expected) in [
        ("plain {{ braces }} stay\n", "plain {{ braces }} stay\n"),
        ("${{ values.name }}", "order-intake"),
        ("${{ values.name | upper }}", "ORDER-INTAKE"),
        ("${{ values.name | replace('-', '_') }}", "order_intake"),
        ("${{ values.name | pascalCase }}/${{ values.name | camelCase }}", "OrderIntake/orderIntake"),
        ("${{ values.name | snakeCase }}/${{ values.name | constantCase }}", "order_intake/ORDER_INTAKE"),
        ("${{ 'OrderIntake' | kebabCase }} ${{ 'a b' | title }} ${{ 'aB' | capitalize }}", "order-intake A B Ab"),
        ("${{ values.other.list | join(', ') }}", "b, a"),
        ("${{ values.other.list | sort | first }}${{ values.other.list | last }}", "aa"),
        ("${{ values.other.list | length }}${{ 'äö' | length }}", "22"),
        ("${{ values.other.list | dump }}", "[\"b\",\"a\"]"),
        ("${{ {'a': [1]} | dump(2) }}", "{\n  \"a\": [\n    1\n  ]\n}"),
        ("${{ values.other.missing | default('d') }}${{ values.other.none | default('e') }}", "de"),
        ("${{ '' | default('x') }}|${{ '' | default('x', true) }}", "|x"),
        ("${{ ('group:default/team-a' | parseEntityRef).name }}", "team-a"),
        ("${{ 'team-a' | parseEntityRef({'defaultKind': 'group'}) | pick('kind') }}", "group"),
        ("${{ ' a ' | trim }}${{ 'a,b' | split(',') | last }}${{ 'ab' | reverse }}", "abba"),
        ("${{ 'a\nb' | indent(2) }}", "a\n  b"),
        (
            "${{ '4' | int + 1 }} ${{ 2.5 | round }} ${{ -2 | abs }} ${{ 7 // 2 }} ${{ 7 % 4 }} ${{ 2 ** 3 }}",
            "5 3 2 3 3 8",
        ),
        ("${{ 1 + 2 * 3 }} ${{ 1 / 2 }} ${{ 'a' ~ 1 ~ true }}", "7 0.5 a1true"),
        ("{% if values.other.n > 2 and values.name %}y{% else %}n{% endif %}", "y"),
        ("{% if values.other.missing %}y{% elif not values.other.empty %}e{% endif %}", "e"),
        (
            "{% for x in values.other.list %}${{ loop.index }}${{ x }}{% if not loop.last %},{% endif %}{% endfor %}",
            "1b,2a",
        ),
        ("{% for k, v in {'a': 1} %}${{ k }}=${{ v }}{% endfor %}", "a=1"),
        ("{% for x in [] %}${{ x }}{% else %}none{% endfor %}", "none"),
        ("{% for x in range(3) if x != 1 %}${{ x }}{% endfor %}", "02"),
        ("{% set a = 1 %}{% for x in [1, 2] %}{% set a = a + x %}{% endfor %}${{ a }}", "4"),
        ("{% set a %}x${{ values.name }}{% endset %}${{ a }}", "xorder-intake"),
        ("{% raw %}${{ github.sha }}{% endraw %}", "${{ github.sha }}"),
        ("a{# gone #}b", "ab"),
        ("${{ 'y' if values.name is string else 'n' }}${{ values.other.q is defined }}", "yfalse"),
        ("${{ 'a' in ['a'] }} ${{ 'x' not in values.name }} ${{ 1 == 1.0 }}", "true true true"),
    ] {
        assert_eq!(rendered(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_there_is_an_error_that_names_it() {
    for (text, message) in [
        ("\n\n${{ values.other.nope }}", "line 3: `values.other.nope` is not there"),
        ("${{ values.other.nope | upper }}", "`values.other.nope` is not there"),
        ("${{ values.other.nope ~ 'x' }}", "`values.other.nope` is not there"),
        ("{% for x in values.other.nope %}{% endfor %}", "`values.other.nope` is not there"),
        ("${{ values.other }}", "an object has no text of its own"),
        ("${{ values.other.list }}", "a list has no text of its own"),
        ("${{ values.other.list + 1 }}", "can't calculate with a list and a number"),
        ("${{ 1 // 0 }}", "the result is no number"),
        ("${{ values.name | parseEntityRef }}", "the filter `parseEntityRef` takes `kind:namespace/name`"),
        ("{% for x in values.name %}{% endfor %}", "can't loop over a string"),
        ("${{ range('a') | length }}", "`range` takes one or two whole numbers"),
    ] {
        let error = Folder::of_text(text).text(json!({ "name": "n", "other": { "list": [] } })).unwrap_err();
        assert!(error.message.contains(message), "{text}: {}", error.message);
        assert!(error.message.starts_with("skeleton/out.txt: "), "{}", error.message);
        assert!(!error.retryable);
    }
}

#[test]
fn white_space_is_kept_unless_it_is_asked_to_go() {
    let text = "a\n  {% if true %}\nb\n  {% endif %}\nc\n";
    assert_eq!(rendered(text), "a\n  \nb\n  \nc\n");
    let manifest = super::folder::rendering("{}\n      trimBlocks: true\n      lstripBlocks: true");
    let folder = Folder::with(&manifest).file("skeleton/out.txt", text);
    assert_eq!(folder.text(json!({ "name": "n" })).unwrap(), "a\nb\nc\n");
}
