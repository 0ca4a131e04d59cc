use super::{Problem, problem::kinds};

/// 404 for what is not there, or what the caller may not see: the two get the same answer.
///
/// ```
/// use heimdall::http::{OrNotFound as _, Problem};
///
/// fn show(items: &[u64], at: usize) -> Result<u64, Problem> {
///     let item = items.get(at).copied().or_not_found()?;
///     Ok(item)
/// }
///
/// assert_eq!(show(&[7], 0).unwrap(), 7);
/// assert_eq!(show(&[7], 1).unwrap_err().status(), 404);
/// ```
pub trait OrNotFound<T>: Sized {
    /// The value, or 404.
    fn or_not_found(self) -> Result<T, Problem>;

    /// The value, or 404 with a detail that says what is missing.
    ///
    /// ```
    /// use heimdall::http::OrNotFound as _;
    ///
    /// let problem = None::<u64>.or_not_found_with(|| "there is no item of this name").unwrap_err();
    /// assert_eq!(problem.document().detail.as_deref(), Some("there is no item of this name"));
    /// ```
    fn or_not_found_with<D: Into<String>>(self, detail: impl FnOnce() -> D) -> Result<T, Problem>;
}

impl<T> OrNotFound<T> for Option<T> {
    fn or_not_found(self) -> Result<T, Problem> {
        self.ok_or_else(|| Problem::new(kinds::NOT_FOUND))
    }

    fn or_not_found_with<D: Into<String>>(self, detail: impl FnOnce() -> D) -> Result<T, Problem> {
        self.ok_or_else(|| Problem::not_found(detail()))
    }
}
