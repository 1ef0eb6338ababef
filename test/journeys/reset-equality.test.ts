/** Before the first proof the reset answers everybody alike: status, headers and body, step by step, whoever the name is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Visitor } from './visitor.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const twoMethods = [
  { type: 'authenticator_app', verifiedDaysAgo: 10 },
  { type: 'email', verifiedDaysAgo: 10 },
] as const;

/** One whose answers are compared. */
interface Asked {
  readonly who: string;
  readonly name: string;
  readonly visitor: Visitor;
}

/** What a step does with somebody's browser; the answer is the page that it is left at. */
type Step = readonly [says: string, act: (asked: Asked) => Promise<unknown>];

const manual = { manual: true } as const;

/** The answer, without what is random and without the name that was typed. */
function answerOf({ name, visitor: { page } }: Asked): string {
  const headers = [...page.headers]
    .filter(([key]) => !['date', 'content-length', 'x-request-id'].includes(key))
    .map(
      ([key, value]) => `${key}: ${key === 'set-cookie' ? value.replace(/=[\w-]{43};/g, '=RANDOM;') : value}`,
    )
    // A cookie's end is a moment.
    .map((line) => line.replace(/expires=[^;]+/gi, 'expires=THEN'));
  const body = page.html
    .replace(/name="form_token" value="[^"]*"/g, 'name="form_token" value="TOKEN"')
    .replace(/<time[^>]*>[^<]*<\/time>|\d{1,2}(?::| h )\d{2}/g, 'THEN')
    .replaceAll(name, 'NAME');
  return [`${page.status}`, ...headers.sort(), body].join('\n');
}

/** Somebody with methods, an admin, one whom no policy asks, one disabled, one without methods, and nobody. */
async function everybody(language: string): Promise<{ asked: Asked[]; registered: string }> {
  const known = await world.person({ methods: twoMethods });
  const admin = await world.person({ methods: twoMethods, isAdmin: true });
  const [excluded, disabled, unregistered] = [
    await world.person({ methods: twoMethods }),
    await world.person({ methods: twoMethods }),
    await world.person(),
  ];
  await world.policy({ excludedAccounts: [excluded.account.id] });
  await world.deployment.composition.directory.setDisabled(disabled.account.id, true);
  const nameOf = { known, admin, excluded, disabled, unregistered };
  const names = Object.entries(nameOf).map(([who, { account }]) => [who, account.loginName] as const);
  const asked = [...names, ['unknown', `nobody-${language}`] as const].map(([who, name]) => ({
    who,
    name,
    visitor: world.visitor(language),
  }));
  return { asked, registered: known.addresses.email ?? '' };
}

/** Sends a form that the page need not show, with the token of the one that it does. */
function post(path: string, values: Readonly<Record<string, string>> = {}) {
  return ({ visitor }: Asked) => {
    const token = visitor.page.forms.flatMap(({ fields }) => fields['form_token'] ?? [])[0] ?? '';
    return visitor.open(path, { ...manual, form: { form_token: token, ...values } });
  };
}

const get =
  (path: string) =>
  ({ visitor }: Asked) =>
    visitor.open(path, manual);

const again: Step = ['where it stands', get('/reset')];
const times = (number: number, ...steps: Step[]): Step[] =>
  Array.from({ length: number }, () => steps).flat();

/** All of them come from one network address, whose own limit is not what is compared. */
async function askForHelp(asked: Asked): Promise<void> {
  const { throttles } = world.deployment.composition.ports;
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
    await throttles.reset(`reset:help-caller:${address}`);
  await post('/reset/help', { loginName: asked.name })(asked);
}

const wrongPass = 'AAAA-AAAA-AAAA-AAAA-AAAA';

function journey(registered: string): readonly Step[] {
  return [
    ['the page of the name', ({ visitor }) => visitor.open(`${world.issuer}/reset`, manual)],
    ['no name', post('/reset/name', { loginName: ' ' })],
    ['the name', (asked) => post('/reset/name', { loginName: asked.name })(asked)],
    ['what is offered', get('/reset')],
    ['the form of an address', get('/reset/method/email')],
    ['what is no address', post('/reset/method/email', { address: 'no address' })],
    ['an address that one of them has registered', post('/reset/method/email', { address: registered })],
    again,
    ['a code that is empty', post('/reset/code', { code: '' })],
    ['a wrong code', post('/reset/code', { code: '123456' })],
    ['the code once more', post('/reset/resend')],
    again,
    ['another way', post('/reset/other')],
    again,
    ['an app', post('/reset/method/authenticator_app')],
    again,
    ['a wrong code of an app', post('/reset/code', { code: '123456' })],
    ['the page of the pass', get('/reset/access-pass')],
    ['no pass', post('/reset/access-pass', { pass: '' })],
    ['a wrong pass', post('/reset/access-pass', { pass: wrongPass })],
    ['what is no pass', post('/reset/access-pass', { pass: 'x' })],
    ['a second gate that is not open', get('/reset/second/any')],
    again,
    ['its code', post('/reset/second/any/prove', { code: '123456' })],
    again,
    ['its send', post('/reset/second/any/send')],
    again,
    ['a password', post('/reset/password', { newPassword: 'seven green bicycles', repeatPassword: 'x' })],
    again,
    ['an unlock', post('/reset/unlock', { password: 'a quiet river at noon' })],
    again,
    ...times(8, ['wrong codes until there are too many', post('/reset/code', { code: '123456' })]),
    ['a pass after that', get('/reset/access-pass')],
    ['a pass after that', post('/reset/access-pass', { pass: wrongPass })],
    ['the address again', get('/reset/method/email')],
    ['the address again', post('/reset/method/email', { address: registered })],
    again,
    ...times(5, ['resends until there are too many', post('/reset/resend')], again),
    ['a phone, which nobody may use', get('/reset/method/mobile_phone')],
    ['help', get('/reset/help')],
    again,
    ['help is asked for', askForHelp],
    again,
    ['and once more', (asked) => post('/reset/help', { loginName: asked.name })(asked)],
    ['the page of the name', get('/reset/name')],
    ...times(
      10,
      [
        'the name until it is too often',
        (asked: Asked) => post('/reset/name', { loginName: asked.name })(asked),
      ],
      ['the page of the name', get('/reset/name')],
    ),
  ];
}

describe.each(['en', 'fr'])('in %s', (language) => {
  test('known, unknown, excluded, disabled and unregistered users see the same, step by step', async () => {
    const { asked, registered } = await everybody(language);
    const statuses = new Set<number>();
    for (const [at, [says, act]] of journey(registered).entries()) {
      const answers = new Map<string, string>();
      for (const one of asked) {
        await act(one);
        answers.set(one.who, answerOf(one));
        statuses.add(one.visitor.page.status);
      }
      const expected = answers.get('unknown');
      for (const [who, answer] of answers) expect(answer, `step ${at}, ${says}: ${who}`).toBe(expected);
      expect(expected).not.toBe('');
    }
    // Every kind of answer was there to be compared.
    for (const one of [200, 303, 422, 429]) expect(statuses).toContain(one);
  }, 60_000);
});
