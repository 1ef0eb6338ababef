/**
 * Counts how many guesses are really judged, on the real code: somebody who knows the password guesses for two days, in
 * any number of sign-ins and tabs at once, on two nodes, as every kind of caller, at every method, with codes sent anew.
 * @see NIST SP 800-63B-4 §3.2.2 (throttling)
 */
import { generateSync } from 'otplib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accessPassHash, generateAccessPass } from '../../../security-info/access-pass.ts';
import type { Desk, Visit } from '../../../security-info/desk.ts';
import { acceptedStep } from '../../../security-info/methods/authenticator-app.ts';
import type { Caller, MethodType } from '../../../security-info/record.ts';
import { methodTypes } from '../../../security-info/record.ts';
import { secret } from '../sample-record.ts';
import { addressOf, answersTo, everything, register, typedFor, wrongInsteadOf } from './each-method.ts';
import { openDesk, outcomeOf, type TestDesk } from './open-desk.ts';

const callers: readonly Caller[] = ['stranger', 'known_browser', 'signed_in'];
const dayMilliseconds = 86_400_000;
const sixDigits = 1_000_000;
/** The clock moves so much between two bursts. */
const stepHours = 6;
const hours = 48;

/** How a thief goes about it: so many guesses at once by each kind of caller, and as a counter opens, so many. */
interface Plan {
  readonly targets: readonly Target[];
  readonly burst: number;
  readonly firstBurst: number;
}

type Target = MethodType | 'access_pass';
interface Guess {
  readonly at: number;
  readonly caller: Caller;
  readonly target: Target;
}

let t: TestDesk;
let nodes: readonly Desk[];
let ids: ReadonlyMap<MethodType, string>;
let tries = 0;
beforeEach(async () => {
  t = await openDesk();
  await t.setPolicy({ ...everything, methodsToRegister: 6 });
  const owner = t.visit('owner');
  const made = new Map<MethodType, string>();
  for (const type of methodTypes) made.set(type, (await register(t, owner, type)).id);
  ids = made;
  nodes = [t.desk, t.deskWith(t.models.anotherNode())];
  tries = 0;
  t.models.clock.advance(90_000);
  const issuedAt = t.models.clock.now();
  const pass = {
    passHash: accessPassHash(t.models.keys, generateAccessPass()) ?? '',
    issuedAt,
    expiresAt: new Date(issuedAt.getTime() + 3 * dayMilliseconds),
    usedByFlowId: null,
  };
  await t.models.records.change('ada', (record) => ({
    next: { ...record, accessPass: pass },
    events: [],
    result: undefined,
  }));
});
afterEach(() => t.models.close());

/** A sign-in of the thief that nobody has seen yet, and the node that it meets. */
function thief(caller: Caller, accountId = 'ada'): { readonly visit: Visit; readonly desk: Desk } {
  tries += 1;
  const visit = t.visit(`thief ${tries}`, accountId);
  const desk = nodes[tries % nodes.length] ?? t.desk;
  return { visit: { ...visit, asker: { ...visit.asker, caller } }, desk };
}

/** Has codes sent to all that take them, by one way or another; how many may go out is not the thief's to say. */
async function haveCodesSent(caller: Caller): Promise<void> {
  await Promise.all(
    methodTypes.map((type) => {
      const { visit, desk } = thief(caller);
      return outcomeOf(desk.sendProofCode(visit, ids.get(type) ?? '', tries % 2 === 0 ? 'voice' : null));
    }),
  );
}

/** One guess, and what came of it. */
async function guess(caller: Caller, target: Target): Promise<string> {
  const { visit, desk } = thief(caller);
  if (target === 'access_pass') return outcomeOf(desk.useAccessPass(visit, generateAccessPass()));
  const id = ids.get(target) ?? '';
  const { questions } = await desk.readProof(visit, id);
  const code = String((tries * 7919) % sixDigits).padStart(6, '0');
  return outcomeOf(desk.prove(visit, id, questions.length > 0 ? wrongInsteadOf(answersTo(questions)) : code));
}

/** Guesses for two days. Answers with every guess that was judged, and how often the owner proved something meanwhile. */
async function attack({ targets, burst, firstBurst }: Plan): Promise<{ judged: Guess[]; proved: number }> {
  const judged: Guess[] = [];
  let proved = 0;
  const start = t.models.clock.now().getTime();
  for (let hour = 0; hour < hours; hour += stepHours) {
    const at = t.models.clock.now().getTime();
    const times = (at - start) % dayMilliseconds === 0 ? firstBurst : burst;
    for (const caller of callers) await haveCodesSent(caller);
    const guesses = callers.flatMap((caller) =>
      Array.from({ length: times }, (_, index) => ({
        at,
        caller,
        target: targets[(hour + index) % targets.length] ?? 'access_pass',
      })),
    );
    const outcomes = await Promise.all(guesses.map(({ caller, target }) => guess(caller, target)));
    judged.push(...guesses.filter((_, index) => ['wrong_code', 'done'].includes(outcomes[index] ?? '')));
    // That the owner proves something gives nobody guesses back.
    const owner = thief('signed_in');
    const code = t.codeTo(addressOf('email') ?? '');
    const outcome = await outcomeOf(owner.desk.prove(owner.visit, ids.get('email') ?? '', code));
    if (outcome === 'done') proved += 1;
    if (outcome === 'wrong_code') judged.push({ at, caller: 'signed_in', target: 'email' });
    t.models.clock.advance(stepHours * 3_600);
  }
  return { judged, proved };
}

/** The most that any 24 hours have, by what a guess weighs. */
function worstDay(guesses: readonly Guess[], weigh: (guess: Guess) => number): number {
  const days = guesses.map(({ at }) =>
    guesses.filter((other) => other.at >= at && other.at < at + dayMilliseconds),
  );
  return Math.max(0, ...days.map((day) => day.reduce((sum, one) => sum + weigh(one), 0)));
}

/** How many codes of an app are right at one moment: the code itself says so. */
function liveAppCodes(): number {
  const now = t.models.clock.now();
  const steps = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
  const codes = steps.map((step) =>
    generateSync({ secret, epoch: Math.floor(now.getTime() / 1000) + step * 30 }),
  );
  return codes.filter((code) => acceptedStep(secret, code, null, now) !== undefined).length;
}

/** The chance that a guess at a 6-digit code is right. */
function chanceOf({ target }: Guess): number {
  if (target === 'access_pass' || target === 'security_questions') return 0;
  return (target === 'authenticator_app' ? liveAppCodes() : 1) / sixDigits;
}

test.each<[string, Plan]>([
  ['everything, a few at a time', { targets: [...methodTypes, 'access_pass'], burst: 4, firstBurst: 4 }],
  ['the app, all at once', { targets: ['authenticator_app'], burst: 6, firstBurst: 15 }],
])('guessing at %s succeeds at most once in ten thousand days', async (name, plan) => {
  const { judged, proved } = await attack(plan);
  // Who guesses all at once has closed the owner's counter before the owner comes.
  expect(proved > 0).toBe(plan.firstBurst < 10);
  for (const caller of callers) {
    const worst = worstDay(judged, (one) => (one.caller === caller ? 1 : 0));
    expect(worst, `guesses of a ${caller} in 24 hours`).toBe(10);
  }
  const all = worstDay(judged, () => 1);
  const chance = worstDay(judged, chanceOf);
  console.log(
    `Guessing at ${name}: ${tries} tries in ${hours} hours, ${judged.length} judged, at most ${all} in 24 hours; ` +
      `chance of a right 6-digit code ${chance.toExponential(1)} a day.`,
  );
  expect(all).toBeLessThanOrEqual(30);
  expect(chance).toBeLessThanOrEqual(1 / 10_000);
});

test('an app accepts three codes at any moment, and no more', () => {
  for (let second = 0; second < 90; second += 7) {
    t.models.clock.advance(7);
    expect(liveAppCodes()).toBe(3);
  }
});

test('guessing at the code to register an address that is not one’s own is no easier', async () => {
  const judged: Guess[] = [];
  for (let hour = 0; hour < hours; hour += stepHours) {
    const at = t.models.clock.now().getTime();
    for (const caller of callers) {
      const types = ['email', 'mobile_phone'] as const;
      const outcomes = await Promise.all(
        types.map(async (type) => {
          const { visit, desk } = thief(caller, 'bob');
          const begun = outcomeOf(desk.beginRegistration(visit, type, typedFor(type, 5), null));
          if ((await begun) !== 'done') return [];
          const { id } = await desk.readDraft(visit, type);
          const guesses = ['000000', '000001', '000002'];
          return Promise.all(
            guesses.map((code) => outcomeOf(desk.finishRegistration(visit, type, id, code))),
          );
        }),
      );
      const wrong = outcomes.flat().filter((outcome) => outcome === 'wrong_code');
      judged.push(...wrong.map(() => ({ at, caller, target: 'email' as const })));
    }
    t.models.clock.advance(stepHours * 3_600);
  }
  for (const caller of callers) {
    expect(worstDay(judged, (one) => (one.caller === caller ? 1 : 0))).toBe(10);
  }
});
