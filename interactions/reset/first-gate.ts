/** The first gate: choosing a way, typing an address, and the code; an access pass instead. The same to everybody. */
import {
  InvalidInput,
  NothingPending,
  PageNotFound,
  TooManySends,
  TooManyWrongProofs,
  WrongCode,
} from '../../security-info/errors.ts';
import { contractOf, parseMethodType } from '../../security-info/methods/registry.ts';
import { defaultPolicy } from '../../security-info/policy.ts';
import type { Account } from '../../security-info/ports.ts';
import type { MethodType } from '../../security-info/record.ts';
import type { ResetState } from '../../security-info/reset-desk.ts';
import type { ResetOffer } from '../../security-info/reset-rules.ts';
import { type FieldView, fieldViews } from '../register/fields.ts';
import { readGiven } from '../register/given.ts';
import { attempt, type Problem, problemOf } from '../register/room.ts';
import type { OutsideFormStep, OutsideRoutes, OutsideStep } from '../shell/outside-routes.ts';
import { type ResetRoom, visitOf } from './room.ts';

type FirstCode = Extract<ResetState, { kind: 'first_code' }>;

/** What the form of a type looks at is nobody's: it is the same to everybody. */
const nobody: Account = {
  id: '',
  loginName: '',
  displayName: '',
  givenName: null,
  familyName: null,
  locale: null,
  mailbox: null,
  groups: [],
  isAdmin: false,
  isDisabled: false,
  mustChangePassword: false,
  passwordChangedAt: null,
};

/** Mounts the first gate. */
export function firstGateRoutes(routes: OutsideRoutes, room: ResetRoom): void {
  const { resetDesk } = room;
  routes.get('/method/:type', async (step) => {
    const offer = await offerOf(step, room);
    if (offer === null) return step.goTo('');
    await showAddress(step, offer, {}, null);
  });
  routes.post('/method/:type', (step) => choose(step, room));
  routes.post('/resend', async (step) => {
    const problem = await attempt(
      () => resetDesk.resendFirst(visitOf(step, room), step.form['channel'] ?? null),
      [NothingPending, TooManySends],
    );
    if (problem === null || problem.code === 'nothing_pending') return step.goTo('');
    await showCodeAgain(step, room, problem);
  });
  routes.post('/other', async (step) => {
    await attempt(() => resetDesk.leaveFirst(visitOf(step, room)), [NothingPending]);
    step.goTo('');
  });
  routes.post('/code', async (step) => {
    const read = readGiven(step, 'email');
    const problem =
      'problem' in read
        ? read.problem
        : await attempt(
            () => resetDesk.proveFirst(visitOf(step, room), String(read.given)),
            [NothingPending, TooManyWrongProofs, WrongCode],
          );
    if (problem === null || problem.code === 'nothing_pending') return step.goTo('');
    await showCodeAgain(step, room, problem);
  });
  routes.get('/access-pass', (step) => step.show('reset/access-pass', { problem: null }));
  routes.post('/access-pass', (step) => usePass(step, room));
}

/** The page with the field for a code. */
export async function showFirstCode(
  step: OutsideStep,
  state: FirstCode,
  problem: Problem | null,
): Promise<void> {
  const { proof } = contractOf(state.type);
  await step.show(
    'reset/code',
    { state, proof, problem },
    problem === null ? {} : { status: problem.status },
  );
}

async function showCodeAgain(step: OutsideStep, room: ResetRoom, problem: Problem): Promise<void> {
  const state = await room.resetDesk.state(visitOf(step, room));
  if (state.kind !== 'first_code') return step.goTo('');
  await showFirstCode(step, state, problem);
}

async function choose(step: OutsideFormStep, room: ResetRoom): Promise<void> {
  const offer = await offerOf(step, room);
  if (offer === null) return step.goTo('');
  const problem = await attempt(
    () => room.resetDesk.chooseFirst(visitOf(step, room), offer.type, step.form),
    [InvalidInput, TooManySends],
  );
  if (problem === null) return step.goTo('');
  await showAddress(step, offer, step.form, problem);
}

/** The offer that the path names; null where the reset is not at its first gate. @throws {PageNotFound} */
async function offerOf(step: OutsideStep, room: ResetRoom): Promise<ResetOffer | null> {
  const type = typeOf(step);
  const state = await room.resetDesk.state(visitOf(step, room));
  // Who went back in the browser may choose another way, too.
  if (state.kind !== 'first_gate' && state.kind !== 'first_code') return null;
  const offer = state.offers.find((one) => one.type === type);
  if (offer === undefined) throw new PageNotFound();
  return offer;
}

function typeOf(step: OutsideStep): MethodType {
  const value: unknown = step.ctx['params']?.type;
  const type = typeof value === 'string' ? parseMethodType(value) : undefined;
  if (type === undefined) throw new PageNotFound();
  return type;
}

async function showAddress(
  step: OutsideStep,
  { type, channels }: ResetOffer,
  typed: Readonly<Record<string, string>>,
  problem: Problem | null,
): Promise<void> {
  const contract = contractOf(type);
  const account = { ...nobody, locale: step.words.language };
  const fields: FieldView[] =
    contract.proof === 'sent_code'
      ? fieldViews(contract.fields({ account, policy: defaultPolicy(), channels }), step.words)
      : [];
  await step.show(
    'reset/address',
    { type, fields, typed, problem },
    problem === null ? {} : { status: problem.status },
  );
}

/** Longer than any pass that is given out. */
const maximumPassLength = 200;

async function usePass(step: OutsideFormStep, room: ResetRoom): Promise<void> {
  const pass = (step.form['pass'] ?? '').trim().slice(0, maximumPassLength);
  const problem =
    pass === ''
      ? problemOf(new InvalidInput([{ field: 'pass', code: 'required' }]))
      : await attempt(
          () => room.resetDesk.useAccessPass(visitOf(step, room), pass),
          [NothingPending, TooManyWrongProofs, WrongCode],
        );
  if (problem === null || problem.code === 'nothing_pending') return step.goTo('');
  const shown =
    problem.code === 'wrong_code' ? { ...problem, fields: [{ field: 'pass', code: 'wrong_pass' }] } : problem;
  await step.show('reset/access-pass', { problem: shown }, { status: problem.status });
}
