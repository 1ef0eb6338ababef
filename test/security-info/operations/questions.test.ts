/** Proving by security questions on real stores: which are asked, that guesses at once are one, what answers are kept as. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAnswerHasher } from '../../../models/answer-hash.ts';
import type { Visit } from '../../../security-info/desk.ts';
import { InvalidInput } from '../../../security-info/errors.ts';
import { normaliseAnswer } from '../../../security-info/methods/answers.ts';
import type { ProofInput } from '../../../security-info/methods/contract.ts';
import type { Caller, Method } from '../../../security-info/record.ts';
import {
  answersTo,
  answerTo,
  everything,
  type Present,
  proofsOf,
  register,
  typedFor,
  wrongInsteadOf,
} from './each-method.ts';
import { openDesk, outcomeOf, type TestDesk, tally } from './open-desk.ts';

const hasher = createAnswerHasher({ memoryKib: 1024, passes: 1 });
let t: TestDesk;
let questions: Present;
/** Five questions, answered a day ago; three of them are asked. */
beforeEach(async () => {
  t = await openDesk();
  await t.setPolicy(everything);
  questions = await register(t, t.visit('first'), 'security_questions');
  t.models.clock.advance(86_400);
});
afterEach(() => t.models.close());

function as(caller: Caller, signIn: string): Visit {
  const visit = t.visit(signIn);
  return { ...visit, asker: { ...visit.asker, caller } };
}

async function asked(visit: Visit): Promise<string[]> {
  return (await t.desk.readProof(visit, questions.id)).questions.map(({ questionId }) => questionId);
}

async function rightAnswers(visit: Visit): Promise<ProofInput> {
  return answersTo((await t.desk.readProof(visit, questions.id)).questions);
}

/** Answers wrongly until others are asked: once in a while the same ones are drawn, or in another order. */
async function drawAnew(visit: Visit): Promise<void> {
  const drawn = async () => (await asked(visit)).sort().join();
  const before = await drawn();
  while ((await drawn()) === before) {
    const wrong = wrongInsteadOf(await rightAnswers(visit));
    expect(await outcomeOf(t.desk.prove(visit, questions.id, wrong))).toBe('wrong_code');
  }
}

async function wrongProofs(caller: Caller = 'signed_in'): Promise<number> {
  return (await t.read()).wrongProofs[caller].length;
}

function editMethod(change: (method: Method) => Method, accountId = 'ada'): Promise<void> {
  return t.models.records.change(accountId, (record) => ({
    next: { ...record, methods: record.methods.map(change) },
    events: [],
    result: undefined,
  }));
}

describe('the questions that are asked', () => {
  test('are the same in every sign-in, in every tab, on every node and tomorrow', async () => {
    const first = await asked(t.visit('one'));
    expect(first).toHaveLength(3);
    expect(await asked(t.visit('two'))).toEqual(first);
    t.models.clock.advance(86_400);
    const { questions: elsewhere } = await t
      .deskWith(t.models.anotherNode())
      .readProof(t.visit('three'), questions.id);
    expect(elsewhere.map(({ questionId }) => questionId)).toEqual(first);
  });

  test('stay the same though others of the account’s methods change', async () => {
    await questions.prove(t.visit('one'));
    const before = await asked(t.visit('two'));
    await register(t, t.visit('one'), 'email');
    await register(t, t.visit('one'), 'authenticator_app');
    expect(await asked(t.visit('two'))).toEqual(before);
  });

  test('are others after a wrong answer, for the one kind of caller that gave it', async () => {
    const callers: Caller[] = ['stranger', 'known_browser', 'signed_in'];
    for (const caller of callers) {
      const others = callers.filter((other) => other !== caller);
      const before = await Promise.all(others.map((other) => asked(as(other, 'page'))));
      await drawAnew(as(caller, 'guess'));
      expect(await Promise.all(others.map((other) => asked(as(other, 'page'))))).toEqual(before);
    }
  });
});

describe('guesses at once', () => {
  test('fifty are one on the questions that were asked, and what is counted is at most ten', async () => {
    const wrong = wrongInsteadOf(await rightAnswers(t.visit('s0')));
    const outcomes = await tally(50, (index) => t.desk.prove(t.visit(`s${index}`), questions.id, wrong));
    const { wrong_code: judged = 0, questions_changed: unjudged = 0 } = outcomes;
    expect(judged + unjudged).toBe(50);
    // One in ten draws asks the same ones again, so that a second guess may be one on it.
    expect(judged).toBeLessThanOrEqual(6);
    expect(await wrongProofs()).toBe(judged);
  });

  test('round after round and on two nodes they are ten in all', async () => {
    const nodes = [t.desk, t.deskWith(t.models.anotherNode())];
    let judged = 0;
    for (let round = 0; round < 14; round += 1) {
      const wrong = wrongInsteadOf(await rightAnswers(t.visit('s0')));
      const outcomes = await tally(6, async (index) =>
        nodes[index % 2]?.prove(t.visit(`s${index}`), questions.id, wrong),
      );
      judged += outcomes['wrong_code'] ?? 0;
      expect(outcomes['done']).toBeUndefined();
    }
    expect(judged).toBe(10);
    expect(await wrongProofs()).toBe(10);
    expect(await outcomeOf(questions.prove(t.visit('right')))).toBe('too_many_wrong_proofs');
  });

  test('the right one among forty others is of no more use than any', async () => {
    const right = await rightAnswers(t.visit('s0'));
    const outcomes = await tally(40, (index) =>
      t.desk.prove(t.visit(`s${index}`), questions.id, index === 25 ? right : wrongInsteadOf(right)),
    );
    const { done = 0, wrong_code: wrong = 0 } = outcomes;
    expect(done + wrong).toBeLessThanOrEqual(6);
    expect(await wrongProofs()).toBe(wrong);
  });

  test('right ones that come twice are one proof, and both succeed, on two nodes too', async () => {
    const visit = t.visit('now');
    const right = await rightAnswers(visit);
    const nodes = [t.desk, t.deskWith(t.models.anotherNode())];
    expect(await tally(2, async (index) => nodes[index]?.prove(visit, questions.id, right))).toEqual({
      done: 2,
    });
    expect(await proofsOf(t, visit)).toMatchObject([{ amr: 'kba', methodId: questions.id }]);
    expect(await wrongProofs()).toBe(0);
  });
});

describe('what is not judged is not counted', () => {
  test('answers to questions that are no longer asked', async () => {
    const page = t.visit('page');
    const right = await rightAnswers(page);
    await drawAnew(t.visit('other'));
    const counted = await wrongProofs();
    expect(await outcomeOf(t.desk.prove(page, questions.id, right))).toBe('questions_changed');
    expect(await outcomeOf(t.desk.prove(page, questions.id, wrongInsteadOf(right)))).toBe(
      'questions_changed',
    );
    expect(await wrongProofs()).toBe(counted);
    expect(await outcomeOf(t.desk.prove(page, questions.id, await rightAnswers(page)))).toBe('done');
  });

  test('answers where the policy asks more questions by now', async () => {
    const page = t.visit('page');
    const right = await rightAnswers(page);
    await t.setPolicy({ ...everything, questionsToReset: 5 });
    expect(await outcomeOf(t.desk.prove(page, questions.id, right))).toBe('questions_changed');
    expect(await asked(page)).toHaveLength(5);
    expect(await wrongProofs()).toBe(0);
  });

  test('answers of a set that was replaced meanwhile', async () => {
    const page = t.visit('page');
    const right = await rightAnswers(page);
    const owner = t.visit('owner');
    await questions.prove(owner);
    const next = await register(t, owner, 'security_questions', { which: 1, replaces: questions.id });
    for (const given of [right, wrongInsteadOf(right)]) {
      // The owner's proof has drawn anew; where that drew the same, it is the set that is gone.
      const outcome = await outcomeOf(t.desk.prove(page, questions.id, given));
      expect(['questions_changed', 'method_not_found']).toContain(outcome);
    }
    expect(await wrongProofs()).toBe(0);
    expect(await outcomeOf(t.desk.prove(page, next.id, right))).not.toBe('done');
  });

  test('an answer that is missing: it is named, whatever the others are', async () => {
    const visit = t.visit('now');
    const [one = '', two = '', three = ''] = await asked(visit);
    const given = { [one]: 'wrong', [two]: ' \u200b ', [three]: answerTo(three) };
    const refused = await t.desk.prove(visit, questions.id, given).catch((error: unknown) => error);
    if (!(refused instanceof InvalidInput)) throw new Error('it was not refused as incomplete');
    expect(refused.fields).toEqual([{ field: 'answer2', code: 'required' }]);
    expect(await outcomeOf(t.desk.prove(visit, questions.id, { [one]: answerTo(one) }))).toBe(
      'questions_changed',
    );
    expect(await wrongProofs()).toBe(0);
  });
});

describe('an answer', () => {
  test('is right in other capitals, spaces and Unicode forms, and wrong where one of three is', async () => {
    const visit = t.visit('now');
    const ids = await asked(visit);
    const written = ids.map((id) => [
      id,
      ` ${answerTo(id).normalize('NFD').toUpperCase().replace(' ', '')} `,
    ]);
    const [first = ''] = ids;
    const given: Record<string, string> = Object.fromEntries(written);
    const almost = { ...given, [first]: answerTo(first, 1) };
    expect(await outcomeOf(t.desk.prove(visit, questions.id, almost))).toBe('wrong_code');
    const again = await asked(visit);
    const anew = Object.fromEntries(again.map((id) => [id, answerTo(id).toUpperCase()]));
    expect(await outcomeOf(t.desk.prove(visit, questions.id, anew))).toBe('done');
  });

  test('is kept as argon2id of a digest with a key: neither the answer nor its plain digest is right', async () => {
    const { answers } = await questions.read();
    expect(answers).toHaveLength(5);
    for (const { questionId, answerHash } of answers) {
      expect(answerHash).toMatch(/^\$argon2id\$v=19\$m=1024,t=1,p=1\$/);
      for (const plain of [answerTo(questionId), normaliseAnswer(answerTo(questionId))]) {
        expect(await hasher.check(answerHash, plain)).toBe(false);
      }
    }
    expect(new Set(answers.map(({ answerHash }) => answerHash.split('$').at(-2))).size).toBe(5);
  });

  test('is right for its own question only', async () => {
    const { answers } = await questions.read();
    const hashes = answers.map(({ answerHash }) => answerHash);
    const rotated = answers.map((answer, index) => ({
      ...answer,
      answerHash: hashes[(index + 1) % 5] ?? '',
    }));
    await editMethod((method) => ({ ...method, answers: rotated }));
    const visit = t.visit('now');
    const ids = await asked(visit);
    const shifted = ids.map((id) => {
      const at = answers.findIndex(({ questionId }) => questionId === id);
      return [id, answerTo(answers[(at + 1) % 5]?.questionId ?? '')];
    });
    expect(await outcomeOf(t.desk.prove(visit, questions.id, Object.fromEntries(shifted)))).toBe(
      'wrong_code',
    );
  });

  test('is right for its own account only, though another’s record held its digest', async () => {
    const stolen = await questions.read();
    await t.models.records.change('bob', (record) => ({
      next: { ...record, methods: [stolen] },
      events: [],
      result: undefined,
    }));
    const bob = t.visit('bob', 'bob');
    const right = await rightAnswers(bob);
    expect(await outcomeOf(t.desk.prove(bob, questions.id, right))).toBe('wrong_code');
  });

  test('proves no account by itself: questions alone count for nothing', async () => {
    await questions.prove(t.visit('now'));
    expect(await t.desk.overview(t.visit('now'))).toMatchObject({ counted: 0, canFinish: false });
  });
});

test('typing an answer once more and wrongly costs nothing that a flood of it could use up', async () => {
  let digests = 0;
  const counting = {
    ...hasher,
    hash: (answer: string) => {
      digests += 1;
      return hasher.hash(answer);
    },
  };
  const desk = t.deskWith({ answerHasher: counting });
  const bob = t.visit('bob', 'bob');
  const draft = await desk.beginRegistration(bob, 'security_questions', typedFor('security_questions'), null);
  const right = answersTo(draft.questions);
  const finish = (given: ProofInput) => desk.finishRegistration(bob, 'security_questions', draft.id, given);
  expect(await tally(20, () => finish(wrongInsteadOf(right)))).toEqual({ wrong_code: 20 });
  expect(digests).toBe(0);
  expect(await outcomeOf(finish(right))).toBe('done');
  expect(digests).toBe(5);
});

test('a set is begun anew in two tabs without the answers of one getting into the other', async () => {
  const bob = t.visit('bob', 'bob');
  const begun = (which: number) =>
    t.desk.beginRegistration(bob, 'security_questions', typedFor('security_questions', which), null);
  const one = await begun(0);
  const two = await begun(1);
  const finish = (id: string, given: ProofInput) =>
    outcomeOf(t.desk.finishRegistration(bob, 'security_questions', id, given));
  expect(await finish(one.id, answersTo(one.questions, 1))).toBe('wrong_code');
  expect(await finish(two.id, answersTo(two.questions, 1))).toBe('done');
  expect(await finish(one.id, answersTo(one.questions, 0))).toBe('method_limit_reached');
});
