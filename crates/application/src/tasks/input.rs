use std::sync::Arc;

use domain::{AccountError, AccountInfo, JsonObject, ServiceName, TaskSpec, TaskState, excerpt};
use serde_json::Value;

use crate::ports::{Accepted, Template, Templates, Violation};

/// What a request says about a service, before any of it is checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskInput {
    /// The name of the template.
    pub template: String,
    /// The parameters as given.
    pub parameters: JsonObject,
    /// The account, if there is one.
    pub account: Option<AccountInput>,
}

/// An account as it is given in a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountInput {
    /// The provider's identifier.
    pub identifier: String,
    /// The role to act in.
    pub role: Option<String>,
    /// The provider; derived from the identifier where it can be.
    pub provider: Option<String>,
}

/// What a task is made of, as if it were given anew.
impl From<&TaskState> for TaskInput {
    fn from(task: &TaskState) -> Self {
        Self {
            template: task.template.name.clone(),
            parameters: task.parameters.clone(),
            account: task.account.as_ref().map(AccountInput::from),
        }
    }
}

impl From<&AccountInfo> for AccountInput {
    fn from(account: &AccountInfo) -> Self {
        let AccountInfo { identifier, role, provider } = account.clone();
        Self { identifier, role, provider: Some(provider) }
    }
}

/// Input that fits its template, with its secrets apart.
pub(crate) struct ValidatedInput {
    pub(crate) spec: TaskSpec,
    pub(crate) secrets: JsonObject,
}

/// Checks all of the input and names everything that is wrong with it at once.
pub(crate) fn validate(templates: &dyn Templates, input: TaskInput) -> Result<ValidatedInput, Vec<Violation>> {
    let mut wrong = Vec::new();
    let account = input.account.as_ref().map(account_of).transpose().unwrap_or_else(|violations| {
        wrong.extend(violations);
        None
    });
    let Some(template) = templates.find(&input.template) else {
        wrong.insert(0, unknown_template(templates, &input.template));
        return Err(wrong);
    };
    match accept(templates, &template, input.parameters) {
        Ok((accepted, name)) if wrong.is_empty() => Ok(ValidatedInput {
            spec: TaskSpec { template: template.version.clone(), name, parameters: accepted.parameters, account },
            secrets: accepted.secrets,
        }),
        Ok(_) => Err(wrong),
        Err(violations) => {
            wrong.extend(violations);
            Err(wrong)
        }
    }
}

fn accept(
    templates: &dyn Templates,
    template: &Arc<Template>,
    given: JsonObject,
) -> Result<(Accepted, Option<ServiceName>), Vec<Violation>> {
    let under_parameters =
        |violation: Violation| Violation { pointer: format!("/parameters{}", violation.pointer), ..violation };
    let accepted = templates
        .accept(template, given)
        .map_err(|violations| violations.into_iter().map(under_parameters).collect::<Vec<_>>())?;
    let name = match accepted.parameters.get("name").and_then(Value::as_str) {
        None => None,
        Some(name) => Some(ServiceName::parse(name).map_err(|error| {
            vec![Violation {
                pointer: "/parameters/name".to_owned(),
                detail: error.to_string(),
                expected: ServiceName::EXPECTED.to_owned(),
            }]
        })?),
    };
    Ok((accepted, name))
}

fn unknown_template(templates: &dyn Templates, given: &str) -> Violation {
    let known: Vec<_> = templates.list().iter().map(|template| template.version.name.clone()).collect();
    Violation {
        pointer: "/template".to_owned(),
        detail: format!("there is no template `{}` here", excerpt(given)),
        expected: if known.is_empty() {
            "a template, but none is offered".to_owned()
        } else {
            format!("one of {}", known.join(", "))
        },
    }
}

fn account_of(input: &AccountInput) -> Result<AccountInfo, Vec<Violation>> {
    let violation = |error: AccountError| {
        let field = match error {
            AccountError::Identifier => "identifier",
            AccountError::Role => "role",
            AccountError::Provider | AccountError::UnknownProvider(_) => "provider",
        };
        Violation {
            pointer: format!("/account/{field}"),
            detail: error.to_string(),
            expected: error.expected().to_owned(),
        }
    };
    AccountInfo::new(&input.identifier, input.role.as_deref(), input.provider.as_deref())
        .map_err(|errors| errors.into_iter().map(violation).collect())
}
