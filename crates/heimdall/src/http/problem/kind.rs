use axum::http::StatusCode;

/// One way a request can fail: what a program tells apart by its slug, and a person reads about on its page.
///
/// Applications declare their own as constants beside the code that returns them:
///
/// ```
/// use axum::http::StatusCode;
/// use heimdall::http::{Problem, ProblemType};
///
/// const NAME_TAKEN: ProblemType = ProblemType {
///     slug: "name-taken",
///     status: StatusCode::CONFLICT,
///     title: "The name is taken",
///     explanation: "Another task holds this name. Choose another name, or delete that task.",
/// };
///
/// let problem = Problem::new(NAME_TAKEN).detail("`payments` is held by another task");
/// assert_eq!(problem.status(), StatusCode::CONFLICT);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemType {
    /// The last segment of the problem's `type`: lower case words joined by hyphens. Never changes once published.
    pub slug: &'static str,
    /// The status such a problem is answered with.
    pub status: StatusCode,
    /// A few words that are the same for each occurrence.
    pub title: &'static str,
    /// What it means and what to do about it: the text of its page. Blank lines divide paragraphs.
    pub explanation: &'static str,
}

impl ProblemType {
    /// The reference that stands in the problem's `type`.
    pub fn reference(&self) -> String {
        format!("/problems/{}", self.slug)
    }
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $slug:literal, $title:literal, $explanation:literal;)*) => {
        $($(#[$doc])* pub const $name: ProblemType = ProblemType {
            slug: $slug, status: StatusCode::$status, title: $title, explanation: $explanation,
        };)*

        /// All of the foundation's own problem types.
        pub const ALL: &[ProblemType] = &[$($name),*];
    };
}

problems! {
    /// The request could not be read at all.
    MALFORMED_REQUEST = BAD_REQUEST, "malformed-request", "The request is malformed",
        "The request could not be read: its body is no well-formed JSON, is not UTF-8, holds NUL characters, is nested too \
         deeply or names a field twice, or one of its headers does not have the form it must have.\n\n\
         The `errors` say where and what would be right.";
    /// No token, or one that does not hold.
    UNAUTHENTICATED = UNAUTHORIZED, "unauthenticated", "A valid access token is needed",
        "The request carries no access token, or one that is expired, not meant for this service, or not signed by its \
         issuer.\n\nSend `Authorization: Bearer <token>` with a token of the issuer that this service trusts.";
    /// A valid caller who lacks a permission.
    FORBIDDEN = FORBIDDEN, "forbidden", "The caller lacks a permission",
        "The access token is valid, but does not grant what this request needs. The detail names the missing permission.\n\n\
         A role, or a scope of the same name, grants it.";
    /// Nothing here, or nothing that the caller may see.
    NOT_FOUND = NOT_FOUND, "not-found", "There is nothing here",
        "There is nothing at this address, or nothing that the caller may see.";
    /// The address exists, the method does not.
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED, "method-not-allowed", "The method is not allowed here",
        "The address exists, but not with this method. The `Allow` header lists the methods it has.";
    /// Illegal in the present state.
    CONFLICT = CONFLICT, "conflict", "The present state does not allow this",
        "The request is right in itself, but not now: the detail says what stands in its way.";
    /// `If-Match` names a version that is no longer the current one.
    PRECONDITION_FAILED = PRECONDITION_FAILED, "precondition-failed", "The resource has changed",
        "`If-Match` names a version that is not the current one: someone else has changed the resource.\n\n\
         Read it again, see whether the change is still wanted, and send it with the new `ETag`.";
    /// The body is over the limit.
    BODY_TOO_LARGE = PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large",
        "The body is larger than this service accepts. The detail names the limit.";
    /// The body's content type is not accepted here.
    UNSUPPORTED_MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The content type is not accepted",
        "The body's `Content-Type` is missing or not accepted here. The detail, and the extension member `accepted`, \
         list what is.";
    /// Well-formed, but wrong.
    INVALID_REQUEST = UNPROCESSABLE_ENTITY, "invalid-request", "The request is well-formed, but wrong",
        "The request can be read, but fields or parameters are missing, unknown, of the wrong type or out of range. \
         Nothing was changed.\n\nThe `errors` name all of them: `pointer` is a JSON pointer into the body, or `?name` for a \
         query parameter.";
    /// The same key came with another request.
    IDEMPOTENCY_KEY_REUSED = UNPROCESSABLE_ENTITY, "idempotency-key-reused", "The idempotency key was used before",
        "The `Idempotency-Key` was used before with another request. Use a new key for each request, and the same key \
         only to repeat one.";
    /// The first request with the key has not ended.
    IDEMPOTENCY_KEY_IN_FLIGHT = CONFLICT, "idempotency-key-in-flight", "The first request is still at work",
        "A request with this `Idempotency-Key` is still at work. Repeat it in a moment to get its answer.";
    /// `If-Match` is needed and missing.
    PRECONDITION_REQUIRED = PRECONDITION_REQUIRED, "precondition-required", "`If-Match` is missing",
        "This request changes something that others may change too, so it must say which version it means: send the \
         `ETag` of the resource as `If-Match`, or `If-Match: *` to change whatever is there.";
    /// The caller asks too often.
    TOO_MANY_REQUESTS = TOO_MANY_REQUESTS, "too-many-requests", "Too many requests",
        "The caller sends requests faster than this service allows. `Retry-After` says when to try again.";
    /// A defect of the service.
    INTERNAL_ERROR = INTERNAL_SERVER_ERROR, "internal-error", "The service failed",
        "The service has a defect, and the request may or may not have had an effect. Its log has the details under \
         the request's id, which is the problem's `instance`.";
    /// Something the service needs is away.
    UNAVAILABLE = SERVICE_UNAVAILABLE, "unavailable", "The service cannot answer now",
        "Something that this service needs is away, or the service is starting or stopping. `Retry-After` says when to \
         try again.";
    /// The request took too long.
    TIMEOUT = SERVICE_UNAVAILABLE, "timeout", "The request took too long",
        "The request was given up because it took too long; it may or may not have had an effect. `Retry-After` says \
         when to try again; an `Idempotency-Key` makes it safe to repeat.";
    /// More requests than the service can hold.
    OVERLOADED = SERVICE_UNAVAILABLE, "overloaded", "The service is busy",
        "More requests are at work than this service takes on at once. Nothing was done. `Retry-After` says when to try \
         again.";
    /// A web page of another origin asks a service that is for this machine only.
    FOREIGN_ORIGIN = FORBIDDEN, "foreign-origin", "The request comes from elsewhere",
        "This service is meant for this machine only: `Host` must be a loopback address, and `Origin`, if there is one, \
         must be the service's own.";
}
