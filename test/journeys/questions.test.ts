/** Security questions set up: the form and what it refuses, in both languages, and that nobody reads the answers again. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../security-info/policy.ts';
import { everythingStored } from './aftermath.ts';
import { answerTo } from './given-methods.ts';
import {
  answersTo,
  finish,
  proveQuestions,
  questionsIn,
  redeem,
  setUpEmail,
  setUpQuestions,
  signIn,
} from './steps.ts';
import type { Visitor } from './visitor.ts';
import { type GivenMethod, openWorld, type Person, type World } from './world.ts';

const form = '/add/security_questions';
const methods = ['authenticator_app', 'email', 'security_questions'];
const email: GivenMethod = { type: 'email', verifiedDaysAgo: 10 };
const questions: GivenMethod = { type: 'security_questions', verifiedDaysAgo: 10 };

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.policy({ methods });
  await world.groupPolicy('custom', {
    methods,
    questionsToRegister: 3,
    predefinedQuestions: ['first_pet', 'first_car'],
    customQuestions: [{ id: 'badge', text: 'What is <engraved> on your first badge?' }],
  });
});
afterAll(() => world.close());

async function answersOf({ account }: Person): Promise<string[]> {
  const { methods } = await world.deployment.composition.ports.records.read(account.id);
  const present = methods.filter(({ replacedById }) => replacedById === null);
  return present.flatMap(({ answers }) => answers.map(({ questionId }) => questionId));
}

test('as many lists and answers as the policy says, each list another question at first, registered and finished', async () => {
  const person = await world.person();
  const journey = await signIn(world, person);
  const { visitor } = journey;
  await visitor.follow(form);
  const { lists, fields } = visitor.form(form);
  expect(Object.keys(lists)).toEqual([1, 2, 3, 4, 5].map((number) => `question${number}`));
  for (const choices of Object.values(lists)) expect(choices.length).toBeGreaterThanOrEqual(30);
  expect(new Set(questionsIn(visitor.form(form))).size).toBe(5);
  expect(Object.keys(fields).filter((name) => name.startsWith('answer'))).toHaveLength(5);
  const chosen = { ...answersTo(visitor.form(form)), question3: 'first_car', answer3: answerTo('first_car') };
  await visitor.submit(form, chosen);
  expect(visitor.page.heading).toBe('Answer one of them once more');
  await visitor.submit('/code', answersTo(visitor.form('/code')));
  expect(visitor.page.text).toContain('Thank you. The new method is set up.');
  expect(await answersOf(person)).toHaveLength(5);
  expect(await answersOf(person)).toContain('first_car');
  expect(visitor.page.text).toContain('0 of 2 set up');
  await finish(visitor);
  expect(visitor.page.status).toBe(409);
  await setUpEmail(world, visitor, `${person.account.loginName}@elsewhere.example`);
  expect(visitor.page.text).toContain('2 of 2 set up');
  await finish(visitor);
  // Both are something that is known or reached with a password: no second factor (RFC 8176 §2).
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd', 'kba']);
});

test('are asked in French, and told in French what is wrong', async () => {
  const person = await world.person();
  const { visitor } = await signIn(world, person, {}, { visitor: world.visitor('fr') });
  await visitor.follow(form);
  expect(visitor.page.text).toContain('Question 1');
  expect(visitor.page.text).toContain('Réponse 5');
  const texts = (visitor.form(form).lists['question1'] ?? []).map(({ text }) => text);
  expect(texts.filter((text) => /\b(What|Which|Who|Where)\b/.test(text))).toEqual([]);
  expect(texts.filter((text) => text.includes(' ?')).length).toBe(texts.length);
  await visitor.submit(form, { ...answersTo(visitor.form(form)), answer2: 'x' });
  expect(visitor.page.status).toBe(422);
  expect(visitor.page.text).toContain('C’est trop court : 3 caractères au moins.');
});

describe('refuses', () => {
  let visitor: Visitor;
  let person: Person;
  let address: URL;
  beforeAll(async () => {
    person = await world.person();
    visitor = (await signIn(world, person)).visitor;
    address = (await visitor.follow(form)).url;
  });

  test.for<[string, Readonly<Record<string, string>>, string, string]>([
    ['the same question twice', { question2: 'first_teacher' }, 'question2', 'chosen this question already'],
    [
      'the same answer twice',
      { answer4: `  ${answerTo('first_teacher').toUpperCase()}` },
      'answer4',
      'this answer already',
    ],
    ['an answer that is too short', { answer1: 'ab' }, 'answer1', 'at least 3 characters'],
    ['an answer that is too long', { answer1: 'long '.repeat(9) }, 'answer1', 'at most 40 characters'],
    ['no answer', { answer5: '   ' }, 'answer5', 'fill this in'],
    ['one character over and over', { answer1: 'aaaa' }, 'answer1', 'over and over'],
    [
      'the question’s words',
      { question1: 'first_pet', answer1: 'First animal!' },
      'answer1',
      'only repeats the question',
    ],
    [
      'its words in the other language',
      { question1: 'first_pet', answer1: 'premier animal' },
      'answer1',
      'only repeats the question',
    ],
    ['the user’s name', { answer3: 'person  NUMBER' }, 'answer3', 'Your own name'],
    [
      'a question that is not on offer',
      { question5: 'mothers_maiden_name' },
      'question5',
      'choose one from the list',
    ],
  ])('%s, at its field, and keeps the rest', async ([, change, field, why]) => {
    await visitor.open(address);
    const all = { ...visitor.form(form).fields, ...answersTo(visitor.form(form)) };
    await visitor.submit(form, { ...all, ...change });
    expect(visitor.page.status).toBe(422);
    expect(visitor.page.html).toMatch(new RegExp(`<a href="#field-${field}">[^<]*${why}`));
    const kept = visitor.form(form).fields;
    for (const [name, value] of Object.entries(all)) if (!(name in change)) expect(kept[name]).toBe(value);
    expect(await answersOf(person)).toEqual([]);
  });
});

test('a slip in the answer that is asked once more is told, is not counted, and the right one registers', async () => {
  const person = await world.person();
  const { visitor } = await signIn(world, person);
  await visitor.follow(form);
  await visitor.submit(form, answersTo(visitor.form(form)));
  for (let tries = 0; tries < 11; tries += 1) {
    await visitor.submit('/code', { answer1: 'not what it was' });
    expect(visitor.page.status).toBe(422);
  }
  expect(visitor.page.text).toContain('Not all answers are right.');
  await visitor.submit('/code', answersTo(visitor.form('/code')));
  expect(await answersOf(person)).toHaveLength(5);
});

test('do not count alone, whoever has them', async () => {
  const { visitor } = await signIn(world, await world.person({ methods: [questions] }));
  expect(visitor.page.text).toContain('0 of 2 set up, 2 more are missing.');
  const { visitor: other } = await signIn(world, await world.person({ methods: [questions, email] }));
  expect(other.page.url.port).toBe('1');
});

test('are not on offer to admins, nor do an admin’s count', async () => {
  const person = await world.person({ isAdmin: true, methods: [email, questions] });
  const { visitor } = await signIn(world, person);
  expect(visitor.page.text).toContain('1 of 2 set up');
  expect(visitor.page.links.map(({ href }) => href).filter((href) => href.endsWith(form))).toEqual([]);
  await visitor.open(visitor.page.url.pathname + form);
  expect(visitor.page.status).toBe(403);
});

test('a custom question is asked in its own words, after it left the policy too', async () => {
  const person = await world.person({ groups: ['custom'] });
  const { visitor } = await signIn(world, person);
  await setUpQuestions(visitor);
  expect(await answersOf(person)).toEqual(['first_pet', 'first_car', 'badge']);
  const { predefinedQuestions } = defaultPolicy();
  await world.groupPolicy('custom', { customQuestions: [], predefinedQuestions });
  const again = await signIn(world, person, { prompt: 'security_info' });
  await again.visitor.follow('/add/email');
  expect(again.visitor.page.html).toContain('What is &lt;engraved&gt; on your first badge?');
  await proveQuestions(again.visitor);
  expect(again.visitor.page.url.pathname).toMatch(/\/add\/email$/);
});

test('a policy that asks for more than are answered asks again, and the page proposes to answer anew', async () => {
  await world.groupPolicy('more', { methods, questionsToRegister: 3 });
  const answers = { first_pet: 'Quokka one', first_car: 'Quokka two', first_love: 'Quokka three' };
  const person = await world.person({ groups: ['more'], methods: [email, { ...questions, answers }] });
  await redeem(await signIn(world, person));
  await world.groupPolicy('more', { questionsToRegister: 4 });
  const journey = await signIn(world, person);
  const { visitor } = journey;
  expect(visitor.page.text).toContain('1 of 2 set up');
  expect(visitor.page.text).toContain('More questions are asked for by now. Please answer them anew.');
  await visitor.follow('Answer the questions anew');
  await visitor.follow(/Security questions/);
  await proveQuestions(visitor, (id) => Object.entries(answers).find(([key]) => key === id)?.[1] ?? '');
  await visitor.submit('/replace', answersTo(visitor.form('/replace')));
  await visitor.submit('/code', answersTo(visitor.form('/code')));
  expect(await answersOf(person)).toHaveLength(4);
  await finish(visitor);
  await redeem(journey);
});

test('answers are on no page once they were taken, in no log and in no document', async () => {
  const person = await world.person();
  const { visitor } = await signIn(world, person);
  const answer = (id: string): string => `Zanzibar ${answerTo(id)}`;
  await setUpQuestions(visitor, answer);
  const again = await signIn(world, person, { prompt: 'security_info' });
  await again.visitor.follow('/add/email');
  await proveQuestions(again.visitor, (id) => `${answer(id)} wrong`);
  await proveQuestions(again.visitor, answer);
  const pages = [visitor, again.visitor].flatMap(({ trail }) => [...trail.pages, ...trail.addresses]);
  const everything = [...pages, ...world.logLines, await everythingStored(world)].join('\n');
  expect(everything).toContain(person.account.id);
  expect(everything).not.toMatch(/zanzibar/i);
});
