import { expectStatus } from './http';
import { server } from './servers';

/** A token this old is not used any more, in milliseconds; they live for five minutes. */
const OLD = 60_000;

/** Who asks: a client by its credentials, or a person by password. */
export type Caller = { clientId: string; clientSecret: string } | { user: string };

/** The module in Backstage: sees everybody's tasks. */
export const BACKSTAGE = { clientId: 'backstage', clientSecret: 'backstage-secret' };
/** A pipeline that orders services. */
export const PIPELINE = { clientId: 'valkyrie-ci', clientSecret: 'valkyrie-ci-secret' };
/** A person who may do all. */
export const ADMINISTRATOR = { user: 'mia' };
/** A person who may look at what is hers. */
export const READER = { user: 'rea' };

const tokens = new Map<string, { token: string; since: number }>();

/** Where tokens come from. */
export function tokenUrl(): string {
  return `${server('VALKYRIE_TEST_KEYCLOAK_URL')}/protocol/openid-connect/token`;
}

/** A bearer token of the real Keycloak, good for some minutes. */
export async function token(caller: Caller): Promise<string> {
  const name = JSON.stringify(caller);
  const known = tokens.get(name);
  if (known && Date.now() - known.since < OLD) return known.token;
  const since = Date.now();
  const answer = await fetch(tokenUrl(), { method: 'POST', body: new URLSearchParams(grant(caller)) });
  const body = expectStatus({ status: answer.status, body: await answer.json() }, 200) as { access_token: string };
  tokens.set(name, { token: body.access_token, since });
  return body.access_token;
}

function grant(caller: Caller): Record<string, string> {
  if ('user' in caller) {
    return { grant_type: 'password', client_id: 'valkyrie-cli', username: caller.user, password: caller.user };
  }
  return { grant_type: 'client_credentials', client_id: caller.clientId, client_secret: caller.clientSecret };
}
