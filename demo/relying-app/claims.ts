/** What the demo app learned of its user, as rows for a page: the ID token's claims and what userinfo added. */
import { decodeJwt } from 'jose';
import type { Translator } from '../../locales/translator.ts';

/** A claim as a page shows it. */
export interface ClaimRow {
  readonly name: string;
  readonly value: string;
  /** What it means, for the claims that this product is about; null for the others. */
  readonly meaning: string | null;
}

const explained = ['sub', 'acr', 'amr', 'auth_time'] as const;
const left = new Set([
  'iss',
  'aud',
  'exp',
  'iat',
  'nonce',
  'at_hash',
  'sid',
  's_hash',
  'c_hash',
  'azp',
  'rt_hash',
]);

/** The claims of a validated ID token, the telling ones first. */
export function claimRows(idToken: string, translator: Translator): ClaimRow[] {
  const claims: Record<string, unknown> = decodeJwt(idToken);
  const rest = Object.keys(claims).filter(
    (name) => !left.has(name) && !explained.some((one) => one === name),
  );
  return [
    ...explained.map((name) => ({
      name,
      value: written(name, claims[name], translator),
      meaning: translator.text(`demo.claim.${name}`),
    })),
    ...plainRows(Object.fromEntries(rest.map((name) => [name, claims[name]])), translator),
  ];
}

/** Claims without an explanation, such as those of userinfo. */
export function plainRows(claims: Readonly<Record<string, unknown>>, translator: Translator): ClaimRow[] {
  return Object.entries(claims)
    .filter(([name]) => name !== 'sub')
    .map(([name, value]) => ({ name, value: written(name, value, translator), meaning: null }));
}

/** Who signed in, by the friendliest of the claims. */
export function nameOf(idToken: string, userinfo: Readonly<Record<string, unknown>>): string {
  const claims: Record<string, unknown> = { ...decodeJwt(idToken), ...userinfo };
  const found = [claims['name'], claims['preferred_username'], claims['email'], claims['sub']].find(
    (value) => typeof value === 'string' && value !== '',
  );
  return typeof found === 'string' ? found : '';
}

function written(name: string, value: unknown, translator: Translator): string {
  if (value === undefined) return translator.text('demo.claim.absent');
  if (name === 'auth_time' && typeof value === 'number') return translator.dateTime(new Date(value * 1000));
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}
