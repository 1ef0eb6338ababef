/** Past the gates: a new password, or only opening a locked account with the one that is known. */
import { InvalidInput, NothingPending, SignInDelayed, WrongCredentials } from '../../security-info/errors.ts';
import { leastPasswordLength } from '../../security-info/password-rules.ts';
import type { ResetState } from '../../security-info/reset-desk.ts';
import { attempt, type Problem, problemOf } from '../register/room.ts';
import type { OutsideFormStep, OutsideRoutes, OutsideStep } from '../shell/outside-routes.ts';
import { waitUntil } from '../shell/wait.ts';
import { type ResetRoom, visitOf } from './room.ts';

type Choose = Extract<ResetState, { kind: 'choose' }>;

const longestPassword = 1_024;

/** Mounts the end of a reset. */
export function endRoutes(routes: OutsideRoutes, room: ResetRoom): void {
  routes.post('/password', (step) => setPassword(step, room));
  routes.post('/unlock', (step) => unlock(step, room));
}

/** The page of the end. @param which form was refused */
export async function showEnd(
  step: OutsideStep,
  state: Choose,
  refused: { readonly form: 'password' | 'unlock'; readonly problem: Problem } | null,
): Promise<void> {
  await step.show(
    'reset/end',
    {
      loginName: state.loginName,
      name: state.displayName,
      canUnlock: state.canUnlock,
      minimum: leastPasswordLength,
      refusedForm: refused?.form ?? null,
      problem: refused?.problem ?? null,
    },
    { script: 'password-strength', ...(refused === null ? {} : { status: refused.problem.status }) },
  );
}

async function setPassword(step: OutsideFormStep, room: ResetRoom): Promise<void> {
  const problem = await attempt(async () => {
    const end = await room.resetDesk.setPassword(visitOf(step, room), {
      newPassword: step.form['newPassword'] ?? '',
      repeatPassword: step.form['repeatPassword'] ?? '',
    });
    if (end === null) return;
    // A cookie made before names the old password. Who reset it has shown to be the owner.
    room.deviceCookie.remember(step.ctx, end.account);
    await waitUntil(end.signInFromAt, room.clock);
  }, [InvalidInput, NothingPending]);
  await goOn(step, room, 'password', problem);
}

async function unlock(step: OutsideFormStep, room: ResetRoom): Promise<void> {
  const password = (step.form['password'] ?? '').slice(0, longestPassword);
  const problem =
    password === ''
      ? problemOf(new InvalidInput([{ field: 'password', code: 'required' }]))
      : await attempt(
          () => room.resetDesk.unlock(visitOf(step, room), password),
          [NothingPending, SignInDelayed, WrongCredentials],
        );
  await goOn(step, room, 'unlock', problem);
}

async function goOn(
  step: OutsideStep,
  room: ResetRoom,
  form: 'password' | 'unlock',
  problem: Problem | null,
): Promise<void> {
  if (problem === null || problem.code === 'nothing_pending') return step.goTo('');
  const state = await room.resetDesk.state(visitOf(step, room));
  if (state.kind !== 'choose') return step.goTo('');
  await showEnd(step, state, { form, problem });
}
