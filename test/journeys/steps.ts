/** What people do on the pages, in their words: sign in, set up a method, finish. */
import { expect } from 'vitest';
import { answerTo } from './given-methods.ts';
import type { PageForm } from './page.ts';
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
  world: Pick<World, 'app' | 'visitor'>,
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
  world: Pick<World, 'app' | 'visitor'>,
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
export async function setUpEmail(
  world: Pick<World, 'mailedCode'>,
  visitor: Visitor,
  address: string,
): Promise<void> {
  await visitor.follow('/add/email');
  await visitor.submit('/add/email', { address });
  await visitor.submit('/add/email/code', { code: world.mailedCode(address) });
}

/** Sets up an authenticator app from the overview. @returns its secret */
export async function setUpApp(
  world: { readonly clock: Pick<World['clock'], 'now'> },
  visitor: Visitor,
  name = '',
): Promise<string> {
  await visitor.follow('/add/authenticator_app');
  await visitor.submit('/add/authenticator_app', { name });
  const secret = secretOnPage(visitor);
  await visitor.submit('/add/authenticator_app/code', { code: appCode(secret, world.clock.now()) });
  return secret;
}

/** Sets up a phone from the overview, by its number in E.164. */
export async function setUpPhone(
  world: World,
  visitor: Visitor,
  number: string,
  { type = 'mobile_phone', channel = 'sms' }: { readonly type?: string; readonly channel?: string } = {},
): Promise<void> {
  await visitor.follow(`/add/${type}`);
  await visitor.submit(`/add/${type}`, { number, channel });
  await visitor.submit(`/add/${type}/code`, { code: world.phoneCode(number) });
}

/** Sets up security questions from the overview: those that the form proposes. */
export async function setUpQuestions(visitor: Visitor, answer = answerTo): Promise<void> {
  await visitor.follow('/add/security_questions');
  const form = visitor.form('/add/security_questions');
  await visitor.submit('/add/security_questions', answersTo(form, answer));
  const once = visitor.form('/add/security_questions/code');
  await visitor.submit('/add/security_questions/code', answersTo(once, answer));
}

/** The questions that a form asks, or that are chosen in it, by their ids. */
export function questionsIn({ fields }: PageForm): string[] {
  return Object.entries(fields).flatMap(([name, id]) => (/^question\d+$/.test(name) ? [id] : []));
}

/** The answers to the questions of a form, by its fields. */
export function answersTo(form: PageForm, answer = answerTo): Record<string, string> {
  return Object.fromEntries(questionsIn(form).map((id, index) => [`answer${index + 1}`, answer(id)]));
}

/** Proves security questions where a page asks some of them. */
export async function proveQuestions(visitor: Visitor, answer = answerTo): Promise<void> {
  await visitor.submit('/prove', answersTo(visitor.form('/prove'), answer));
}

/** Has a code sent to a phone, and proves it, where a page offers to. */
export async function provePhone(
  world: World,
  visitor: Visitor,
  number: string,
  button = 'Send a code by SMS',
): Promise<void> {
  await visitor.press(button);
  await visitor.submit('/prove', { code: world.phoneCode(number) });
}

/** The key that the page shows in groups of four. */
export function secretOnPage(visitor: Visitor): string {
  const key = /<code[^>]*>([A-Z2-7 ]+)<\/code>/.exec(visitor.page.html)?.[1];
  if (key === undefined) throw new Error(`no key on '${visitor.page.heading}'`);
  return key.replaceAll(' ', '');
}

/** Proves an authenticator app where a page asks for its code. */
export async function proveApp(
  world: { readonly clock: Pick<World['clock'], 'now'> },
  visitor: Visitor,
  secret: string,
): Promise<void> {
  await visitor.submit('/prove', { code: appCode(secret, world.clock.now()) });
}

/** Presses Finish. */
export async function finish(visitor: Visitor): Promise<void> {
  await visitor.submit('/security-info/finish');
}
