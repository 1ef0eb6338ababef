/** Security questions as a proof: which are asked, what counts as a right answer, and how wrong ones are counted. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { questionIds } from '../../security-info/methods/question-pool.ts';
import { auditOf, toldOf } from './aftermath.ts';
import { answerTo } from './given-methods.ts';
import { answersTo, isBack, proveQuestions, questionsIn, redeem, type SignIn, signIn } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { type GivenMethod, openWorld, type Person, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.policy({ methods: ['authenticator_app', 'email', 'mobile_phone', 'security_questions'] });
});
afterAll(() => world.close());

const app: GivenMethod = { type: 'authenticator_app', verifiedDaysAgo: 10 };
const email: GivenMethod = { type: 'email', verifiedDaysAgo: 10 };
const questions: GivenMethod = { type: 'security_questions', verifiedDaysAgo: 10 };
const registered: readonly string[] = questionIds.slice(0, 5);

/** Goes as far as the questions that are asked before a phone may be added. */
async function beforeChange(person: Person): Promise<SignIn> {
  const journey = await signIn(world, person, { prompt: 'security_info' });
  await journey.visitor.follow('/add/mobile_phone');
  await journey.visitor.follow(/Security questions/);
  return journey;
}

const asked = (visitor: Visitor): string[] => questionsIn(visitor.form('/prove'));
const wrongly = (id: string): string => `${answerTo(id)} or so`;

async function wrongProofsOf({ account }: Person): Promise<number> {
  const record = await world.deployment.composition.ports.records.read(account.id);
  return record.wrongProofs.signed_in.length;
}

test('asks as many of the registered ones as the policy says, the same on every page and in every sign-in', async () => {
  const person = await world.person({ methods: [email, questions] });
  const { visitor } = await beforeChange(person);
  const first = asked(visitor);
  expect(first).toHaveLength(3);
  expect(new Set(first).size).toBe(3);
  for (const id of first) expect(registered).toContain(id);
  await visitor.open(visitor.page.url);
  expect(asked(visitor)).toEqual(first);
  expect(asked((await beforeChange(person)).visitor)).toEqual(first);
});

test('right answers permit the change', async () => {
  const { visitor } = await beforeChange(await world.person({ methods: [email, questions] }));
  await proveQuestions(visitor);
  expect(visitor.page.url.pathname).toMatch(/\/add\/mobile_phone$/);
});

test('right answers are known to the app by `kba`, and are no second factor', async () => {
  const journey = await beforeChange(await world.person({ methods: [email, questions] }));
  await proveQuestions(journey.visitor);
  await journey.visitor.follow('Choose another method');
  await journey.visitor.press('Done');
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd', 'kba']);
});

test('one wrong answer of three is wrong, is counted, does not say which, and others are drawn', async () => {
  const person = await world.person({ methods: [email, questions] });
  const { visitor } = await beforeChange(person);
  const draws = [asked(visitor)];
  for (let tries = 1; tries <= 4; tries += 1) {
    await visitor.submit('/prove', { ...answersTo(visitor.form('/prove')), answer2: 'something else' });
    expect(visitor.page.status).toBe(422);
    expect(visitor.page.text).toContain('Not all answers are right.');
    expect(visitor.page.html).not.toContain('#field-answer2');
    expect(await wrongProofsOf(person)).toBe(tries);
    draws.push(asked(visitor));
  }
  // Sixty draws are possible, and five of them alike are one in twelve millions.
  expect(new Set(draws.map((draw) => draw.join(' '))).size).toBeGreaterThan(1);
  await proveQuestions(visitor);
  expect(visitor.page.url.pathname).toMatch(/\/add\/mobile_phone$/);
});

test('the tenth wrong answer closes: the right ones are refused, the owner is told, and help is named', async () => {
  const person = await world.person({ methods: [email, questions] });
  const { visitor } = await beforeChange(person);
  for (let tries = 0; tries < 9; tries += 1) await proveQuestions(visitor, wrongly);
  expect(visitor.page.status).toBe(422);
  expect(await toldOf(world, person, 'proofs_closed')).toEqual([]);
  await proveQuestions(visitor, wrongly);
  expect(await toldOf(world, person, 'proofs_closed')).toEqual([`mail ${person.account.mailbox}`]);
  expect(visitor.page.text).toMatch(/no code is accepted until/);
  await proveQuestions(visitor);
  expect(visitor.page.status).toBe(429);
  expect(visitor.page.links.map(({ href }) => href)).toContain('https://help.example/');
  expect(await wrongProofsOf(person)).toBe(10);
  const refused = (await auditOf(world, person)).filter(({ methodType }) => methodType !== null);
  expect(refused.map(({ type }) => type).sort()).toEqual(
    [...Array.from({ length: 9 }, () => 'proof_refused'), 'proofs_closed'].sort(),
  );
});

test('an answer left out is asked for and not counted', async () => {
  const person = await world.person({ methods: [email, questions] });
  const { visitor } = await beforeChange(person);
  const before = asked(visitor);
  await visitor.submit('/prove', { ...answersTo(visitor.form('/prove')), answer3: ' ' });
  expect(visitor.page.status).toBe(422);
  expect(visitor.page.html).toContain('href="#field-answer3">Please fill this in.');
  expect(await wrongProofsOf(person)).toBe(0);
  expect(asked(visitor)).toEqual(before);
});

test('answers to questions that are not asked any more are not judged', async () => {
  const person = await world.person({ methods: [email, questions] });
  const { visitor } = await beforeChange(person);
  const tab = visitor.secondTab();
  const isSame = (): boolean => [...asked(visitor)].sort().join() === [...asked(tab)].sort().join();
  let wrong = 0;
  for (; wrong < 9 && isSame(); wrong += 1) await proveQuestions(visitor, wrongly);
  await proveQuestions(tab);
  expect(tab.page.status).toBe(409);
  expect(tab.page.text).toContain('Other questions are asked now. Please answer these; nothing was counted.');
  expect(await wrongProofsOf(person)).toBe(wrong);
  expect(asked(tab)).toEqual(asked(visitor));
});

test('case, spacing, width and Unicode form of an answer do not matter, accents do', async () => {
  const answers = {
    first_pet: 'Élodie d’Arc-en-Ciel',
    first_car: 'Straße 12',
    first_book: '東京 タワー',
  };
  const person = await world.person({ methods: [email, { ...questions, answers }] });
  const { visitor } = await beforeChange(person);
  const unlike: Readonly<Record<string, string>> = {
    first_pet: "  E\u0301LODIE  D'ARC\u2011EN\u2011CIEL ",
    first_car: 'STRASSE １２',
    first_book: '東京ﾀﾜｰ',
  };
  await proveQuestions(visitor, (id) => (id === 'first_pet' ? 'Elodie d’Arc-en-Ciel' : (unlike[id] ?? '')));
  expect(visitor.page.status).toBe(422);
  await proveQuestions(visitor, (id) => unlike[id] ?? '');
  expect(visitor.page.url.pathname).toMatch(/\/add\/mobile_phone$/);
});

test('a double click on right answers proves once and leads on', async () => {
  const person = await world.person({ methods: [email, questions] });
  const { visitor } = await beforeChange(person);
  const tab = visitor.secondTab();
  await Promise.all([proveQuestions(visitor), proveQuestions(tab)]);
  for (const { page } of [visitor, tab]) expect(page.url.pathname).toMatch(/\/add\/mobile_phone$/);
  expect(await wrongProofsOf(person)).toBe(0);
  const proved = (await auditOf(world, person)).filter(({ type }) => type === 'method_proved');
  expect(proved).toHaveLength(1);
});

test('are removed after a proof by another method, and their answers go with them', async () => {
  const person = await world.person({ methods: [app, email, questions] });
  const journey = await signIn(world, person, { prompt: 'security_info' });
  const { visitor } = journey;
  await visitor.follow('Remove Security questions');
  await visitor.follow(/@home\.example/);
  await visitor.submit('/send');
  await visitor.submit('/prove', { code: world.mailedCode(person.addresses.email ?? '') });
  await visitor.press('Remove');
  const { methods } = await world.deployment.composition.ports.records.read(person.account.id);
  expect(methods.map(({ type }) => type)).toEqual(['authenticator_app', 'email']);
  await visitor.press('Done');
  expect(isBack(journey)).toBe(true);
});
