/** What people do on the pages, in their words: sign in, set up a method, finish. */
import { expect } from 'vitest';
import type { PendingRequest, RelyingParty } from './relying-party.ts';
import type { Visitor } from './visitor.ts';
import { appCode, type Person, type World } from './world.ts';

/** A sign-in that a visitor is in. */
export interface SignIn {
  readonly visitor: Visitor;
  readonly party: RelyingParty;
  readonly pending: PendingRequest;
}

/** Goes from the relying party to the provider. */
export async function begin(
  world: World,
  parameters: Readonly<Record<string, string>> = {},
  given: { readonly visitor?: Visitor; readonly party?: RelyingParty } = {},
): Promise<SignIn> {
  const party = given.party ?? world.app;
  const visitor = given.visitor ?? world.visitor();
  const pending = await party.request(parameters);
  await visitor.open(pending.url);
  return { visitor, party, pending };
}

/** Types the name and the password. */
export async function typePassword(
  { visitor }: Pick<SignIn, 'visitor'>,
  person: Person,
  password = person.password,
): Promise<void> {
  await visitor.submit('/sign-in', { loginName: person.account.loginName, password });
}

/** Goes to the provider and types the name and the password. */
export async function signIn(
  world: World,
  person: Person,
  parameters: Readonly<Record<string, string>> = {},
  given: { readonly visitor?: Visitor; readonly party?: RelyingParty } = {},
): Promise<SignIn> {
  const started = await begin(world, parameters, given);
  await typePassword(started, person);
  return started;
}

/** True once the browser is back at the relying party. */
export function isBack({ visitor, party }: SignIn): boolean {
  return visitor.page.url.href.startsWith(party.redirectUri);
}

/** Redeems what the browser brought back, and gives the validated claims of the ID token. */
export async function redeem(signIn: SignIn) {
  expect(signIn.visitor.page.url.href).toContain(`${signIn.party.redirectUri}?`);
  const tokens = await signIn.party.redeem(signIn.pending, signIn.visitor.page.url);
  const claims = tokens.claims();
  if (claims === undefined) throw new Error('no ID token');
  return { tokens, claims };
}

/** Sets up an e-mail address from the overview. */
export async function setUpEmail(world: World, visitor: Visitor, address: string): Promise<void> {
  await visitor.follow('/add/email');
  await visitor.submit('/add/email', { address });
  await visitor.submit('/add/email/code', { code: world.mailedCode(address) });
}

/** Sets up an authenticator app from the overview. @returns its secret */
export async function setUpApp(world: World, visitor: Visitor, name = ''): Promise<string> {
  await visitor.follow('/add/authenticator_app');
  await visitor.submit('/add/authenticator_app', { name });
  const secret = secretOnPage(visitor);
  await visitor.submit('/add/authenticator_app/code', { code: appCode(secret, world.clock.now()) });
  return secret;
}

/** The key that the page shows in groups of four. */
export function secretOnPage(visitor: Visitor): string {
  const key = /<code[^>]*>([A-Z2-7 ]+)<\/code>/.exec(visitor.page.html)?.[1];
  if (key === undefined) throw new Error(`no key on '${visitor.page.heading}'`);
  return key.replaceAll(' ', '');
}

/** Proves an authenticator app where a page asks for its code. */
export async function proveApp(world: World, visitor: Visitor, secret: string): Promise<void> {
  await visitor.submit('/prove', { code: appCode(secret, world.clock.now()) });
}

/** Presses Finish. */
export async function finish(visitor: Visitor): Promise<void> {
  await visitor.submit('/security-info/finish');
}
