/** 'Remind me later': how often and until when, once per sign-in, and what makes it void. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminEvent } from '../../cli/admin-event.ts';
import type { SecurityInfoRecord } from '../../security-info/record.ts';
import { extendSnooze } from '../../security-info/transitions/extend-snooze.ts';
import {
  begin,
  finish,
  isBack,
  proveApp,
  redeem,
  type SignIn,
  setUpApp,
  setUpEmail,
  signIn,
} from './steps.ts';
import { type GivenMethod, openWorld, type Person, type World } from './world.ts';

const day = 86_400_000;

let world: World;
beforeAll(async () => {
  world = await openWorld();
  // Noon, so that no date on a page changes while it is looked at.
  world.clock.advance(1.5 * day - (Date.now() % day));
  await world.policy({ snoozes: 3, snoozeDays: 2, snoozeWithinDays: 10 });
});
afterAll(() => world.close());

const email: GivenMethod = { type: 'email', verifiedDaysAgo: 10 };
const app: GivenMethod = { type: 'authenticator_app', verifiedDaysAgo: 10 };
const button = /^Remind me later/;

async function change({ account }: Person, next: (record: SecurityInfoRecord) => SecurityInfoRecord) {
  const { records } = world.deployment.composition.ports;
  await records.change(account.id, (record) => ({ next: next(record), events: [], result: undefined }));
}

async function snoozeOf({ account }: Person) {
  return (await world.deployment.composition.ports.records.read(account.id)).snooze;
}

/** A date so many days from now as a page writes it. */
function dateIn(days: number, language: 'en' | 'fr' = 'en'): string {
  const date = new Date(world.clock.now().getTime() + days * day);
  return world.deployment.composition.translators.in(language).date(date);
}

const isOffered = ({ visitor }: SignIn): boolean =>
  visitor.page.forms.some(({ buttons }) => buttons.some((says) => button.test(says)));

/** Sends the form whether or not the page has it. */
async function forge({ visitor }: SignIn): Promise<void> {
  const token = visitor.page.forms[0]?.fields['form_token'] ?? '';
  const base = /^\/interaction\/[^/]+/.exec(visitor.page.url.pathname)?.[0];
  await visitor.open(`${base}/security-info/snooze`, { form: { form_token: token } });
}

async function isRefused(journey: SignIn): Promise<void> {
  await forge(journey);
  expect(journey.visitor.page.status).toBe(409);
  expect(journey.visitor.page.text).toContain('This cannot be put off any longer.');
}

/** What an admin does with `account snooze`. */
async function grant({ account }: Person, times: number, days: number): Promise<void> {
  const now = world.clock.now();
  const deadlineAt = new Date(now.getTime() + days * day);
  const event = adminEvent('snooze_extended', now, { accountId: account.id });
  const { records } = world.deployment.composition.ports;
  await records.change(account.id, extendSnooze({ times, deadlineAt, policyDeadlineAt: now }, event));
}

test('says how often and until when, leads into the app, passes in silence too, and asks again after its days', async () => {
  const person = await world.person({ methods: [email] });
  const journey = await signIn(world, person);
  const { visitor } = journey;
  expect(visitor.page.text).toContain(`put this off 3 more times, until ${dateIn(10)} at the latest.`);
  await visitor.press(`Remind me later (on ${dateIn(2)})`);
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd']);
  expect(await snoozeOf(person)).toMatchObject({ reason: 'registration_required', missing: 1, used: 1 });

  await redeem(await begin(world, { prompt: 'none' }, { visitor }));
  world.clock.advance(2 * day - 60_000);
  await redeem(await begin(world, {}, { visitor }));
  const own = await begin(world, { prompt: 'security_info' }, { visitor });
  expect(own.visitor.page.text).toContain(`We will ask again on ${dateIn(0)}`);
  expect(isOffered(own)).toBe(false);

  world.clock.advance(60_000);
  const silent = await begin(world, { prompt: 'none' }, { visitor });
  expect(silent.visitor.page.url.searchParams.get('error')).toBe('interaction_required');
  const again = await begin(world, {}, { visitor });
  expect(again.visitor.page.text).toContain(`put this off 2 more times, until ${dateIn(8)} at the latest.`);
});

test('says so in French too', async () => {
  await world.groupPolicy('once', { snoozes: 1, snoozeDays: 3, snoozeWithinDays: 7 });
  const person = await world.person({ groups: ['once'], methods: [email] });
  const { visitor } = await signIn(world, person, {}, { visitor: world.visitor('fr') });
  expect(visitor.page.text).toContain(`encore 1 fois, au plus tard jusqu’au ${dateIn(7, 'fr')}.`);
  expect(visitor.page.text).toContain(`Me le rappeler plus tard (le ${dateIn(3, 'fr')})`);
});

test('is neither offered nor taken once all are used up', async () => {
  const person = await world.person();
  let journey = await signIn(world, person);
  for (let taken = 0; taken < 3; taken += 1) {
    await journey.visitor.press(button);
    expect(isBack(journey)).toBe(true);
    world.clock.advance(2 * day);
    journey = await begin(world, {}, { visitor: journey.visitor });
  }
  expect(isOffered(journey)).toBe(false);
  await isRefused(journey);
  expect(await snoozeOf(person)).toMatchObject({ used: 3 });
});

test('never lasts beyond the deadline that the first one set, however many are left', async () => {
  await world.groupPolicy('short', { snoozes: 9, snoozeDays: 3, snoozeWithinDays: 4 });
  const person = await world.person({ groups: ['short'] });
  const first = await signIn(world, person);
  await first.visitor.press(`Remind me later (on ${dateIn(3)})`);
  world.clock.advance(3 * day);
  const second = await begin(world, {}, { visitor: first.visitor });
  expect(second.visitor.page.text).toContain(`put this off 8 more times, until ${dateIn(1)} at the latest.`);
  await second.visitor.press(`Remind me later (on ${dateIn(1)})`);
  world.clock.advance(day);
  const third = await begin(world, {}, { visitor: first.visitor });
  expect(isOffered(third)).toBe(false);
  await isRefused(third);
});

test('a double click takes one, and a second tab is told that the sign-in is over', async () => {
  const person = await world.person();
  const journey = await signIn(world, person);
  const [tab, late] = [journey.visitor.secondTab(), journey.visitor.secondTab()];
  const pages = await Promise.all([journey.visitor.press(button), tab.press(button)]);
  expect(pages.some(({ url }) => url.port === '1')).toBe(true);
  for (const { status } of pages) expect(status).toBeLessThan(500);
  await late.press(button);
  expect(late.page.status).toBe(400);
  expect(late.page.text).toContain('This sign-in has ended');
  expect(await snoozeOf(person)).toMatchObject({ used: 1 });
});

test('is void once the policy asks for more, is not refunded, and is taken once in a sign-in at most', async () => {
  await world.groupPolicy('stricter', { snoozes: 3, snoozeDays: 2 });
  const person = await world.person({ groups: ['stricter'], methods: [email] });
  const journey = await signIn(world, person);
  const { visitor } = journey;
  const { action, fields } = visitor.form('/snooze');
  const answer = await visitor.open(action, { form: fields, manual: true });
  await world.groupPolicy('stricter', {
    methods: ['authenticator_app', 'email', 'mobile_phone'],
    methodsToRegister: 3,
  });
  await visitor.open(answer.headers.get('location') ?? '');
  expect(visitor.page.text).toContain('1 of 3 set up, 2 more are missing.');
  expect(isOffered(journey)).toBe(false);
  await forge(journey);
  expect(isBack(journey)).toBe(false);
  expect(await snoozeOf(person)).toMatchObject({ used: 1 });
  const next = await begin(world, {}, { visitor: world.visitor() });
  await next.visitor.submit('/sign-in', { loginName: person.account.loginName, password: person.password });
  expect(next.visitor.page.text).toContain('put this off 2 more times');
});

test('is void once more is missing, or what is asked is graver', async () => {
  const proveAnew = await world.person({ methods: [email] });
  const review = await world.person({
    methods: [email, app].map((one) => ({ ...one, verifiedDaysAgo: 200 })),
  });
  for (const person of [proveAnew, review]) {
    const journey = await signIn(world, person);
    await journey.visitor.press(button);
    expect(isBack(journey)).toBe(true);
    await change(person, (record) => ({
      ...record,
      methods: record.methods.map((method) =>
        method.type === 'email' ? { ...method, proveAnewAt: world.clock.now() } : method,
      ),
    }));
    const again = await begin(world, {}, { visitor: journey.visitor });
    expect(again.visitor.page.heading).toBe('Set up your security info');
    expect(again.visitor.page.text).toContain('put this off 2 more times');
  }
});

test('does not hold against an admin’s mark, and cannot be chosen', async () => {
  const person = await world.person({
    methods: [email, app].map((one) => ({ ...one, verifiedDaysAgo: 200 })),
  });
  const journey = await signIn(world, person);
  expect(journey.visitor.page.heading).toBe('Is your security info still right?');
  await journey.visitor.press(button);
  expect(isBack(journey)).toBe(true);
  await change(person, (record) => ({ ...record, mark: { by: 'admin', at: world.clock.now() } }));
  const marked = await begin(world, {}, { visitor: journey.visitor });
  expect(marked.visitor.page.text).toContain('Your administrator asks you to check it.');
  expect(isOffered(marked)).toBe(false);
  await isRefused(marked);
});

test('does not hold against an admin’s mark where a method is missing besides', async () => {
  const mark = { by: 'admin', at: world.clock.now() } as const;
  const marked = await signIn(world, await world.person({ methods: [email], mark }));
  expect(marked.visitor.page.heading).toBe('Set up your security info');
  expect(isOffered(marked)).toBe(false);
  await isRefused(marked);
});

test('an admin grants more, and more time', async () => {
  await world.groupPolicy('used-up', { snoozes: 1, snoozeDays: 2, snoozeWithinDays: 2 });
  const person = await world.person({ groups: ['used-up'] });
  const first = await signIn(world, person);
  await first.visitor.press(button);
  world.clock.advance(2 * day);
  const over = await begin(world, {}, { visitor: first.visitor });
  expect(isOffered(over)).toBe(false);
  await grant(person, 2, 5);
  await over.visitor.open(over.visitor.page.url);
  expect(over.visitor.page.text).toContain(`put this off 2 more times, until ${dateIn(5)} at the latest.`);
  await over.visitor.press(button);
  expect(isBack(over)).toBe(true);
});

test('what an admin grants before anything is asked is there once it is, whatever is proved meanwhile', async () => {
  await world.groupPolicy('ahead', { snoozes: 0 });
  const methods = [email, app].map((one) => ({ ...one, verifiedDaysAgo: 178 }));
  const person = await world.person({ groups: ['ahead'], methods });
  await grant(person, 2, 30);
  const { visitor } = await signIn(world, person, { prompt: 'security_info' });
  await visitor.follow(/^Change .*@home/);
  await visitor.follow('Authenticator app');
  await proveApp(world, visitor, person.secrets[0] ?? '');
  world.clock.advance(3 * day);
  const review = await signIn(world, person);
  expect(review.visitor.page.heading).toBe('Is your security info still right?');
  expect(review.visitor.page.text).toContain('put this off 2 more times');
});

test('begins anew once all is done: a later review has the whole number again', async () => {
  const person = await world.person({ methods: [] });
  const first = await signIn(world, person);
  await first.visitor.press(button);
  world.clock.advance(2 * day);
  const second = await begin(world, {}, { visitor: first.visitor });
  await setUpEmail(world, second.visitor, 'done@home.example');
  await setUpApp(world, second.visitor);
  expect(isOffered(second)).toBe(false);
  await finish(second.visitor);
  await redeem(second);
  expect(await snoozeOf(person)).toBeNull();
  world.clock.advance(181 * day);
  const review = await signIn(world, person);
  expect(review.visitor.page.text).toContain(`put this off 3 more times, until ${dateIn(10)} at the latest.`);
});

test('is not offered where the policy has none, and the form is refused', async () => {
  await world.groupPolicy('never', { snoozes: 0 });
  const journey = await signIn(world, await world.person({ groups: ['never'] }));
  expect(isOffered(journey)).toBe(false);
  await isRefused(journey);
});
