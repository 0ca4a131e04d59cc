use std::fmt;

use serde::Serialize;
use tracing::{
    field::{Field, Visit},
    span::Record,
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FormatFields, FormattedFields, format::Writer},
};

/// Fields of a span as the text of a JSON object, written as they come. Each request has a span; tracing-subscriber's own
/// `JsonFields` would put its fields into a tree of values first, and read the text again for each that comes later.
pub(super) struct SpanFields;

impl<'writer> FormatFields<'writer> for SpanFields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        writer.write_str(&Object::default().record(fields)?)
    }

    /// One that is recorded again is in the text twice, and who reads it takes the last.
    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        let text = std::mem::take(&mut current.fields);
        current.fields = Object(text.into_bytes()).record(fields)?;
        Ok(())
    }
}

/// The text so far: empty, or a whole object.
#[derive(Default)]
struct Object(Vec<u8>);

impl Object {
    fn record(mut self, fields: impl RecordFields) -> Result<String, fmt::Error> {
        if self.0.pop().is_none() {
            self.0.reserve(256);
            self.0.push(b'{');
        }
        fields.record(&mut self);
        self.0.push(b'}');
        String::from_utf8(self.0).map_err(|_| fmt::Error)
    }

    fn member(&mut self, field: &Field, value: &impl Serialize) {
        let before = self.0.len();
        self.name(field);
        if serde_json::to_writer(&mut self.0, value).is_err() {
            self.0.truncate(before);
        }
    }

    fn name(&mut self, field: &Field) {
        if self.0.last() != Some(&b'{') {
            self.0.push(b',');
        }
        // A raw identifier is called by its name.
        let name = field.name();
        self.text(name.strip_prefix("r#").unwrap_or(name));
        self.0.push(b':');
    }

    fn text(&mut self, text: &str) {
        // All bytes are looked at, since that is done for many at once.
        let escaped = |byte| u8::from(byte < b' ') | u8::from(byte == b'"') | u8::from(byte == b'\\');
        if text.bytes().fold(0, |any, byte| any | escaped(byte)) != 0 {
            // A text can always be written, to memory above all.
            self.0.extend(serde_json::Value::from(text).to_string().bytes());
            return;
        }
        self.0.push(b'"');
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b'"');
    }
}

/// What `tracing_opentelemetry` reads as the name, kind or status of a span says nothing that a log line doesn't.
fn is_for_traces(field: &Field) -> bool {
    field.name().starts_with("otel.")
}

impl Visit for Object {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.member(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if !is_for_traces(field) {
            self.name(field);
            self.text(value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if !is_for_traces(field) {
            self.name(field);
            self.text(&format!("{value:?}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::{Value, json};
    use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt as _};

    use super::{super::json::JsonWithTrace, *};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Lines {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    /// The span that the line of an event in it shows.
    fn shown(work: impl FnOnce() -> tracing::Span) -> Value {
        let lines = Lines::default();
        let layer = tracing_subscriber::fmt::layer().fmt_fields(SpanFields).event_format(JsonWithTrace::new());
        let subscriber = tracing_subscriber::registry().with(layer.with_writer(lines.clone()));
        tracing::subscriber::with_default(subscriber, || work().in_scope(|| tracing::info!("here")));
        let line: Value = serde_json::from_slice(&lines.0.lock().unwrap()).unwrap();
        line["span"].clone()
    }

    #[test]
    fn each_kind_of_value_is_written_as_json_has_it() {
        let span = shown(|| {
            let text = "a \"quoted\"\nline";
            tracing::info_span!(
                "work",
                otel.name = "POST /things",
                otel.kind = %"server",
                text,
                number = -1,
                large = u64::MAX,
                half = 0.5,
                yes = true,
                shown = %"é",
                r#type = ?[1],
            )
        });
        let wanted = json!({
            "name": "work", "text": "a \"quoted\"\nline", "number": -1, "large": u64::MAX, "half": 0.5, "yes": true,
            "shown": "é", "type": "[1]",
        });
        assert_eq!(span, wanted);
    }

    #[test]
    fn what_is_recorded_later_is_added_and_the_last_word_counts() {
        let span = shown(|| {
            let span = tracing::info_span!("work", status = 1, route = tracing::field::Empty);
            span.record("route", "/things");
            span.record("status", 2);
            span
        });
        assert_eq!(span, json!({"name": "work", "status": 2, "route": "/things"}));
    }

    #[test]
    fn a_span_without_fields_may_get_some() {
        let span = shown(|| {
            let span = tracing::info_span!("work", route = tracing::field::Empty);
            span.record("route", "/");
            span
        });
        assert_eq!(span, json!({"name": "work", "route": "/"}));
        assert_eq!(shown(|| tracing::info_span!("work")), json!({"name": "work"}));
    }
}
