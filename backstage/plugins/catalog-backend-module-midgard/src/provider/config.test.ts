import { describe, expect, it } from 'vitest';
import { ConfigReader } from '@backstage/config';
import { readProviders } from './config';

const read = (valkyrie: Record<string, string>) =>
  readProviders(new ConfigReader({ midgard: { providers: { it: { valkyrie } } } }));

describe('readProviders', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['a token of two lines', { token: 'hidden\nsecret' }, /one word of printable ASCII/],
    ['a token that no header takes', { token: 'secret…' }, /one word of printable ASCII/],
    ['an address with a password', { token: 't', baseUrl: 'https://me:secret@valkyrie' }, /must have none/],
    ['an address with a query', { token: 't', baseUrl: 'https://valkyrie?a=b' }, /must end with its path/],
    ['no credentials', {}, /either token or oidc/],
  ])('refuses %s, and repeats no secret', (_, given, said) => {
    const refuse = () => read({ baseUrl: 'https://valkyrie/', ...given });
    expect(refuse).toThrow(said);
    expect(refuse).not.toThrow(/secret|hidden/);
  });

  it('takes an address with its slash, and a token', () => {
    const credentials = { type: 'static', token: 'a.b-c_d~e+f/g=' };
    expect(read({ baseUrl: 'https://valkyrie/', token: credentials.token })).toMatchObject([
      { baseUrl: 'https://valkyrie', credentials },
    ]);
  });
});
